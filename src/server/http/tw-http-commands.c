// SPDX-License-Identifier: GPL-3.0-or-later
/* POST /v1/commands: the one way in which anything changes. */
#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire-error.h"
#include "server/http/tw-http-private.h"
#include "server/identity/tw-identity.h"

/* Whose commands are being done. */
typedef struct
{
  TwHttp *http;
  TwRequest *request;
  guint n_guests; /* commands of a guest */
} Waiting;

static void
waiting_free (Waiting *waiting)
{
  waiting->http->n_guests -= waiting->n_guests;
  tw_request_unref (waiting->request);
  tw_http_unref (waiting->http);
  g_free (waiting);
}

static void
on_done (GPtrArray *jobs, gpointer user_data)
{
  Waiting *waiting = user_data;
  g_autoptr (JsonObject) answer = json_object_new ();
  JsonArray *results = json_array_sized_new (jobs->len);
  guint status = 200;

  for (guint i = 0; i < jobs->len; i++)
    {
      const TwResult *result = tw_job_result (g_ptr_array_index (jobs, i));

      g_atomic_int_inc (&waiting->http->results[result->state]);
      json_array_add_object_element (results, tw_result_encode ((TwResult *) result));
    }
  json_object_set_array_member (answer, "results", results);
  /* One command alone whose id was used for something else: the request itself is in conflict. */
  if (jobs->len == 1 && tw_job_is_changed (g_ptr_array_index (jobs, 0)))
    {
      JsonObject *error = json_object_new ();

      status = tw_wire_error_get_status (TW_ERROR_CHANGED);
      json_object_set_string_member (error, "code", tw_wire_error_get_name (TW_ERROR_CHANGED));
      json_object_set_string_member (error, "message", "This id was used for another command");
      json_object_set_object_member (answer, "error", error);
    }
  tw_request_reply_text (waiting->request, status, TW_MEDIA_JSON,
                         tw_json_canonical_object (answer));
  waiting_free (waiting);
}

/* A guest's actor, or NULL: somebody who says which device they are, and no more. */
static TwActor *
read_guest (JsonObject *body, GError **error)
{
  static const char *const members[] = { "id", "public_key", NULL };
  JsonNode *node = json_object_get_member (body, "device");
  JsonObject *device;
  const char *id, *key;

  if (node == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED, N_ ("Sign in first."));
      return NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           "The member 'device' is not an object");
      return NULL;
    }
  device = json_node_get_object (node);
  if (!tw_json_check_members (device, members, error) ||
      (id = tw_json_get_string (device, "id", error)) == NULL ||
      (key = tw_json_get_string (device, "public_key", error)) == NULL ||
      !tw_device_check (id, key, error))
    return NULL;
  return tw_actor_new (TW_ROLE_GUEST, "", id, key, "");
}

/* An unknown kind is refused by the writer, alone; one that wants a session is none for a guest. */
static gboolean
check_kind (const TwCommand *command, TwActor *actor, GError **error)
{
  const TwKind *kind = tw_kind_find (command->kind);

  if (actor->role != TW_ROLE_GUEST || kind == NULL || (kind->roles & TW_ROLE_GUEST) != 0)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED, N_ ("Sign in first."));
  return FALSE;
}

static GPtrArray *
read_jobs (JsonObject *body, TwActor *actor, GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_job_unref);
  JsonNode *node = json_object_get_member (body, "commands");
  JsonArray *array =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;
  guint most = actor->role == TW_ROLE_GUEST ? TW_HTTP_MAX_GUEST_COMMANDS : TW_LIMIT_COMMANDS;

  if (n < 1 || n > most)
    {
      g_set_error (error, TW_ERROR, n > 0 ? TW_ERROR_TOO_LARGE : TW_ERROR_INVALID,
                   "The member 'commands' is not a list of 1 to %u", most);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      g_autoptr (TwCommand) command = NULL;

      if (JSON_NODE_HOLDS_OBJECT (element))
        command = tw_command_decode (json_node_get_object (element), error);
      else
        g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "It is not an object");
      if (command == NULL || !check_kind (command, actor, error))
        {
          g_prefix_error (error, "Command %u: ", i + 1);
          return NULL;
        }
      g_ptr_array_add (jobs, tw_job_new (tw_actor_ref (actor), g_steal_pointer (&command)));
    }
  return g_steal_pointer (&jobs);
}

/* Many guests at once would keep the slow hash of a password busy for everybody else. */
static gboolean
admit_guest (TwHttp *http, TwActor *actor, guint n, GError **error)
{
  if (actor->role != TW_ROLE_GUEST || http->n_guests + n <= TW_HTTP_MAX_WAITING)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY,
                       N_ ("Many people are registering just now. Try again in a moment."));
  return FALSE;
}

static gboolean
submit (TwHttp *http, TwRequest *request, TwActor *actor, JsonObject *body, GError **error)
{
  g_autoptr (GPtrArray) jobs = read_jobs (body, actor, error);
  Waiting *waiting;

  if (jobs == NULL || !admit_guest (http, actor, jobs->len, error))
    return FALSE;
  waiting = g_new0 (Waiting, 1);
  waiting->http = tw_http_ref (http);
  waiting->request = tw_request_ref (request);
  waiting->n_guests = actor->role == TW_ROLE_GUEST ? jobs->len : 0;
  http->n_guests += waiting->n_guests;
  if (tw_writer_submit (tw_service_get_writer (http->service), jobs,
                        tw_request_get_context (request), on_done, waiting, error))
    return TRUE;
  waiting_free (waiting);
  return FALSE;
}

static void
do_commands (TwHttp *http, TwRequest *request, TwActor *actor)
{
  static const char *const guest_members[] = { "commands", "device", NULL };
  static const char *const members[] = { "commands", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (TwActor) guest = NULL;
  JsonObject *body = tw_http_read_json (request, &root, &error);
  gboolean ok =
    body != NULL && tw_json_check_members (body, actor != NULL ? members : guest_members, &error);

  if (ok && actor == NULL)
    {
      guest = read_guest (body, &error);
      ok = guest != NULL;
    }
  if (ok)
    ok = submit (http, request, actor != NULL ? actor : guest, body, &error);
  if (!ok)
    tw_request_fail (request, error);
}

void
tw_http_commands (TwHttp *http, TwRequest *request, TwActor *actor)
{
  if (tw_request_get_header (request, "Authorization") != NULL)
    tw_http_authenticate (http, request, do_commands);
  else
    do_commands (http, request, NULL);
}
