// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Length of the text form without its terminating zero. */
#define TW_UUID_LENGTH 36

char *tw_uuid_new (void);
gboolean tw_uuid_is_valid (const char *text);
gint64 tw_uuid_get_time_ms (const char *uuid);

G_END_DECLS
