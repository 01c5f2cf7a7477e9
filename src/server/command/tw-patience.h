// SPDX-License-Identifier: GPL-3.0-or-later
/* How many refusals are kept for one account: each is a row for good. The writer's thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* This many at once, then one each so often: no person comes near it, and a program that asks for
 * what is refused all day long costs a few megabytes, not the disk. */
#define TW_PATIENCE_REFUSALS 256
#define TW_PATIENCE_RENEW_MS 5000

typedef struct _TwPatience TwPatience;

TwPatience *tw_patience_new (void);
void tw_patience_free (TwPatience *patience);
gboolean tw_patience_has (TwPatience *patience, const char *account, gint64 now_ms);
void tw_patience_take (TwPatience *patience, const char *account, gint64 now_ms);
void tw_patience_commit (TwPatience *patience);
void tw_patience_rollback (TwPatience *patience);

G_END_DECLS
