// SPDX-License-Identifier: GPL-3.0-or-later
/* What the tax office has on a person comes in: asked for when their identity is approved. */
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire.h"
#include "server/rails/tw-rails.h"
#include "server/taxes/tw-taxes-private.h"

static const TwRail taxpayers = { .name = "taxpayers",
                                  .path = "/office/taxpayers",
                                  .answer_kind = TW_KIND_TAX_ISSUE };

/* One that can't be read is left out; the others are no worse for it. */
static TwObject *
decode (const char *wire_type, JsonNode *node)
{
  g_autoptr (GError) error = NULL;
  TwObject *object = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    object = tw_wire_decode (wire_type, json_node_get_object (node), &error);
  if (object == NULL || !tw_uuid_is_valid (tw_object_get_id (object)))
    {
      g_warning ("The tax office has sent a %s that can’t be read: %s", wire_type,
                 error != NULL ? error->message : "no id");
      g_clear_object (&object);
    }
  return object;
}

static gboolean
issue_bills (TwTx *tx, const char *account_id, JsonArray *bills, GError **error)
{
  for (guint i = 0; i < json_array_get_length (bills); i++)
    {
      g_autoptr (TwObject) bill = decode ("bill", json_array_get_element (bills, i));
      gboolean is_new;

      if (bill == NULL || tw_bill_get_amount_fen (TW_BILL (bill)) <= 0)
        continue;
      g_object_set (bill, "account-id", account_id, NULL);
      if (!tw_bill_insert (tx, TW_BILL (bill), &is_new, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
issue_records (TwTx *tx, const char *account_id, JsonArray *records, GError **error)
{
  for (guint i = 0; i < json_array_get_length (records); i++)
    {
      g_autoptr (TwObject) record = decode ("record", json_array_get_element (records, i));

      if (record != NULL && !tw_record_insert (tx, account_id, TW_RECORD (record), error))
        return FALSE;
    }
  return TRUE;
}

static JsonArray *
get_list (JsonObject *body, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (body, name);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' is missing or not a list", name);
  return NULL;
}

/* {"op", "account_id", "bills", "records", "last"}: by the office's own ids, so that the same thing
 * told twice is there once. */
gboolean
tw_tax_issue_handle (TwTx *tx, TwJob *job, GError **error)
{
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *op = tw_json_get_id (body, "op", &bad);
  const char *account_id = op != NULL ? tw_json_get_id (body, "account_id", &bad) : NULL;
  JsonArray *bills = account_id != NULL ? get_list (body, "bills", &bad) : NULL;
  JsonArray *records = bills != NULL ? get_list (body, "records", &bad) : NULL;

  if (records == NULL)
    return tw_job_invalid (job, bad);
  if (!issue_bills (tx, account_id, bills, error) ||
      !issue_records (tx, account_id, records, error))
    return FALSE;
  if (json_object_get_boolean_member_with_default (body, "last", FALSE) &&
      !tw_rails_finish (tx, op, error))
    return FALSE;
  return tw_job_done (job, NULL);
}

/**
 * tw_taxes_fetch_taxpayer_later:
 * @tx: the transaction
 * @account_id: a person whose identity was approved
 * @taxpayer_key: the keyed hash under which the tax office knows them
 *
 * Asks the tax office after the commit what it has on them; bills and records then appear on the
 * feed. When this can't be written down, neither can the transaction be committed.
 */
void
tw_taxes_fetch_taxpayer_later (TwTx *tx, const char *account_id, const char *taxpayer_key)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id = tw_uuid_new ();

  json_object_set_string_member (request, "key", taxpayer_key);
  if (!tw_rails_queue (tx, &taxpayers, id, account_id, account_id, request, &error))
    g_message ("The tax office is not asked about an account: %s", error->message);
}

/**
 * tw_taxes_init:
 *
 * Makes the kinds of this room known to the writer, and the tax office to the rails.
 */
void
tw_taxes_init (void)
{
  tw_rails_add (&taxpayers);
  tw_tax_pay_add_rail ();
  tw_handlers_add (TW_KIND_TAX_PAY, tw_tax_pay_handle, NULL, tw_tax_pay_lock);
  tw_handlers_add (TW_KIND_TAX_ISSUE, tw_tax_issue_handle, NULL, NULL);
}
