// SPDX-License-Identifier: GPL-3.0-or-later
/* A window over a program that the test holds in its hand, and ways to find things in it as a
 * person would: by what stands there. Every wait has a deadline. */
#pragma once

#include <adwaita.h>

#include "tw-fake-client.h"

G_BEGIN_DECLS

typedef struct
{
  TwFakeClient *client;
  GtkWindow *window;
} Fixture;

/* Every page fits into so many pixels. */
#define TW_NARROWEST 360

typedef GtkWindow *(*TwWindowNew) (AdwApplication *app, TwClient *client);
typedef gboolean (*Condition) (gpointer data);

void tw_window_test_init (int *argc, char ***argv, TwWindowNew window_new);
void tw_window_test_use (TwWindowNew window_new);
void tw_window_test_open (Fixture *fixture);
void tw_window_test_set_up (Fixture *fixture, gconstpointer data);
void tw_window_test_tear_down (Fixture *fixture, gconstpointer data);
void tw_window_test_restart (Fixture *fixture);

void tw_go (Fixture *fixture, const char *page, const char *arg);
void tw_do (Fixture *fixture, const char *action);
void tw_spin (void);

GtkWidget *tw_find_type (gpointer root, GType type);
GtkWidget *tw_find_text (gpointer root, const char *text);
GtkWidget *tw_find_button (gpointer root, const char *label);
GtkWidget *tw_find_entry (gpointer root, const char *title);
gboolean tw_shows (Fixture *fixture, const char *text);
gboolean tw_wait_until (Condition condition, gpointer data);
void tw_wait_shows (Fixture *fixture, const char *text);
void tw_wait_gone (Fixture *fixture, const char *text);
void tw_click (gpointer root, const char *label);
void tw_type (gpointer root, const char *title, const char *text);
gpointer tw_get_object (Fixture *fixture, const char *type, const char *id);
TwOutgoing *tw_get_last (Fixture *fixture, const char *kind);
GtkWindow *tw_find_dialog (void);
void tw_answer (const char *response);
gint64 tw_body_int (TwOutgoing *outgoing, const char *name);
const char *tw_body_text (TwOutgoing *outgoing, const char *name);
void tw_wait_frame (Fixture *fixture);
GdkTexture *tw_draw (GtkWidget *window);
void tw_make_narrow (Fixture *fixture);
void tw_assert_fits_narrow (Fixture *fixture, const char *page);
void tw_assert_no_trap (Fixture *fixture, const char *page);
void tw_assert_named (GtkWidget *widget, const char *page);

G_END_DECLS
