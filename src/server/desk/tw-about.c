// SPDX-License-Identifier: GPL-3.0-or-later
/* What a question is about: only something that the person sees in their own account. */
#include "base/tw-error.h"
#include "protocol/tw-wire.h"
#include "server/desk/tw-ticket-row.h"
#include "server/feed/tw-feed-batch.h"

/* The facts, for each window to put into words of its own language: type of tax, period, amount in
 * fen, apart by lines. What is no tax has no type. */
static char *
describe (TwObject *object)
{
  g_autofree char *tax_type = NULL;
  g_autofree char *period = NULL;
  gint64 amount_fen = 0;

  g_object_get (object, "tax-type", &tax_type, "period", &period, "amount-fen", &amount_fen, NULL);
  return g_strdup_printf ("%s\n%s\n%" G_GINT64_FORMAT, tax_type, period, amount_fen);
}

static char *
read_object (TwTx *tx, TwStmt *stmt, const char *context, const char *type, GError **error)
{
  gsize length;
  const guint8 *sealed = tw_stmt_blob (stmt, 0, &length);
  g_autoptr (GBytes) plain = tw_unseal (tw_tx_key (tx, "column"), sealed, length, context, error);
  g_autoptr (TwObject) object = NULL;
  g_autofree char *text = NULL;
  const char *data;

  if (plain == NULL)
    return NULL;
  data = g_bytes_get_data (plain, &length);
  text = g_strndup (data, length);
  object = tw_wire_decode_text (type, text, error);
  return object != NULL ? describe (object) : NULL;
}

/**
 * tw_about_find:
 * @tx: the transaction
 * @account_id: who asks
 * @type: payment, bill or record
 * @id: which one
 * @text: (out) (transfer full) (nullable): what it is, in words; %NULL when it is not theirs
 * @error: anything unexpected
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_about_find (
  TwTx *tx, const char *account_id, const char *type, const char *id, char **text, GError **error)
{
  g_autofree char *scope = g_strconcat ("account:", account_id, NULL);
  g_autofree char *context = tw_feed_seal_context (scope, type, id);
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error,
                              "SELECT body FROM feed WHERE scope = $1 AND type = $2 AND id = $3"
                              " AND removed = 0",
                              "sss", scope, type, id);
  gboolean ok = TRUE;
  TwStep step;

  *text = NULL;
  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    {
      *text = read_object (tx, stmt, context, type, error);
      ok = *text != NULL;
    }
  tw_stmt_reset (stmt);
  return ok && step != TW_STEP_ERROR;
}
