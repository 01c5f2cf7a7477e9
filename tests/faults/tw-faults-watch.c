// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes down what the person was shown: commands and what became of them, and the states of
 * whatever comes to an end. */
#include "protocol/tw-json.h"
#include "tw-faults-client.h"

static const char *const outgoing_words[] = { "waiting", "sent", "done", "refused", "expired" };
static const char *const watched[] = {
  "bill", "card", "challenge", "payee", "payment", "standing"
};

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
  if (self->first)
    json_object_set_boolean_member (line, "first", TRUE);
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

/* Its state in the words of the wire. */
static const char *
get_state (TwObject *object)
{
  guint n;
  const TwField *fields = tw_object_get_fields (object, &n);
  int state;

  for (guint i = 0; i < n; i++)
    if (g_str_equal (fields[i].name, "state"))
      {
        g_object_get (object, "state", &state, NULL);
        return fields[i].words[state];
      }
  g_return_val_if_reached ("");
}

static void
note_objects (TwFaultsClient *self, GListModel *objects)
{
  for (guint i = 0; i < g_list_model_get_n_items (objects); i++)
    {
      g_autoptr (TwObject) object = g_list_model_get_item (objects, i);
      const char *id = tw_object_get_id (object), *state = get_state (object);
      g_autofree char *key = g_strconcat (tw_object_get_wire_type (object), " ", id, NULL);
      JsonObject *line;

      if (g_strcmp0 (g_hash_table_lookup (self->shown, key), state) == 0)
        continue;
      g_hash_table_replace (self->shown, g_steal_pointer (&key), (gpointer) state);
      line = line_new ("saw", id);
      json_object_set_string_member (line, "type", tw_object_get_wire_type (object));
      json_object_set_string_member (line, "state", state);
      tw_journal_write (self->journal, line, FALSE);
    }
}

static void
on_objects (GListModel *objects, guint at, guint removed, guint added, TwFaultsClient *self)
{
  note_objects (self, objects);
}

static void
on_updated (TwObjectList *objects, TwFaultsClient *self)
{
  note_objects (self, G_LIST_MODEL (objects));
}

/**
 * tw_faults_watch:
 * @self: a client whose engine is not open yet
 */
void
tw_faults_watch (TwFaultsClient *self)
{
  TwClient *client = TW_CLIENT (self->engine);

  g_signal_connect (tw_client_get_outgoing (client), "items-changed", G_CALLBACK (on_outgoing),
                    self);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    {
      TwObjectList *objects = tw_client_get_list (client, watched[i]);

      g_signal_connect (objects, "items-changed", G_CALLBACK (on_objects), self);
      g_signal_connect (objects, "updated", G_CALLBACK (on_updated), self);
    }
}
