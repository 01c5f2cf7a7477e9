// SPDX-License-Identifier: GPL-3.0-or-later
/* What the service says while it runs, for machines: a line of JSON each. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void tw_log_use_json (void);

G_END_DECLS
