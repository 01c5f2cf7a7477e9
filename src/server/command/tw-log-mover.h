// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves SQLite's log into the file beside the writer, which then only appends. */
#pragma once

#include "server/command/tw-keys.h"

G_BEGIN_DECLS

/* The log is moved each time it has grown by this. When it has come to the limit it is moved again
 * and again, while the writer eases off a little so that each time there is less, until what is
 * left is so little that nobody notices when the writer moves it, who must not write meanwhile;
 * then it begins anew. At the end the writer moves it in any case. In pages of 4 KiB. */
#define TW_LOG_MOVE_PAGES 20000
#define TW_LOG_LIMIT_PAGES 35000
#define TW_LOG_REST_PAGES 1000
#define TW_LOG_END_PAGES 80000

typedef enum
{
  TW_LOG_GO_ON,
  TW_LOG_EASE_OFF, /* it is being moved: a short pause helps it to get to the end */
  TW_LOG_MOVE,     /* the teller is to move what is left, and the log begins anew */
} TwLogAdvice;

typedef struct _TwLogMover TwLogMover;

TwLogMover *tw_log_mover_new (const char *database_url, TwKeys *keys);
TwLogAdvice tw_log_mover_note (TwLogMover *mover, guint log_pages);
void tw_log_mover_free (TwLogMover *mover);

G_END_DECLS
