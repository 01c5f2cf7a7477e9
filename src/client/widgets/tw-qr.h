// SPDX-License-Identifier: GPL-3.0-or-later
/* Square codes: drawn from text, and read out of a picture. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

GdkTexture *tw_qr_draw (const char *text);
char *tw_qr_read (GdkTexture *picture);

G_END_DECLS
