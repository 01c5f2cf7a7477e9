// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ops/tw-schema.h"

#include "server/command/tw-service.h"
#include "server/desk/tw-desk.h"
#include "server/identity/tw-identity.h"
#include "server/ledger/tw-ledger.h"
#include "server/rails/tw-rails.h"
#include "server/taxes/tw-taxes.h"

static const TwMigration steps[] = {
  { 1, tw_command_schema }, { 2, tw_feed_schema },  { 3, tw_identity_schema },
  { 4, tw_ledger_schema },  { 5, tw_taxes_schema }, { 6, tw_rails_schema },
  { 7, tw_desk_schema },    { 8, tw_rails_schema_2 },
};

/**
 * tw_schema_get_steps:
 * @n_steps: (out): how many
 *
 * Returns: (transfer none): the steps that make a database what this version expects; what is
 * released is never edited
 */
const TwMigration *
tw_schema_get_steps (gsize *n_steps)
{
  *n_steps = G_N_ELEMENTS (steps);
  return steps;
}

/**
 * tw_schema_add_handlers:
 *
 * Makes each room's kinds of command known to the writer; before a service is made.
 */
void
tw_schema_add_handlers (void)
{
  tw_identity_init ();
  tw_rails_init ();
  tw_ledger_init ();
  tw_taxes_init ();
  tw_desk_init ();
}
