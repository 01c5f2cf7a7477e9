// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ops/tw-schema.h"

#include "server/command/tw-column.h"
#include "server/command/tw-service.h"
#include "server/desk/tw-desk.h"
#include "server/feed/tw-feed.h"
#include "server/identity/tw-identity.h"
#include "server/ledger/tw-ledger.h"
#include "server/pay/tw-paying.h"
#include "server/rails/tw-rails.h"
#include "server/reconcile/tw-reconcile.h"
#include "server/taxes/tw-taxes.h"

static const TwMigration steps[] = {
  { 1, tw_command_schema },
  { 2, tw_feed_schema },
  { 3, tw_identity_schema },
  { 4, tw_ledger_schema },
  { 5, tw_taxes_schema },
  { 6, tw_rails_schema },
  { 7, tw_desk_schema },
  { 8, tw_rails_schema_2 },
  { 9, tw_identity_sealed_schema },
  { 10, tw_desk_sealed_schema },
  { 11, tw_rails_schema_3 },
  { 12, tw_ledger_schema_2 },
  { 13, tw_challenge_schema },
  { 14, tw_pay_schema },
  { 15, tw_reconcile_schema },
  { 16, tw_standing_schema },
  { 17, tw_reconcile_schema_2 },
  { 18, NULL, NULL, tw_ledger_parts_schema },
  { 19, NULL, NULL, tw_feed_parts_schema },
  { 20, NULL, NULL, tw_ledger_payments_schema },
  { 21, tw_rails_schema_4 },
  { 22, tw_reconcile_schema_3 },
  { 23, tw_standing_schema_2 },
  { 24, tw_pay_schema_2 },
  { 25, tw_reconcile_schema_4 },
  { 26, tw_standing_schema_3 },
  { 27, tw_ledger_schema_3 },
  { 28, tw_rails_forget_schema },
  { 29, tw_pay_schema_3 },
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
  tw_paying_init ();
  tw_desk_init ();
  tw_reconcile_init ();
}

/* What stood in plain in an older version, and the sealed columns that it stands in now. */
static const struct
{
  const char *table;
  const char *plain;
  const char *sealed;
} moved[] = {
  { "account", "decided_by", "decider" },
  { "account", "password", "password_hash" },
  { "ticket", "assignee_name", "assignee" },
};

#define SEAL_ROWS 500

/* Returns how many rows were moved; -1 with @error. */
static int
seal_some (TwDb *db, TwKey *column, gsize which, GError **error)
{
  const char *table = moved[which].table, *plain = moved[which].plain;
  g_autofree char *select = g_strdup_printf (
    "SELECT id, %s FROM %s WHERE %s <> '' ORDER BY id LIMIT %d", plain, table, plain, SEAL_ROWS);
  g_autofree char *update =
    g_strdup_printf ("UPDATE %s SET %s = $2, %s = '' WHERE id = $1 AND %s = $3", table,
                     moved[which].sealed, plain, plain);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  TwStmt *stmt = tw_db_query (db, error, select, "");
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_ptr_array_add (found, g_strdup (tw_stmt_text (stmt, 0)));
      g_ptr_array_add (found, g_strdup (tw_stmt_text (stmt, 1)));
    }
  if (stmt != NULL)
    tw_stmt_reset (stmt);
  for (guint i = 0; step == TW_STEP_DONE && i < found->len; i += 2)
    {
      const char *id = g_ptr_array_index (found, i), *text = g_ptr_array_index (found, i + 1);
      g_autoptr (GBytes) hidden = tw_column_seal (column, table, id, moved[which].sealed, text);

      if (!tw_db_run (db, error, update, "sbs", id, hidden, text))
        step = TW_STEP_ERROR;
    }
  return step == TW_STEP_DONE ? (int) found->len / 2 : -1;
}

/**
 * tw_schema_seal:
 * @db: a connection that may write, outside of any transaction
 * @column: the column key
 * @error: as tw_db_query()
 *
 * What an older version has left in plain is sealed: a step of the schema has no key for it. Does
 * nothing when there is nothing of it.
 *
 * Returns: whether nothing of it is left
 */
gboolean
tw_schema_seal (TwDb *db, TwKey *column, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (moved); i++)
    for (int n = SEAL_ROWS; n == SEAL_ROWS;)
      {
        if (!tw_db_begin (db, error))
          return FALSE;
        n = seal_some (db, column, i, error);
        if (n < 0)
          {
            tw_db_rollback (db);
            return FALSE;
          }
        if (!tw_db_commit (db, error))
          return FALSE;
      }
  return TRUE;
}
