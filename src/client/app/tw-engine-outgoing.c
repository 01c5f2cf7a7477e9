// SPDX-License-Identifier: GPL-3.0-or-later
/* What the person asked for, from the click to the result. */
#include "client/app/tw-engine-private.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "model/tw-challenge.h"
#include "protocol/tw-json.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"
#ifdef TW_MUTANT_WRITTEN_AFTER_SENDING
#include "base/tw-planted.h"
#include "client/sync/tw-command-batch.h"
#include "protocol/tw-routes.h"
#endif

void
tw_engine_count_unsent (TwEngine *self)
{
  GHashTableIter iter;
  gpointer outgoing;
  guint unsent = 0;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &outgoing))
    unsent += !tw_outgoing_is_settled (outgoing);
  g_object_set (self->status, "unsent", unsent, NULL);
}

static void
add (TwEngine *self, TwOutgoing *outgoing)
{
  g_hash_table_replace (self->by_id, (gpointer) tw_outgoing_get_id (outgoing), outgoing);
  g_list_store_append (self->outgoing, outgoing);
}

static void
remove_outgoing (TwEngine *self, TwOutgoing *outgoing)
{
  guint position;

  g_hash_table_remove (self->awaited, tw_outgoing_get_id (outgoing));
  g_hash_table_remove (self->by_id, tw_outgoing_get_id (outgoing));
  if (g_list_store_find (self->outgoing, outgoing, &position))
    g_list_store_remove (self->outgoing, position);
}

static gboolean
is_there (TwEngine *self, const char *id)
{
  GHashTableIter iter;
  gpointer list;

  g_hash_table_iter_init (&iter, self->lists);
  while (g_hash_table_iter_next (&iter, NULL, &list))
    if (tw_object_list_find (list, id) != NULL)
      return TRUE;
  return FALSE;
}

/* What a command makes has the command's id. */
static gboolean
makes_something (TwOutgoing *outgoing)
{
  GVariant *result = tw_outgoing_get_result (outgoing);
  GVariantIter iter;
  GVariant *value;
  gboolean found = FALSE;

  if (result == NULL)
    return FALSE;
  g_variant_iter_init (&iter, result);
  while (g_variant_iter_loop (&iter, "{&sv}", NULL, &value))
    found |= g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) &&
             g_str_equal (g_variant_get_string (value, NULL), tw_outgoing_get_id (outgoing));
  return found;
}

static void
forget (TwEngine *self, TwOutgoing *outgoing)
{
  tw_store_discard_async (self->store, tw_outgoing_get_id (outgoing), NULL, NULL);
  remove_outgoing (self, outgoing);
}

/* A command that is done leaves the list when the feed has brought what it made, so that what a
 * page shows of it is never gone in between. One about money stays until the person has seen the
 * result. */
static void
retire (TwEngine *self, TwOutgoing *outgoing)
{
  const TwKind *kind = tw_kind_find (tw_outgoing_get_kind (outgoing));

  if (kind != NULL && kind->money)
    return;
  if (!makes_something (outgoing) || is_there (self, tw_outgoing_get_id (outgoing)))
    forget (self, outgoing);
  else
    g_hash_table_add (self->awaited, g_strdup (tw_outgoing_get_id (outgoing)));
}

/* The feed has brought an object. */
void
tw_engine_note_arrival (TwEngine *self, const char *id)
{
  TwOutgoing *outgoing;

  if (!g_hash_table_remove (self->awaited, id))
    return;
  outgoing = g_hash_table_lookup (self->by_id, id);
  if (outgoing != NULL)
    forget (self, outgoing);
}

static void
settle_with (TwOutgoing *outgoing, TwResult *result)
{
  const TwRefusal *refusal = result->code != NULL ? tw_refusal_find (result->code) : NULL;
  const char *remedy = result->remedy;
  GVariant *variant = result->result != NULL ? tw_json_to_variant (result->result) : NULL;

  if (remedy == NULL && refusal != NULL)
    remedy = refusal->remedy;
  tw_outgoing_settle (
    outgoing, result->state == TW_RESULT_DONE ? TW_OUTGOING_STATE_DONE : TW_OUTGOING_STATE_REFUSED,
    result->code,
    result->code != NULL ? tw_refusal_get_words (result->code, result->words) : result->words,
    remedy, variant);
}

/* The result of a command is known and kept. */
void
tw_engine_settle (TwEngine *self, TwResult *result)
{
  TwOutgoing *outgoing = g_hash_table_lookup (self->by_id, result->id);
  g_autoptr (TwOutgoing) kept = NULL;

  g_hash_table_remove (self->under_way, result->id);
  if (outgoing == NULL)
    return;
  kept = g_object_ref (outgoing);
  settle_with (outgoing, result);
  tw_engine_count_unsent (self);
  if (result->state == TW_RESULT_DONE && g_hash_table_lookup (self->by_id, result->id) == kept)
    retire (self, outgoing);
}

static void
settle_expired (TwOutgoing *outgoing)
{
  tw_outgoing_settle (outgoing, TW_OUTGOING_STATE_EXPIRED, "expired",
                      tw_refusal_get_words ("expired", NULL), tw_refusal_find ("expired")->remedy,
                      NULL);
}

void
tw_engine_expire (TwEngine *self, const char *const *ids)
{
  for (guint i = 0; ids[i] != NULL; i++)
    {
      TwOutgoing *outgoing = g_hash_table_lookup (self->by_id, ids[i]);

      if (outgoing != NULL)
        settle_expired (outgoing);
    }
  tw_engine_count_unsent (self);
}

/* Which commands wait for a code. A challenge has the id of the command that it holds, and when it
 * is over, so is the wait: the result is asked for at once. */
void
tw_engine_look_at_challenges (TwEngine *self)
{
  TwObjectList *challenges = tw_engine_get_list (self, "challenge");
  g_autoptr (GPtrArray) outgoing = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer item;

  /* Whoever watches may take one away. */
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (outgoing, g_object_ref (item));
  for (guint i = 0; i < outgoing->len; i++)
    {
      TwOutgoing *command = outgoing->pdata[i];
      const char *id = tw_outgoing_get_id (command);
      TwObject *challenge = tw_object_list_find (challenges, id);
      gboolean held =
        challenge != NULL && !tw_outgoing_is_settled (command) &&
        tw_challenge_get_state (TW_CHALLENGE (challenge)) == TW_CHALLENGE_STATE_WAITING;
      gboolean over = tw_outgoing_get_held (command) && !held;

      tw_outgoing_set_held (command, held);
      if (over && self->pump != NULL && !tw_outgoing_is_settled (command))
        tw_pump_look_again (self->pump, id);
    }
}

/* Everything that was written down before. What is done has been seen, or the feed shows it. */
void
tw_engine_fill_outgoing (TwEngine *self, GPtrArray *stored)
{
  g_hash_table_remove_all (self->under_way);
  g_hash_table_remove_all (self->awaited);
  g_hash_table_remove_all (self->by_id);
  g_list_store_remove_all (self->outgoing);
  for (guint i = 0; stored != NULL && i < stored->len; i++)
    {
      TwStoreOutgoing *row = stored->pdata[i];
      g_autoptr (TwOutgoing) outgoing = NULL;

      if (row->state == TW_OUTGOING_STATE_DONE)
        {
          tw_store_discard_async (self->store, row->command->id, NULL, NULL);
          continue;
        }
      outgoing = tw_outgoing_new (row->command->id, row->command->intent, row->command->kind,
                                  row->command->at_ms);
      tw_outgoing_set_body (outgoing, tw_json_to_variant (row->command->body));
      if (row->state == TW_OUTGOING_STATE_SENT)
        {
          tw_outgoing_set_sent (outgoing);
          g_hash_table_add (self->under_way, g_strdup (row->command->id));
        }
      else if (row->state == TW_OUTGOING_STATE_EXPIRED)
        settle_expired (outgoing);
      else if (row->state == TW_OUTGOING_STATE_REFUSED && row->result != NULL)
        settle_with (outgoing, row->result);
      add (self, outgoing);
    }
  tw_engine_count_unsent (self);
  tw_engine_look_at_challenges (self);
}

typedef struct
{
  TwEngine *engine;
  TwOutgoing *outgoing;
} WriteDown;

static void
on_written_down (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WriteDown *data = user_data;
  TwEngine *self = data->engine;
  g_autoptr (GError) error = NULL;

  if (tw_store_finish (TW_STORE (source), result, &error))
    {
      if (self->pump != NULL)
        tw_pump_kick (self->pump);
    }
  else
    {
      g_autofree char *words = g_strdup_printf (
        _ ("This could not be written down on this computer, so it was not sent: %s"),
        error->message);

      tw_outgoing_settle (data->outgoing, TW_OUTGOING_STATE_REFUSED, "not_saved", words,
                          TW_REMEDY_RETRY, NULL);
      tw_engine_count_unsent (self);
    }
  g_object_unref (data->outgoing);
  g_object_unref (data->engine);
  g_free (data);
}

static gboolean
check (TwEngine *self, const TwKind *kind, const char *intent, GError **error)
{
  GHashTableIter iter;
  gpointer outgoing;

  if (self->store == NULL || !tw_status_get_signed_in (self->status))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED, _ ("Sign in first."));
      return FALSE;
    }
  if (kind->offline == TW_OFFLINE_REFUSE &&
      tw_status_get_connection (self->status) == TW_CONNECTION_OFFLINE)
    {
      tw_engine_retry_now (self);
      g_set_error_literal (error, TW_ERROR, TW_ERROR_UNREACHABLE,
                           _ ("The service can’t be reached just now, and this can’t wait. "
                              "Try again in a moment."));
      return FALSE;
    }
  g_hash_table_iter_init (&iter, self->by_id);
  while (intent != NULL && g_hash_table_iter_next (&iter, NULL, &outgoing))
    if (g_str_equal (tw_outgoing_get_intent (outgoing), intent) &&
        !tw_outgoing_is_settled (outgoing))
      {
        g_set_error_literal (error, TW_ERROR, TW_ERROR_REFUSED,
                             tw_refusal_get_words ("intent_live", NULL));
        return FALSE;
      }
  return TRUE;
}

TwOutgoing *
tw_engine_submit (
  TwEngine *self, const char *kind_name, const char *intent, GVariant *body, GError **error)
{
  const TwKind *kind = tw_kind_find (kind_name);
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *fresh = intent == NULL ? tw_uuid_new () : NULL;
  g_autoptr (JsonObject) json = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;
  TwCommand *command;
  WriteDown *data;

  g_return_val_if_fail (kind != NULL, NULL);

  if (!check (self, kind, intent, error))
    return NULL;
  json = tw_json_from_variant (body);
  command =
    tw_command_new (id, intent != NULL ? intent : fresh, kind_name, tw_clock_now_ms (), json);
  if (kind->sign)
    {
      g_autofree char *text = tw_command_get_signing_text (
        command, tw_status_get_account_id (self->status), self->device_id);

      command->signature = tw_signer_sign (self->signer, text, strlen (text));
    }
  outgoing = tw_outgoing_new (command->id, command->intent, command->kind, command->at_ms);
  tw_outgoing_set_body (outgoing, body);
  add (self, outgoing);
  tw_engine_count_unsent (self);

#ifdef TW_MUTANT_WRITTEN_AFTER_SENDING
#include "base/tw-planted.h"
  {
    g_autoptr (GPtrArray) alone = g_ptr_array_new ();
    g_autoptr (GBytes) early = NULL;

    g_ptr_array_add (alone, command);
    early = tw_command_batch_encode (alone, NULL, NULL);
    tw_transport_send_async (self->transport, TW_ROAD_API, "POST", TW_ROUTE_COMMANDS, NULL, early,
                             NULL, NULL, NULL);
  }
#endif
  data = g_new0 (WriteDown, 1);
  data->engine = g_object_ref (self);
  data->outgoing = g_object_ref (outgoing);
  tw_store_write_down_async (self->store, command, on_written_down, data);
  tw_feed_reader_retry_now (self->reader);
  return g_steal_pointer (&outgoing);
}

gboolean
tw_engine_discard (TwEngine *self, const char *id)
{
  TwOutgoing *outgoing = g_hash_table_lookup (self->by_id, id);

  if (outgoing == NULL || self->store == NULL)
    return FALSE;
  /* While a batch is being taken nobody can say whether it is in it. */
  if (!tw_outgoing_is_settled (outgoing) &&
      (self->taking > 0 || g_hash_table_contains (self->under_way, id) ||
       tw_outgoing_get_state (outgoing) != TW_OUTGOING_STATE_WAITING))
    return FALSE;
  forget (self, outgoing);
  tw_engine_count_unsent (self);
  return TRUE;
}
