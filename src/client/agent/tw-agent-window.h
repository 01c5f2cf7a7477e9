// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_AGENT_WINDOW (tw_agent_window_get_type ())
G_DECLARE_FINAL_TYPE (TwAgentWindow, tw_agent_window, TW, AGENT_WINDOW, AdwApplicationWindow)

GtkWindow *tw_agent_window_new (AdwApplication *app, TwClient *client);

G_END_DECLS
