// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tw_user_keys_set (GtkApplication *app);
void tw_user_keys_show (GtkWindow *window);

G_END_DECLS
