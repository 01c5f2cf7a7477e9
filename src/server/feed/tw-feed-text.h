// SPDX-License-Identifier: GPL-3.0-or-later
/* An answer is put together as text: its objects are stored as such, and need not be read. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void tw_feed_append_listed (GString *list, const char *text);

G_END_DECLS
