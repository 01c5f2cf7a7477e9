// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_USER_WINDOW (tw_user_window_get_type ())
G_DECLARE_FINAL_TYPE (TwUserWindow, tw_user_window, TW, USER_WINDOW, AdwApplicationWindow)

GtkWindow *tw_user_window_new (AdwApplication *app, TwClient *client);

G_END_DECLS
