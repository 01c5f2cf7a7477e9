// SPDX-License-Identifier: GPL-3.0-or-later
/* What appears below the edge of the window is brought before the eyes. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tw_reveal (GtkWidget *widget);

G_END_DECLS
