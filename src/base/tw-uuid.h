// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Length of the text form without its terminating zero. */
#define TW_UUID_LENGTH 36

/* What an id has beside its time. */
#define TW_UUID_TAIL_BYTES 10

char *tw_uuid_new (void);
char *tw_uuid_make (gint64 time_ms, const guint8 tail[TW_UUID_TAIL_BYTES]);
gboolean tw_uuid_is_valid (const char *text);
gint64 tw_uuid_get_time_ms (const char *uuid);

G_END_DECLS
