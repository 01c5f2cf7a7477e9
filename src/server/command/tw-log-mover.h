// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves SQLite's log into the file beside the writer, which then only appends. */
#pragma once

#include "server/command/tw-keys.h"

G_BEGIN_DECLS

/* The log is moved each time it has grown by this; the writer moves what is left when it has come
 * to the limit, which is little, and the log begins anew. In pages of 4 KiB. */
#define TW_LOG_MOVE_PAGES 7500
#define TW_LOG_LIMIT_PAGES 16000

typedef struct _TwLogMover TwLogMover;

TwLogMover *tw_log_mover_new (const char *database_url, TwKeys *keys);
void tw_log_mover_note (TwLogMover *mover, guint log_pages);
void tw_log_mover_free (TwLogMover *mover);

G_END_DECLS
