// SPDX-License-Identifier: GPL-3.0-or-later
/* Says so when the writer gets nowhere: a PostgreSQL whose synchronous standby is lost
 * keeps a commit waiting until it is back, or until somebody says that it is not needed. That is as
 * it should be, as nothing may be answered that one machine alone knows; but not without a word. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So long one step may take before somebody is told; new commands are turned away from then on. */
#define TW_STALL_MS 5000

typedef struct _TwStall TwStall;

TwStall *tw_stall_new (void);
void tw_stall_free (TwStall *stall);
void tw_stall_step (TwStall *stall);
void tw_stall_end (TwStall *stall);
gint64 tw_stall_get_ms (TwStall *stall);

G_END_DECLS
