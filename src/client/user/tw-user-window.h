// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_USER_WINDOW (tw_user_window_get_type ())
G_DECLARE_FINAL_TYPE (TwUserWindow, tw_user_window, TW, USER_WINDOW, AdwApplicationWindow)

GtkWindow *tw_user_window_new (AdwApplication *app, TwClient *client);
void tw_user_window_go (TwUserWindow *self, const char *name, const char *arg);
void tw_user_window_say (TwUserWindow *self, const char *text);
TwPage *tw_user_window_get_page (TwUserWindow *self);

G_END_DECLS
