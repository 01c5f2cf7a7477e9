// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TW_TYPE_KEY_WINDOW (tw_key_window_get_type ())
G_DECLARE_FINAL_TYPE (TwKeyWindow, tw_key_window, TW, KEY_WINDOW, AdwWindow)

/* Signals: "answer" (int button: GTK_RESPONSE_YES the first, GTK_RESPONSE_NO the second),
 *          "passphrase" (char *passphrase). */

TwKeyWindow *tw_key_window_new (GtkApplication *app);
void tw_key_window_show_wait (TwKeyWindow *self);
void tw_key_window_show_message (TwKeyWindow *self,
                                 const char *title,
                                 const char *words,
                                 const char *primary,
                                 const char *secondary);
void tw_key_window_ask_passphrase (TwKeyWindow *self, gboolean fresh);
void tw_key_window_show_mistake (TwKeyWindow *self, const char *words);

G_END_DECLS
