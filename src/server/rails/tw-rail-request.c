// SPDX-License-Identifier: GPL-3.0-or-later
/* What is to be sent, as it stands in the table; and an order that is not to be sent after all. */
#include "server/rails/tw-rails-private.h"

#include <string.h>

#include "base/tw-error.h"
#include "server/command/tw-column.h"
#include "server/command/tw-keys.h"

/* Before a request that is sealed; JSON never begins so. */
#define SEALED "sealed:"

/* What names a payee, a phone or a code is not for those who can read the table. */
void
tw_rails_seal_request (TwTx *tx, const char *id, char **text)
{
  g_autoptr (GBytes) sealed =
    tw_column_seal (tw_tx_key (tx, TW_KEY_COLUMN), "rail_op", id, "request", *text);
  g_autofree char *encoded =
    tw_base64_encode (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));

  g_free (*text);
  *text = g_strconcat (SEALED, encoded, NULL);
}

/**
 * tw_rails_open_request:
 * @column: the column key
 * @id: of an order
 * @text: what stands in the table
 * @error: %TW_ERROR_DAMAGED
 *
 * Returns: (transfer full) (nullable): what is sent, as JSON
 */
char *
tw_rails_open_request (TwKey *column, const char *id, const char *text, GError **error)
{
  g_autofree char *context = g_strjoin ("/", "rail_op", id, "request", NULL);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) plain = NULL;

  if (!g_str_has_prefix (text, SEALED))
    return g_strdup (text);
  sealed = tw_base64_decode (text + strlen (SEALED));
  plain = sealed != NULL ? tw_unseal (column, g_bytes_get_data (sealed, NULL),
                                      g_bytes_get_size (sealed), context, error)
                         : NULL;
  if (sealed == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED, "The order %s can't be read", id);
  return plain != NULL ? g_strndup (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain))
                       : NULL;
}

typedef struct
{
  TwRailOp op;
  char *rail;
} Found;

static void
found_clear (Found *found)
{
  g_free (found->op.account_id);
  g_free (found->op.subject_id);
  g_free (found->rail);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static gboolean
find (TwTx *tx, const char *id, Found *found, GError **error)
{
  TwStmt *stmt =
    tw_db_query (tw_tx_db (tx), error,
                 "SELECT rail, account_id, subject_id FROM rail_op WHERE id = $1", "s", id);

  if (stmt == NULL || tw_stmt_step (stmt, error) != TW_STEP_ROW)
    return FALSE;
  found->rail = g_strdup (tw_stmt_text (stmt, 0));
  found->op = (TwRailOp){ .id = (char *) id,
                          .account_id = g_strdup (tw_stmt_text (stmt, 1)),
                          .subject_id = g_strdup (tw_stmt_text (stmt, 2)),
                          .state = TW_RAIL_QUEUED };
  tw_stmt_reset (stmt);
  return TRUE;
}

/**
 * tw_rails_call_off:
 * @tx: the transaction
 * @id: of an order
 * @off: (out): whether it is; not when it may have been sent
 * @error: the database's, or of the room that uses the rail
 *
 * An order that was never sent is not sent any more, and whose it is hears that it was refused, for
 * the reason %TW_RAILS_CALLED_OFF. Who is about to send it counts that first, and finds it settled.
 *
 * Returns: whether it could be seen to
 */
gboolean
tw_rails_call_off (TwTx *tx, const char *id, gboolean *off, GError **error)
{
  const TwRailNews news = { .state = TW_RAIL_REFUSED,
                            .reference = "",
                            .reason = TW_RAILS_CALLED_OFF };
  g_auto (Found) found = { 0 };
  const TwRail *rail;

  if (!tw_db_run (tw_tx_db (tx), error,
                  "UPDATE rail_op SET state = $2, reason = $3, next_at = NULL, settled_at = $5 "
#ifdef TW_MUTANT_CALLED_OFF_WHEN_SENT
#include "base/tw-planted.h"
                  "WHERE id = $1 AND (state = $4 OR state < 3)",
#else
                  "WHERE id = $1 AND state = $4 AND posts = 0",
#endif
                  "sisii", id, (gint64) TW_RAIL_REFUSED, TW_RAILS_CALLED_OFF,
                  (gint64) TW_RAIL_QUEUED, tw_tx_now_ms (tx)))
    return FALSE;
  *off = tw_db_changes (tw_tx_db (tx)) == 1;
  if (!*off)
    return TRUE;
  if (!find (tx, id, &found, error))
    return FALSE;
  rail = tw_rails_find (found.rail);
  if (rail != NULL && rail->tell != NULL)
    return rail->tell (tx, &found.op, &news, error);
  g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "There is no rail '%s'", found.rail);
  return FALSE;
}

/**
 * tw_rails_give_up:
 * @tx: the transaction
 * @id: of an order that moves no money
 * @was_open: (out): whether it had not been carried out as far as is known
 * @error: the database's
 *
 * It is of no use any more: it is not sent, nor sent again, and what it says is not kept. Nobody is
 * told; what is heard of it later changes nothing.
 *
 * Returns: whether it could be seen to
 */
gboolean
tw_rails_give_up (TwTx *tx, const char *id, gboolean *was_open, GError **error)
{
  if (!tw_db_run (tw_tx_db (tx), error,
                  "UPDATE rail_op SET state = $2, reason = $3, next_at = NULL, settled_at = $5, "
                  "request = '' WHERE id = $1 AND state < $4",
                  "sisii", id, (gint64) TW_RAIL_REFUSED, TW_RAILS_CALLED_OFF,
                  (gint64) TW_RAIL_ACCEPTED, tw_tx_now_ms (tx)))
    return FALSE;
  *was_open = tw_db_changes (tw_tx_db (tx)) == 1;
  return TRUE;
}
