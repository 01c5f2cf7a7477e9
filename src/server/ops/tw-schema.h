// SPDX-License-Identifier: GPL-3.0-or-later
/* All tables of the service, and who does what kind of command. */
#pragma once

#include "db/tw-db.h"

G_BEGIN_DECLS

const TwMigration *tw_schema_get_steps (gsize *n_steps);
void tw_schema_add_handlers (void);

G_END_DECLS
