// SPDX-License-Identifier: GPL-3.0-or-later
/* payee.save, payee.edit, payee.remove, and payee.forget */
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/pay/tw-payee-row.h"
#include "server/pay/tw-standing-row.h"

static gboolean
read_alias (JsonObject *body, char **alias, GError **error)
{
  const char *text;

  if (!tw_json_get_optional_text (body, "alias", TW_TEXT_MAX_NAME, &text, error))
    return FALSE;
  *alias = text != NULL ? tw_text_clean (text) : NULL;
  return TRUE;
}

static void
set_alias (TwPayeeRow *payee, char **alias)
{
  if (*alias == NULL)
    return;
  g_free (payee->alias);
  payee->alias = g_steal_pointer (alias);
}

/* {"payee_id", "alias"?}: with a code, as it is trusted from then on. */
static gboolean
handle_save (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "payee_id", "alias", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "payee_id", &bad);
  g_autoptr (TwPayeeRow) payee = NULL;
  g_autofree char *alias = NULL;

  if (id == NULL || !tw_json_check_members (body, members, &bad) ||
      !read_alias (body, &alias, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_payee_row_load_own (tx, job, id, &payee, error))
    return FALSE;
  if (payee == NULL)
    return TRUE;
  if (payee->state != TW_PAYEE_STATE_CHECKED && payee->state != TW_PAYEE_STATE_SAVED)
    return tw_job_refuse (job, "payee_unchecked", NULL);
  if (payee->state == TW_PAYEE_STATE_CHECKED && !tw_job_has_code (job))
    return tw_job_step_up (job, payee->name, 0);
  payee->state = TW_PAYEE_STATE_SAVED;
  set_alias (payee, &alias);
  return tw_payee_row_save (tx, payee, error) && tw_tx_audit (tx, job, "payee.saved", id, error) &&
         tw_job_done (job, "payee_id", "s", id, NULL);
}

/* {"payee_id", "alias"} */
static gboolean
handle_edit (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "payee_id", "alias", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "payee_id", &bad);
  g_autoptr (TwPayeeRow) payee = NULL;
  g_autofree char *alias = NULL;

  if (id == NULL || !tw_json_check_members (body, members, &bad) ||
      tw_json_get_text (body, "alias", TW_TEXT_MAX_NAME, FALSE, &bad) == NULL ||
      !read_alias (body, &alias, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_payee_row_load_own (tx, job, id, &payee, error))
    return FALSE;
  if (payee == NULL)
    return TRUE;
  if (payee->state != TW_PAYEE_STATE_SAVED)
    return tw_job_refuse (job, "payee_unchecked", NULL);
  set_alias (payee, &alias);
  return tw_payee_row_save (tx, payee, error) &&
         tw_standing_follow_payee (tx, id, tw_payee_row_get_shown (payee), error) &&
         tw_job_done (job, NULL);
}

/* {"payee_id"} */
static gboolean
handle_remove (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "payee_id", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "payee_id", &bad);
  g_autoptr (TwPayeeRow) payee = NULL;

  if (id == NULL || !tw_json_check_members (body, members, &bad))
    return tw_job_invalid (job, bad);
  if (!tw_payee_row_load_own (tx, job, id, &payee, error))
    return FALSE;
  return payee == NULL ||
         (tw_payee_row_delete (tx, payee, error) &&
          tw_standing_follow_payee (tx, id, NULL, error) &&
          tw_tx_audit (tx, job, "payee.removed", id, error) && tw_job_done (job, NULL));
}

/* {"payee_id"}: of the service itself: one that nobody has kept. */
static gboolean
handle_forget (TwTx *tx, TwJob *job, GError **error)
{
  GError *bad = NULL;
  const char *id = tw_json_get_id (tw_job_body (job), "payee_id", &bad);
  g_autoptr (TwPayeeRow) payee = NULL;

  if (id == NULL)
    return tw_job_invalid (job, bad);
  if (!tw_payee_row_load (tx, id, &payee, error))
    return FALSE;
  return (payee == NULL || payee->state == TW_PAYEE_STATE_SAVED ||
          tw_payee_row_delete (tx, payee, error)) &&
         tw_job_done (job, NULL);
}

void
tw_payee_add_commands (void)
{
  tw_handlers_add (TW_KIND_PAYEE_CHECK, tw_payee_check_handle, NULL, NULL);
  tw_handlers_add (TW_KIND_PAYEE_FOUND, tw_payee_found_handle, NULL, NULL);
  tw_handlers_add (TW_KIND_PAYEE_SAVE, handle_save, NULL, NULL);
  tw_handlers_add (TW_KIND_PAYEE_EDIT, handle_edit, NULL, NULL);
  tw_handlers_add (TW_KIND_PAYEE_REMOVE, handle_remove, NULL, NULL);
  tw_handlers_add (TW_KIND_PAYEE_FORGET, handle_forget, NULL, NULL);
}
