// SPDX-License-Identifier: GPL-3.0-or-later
/* Signing in and out. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire-error.h"
#include "server/desk/tw-desk.h"
#include "server/http/tw-http-private.h"
#include "server/identity/tw-identity.h"

#define EXPIRY_S 60

typedef struct
{
  char *login;
  char *password;
  char *device_id;
  char *public_key;
  char *login_name;  /* as the throttle knows it */
  char *device_name; /* as the throttle knows it */
  TwSignIn *sign_in;
  char *token;
  gint64 expires_at_ms;
} Attempt;

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  g_free (attempt->login);
  tw_secret_free_text (attempt->password);
  g_free (attempt->device_id);
  g_free (attempt->public_key);
  g_free (attempt->login_name);
  g_free (attempt->device_name);
  tw_sign_in_free (attempt->sign_in);
  tw_secret_free_text (attempt->token);
  g_free (attempt);
}

static Attempt *
read_attempt (TwRequest *request, GError **error)
{
  static const char *const members[] = { "login", "password", "device", NULL };
  static const char *const device_members[] = { "id", "public_key", NULL };
  g_autoptr (JsonNode) root = NULL;
  JsonObject *body = tw_http_read_json (request, &root, error);
  const char *login, *password, *id, *key;
  g_autofree char *canonical = NULL;
  JsonNode *device;
  Attempt *attempt;

  if (body == NULL || !tw_json_check_members (body, members, error) ||
      (login = tw_json_get_text (body, "login", TW_LOGIN_MAX_CHARS, FALSE, error)) == NULL ||
      (password = tw_json_get_text (body, "password", TW_PASSWORD_MAX_CHARS, FALSE, error)) == NULL)
    return NULL;
  device = json_object_get_member (body, "device");
  if (device == NULL || !JSON_NODE_HOLDS_OBJECT (device))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           "The member 'device' is not an object");
      return NULL;
    }
  if (!tw_json_check_members (json_node_get_object (device), device_members, error) ||
      (id = tw_json_get_id (json_node_get_object (device), "id", error)) == NULL ||
      (key = tw_json_get_string (json_node_get_object (device), "public_key", error)) == NULL ||
      !tw_device_check (id, key, error))
    return NULL;
  canonical = tw_identity_login_canonical (login);
  attempt = g_new0 (Attempt, 1);
  attempt->login = g_strdup (login);
  attempt->password = g_strdup (password);
  attempt->device_id = g_strdup (id);
  attempt->public_key = g_strdup (key);
  attempt->login_name = g_strconcat ("login ", canonical, NULL);
  attempt->device_name = g_strconcat ("device ", id, NULL);
  return attempt;
}

static void
check_password (TwWork *work)
{
  Attempt *attempt = work->data;
  TwService *service = work->http->service;
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, &work->error);

  if (db == NULL)
    return;
  attempt->sign_in = tw_sign_in_check (
    db, tw_service_get_key (service, TW_KEY_COLUMN), tw_service_get_key (service, TW_KEY_LOOKUP),
    attempt->login, attempt->password, attempt->device_id, attempt->public_key, &work->error);
  tw_readers_return (readers, db);
}

/* Who was signed in nowhere any more has closed what they were looking into. */
static gboolean
expire (TwTx *tx, GError **error)
{
  g_autoptr (GPtrArray) gone = tw_session_expire (tx, error);

  if (gone == NULL)
    return FALSE;
  for (guint i = 0; i < gone->len; i++)
    if (!tw_desk_stop_looking (tx, g_ptr_array_index (gone, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
begin_session (TwTx *tx, gpointer user_data, GError **error)
{
  Attempt *attempt = ((TwWork *) user_data)->data;

  g_clear_pointer (&attempt->token, tw_secret_free_text);
  if (!expire (tx, error))
    return FALSE;
  attempt->token = tw_session_begin (tx, attempt->sign_in, &attempt->expires_at_ms, error);
  return attempt->token != NULL;
}

static void
session_begun (const GError *error, gpointer user_data)
{
  TwWork *work = user_data;
  Attempt *attempt = work->data;
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *expires_at = NULL;

  if (error != NULL)
    tw_request_fail (work->request, error);
  else
    {
      expires_at = tw_clock_format_ms (attempt->expires_at_ms);
      answer = json_object_new ();
      json_object_set_string_member (answer, "token", attempt->token);
      json_object_set_string_member (answer, "account_id", attempt->sign_in->account_id);
      json_object_set_string_member (answer, "device_id", attempt->device_id);
      json_object_set_string_member (answer, "role", tw_role_get_name (attempt->sign_in->role));
      json_object_set_string_member (answer, "name", attempt->sign_in->name);
      json_object_set_string_member (answer, "expires_at", expires_at);
      tw_request_reply_text (work->request, 201, TW_MEDIA_JSON, tw_json_canonical_object (answer));
    }
  tw_work_free (work);
}

/* The work goes on in the writer, in a copy that owns what the first had. */
static void
password_checked (TwWork *work)
{
  Attempt *attempt = work->data;
  TwHttp *http = work->http;
  g_autoptr (GError) error = NULL;
  TwWork *next;

  http->n_sign_ins--;
  if (!g_error_matches (work->error, TW_ERROR, TW_ERROR_UNAUTHENTICATED))
    tw_throttle_forgive (http->throttle, attempt->device_name);
  if (work->error != NULL)
    {
      if (!g_error_matches (work->error, TW_ERROR, TW_ERROR_UNAUTHENTICATED))
        tw_throttle_forgive (http->throttle, attempt->login_name);
      tw_request_fail (work->request, work->error);
      return;
    }
  tw_throttle_clear (http->throttle, attempt->login_name);
  next = tw_work_new (http, work->request, NULL);
  next->data = g_steal_pointer (&work->data);
  next->free_data = attempt_free;
  work->free_data = NULL;
  if (!tw_writer_submit_call (tw_service_get_writer (http->service), begin_session,
                              tw_request_get_context (next->request), session_begun, next, &error))
    {
      tw_request_fail (next->request, error);
      tw_work_free (next);
    }
}

/* Counted before the password is looked at; what is refused for its number costs nothing. */
static gboolean
count_attempt (TwHttp *http, Attempt *attempt, GError **error)
{
  gint64 now_ms = g_get_monotonic_time () / 1000;
  int wait_s = tw_throttle_try (http->throttle, attempt->device_name, now_ms);

  if (wait_s == 0)
    {
      wait_s = tw_throttle_try (http->throttle, attempt->login_name, now_ms);
      if (wait_s > 0)
        tw_throttle_forgive (http->throttle, attempt->device_name);
    }
  if (wait_s > 0)
    {
      tw_wire_error_set_wait (error, wait_s);
      return FALSE;
    }
  if (http->n_sign_ins >= TW_HTTP_MAX_WAITING)
    {
      tw_throttle_forgive (http->throttle, attempt->device_name);
      tw_throttle_forgive (http->throttle, attempt->login_name);
      g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY,
                           N_ ("Many people are signing in just now. Try again in a moment."));
      return FALSE;
    }
  return TRUE;
}

void
tw_http_sign_in (TwHttp *http, TwRequest *request, TwActor *actor)
{
  g_autoptr (GError) error = NULL;
  Attempt *attempt = read_attempt (request, &error);
  TwWork *work;

  if (attempt == NULL || !count_attempt (http, attempt, &error))
    {
      if (attempt != NULL)
        attempt_free (attempt);
      tw_request_fail (request, error);
      return;
    }
  http->n_sign_ins++;
  work = tw_work_new (http, request, NULL);
  work->data = attempt;
  work->free_data = attempt_free;
  work->run = check_password;
  work->done = password_checked;
  work->own_errors = TRUE;
  tw_work_push (work, http->password_pool);
}

/* An agent who is signed in nowhere else does not look into any ticket any more. */
static gboolean
end_session (TwTx *tx, gpointer user_data, GError **error)
{
  TwWork *work = user_data;
  const char *account_id = work->actor->account_id;
  gboolean elsewhere;

  return tw_session_end (tx, work->data, error) &&
         tw_session_exists (tx, account_id, &elsewhere, error) &&
         (elsewhere || tw_desk_stop_looking (tx, account_id, error));
}

static void
session_ended (const GError *error, gpointer user_data)
{
  TwWork *work = user_data;

  if (error == NULL)
    tw_request_reply (work->request, 204, NULL, NULL);
  else
    {
      tw_session_cache_forget (work->http->sessions, work->data);
      tw_request_fail (work->request, error);
    }
  tw_work_free (work);
}

void
tw_http_sign_out (TwHttp *http, TwRequest *request, TwActor *actor)
{
  TwWork *work = tw_work_new (http, request, actor);
  g_autoptr (GError) error = NULL;

  work->data = tw_http_get_token (request);
  work->free_data = g_free;
  tw_session_cache_end (http->sessions, work->data, tw_clock_now_ms ());
  tw_http_end_polls (http, work->data);
  if (!tw_writer_submit_call (tw_service_get_writer (http->service), end_session,
                              tw_request_get_context (request), session_ended, work, &error))
    session_ended (error, work);
}

static gboolean
expire_call (TwTx *tx, gpointer user_data, GError **error)
{
  return expire (tx, error);
}

static void
expired (const GError *error, gpointer user_data)
{
  if (error != NULL)
    g_message ("Sessions whose time is over can't be ended: %s", error->message);
  tw_http_unref (user_data);
}

static gboolean
on_expiry (gpointer data)
{
  TwHttp *http = data;

  if (!tw_service_is_leader (http->service))
    return G_SOURCE_CONTINUE;
  tw_http_ref (http);
  if (!tw_writer_submit_call (tw_service_get_writer (http->service), expire_call,
                              g_source_get_context (http->expiry), expired, http, NULL))
    tw_http_unref (http); /* it is busy: the next time */
  return G_SOURCE_CONTINUE;
}

/* Now, and then every minute: a session that has run out is over for its grants too. */
void
tw_http_start_expiry (TwHttp *http)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  http->expiry = g_timeout_source_new_seconds (EXPIRY_S);
  g_source_set_callback (http->expiry, on_expiry, http, NULL);
  g_source_attach (http->expiry, context);
  on_expiry (http);
}
