// SPDX-License-Identifier: GPL-3.0-or-later
/* What the other side says of somebody who was asked for: its register of companies and merchants,
 * and the billers' customers. */
#include <string.h>

#include "base/tw-money.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/command/tw-writer.h"
#include "server/pay/tw-payee-row.h"
#include "server/rails/tw-rails.h"

static const TwRail registers[] = {
  [TW_PAYEE_KIND_COMPANY] = { .name = "companies",
                              .path = "/bank/companies",
                              .answer_kind = TW_KIND_PAYEE_FOUND,
                              .is_whole = TRUE,
                              .is_secret = TRUE },
  [TW_PAYEE_KIND_MERCHANT] = { .name = "merchants",
                               .path = "/bank/merchants",
                               .answer_kind = TW_KIND_PAYEE_FOUND,
                               .is_whole = TRUE,
                               .is_secret = TRUE },
  [TW_PAYEE_KIND_BILLER] = { .name = "customers",
                             .path = "/billers/customers",
                             .answer_kind = TW_KIND_PAYEE_FOUND,
                             .is_whole = TRUE,
                             .is_secret = TRUE },
};

/* Asks the other side for somebody who is no person; the answer is told by payee.found. */
gboolean
tw_payee_ask (TwTx *tx, TwJob *job, const TwPayeeRow *payee, GError **error)
{
  gboolean of_biller = payee->kind == TW_PAYEE_KIND_BILLER;
  g_autofree char *id = tw_writer_make_id ("payee/ask", tw_job_command (job)->id);
  g_autofree char *key =
    of_biller ? g_strconcat (payee->biller_id, "-", payee->number, NULL) : g_strdup (payee->number);
  g_autoptr (JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "key", key);
  return tw_rails_queue (tx, &registers[payee->kind], id, payee->account_id, payee->id, request,
                         error);
}

/* "" for a question that has its answer: another process may have asked it too, and what it hears
 * late is not what was asked for last. */
static gboolean
find_subject (TwTx *tx, const char *op, char **subject, GError **error)
{
  TwStmt *stmt =
    tw_db_query (tw_tx_db (tx), error,
                 "SELECT subject_id FROM rail_op WHERE id = $1 AND next_at IS NOT NULL", "s", op);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *subject = g_strdup (step == TW_STEP_ROW ? tw_stmt_text (stmt, 0) : "");
  tw_stmt_reset (stmt);
  return TRUE;
}

/* A name that can't be shown is no name. */
static gboolean
read_answer (JsonObject *answer, TwPayeeRow *payee)
{
  const char *name = tw_json_get_text (answer, "name", TW_TEXT_MAX_NAME, FALSE, NULL);
  gint64 due_fen = 0;

  if (name == NULL || *name == '\0' ||
      (json_object_has_member (answer, "due_fen") &&
       !tw_json_get_int (answer, "due_fen", 0, TW_MONEY_MAX_FEN, &due_fen, NULL)))
    return FALSE;
  g_free (payee->name);
  payee->name = tw_text_clean (name);
  if (payee->kind == TW_PAYEE_KIND_BILLER)
    payee->asked_fen = due_fen;
  return TRUE;
}

/* A customer of one biller is as "**户" as that of another: the biller's own name tells them apart.
 */
static gboolean
name_customer (TwTx *tx, TwPayeeRow *payee, GError **error)
{
  g_autofree char *biller = NULL;
  g_autofree char *customer = NULL;

  if (!tw_biller_load_name (tx, payee->biller_id, &biller, error))
    return FALSE;
  if (biller == NULL)
    return TRUE;
  customer = g_steal_pointer (&payee->name);
  payee->name = g_strdup_printf ("%s · %s", biller, customer);
  return TRUE;
}

static gboolean
take_answer (TwTx *tx, TwPayeeRow *payee, JsonObject *answer, GError **error)
{
  gboolean saved = payee->state == TW_PAYEE_STATE_SAVED;
  gboolean found = answer != NULL && read_answer (answer, payee);

  if (found && payee->kind == TW_PAYEE_KIND_BILLER && !name_customer (tx, payee, error))
    return FALSE;
  payee->checked_at_ms = MAX (tw_tx_now_ms (tx), payee->asked_at_ms);
  if (found)
    payee->verified_at_ms = payee->checked_at_ms;
  if (!saved)
    payee->state = found ? TW_PAYEE_STATE_CHECKED : TW_PAYEE_STATE_MISSING;
  return tw_payee_row_save (tx, payee, error);
}

/* {"op", "account_id", "answer"?} */
gboolean
tw_payee_found_handle (TwTx *tx, TwJob *job, GError **error)
{
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *op = tw_json_get_id (body, "op", &bad);
  JsonNode *node = json_object_get_member (body, "answer");
  JsonObject *answer =
    node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (TwPayeeRow) payee = NULL;
  g_autofree char *subject = NULL;

  if (op == NULL)
    return tw_job_invalid (job, bad);
  if (!find_subject (tx, op, &subject, error) || !tw_payee_row_load (tx, subject, &payee, error))
    return FALSE;
  /* Removed or answered meanwhile: nobody wants to know any more. */
  return (payee == NULL || take_answer (tx, payee, answer, error)) &&
         tw_rails_finish (tx, op, error) && tw_job_done (job, NULL);
}

void
tw_payee_add_rails (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (registers); i++)
    if (registers[i].name != NULL)
      tw_rails_add (&registers[i]);
}
