// SPDX-License-Identifier: GPL-3.0-or-later
/* What the conductor asks a client; each question is a line, and so is its answer. */
#include <stdio.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-identifiers.h"
#include "client/app/tw-engine-private.h"
#include "client/sync/tw-command-batch.h"
#include "model/tw-account.h"
#include "model/tw-challenge.h"
#include "model/tw-payment.h"
#include "protocol/tw-json.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-practice-people.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire.h"
#include "tw-faults-client.h"

/* All that has a list of its own. */
static const char *const types[] = { "account",   "bill",     "biller",     "card",
                                     "challenge", "customer", "difference", "message",
                                     "partner",   "payee",    "payment",    "reconciliation",
                                     "review",    "standing", "ticket",     "wallet",
                                     NULL };

static void
print (JsonObject *answer)
{
  g_autoptr (JsonObject) object = answer;
  g_autofree char *text = tw_json_canonical_object (object);

  /* As it stands, whatever the language. */
  fputs (text, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

TwFaultsSay tw_faults_say = print;

static void
say_error (const GError *error)
{
  JsonObject *answer = json_object_new ();

  json_object_set_string_member (answer, "error", error->message);
  tw_faults_say (answer);
}

static void
say_done (void)
{
  tw_faults_say (json_object_new ());
}

static void
say_ready (gboolean ready)
{
  JsonObject *answer = json_object_new ();

  json_object_set_boolean_member (answer, "ready", ready);
  tw_faults_say (answer);
}

static guint
count_doubtful (GListModel *payments)
{
  guint doubtful = 0;

  for (guint i = 0; i < g_list_model_get_n_items (payments); i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (payments, i);

      doubtful += tw_payment_get_state (payment) < TW_PAYMENT_STATE_POSTED;
    }
  return doubtful;
}

/* What waits for a code asks its person. */
static gboolean
asks (TwClient *client, TwOutgoing *item)
{
  TwObject *challenge =
    tw_object_list_find (tw_client_get_list (client, "challenge"), tw_outgoing_get_id (item));

  return challenge != NULL &&
         tw_challenge_get_state (TW_CHALLENGE (challenge)) == TW_CHALLENGE_STATE_WAITING;
}

static JsonArray *
list_unsettled (TwClient *client)
{
  GListModel *outgoing = tw_client_get_outgoing (client);
  JsonArray *ids = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (outgoing); i++)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (outgoing, i);

      if (!tw_outgoing_is_settled (item) && !asks (client, item))
        json_array_add_string_element (ids, tw_outgoing_get_id (item));
    }
  return ids;
}

static void
say_state (TwFaultsClient *self)
{
  TwClient *client = TW_CLIENT (self->engine);
  TwStatus *status = tw_client_get_status (client);
  GListModel *accounts = G_LIST_MODEL (tw_client_get_list (client, "account"));
  g_autoptr (TwAccount) account = g_list_model_get_item (accounts, 0);
  JsonObject *answer = json_object_new ();

  json_object_set_boolean_member (answer, "signed_in", tw_status_get_signed_in (status));
  json_object_set_string_member (answer, "account", tw_status_get_account_id (status));
  json_object_set_boolean_member (answer, "approved",
                                  account != NULL && tw_account_get_identity (account) ==
                                                       TW_IDENTITY_STATE_APPROVED);
  json_object_set_int_member (
    answer, "bills", g_list_model_get_n_items (G_LIST_MODEL (tw_client_get_list (client, "bill"))));
  json_object_set_int_member (answer, "as_of", tw_status_get_as_of_ms (status));
  json_object_set_int_member (answer, "wishes", tw_journal_count_wishes (self->journal));
  json_object_set_int_member (
    answer, "doubtful", count_doubtful (G_LIST_MODEL (tw_client_get_list (client, "payment"))));
  json_object_set_array_member (answer, "unsettled", list_unsettled (client));
  tw_faults_say (answer);
}

static JsonObject *
dump_list (GListModel *list)
{
  JsonObject *objects = json_object_new ();

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TwObject) object = g_list_model_get_item (list, i);
      g_autofree char *text = tw_wire_encode_text (object);

      json_object_set_member (objects, tw_object_get_id (object), tw_json_parse (text, -1, NULL));
    }
  return objects;
}

static void
on_records (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JsonObject *digest = user_data;
  JsonObject *records = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecordPage) page =
    tw_client_query_records_finish (TW_CLIENT (source), result, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < page->records->len; i++)
    {
      g_autofree char *text = tw_wire_encode_text (page->records->pdata[i]);

      json_object_set_member (records, tw_object_get_id (page->records->pdata[i]),
                              tw_json_parse (text, -1, NULL));
    }
  json_object_set_object_member (digest, "record", records);
  tw_faults_say (digest);
}

static JsonObject *
dump_lists (TwFaultsClient *self)
{
  TwClient *client = TW_CLIENT (self->engine);
  JsonObject *digest = json_object_new ();

  for (guint i = 0; types[i] != NULL; i++)
    json_object_set_object_member (
      digest, types[i], dump_list (G_LIST_MODEL (tw_client_get_list (client, types[i]))));
  return digest;
}

/* Everything that the person sees. */
static void
say_digest (TwFaultsClient *self)
{
  TwClient *client = TW_CLIENT (self->engine);
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();
  JsonObject *digest = dump_lists (self);

  tw_client_query_records_async (client, query, NULL, 10000, NULL, on_records, digest);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reference = tw_client_register_finish (TW_CLIENT (source), result, &error);

  if (reference != NULL)
    say_done ();
  else
    say_error (error);
}

static void
register_person (TwFaultsClient *self, const char *login)
{
  g_autofree char *id_number =
    tw_resident_id_make (110101, tw_clock_day_of_date (1985, 3, 2), 11 + (int) self->person);
  g_autofree char *phone = tw_faults_make_number (self);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", "李示例");
  g_variant_dict_insert (&dict, "id_number", "s", id_number);
  g_variant_dict_insert (&dict, "phone", "s", login != NULL ? login : phone);
  g_variant_dict_insert (&dict, "email", "s", "sample@example.com");
  g_variant_dict_insert (&dict, "password", "s", TW_PRACTICE_PASSWORD);
  tw_client_register_async (TW_CLIENT (self->engine), g_variant_dict_end (&dict), NULL,
                            on_registered, NULL);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (tw_client_sign_in_finish (TW_CLIENT (source), result, &error))
    say_done ();
  else
    say_error (error);
}

/* As the person who registered here, or by another name. */
static void
sign_in (TwFaultsClient *self, const char *login)
{
  g_autofree char *phone = tw_faults_make_number (self);

  tw_client_sign_in_async (TW_CLIENT (self->engine), login != NULL ? login : phone,
                           TW_PRACTICE_PASSWORD, NULL, on_signed_in, NULL);
}

static void
top_up (TwFaultsClient *self, gint64 amount_fen)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "amount_fen", "x", amount_fen);
  outgoing = tw_client_submit (TW_CLIENT (self->engine), TW_KIND_WALLET_TOP_UP, NULL,
                               g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);
  say_done ();
}

/* The command as it was sent: the same key makes the same signature. */
static TwCommand *
make_again (TwFaultsClient *self, const char *id)
{
  TwEngine *engine = self->engine;
  JsonObject *line = tw_journal_find (self->journal, id);
  g_autofree char *text = NULL;
  TwCommand *command;

  g_assert_nonnull (line);
  command = tw_command_new (id, json_object_get_string_member (line, "intent"),
                            json_object_get_string_member (line, "kind"),
                            json_object_get_int_member (line, "at_ms"),
                            json_object_get_object_member (line, "body"));
  if (!tw_kind_find (command->kind)->sign)
    return command;
  text = tw_command_get_signing_text (command, tw_status_get_account_id (engine->status),
                                      engine->device_id);
  command->signature = tw_signer_sign (engine->signer, text, strlen (text));
  return command;
}

static void
on_replayed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) commands = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = tw_transport_send_finish (TW_TRANSPORT (source), result, NULL, &error);
  g_autoptr (GPtrArray) results =
    body != NULL ? tw_command_batch_read (commands, body, &error) : NULL;
  JsonObject *answer;
  JsonArray *array;

  if (results == NULL)
    {
      say_error (error);
      return;
    }
  answer = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < results->len; i++)
    json_array_add_object_element (array, tw_result_encode (results->pdata[i]));
  json_object_set_array_member (answer, "results", array);
  tw_faults_say (answer);
}

static void
replay (TwFaultsClient *self, const char *const *ids)
{
  GPtrArray *commands = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
  g_autoptr (GBytes) body = NULL;

  for (guint i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (commands, make_again (self, ids[i]));
  body = tw_command_batch_encode (commands, NULL, NULL);
  tw_transport_send_async (self->engine->transport, TW_ROAD_API, "POST", TW_ROUTE_COMMANDS, NULL,
                           body, NULL, on_replayed, commands);
}

/**
 * tw_faults_answer:
 * @self: a client
 * @line: what is asked
 */
void
tw_faults_answer (TwFaultsClient *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  const char *const *rest = (const char *const *) words + 1;

  if (strcmp (words[0], "state") == 0)
    say_state (self);
  else if (strcmp (words[0], "digest") == 0)
    say_digest (self);
  else if (strcmp (words[0], "lists") == 0)
    tw_faults_say (dump_lists (self)); /* all but the tax history */
  else if (strcmp (words[0], "register") == 0)
    register_person (self, *rest);
  else if (strcmp (words[0], "sign-in") == 0)
    sign_in (self, *rest);
  else if (strcmp (words[0], "top-up") == 0)
    top_up (self, g_ascii_strtoll (*rest, NULL, 10));
  else if (strcmp (words[0], "prepare") == 0)
    say_ready (tw_faults_prepare (self));
  else if (strcmp (words[0], "replay") == 0)
    replay (self, rest);
  else if (strcmp (words[0], "go") == 0)
    tw_faults_go (self, rest);
  else if (strcmp (words[0], "stop") == 0)
    tw_faults_stop (self);
  else
    g_error ("There is no question '%s'", line);
}
