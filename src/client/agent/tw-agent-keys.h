// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of the desk's window, and the page that tells of them. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tw_agent_keys_set (GtkApplication *app, GtkApplicationWindow *window);

G_END_DECLS
