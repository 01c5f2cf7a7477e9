// SPDX-License-Identifier: GPL-3.0-or-later
/* identity.decide: a person looks at who somebody says they are, and approves or refuses. */
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/identity/tw-account-row.h"
#include "server/identity/tw-challenge.h"
#include "server/command/tw-column.h"
#include "server/ledger/tw-ledger.h"
#include "server/taxes/tw-taxes.h"

#define REASON_MAX_CHARS 400

typedef struct
{
  const char *account_id;
  gboolean approve;
  const char *reason;
} Decision;

static gboolean
check_body (JsonObject *body, Decision *decision, GError **error)
{
  static const char *const members[] = { "account_id", "approve", "reason", NULL };
  JsonNode *approve = json_object_get_member (body, "approve");

  if (!tw_json_check_members (body, members, error) ||
      (decision->account_id = tw_json_get_id (body, "account_id", error)) == NULL)
    return FALSE;
  if (approve == NULL || json_node_get_value_type (approve) != G_TYPE_BOOLEAN)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           "The member 'approve' is missing or neither true nor false");
      return FALSE;
    }
  decision->approve = json_node_get_boolean (approve);
  decision->reason = "";
  if (json_object_has_member (body, "reason"))
    decision->reason = tw_json_get_text (body, "reason", REASON_MAX_CHARS, TRUE, error);
  if (decision->reason == NULL)
    return FALSE;
  if (!decision->approve && *decision->reason == '\0')
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           "reason: Say why, so that the person can mend it.");
      return FALSE;
    }
  return TRUE;
}

static gboolean
write_decision (TwTx *tx, TwAccountRow *row, GError **error)
{
  g_autoptr (GBytes) reason = tw_column_seal (tw_tx_key (tx, "column"), "account", row->id,
                                              "identity_reason", row->identity_reason);
  g_autoptr (GBytes) decider =
    tw_column_seal (tw_tx_key (tx, "column"), "account", row->id, "decider", row->decided_by);

  return tw_db_run (tw_tx_db (tx), error,
                    "UPDATE account SET identity = $2, identity_reason = $3, decider = $4,"
                    " decided_by = '', checked_at = $5 WHERE id = $1",
                    "sibbi", row->id, (gint64) row->identity, reason, decider, row->checked_at_ms);
}

/* What the tax office has on them comes in once the decision is on the disk. */
static gboolean
fetch_taxpayer (TwTx *tx, const char *account_id, GError **error)
{
  g_autofree char *key = tw_identity_get_taxpayer_key (tw_tx_db (tx), account_id, error);

  if (key == NULL)
    return FALSE;
  tw_taxes_fetch_taxpayer_later (tx, account_id, key);
  return TRUE;
}

gboolean
tw_decide_handle (TwTx *tx, TwJob *job, GError **error)
{
  g_autoptr (TwAccountRow) row = NULL;
  g_autoptr (GError) local = NULL;
  Decision decision;

  if (!check_body (tw_job_body (job), &decision, &local))
    return tw_job_invalid (job, g_steal_pointer (&local));
  row = tw_account_row_load (tw_tx_db (tx), tw_tx_key (tx, "column"), decision.account_id, &local);
  if (g_error_matches (local, TW_ERROR, TW_ERROR_NOT_FOUND) ||
      (row != NULL && row->role != TW_ROLE_USER))
    return tw_job_refuse (job, "not_found", NULL);
  if (row == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (row->identity != TW_IDENTITY_STATE_PENDING)
    return tw_job_refuse (job, "already_decided", NULL);

  row->identity = decision.approve ? TW_IDENTITY_STATE_APPROVED : TW_IDENTITY_STATE_REFUSED;
  g_free (row->identity_reason);
  row->identity_reason = tw_text_clean (decision.reason);
  g_free (row->decided_by);
  row->decided_by = g_strdup (tw_job_actor (job)->name);
  row->checked_at_ms = tw_tx_now_ms (tx);
  if (!write_decision (tx, row, error) ||
      !tw_tx_audit (tx, job, decision.approve ? "identity.approved" : "identity.refused", row->id,
                    error))
    return FALSE;
  tw_account_row_publish (tx, row);
  /* Other limits hold now. */
  if (decision.approve &&
      (!fetch_taxpayer (tx, row->id, error) || !tw_ledger_publish_wallet (tx, row->id, error)))
    return FALSE;
  return tw_job_done (job, NULL);
}

/**
 * tw_identity_init:
 *
 * Makes the kinds of this room known to the writer.
 */
void
tw_identity_init (void)
{
  tw_handlers_add (TW_KIND_ACCOUNT_REGISTER, tw_register_handle, tw_register_prepare, NULL);
  tw_handlers_add (TW_KIND_IDENTITY_DECIDE, tw_decide_handle, NULL, NULL);
  tw_challenge_init ();
}
