// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes down what the person was shown: commands and what became of them, payments and their
 * states. */
#include "model/tw-payment.h"
#include "protocol/tw-json.h"
#include "tw-faults-client.h"

static const char *const outgoing_words[] = { "waiting", "sent", "done", "refused", "expired" };
static const char *const payment_words[] = { "reserved", "sent", "unknown", "posted", "voided" };

static JsonObject *
line_new (const char *event, const char *id)
{
  JsonObject *line = json_object_new ();

  json_object_set_string_member (line, "event", event);
  json_object_set_string_member (line, "id", id);
  return line;
}

static void
on_state (TwOutgoing *outgoing, GParamSpec *pspec, TwFaultsClient *self)
{
  TwOutgoingState state = tw_outgoing_get_state (outgoing);
  gboolean settled = tw_outgoing_is_settled (outgoing);
  JsonObject *line = line_new (settled ? "told" : "sent", tw_outgoing_get_id (outgoing));
  GVariant *result = tw_outgoing_get_result (outgoing);

  if (settled)
    {
      json_object_set_string_member (line, "state", outgoing_words[state]);
      if (tw_outgoing_get_code (outgoing) != NULL)
        json_object_set_string_member (line, "code", tw_outgoing_get_code (outgoing));
      if (result != NULL)
        json_object_set_object_member (line, "result", tw_json_from_variant (result));
    }
  tw_journal_write (self->journal, line, settled);
}

/* An outgoing of this start: it is in the journal before it is in the store. */
static void
note_outgoing (TwFaultsClient *self, TwOutgoing *outgoing)
{
  JsonObject *line = line_new (self->started ? "asked" : "kept", tw_outgoing_get_id (outgoing));

  json_object_set_string_member (line, "intent", tw_outgoing_get_intent (outgoing));
  json_object_set_string_member (line, "kind", tw_outgoing_get_kind (outgoing));
  json_object_set_int_member (line, "at_ms", tw_outgoing_get_at_ms (outgoing));
  json_object_set_object_member (line, "body",
                                 tw_json_from_variant (tw_outgoing_get_body (outgoing)));
  if (self->wish >= 0)
    json_object_set_int_member (line, "wish", self->wish);
  tw_journal_write (self->journal, line, TRUE);
  g_signal_connect (outgoing, "notify::state", G_CALLBACK (on_state), self);
  if (!self->started && tw_outgoing_get_state (outgoing) != TW_OUTGOING_STATE_WAITING)
    on_state (outgoing, NULL, self);
}

static void
on_outgoing (GListModel *model, guint at, guint removed, guint added, TwFaultsClient *self)
{
  for (guint i = at; i < at + added; i++)
    {
      g_autoptr (TwOutgoing) outgoing = g_list_model_get_item (model, i);

      note_outgoing (self, outgoing);
    }
}

static void
note_payments (TwFaultsClient *self, GListModel *payments)
{
  for (guint i = 0; i < g_list_model_get_n_items (payments); i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (payments, i);
      const char *id = tw_object_get_id (TW_OBJECT (payment));
      gpointer state = GINT_TO_POINTER (tw_payment_get_state (payment) + 1);
      JsonObject *line;

      if (g_hash_table_lookup (self->shown, id) == state)
        continue;
      g_hash_table_replace (self->shown, g_strdup (id), state);
      line = line_new ("saw", id);
      json_object_set_string_member (line, "state", payment_words[tw_payment_get_state (payment)]);
      tw_journal_write (self->journal, line, FALSE);
    }
}

static void
on_payments (GListModel *payments, guint at, guint removed, guint added, TwFaultsClient *self)
{
  note_payments (self, payments);
}

static void
on_updated (TwObjectList *payments, TwFaultsClient *self)
{
  note_payments (self, G_LIST_MODEL (payments));
}

/**
 * tw_faults_watch:
 * @self: a client whose engine is not open yet
 */
void
tw_faults_watch (TwFaultsClient *self)
{
  TwClient *client = TW_CLIENT (self->engine);
  TwObjectList *payments = tw_client_get_list (client, "payment");

  g_signal_connect (tw_client_get_outgoing (client), "items-changed", G_CALLBACK (on_outgoing),
                    self);
  g_signal_connect (payments, "items-changed", G_CALLBACK (on_payments), self);
  g_signal_connect (payments, "updated", G_CALLBACK (on_updated), self);
}
