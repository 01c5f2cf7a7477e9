// SPDX-License-Identifier: GPL-3.0-or-later
/* All tables of the service, and who does what kind of command. */
#pragma once

#include "db/tw-db.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

const TwMigration *tw_schema_get_steps (gsize *n_steps);
void tw_schema_add_handlers (void);
gboolean tw_schema_seal (TwDb *db, TwKey *column, GError **error);

G_END_DECLS
