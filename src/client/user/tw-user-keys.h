// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tw_user_keys_set (GtkApplication *app, GtkApplicationWindow *window);

G_END_DECLS
