// SPDX-License-Identifier: GPL-3.0-or-later
/* Who is asking: the token of each request, when it comes in and, after a long wait, once more. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "server/http/tw-http-private.h"
#include "server/identity/tw-identity.h"

/**
 * tw_http_get_token:
 * @request: a request
 *
 * Returns: (transfer full) (nullable): what its bearer's token is found by
 */
char *
tw_http_get_token (TwRequest *request)
{
  const char *header = tw_request_get_header (request, "Authorization");

  if (header == NULL || g_ascii_strncasecmp (header, "Bearer ", 7) != 0 || header[7] == '\0' ||
      strlen (header) > 200)
    return NULL;
  return tw_session_hash (header + 7);
}

typedef struct
{
  char *token_hash;
  TwRouteFunc func; /* (nullable): goes on with the request, or */
  TwCheckedFunc checked;
  gpointer user_data;
  TwActor *actor;
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_clear_pointer (&lookup->actor, tw_actor_unref);
  g_free (lookup->token_hash);
  g_free (lookup);
}

static void
set_ended (GError **error)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED,
                       N_ ("The session has ended. Sign in again."));
}

/* Answers that the session is over. */
void
tw_http_refuse_ended (TwRequest *request)
{
  g_autoptr (GError) error = NULL;

  set_ended (&error);
  tw_request_fail (request, error);
}

static void
look_up (TwWork *work)
{
  Lookup *lookup = work->data;
  TwReaders *readers = tw_service_get_readers (work->http->service);
  g_autoptr (TwActor) actor = NULL;
  gint64 now_ms = tw_clock_now_ms (), expires_at_ms;
  TwDb *db = tw_readers_borrow (readers, &work->error);

  if (db == NULL)
    return;
  actor = tw_session_find (db, tw_service_get_key (work->http->service, TW_KEY_COLUMN),
                           lookup->token_hash, now_ms, &expires_at_ms, &work->error);
  tw_readers_return (readers, db);
  if (actor == NULL)
    return;
  lookup->actor =
    tw_session_cache_add (work->http->sessions, lookup->token_hash, actor, expires_at_ms, now_ms);
  if (lookup->actor == NULL)
    set_ended (&work->error);
}

static void
looked_up (TwWork *work)
{
  Lookup *lookup = work->data;

  if (lookup->checked != NULL)
    lookup->checked (work->request, work->error, lookup->user_data);
  else
    lookup->func (work->http, work->request, lookup->actor);
}

/* The database is asked. */
static void
start_lookup (TwHttp *http, TwRequest *request, Lookup *lookup)
{
  TwWork *work = tw_work_new (http, request, NULL);

  work->data = lookup;
  work->free_data = lookup_free;
  work->run = look_up;
  work->done = looked_up;
  work->own_errors = lookup->checked != NULL;
  tw_work_push (work, http->io_pool);
}

/**
 * tw_http_authenticate:
 * @http: the room
 * @request: a request that needs a session
 * @func: what goes on with it
 *
 * Calls @func with who asks, or answers that nobody does.
 */
void
tw_http_authenticate (TwHttp *http, TwRequest *request, TwRouteFunc func)
{
  g_autofree char *hash = tw_http_get_token (request);
  g_autoptr (TwActor) actor = NULL;
  gboolean ended = FALSE;
  Lookup *lookup;

  if (hash != NULL)
    actor = tw_session_cache_find (http->sessions, hash, tw_clock_now_ms (), &ended);
  if (actor != NULL)
    {
      func (http, request, actor);
      return;
    }
  if (hash == NULL || ended)
    {
      tw_http_refuse_ended (request);
      return;
    }
  lookup = g_new0 (Lookup, 1);
  lookup->token_hash = g_steal_pointer (&hash);
  lookup->func = func;
  start_lookup (http, request, lookup);
}

/**
 * tw_http_check_session:
 * @http: the room
 * @request: a request that was let in a while ago
 * @token_hash: by what
 * @checked: told whether it would be let in now; at once when that is known
 * @user_data: for @checked
 */
void
tw_http_check_session (TwHttp *http,
                       TwRequest *request,
                       const char *token_hash,
                       TwCheckedFunc checked,
                       gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean ended;
  g_autoptr (TwActor) actor =
    tw_session_cache_find (http->sessions, token_hash, tw_clock_now_ms (), &ended);
  Lookup *lookup;

  if (ended)
    set_ended (&error);
  if (ended || actor != NULL)
    {
      checked (request, error, user_data);
      return;
    }
  lookup = g_new0 (Lookup, 1);
  lookup->token_hash = g_strdup (token_hash);
  lookup->checked = checked;
  lookup->user_data = user_data;
  start_lookup (http, request, lookup);
}
