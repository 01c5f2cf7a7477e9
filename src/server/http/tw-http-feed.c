// SPDX-License-Identifier: GPL-3.0-or-later
/* GET /v1/feed: parked in the feed's own context until there is something to tell. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-routes.h"
#include "server/http/tw-http-private.h"

#define CURSOR_MAX_BYTES 65536

/* A long poll that is waiting, and for whom. The feed's thread only. */
typedef struct
{
  TwHttp *http;
  TwRequest *request;
  char *token_hash;
  char *text;     /* (nullable): what it is to be told, while its session is looked at once more */
  gboolean ended; /* its session is over */
} TwParked;

static void
parked_free (TwParked *parked)
{
  g_hash_table_remove (parked->http->parked, parked);
  tw_request_unref (parked->request);
  tw_http_unref (parked->http);
  g_free (parked->token_hash);
  g_free (parked->text);
  g_free (parked);
}

static void
answer (TwRequest *request, const GError *error, gpointer user_data)
{
  TwParked *parked = user_data;

  if (error == NULL && !parked->ended)
    tw_request_reply_text (request, 200, TW_MEDIA_JSON, g_steal_pointer (&parked->text));
  else if (error != NULL && !parked->ended)
    tw_request_fail (request, error);
  else
    tw_http_refuse_ended (request);
  parked_free (parked);
}

/* A session may have ended while its poll was waiting: nothing is told to who would not be let in
 * any more. */
static void
on_polled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TwParked *parked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFeedAnswer) page = tw_feed_hub_poll_finish (result, &error);

  if (page != NULL)
    {
      parked->text = g_steal_pointer (&page->text);
      tw_http_check_session (parked->http, parked->request, parked->token_hash, answer, parked);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !parked->ended)
    {
      tw_request_reply (parked->request, 408, NULL, NULL); /* nobody is there to read it */
      parked_free (parked);
    }
  else
    answer (parked->request, error, parked);
}

static void
end_matching (TwHttp *http, const char *token_hash)
{
  g_autoptr (GList) all = g_hash_table_get_keys (http->parked);

  /* A poll that is cancelled ends in a later turn of this context. */
  for (GList *l = all; l != NULL; l = l->next)
    {
      TwParked *parked = l->data;

      if (token_hash != NULL && strcmp (parked->token_hash, token_hash) != 0)
        continue;
      parked->ended |= token_hash != NULL;
      g_cancellable_cancel (tw_request_get_cancellable (parked->request));
    }
}

/* The feed's thread: what is parked ends soon, all of it. */
void
tw_http_end_all_polls (TwHttp *http)
{
  end_matching (http, NULL);
}

typedef struct
{
  TwHttp *http;
  char *token_hash;
} Ended;

static gboolean
end_polls (gpointer data)
{
  Ended *ended = data;

  end_matching (ended->http, ended->token_hash);
  return G_SOURCE_REMOVE;
}

static void
ended_free (gpointer data)
{
  Ended *ended = data;

  tw_http_unref (ended->http);
  g_free (ended->token_hash);
  g_free (ended);
}

/**
 * tw_http_end_polls:
 * @http: the room
 * @token_hash: a session that has ended
 *
 * What waits in it is told so at once, from the feed's own thread.
 */
void
tw_http_end_polls (TwHttp *http, const char *token_hash)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Ended *ended = g_new (Ended, 1);

  ended->http = tw_http_ref (http);
  ended->token_hash = g_strdup (token_hash);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, end_polls, ended, ended_free);
  g_source_attach (source, http->feed_context);
}

/* Not longer than the session lasts. One that was ended before it was parked was not told so. */
static guint
get_wait_ms (TwHttp *http, const char *token_hash, gint64 wait_s)
{
  gint64 now_ms = tw_clock_now_ms ();
  gboolean ended;
  g_autoptr (TwActor) actor = tw_session_cache_find (http->sessions, token_hash, now_ms, &ended);
  gint64 end_ms = tw_session_cache_get_end (http->sessions, token_hash);
  gint64 left_ms = end_ms > 0 ? MAX (0, end_ms - now_ms) : G_MAXINT64;

  return ended ? 0 : (guint) MIN (wait_s * 1000, left_ms);
}

void
tw_http_feed (TwHttp *http, TwRequest *request, TwActor *actor)
{
  static const char *const names[] = { "after", "wait", "limit", NULL };
  const char *after = tw_request_get_query (request, "after");
  g_autoptr (GError) error = NULL;
  gint64 wait_s = 0, limit = TW_LIMIT_FEED_ITEMS;
  TwParked *parked;

  if (!tw_request_check_query (request, names, &error) ||
      !tw_http_get_int (request, "wait", 0, TW_LIMIT_FEED_WAIT_S, &wait_s, &error) ||
      !tw_http_get_int (request, "limit", 1, TW_LIMIT_FEED_ITEMS, &limit, &error))
    {
      tw_request_fail (request, error);
      return;
    }
  if (after != NULL && strlen (after) > CURSOR_MAX_BYTES)
    g_set_error_literal (&error, TW_ERROR, TW_ERROR_TOO_LARGE, "This is not a cursor");
  else if (g_atomic_int_get (&http->stopping))
    g_set_error_literal (&error, TW_ERROR, TW_ERROR_BUSY, "The service is being stopped");
  if (error != NULL)
    {
      tw_request_fail (request, error);
      return;
    }
  parked = g_new0 (TwParked, 1);
  parked->http = tw_http_ref (http);
  parked->request = tw_request_ref (request);
  parked->token_hash = tw_http_get_token (request);
  g_hash_table_add (http->parked, parked);
  tw_feed_hub_poll_async (tw_service_get_hub (http->service), actor,
                          after != NULL && *after != '\0' ? after : NULL, (guint) limit,
                          get_wait_ms (http, parked->token_hash, wait_s),
                          tw_request_get_cancellable (request), on_polled, parked);
}
