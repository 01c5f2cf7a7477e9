// SPDX-License-Identifier: GPL-3.0-or-later
/* Registering: the one command that a guest gives. Its attempt is kept by the device until its
 * result is known, so that asking again repeats it and never registers twice. The password is never
 * kept. */
#include "client/app/tw-engine-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "client/sync/tw-command-batch.h"
#include "protocol/tw-command.h"
#include "protocol/tw-json.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"
#include "protocol/tw-routes.h"

/* What is kept of an attempt: its id (empty once it was refused), its intent, its time, and what
 * tells whether the person now says the same. */
typedef struct
{
  char *id;
  char *intent;
  gint64 at_ms;
  char *hash;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_free (attempt->id);
  g_free (attempt->intent);
  g_free (attempt->hash);
  g_free (attempt);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

static Attempt *
read_attempt (TwEngine *self)
{
  const char *text = g_hash_table_lookup (self->device_meta, TW_META_REGISTRATION);
  g_auto (GStrv) parts = text != NULL ? g_strsplit (text, " ", -1) : NULL;
  Attempt *attempt;

  if (parts == NULL || g_strv_length (parts) != 4)
    return NULL;
  attempt = g_new0 (Attempt, 1);
  attempt->intent = g_strdup (parts[0]);
  attempt->at_ms = g_ascii_strtoll (parts[1], NULL, 10);
  attempt->hash = g_strdup (parts[2]);
  attempt->id = g_strdup (parts[3]);
  return attempt;
}

static void
keep_attempt (TwEngine *self, Attempt *attempt)
{
  g_autofree char *text = g_strdup_printf ("%s %" G_GINT64_FORMAT " %s %s", attempt->intent,
                                           attempt->at_ms, attempt->hash, attempt->id);

  tw_engine_set_device_meta (self, TW_META_REGISTRATION, text);
}

/* The same words are the same attempt; other words are another attempt at the same. */
static Attempt *
choose_attempt (TwEngine *self, const char *body_text)
{
  g_autoptr (TwKey) key = tw_key_derive (self->master, "registration");
  g_autofree char *hash = tw_keyed_hash (key, body_text);
  Attempt *attempt = read_attempt (self);

  if (attempt == NULL)
    {
      attempt = g_new0 (Attempt, 1);
      attempt->intent = tw_uuid_new ();
    }
  else if (attempt->id[0] != '\0' && g_str_equal (attempt->hash, hash))
    return attempt;
  g_free (attempt->id);
  g_free (attempt->hash);
  attempt->id = tw_uuid_new ();
  attempt->hash = g_steal_pointer (&hash);
  attempt->at_ms = tw_clock_now_ms ();
  return attempt;
}

/* A registration that is under way; the data of its task. */
typedef struct
{
  GPtrArray *commands; /* the one */
  GBytes *body;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_ptr_array_unref (request->commands);
  g_bytes_unref (request->body);
  g_free (request);
}

static void
on_refused (TwEngine *self, GTask *task, TwResult *result)
{
  g_autoptr (Attempt) attempt = read_attempt (self);

  if (attempt != NULL)
    {
      attempt->id[0] = '\0';
      keep_attempt (self, attempt);
    }
  g_task_return_new_error (task, TW_ERROR, TW_ERROR_REFUSED, "%s",
                           tw_refusal_get_words (result->code != NULL ? result->code : "invalid",
                                                 result->words != NULL ? result->words : ""));
}

static void
on_answer (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TwEngine *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer =
    tw_transport_send_finish (TW_TRANSPORT (source), async_result, NULL, &error);
  Request *request = g_task_get_task_data (task);
  g_autoptr (GPtrArray) results =
    answer != NULL ? tw_command_batch_read (request->commands, answer, &error) : NULL;
  TwResult *result = results != NULL ? results->pdata[0] : NULL;

  if (result != NULL && result->state == TW_RESULT_REFUSED)
    on_refused (self, task, result);
  else if (result != NULL && result->state == TW_RESULT_DONE)
    {
      tw_engine_set_device_meta (self, TW_META_REGISTRATION, NULL);
      g_task_return_pointer (
        task,
        g_strdup (result->result != NULL
                    ? json_object_get_string_member_with_default (result->result, "reference", "")
                    : ""),
        g_free);
    }
  else if (error != NULL && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
                             g_error_matches (error, TW_ERROR, TW_ERROR_TOO_MANY)))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (
      task, TW_ERROR, TW_ERROR_UNREACHABLE,
      _ ("There was no answer. Try again in a moment: you can’t be registered twice."));
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TwEngine *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;

  if (!tw_store_finish (TW_STORE (source), result, &error))
    g_task_return_error (task, error);
  else if (self->transport == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Closed");
  else
    tw_transport_send_async (self->transport, TW_ROAD_API, "POST", TW_ROUTE_COMMANDS, NULL,
                             request->body, g_task_get_cancellable (task), on_answer,
                             g_object_ref (task));
}

void
tw_engine_register_async (TwEngine *self,
                          GVariant *body,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);
  g_autoptr (JsonObject) json = tw_json_from_variant (body);
  g_autofree char *body_text = tw_json_canonical_object (json);
  g_autoptr (Attempt) attempt = choose_attempt (self, body_text);
  TwCommand *command =
    tw_command_new (attempt->id, attempt->intent, TW_KIND_ACCOUNT_REGISTER, attempt->at_ms, json);
  g_autofree char *text = tw_command_get_signing_text (command, "", self->device_id);
  g_autofree char *public_key = tw_signer_get_public (self->signer);
  g_autoptr (GHashTable) nothing = g_hash_table_new (g_str_hash, g_str_equal);

  command->signature = tw_signer_sign (self->signer, text, strlen (text));
  request->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
  g_ptr_array_add (request->commands, command);
  request->body = tw_command_batch_encode (request->commands, self->device_id, public_key);
  g_task_set_task_data (task, request, request_free);
  keep_attempt (self, attempt);
  /* The queue is in order: when this is done, the attempt is on the disk. */
  tw_store_set_meta_async (self->device, nothing, on_kept, task);
}
