// SPDX-License-Identifier: GPL-3.0-or-later
/* Something to say in passing, at the foot of a window. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void tw_toast_say (AdwToastOverlay *overlay, const char *text);

G_END_DECLS
