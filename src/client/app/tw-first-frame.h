// SPDX-License-Identifier: GPL-3.0-or-later
/* How long a window took to be seen, for the measurements. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tw_first_frame_report (GtkWindow *window);

G_END_DECLS
