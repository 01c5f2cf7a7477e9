// SPDX-License-Identifier: GPL-3.0-or-later
/* Random bytes of the system. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_NONCE_BYTES 24

void tw_random_fill (guint8 *bytes, gsize n);
void tw_random_nonce (guint8 *nonce);

G_END_DECLS
