// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/tw-http.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-routes.h"
#include "server/http/tw-http-private.h"

#define IO_THREADS 3
#define PASSWORD_THREADS 2
/* How long stopping waits for what is under way. */
#define DRAIN_S 20

typedef enum
{
  ON_API = 1 << 0,
  ON_FEED = 1 << 1,
} Sockets;

static const struct
{
  const char *method;
  const char *path; /* ends with a slash: what follows names a thing */
  guint sockets;
  gboolean session;
  TwRouteFunc func;
} routes[] = {
  { "POST", TW_ROUTE_COMMANDS, ON_API, FALSE, tw_http_commands },
  { "GET", TW_ROUTE_FEED, ON_FEED, TRUE, tw_http_feed },
  { "POST", TW_ROUTE_SESSIONS, ON_API, FALSE, tw_http_sign_in },
  { "DELETE", TW_ROUTE_SESSION, ON_API, TRUE, tw_http_sign_out },
  { "GET", TW_ROUTE_RECORDS, ON_API, TRUE, tw_http_records },
  { "PUT", TW_ROUTE_BLOBS, ON_API, TRUE, tw_http_put_blob },
  { "HEAD", TW_ROUTE_BLOBS, ON_API, TRUE, tw_http_head_blob },
  { "GET", TW_ROUTE_BLOBS, ON_API, TRUE, tw_http_get_blob },
  { "GET", TW_ROUTE_HEALTH, ON_API | ON_FEED, FALSE, tw_http_health },
  { "GET", TW_ROUTE_METRICS, ON_API, FALSE, tw_http_metrics },
};

TwHttp *
tw_http_ref (TwHttp *http)
{
  g_atomic_ref_count_inc (&http->refs);
  return http;
}

void
tw_http_unref (TwHttp *http)
{
  if (!g_atomic_ref_count_dec (&http->refs))
    return;
  tw_session_cache_free (http->sessions);
  tw_blob_store_free (http->blobs);
  tw_throttle_free (http->throttle);
  g_hash_table_unref (http->parked);
  g_clear_pointer (&http->feed_context, g_main_context_unref);
  g_clear_error (&http->feed_error);
  g_free (http->feed_path);
  g_free (http);
}

/**
 * tw_http_get_int:
 * @request: a request
 * @name: a parameter of its query
 * @min: the least that is accepted
 * @max: the most that is accepted
 * @value: (inout): the number; left alone when the parameter is not there
 * @error: %TW_ERROR_INVALID
 *
 * Returns: whether it is not there, or an integer from @min to @max
 */
gboolean
tw_http_get_int (
  TwRequest *request, const char *name, gint64 min, gint64 max, gint64 *value, GError **error)
{
  const char *text = tw_request_get_query (request, name);

  if (text == NULL || g_ascii_string_to_signed (text, 10, min, max, value, NULL))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               "The parameter '%s' is not a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
               name, min, max);
  return FALSE;
}

/**
 * tw_http_read_json:
 * @request: a request
 * @root: (out) (transfer full): keeps what is returned
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer none) (nullable): its body, which is an object
 */
JsonObject *
tw_http_read_json (TwRequest *request, JsonNode **root, GError **error)
{
  const char *type = tw_request_get_header (request, "Content-Type");
  g_autoptr (GBytes) body = tw_request_get_body (request);
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  *root = NULL;
  if (type == NULL || g_ascii_strncasecmp (type, TW_MEDIA_JSON, strlen (TW_MEDIA_JSON)) != 0)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           "The Content-Type is not application/json");
      return NULL;
    }
  *root = tw_json_parse (text != NULL ? text : "", (gssize) length, error);
  if (*root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (*root))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "The body is not an object");
      return NULL;
    }
  return json_node_get_object (*root);
}

void
tw_http_health (TwHttp *http, TwRequest *request, TwActor *actor)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autofree char *now = tw_clock_format_ms (tw_clock_now_ms ());
  g_autoptr (GError) stalled = NULL;

  if (tw_writer_is_stalled (tw_service_get_writer (http->service), &stalled))
    {
      tw_request_fail (request, stalled);
      return;
    }
  json_object_set_string_member (answer, "status", "ok");
  json_object_set_string_member (answer, "version", TW_VERSION);
  json_object_set_string_member (answer, "now", now);
  tw_request_reply_text (request, 200, TW_MEDIA_JSON, tw_json_canonical_object (answer));
}

static gboolean
matches (const char *route, const char *path)
{
  gsize n = strlen (route);

  return route[n - 1] == '/' ? strncmp (path, route, n) == 0 && path[n] != '\0'
                             : strcmp (path, route) == 0;
}

static void
dispatch (TwHttp *http, TwRequest *request, guint socket)
{
  const char *path = tw_request_get_path (request);
  g_autoptr (GError) error = NULL;
  gboolean known = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if ((routes[i].sockets & socket) == 0 || !matches (routes[i].path, path))
        continue;
      known = TRUE;
      if (strcmp (routes[i].method, tw_request_get_method (request)) != 0)
        continue;
      if (routes[i].session)
        tw_http_authenticate (http, request, routes[i].func);
      else
        routes[i].func (http, request, NULL);
      return;
    }
  g_set_error_literal (&error, TW_ERROR, known ? TW_ERROR_INVALID : TW_ERROR_NOT_FOUND,
                       known ? "This can't be done here" : "There is nothing here");
  tw_request_fail (request, error);
}

static void
on_api_request (TwRequest *request, gpointer user_data)
{
  dispatch (user_data, request, ON_API);
}

static void
on_feed_request (TwRequest *request, gpointer user_data)
{
  dispatch (user_data, request, ON_FEED);
}

static void
on_answered (const char *path, guint status, gpointer user_data)
{
  TwHttp *http = user_data;

  g_atomic_int_inc (&http->answers[MIN (status / 100, G_N_ELEMENTS (http->answers) - 1)]);
}

static gboolean
quit_feed (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  TwHttp *http;
  GMutex lock;
  GCond ready;
  gboolean done;
} FeedStart;

/* What is parked is told to end, and ends before this returns. */
static void
unpark_all (TwHttp *http)
{
  tw_http_end_all_polls (http);
  while (g_hash_table_size (http->parked) > 0)
    g_main_context_iteration (http->feed_context, TRUE);
  while (g_main_context_iteration (http->feed_context, FALSE))
    ;
}

static gpointer
run_feed (gpointer data)
{
  FeedStart *start = data;
  TwHttp *http = start->http;
  g_autoptr (GMainLoop) loop = NULL;

  g_main_context_push_thread_default (http->feed_context);
  http->feed =
    tw_listener_new (http->feed_path, NULL, on_feed_request, on_answered, http, &http->feed_error);
  loop = g_main_loop_new (http->feed_context, FALSE);
  http->feed_loop = loop;
  g_mutex_lock (&start->lock);
  start->done = TRUE;
  g_cond_signal (&start->ready);
  g_mutex_unlock (&start->lock);

  if (http->feed != NULL)
    {
      g_main_loop_run (loop);
      tw_listener_stop (http->feed);
      unpark_all (http);
    }
  g_main_context_pop_thread_default (http->feed_context);
  return NULL;
}

static gboolean
start_feed (TwHttp *http, GError **error)
{
  FeedStart start = { .http = http };

  g_mutex_init (&start.lock);
  g_cond_init (&start.ready);
  http->feed_context = g_main_context_new ();
  http->feed_thread = g_thread_new ("feed", run_feed, &start);
  g_mutex_lock (&start.lock);
  while (!start.done)
    g_cond_wait (&start.ready, &start.lock);
  g_mutex_unlock (&start.lock);
  g_mutex_clear (&start.lock);
  g_cond_clear (&start.ready);
  if (http->feed != NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&http->feed_error));
  return FALSE;
}

/* A connection is two descriptors while it is being answered; the usual soft limit is 1024. */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_message ("The limit of open files stays as it is: %s", g_strerror (errno));
}

/**
 * tw_http_start:
 * @service: the service; outlives the result
 * @socket_dir: where the sockets are made; it must be there
 * @blob_dir: where blobs are kept; made when it is not there
 * @error: %TW_ERROR_BUSY when another process serves there
 *
 * Serves `api.sock` in the thread-default context of the caller and `feed.sock` in a thread of its
 * own.
 *
 * Returns: (transfer full) (nullable): the room; end it with tw_http_stop()
 */
TwHttp *
tw_http_start (TwService *service, const char *socket_dir, const char *blob_dir, GError **error)
{
  g_autofree char *api_path = g_build_filename (socket_dir, TW_SOCKET_API, NULL);
  TwHttp *http = g_new0 (TwHttp, 1);

  g_atomic_ref_count_init (&http->refs);
  raise_file_limit ();
  http->service = service;
  http->sessions = tw_session_cache_new ();
  http->throttle = tw_throttle_new ();
  http->parked = g_hash_table_new (NULL, NULL);
  http->feed_path = g_build_filename (socket_dir, TW_SOCKET_FEED, NULL);
  http->io_pool = g_thread_pool_new (tw_work_run, NULL, IO_THREADS, FALSE, NULL);
  http->password_pool = g_thread_pool_new (tw_work_run, NULL, PASSWORD_THREADS, FALSE, NULL);
  http->blobs = tw_blob_store_new (blob_dir, tw_service_get_key (service, TW_KEY_COLUMN),
                                   tw_service_get_key (service, TW_KEY_LOOKUP), error);
  if (http->blobs != NULL)
    http->api = tw_listener_new (api_path, NULL, on_api_request, on_answered, http, error);
  if (http->api != NULL && start_feed (http, error))
    {
      tw_http_start_sweeping (http);
      tw_http_start_expiry (http);
      return http;
    }
  tw_http_stop (http);
  return NULL;
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Each piece of work has a reference and gives it back in the context of its socket; the feed's
 * thread has ended, so this one runs its context too. */
static void
drain (TwHttp *http)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  g_autoptr (GSource) ticker = g_timeout_source_new (50);
  gint64 deadline = g_get_monotonic_time () + DRAIN_S * G_USEC_PER_SEC;

  g_source_set_callback (ticker, tick, NULL, NULL);
  g_source_attach (ticker, context);
  while (!g_atomic_ref_count_compare (&http->refs, 1) && g_get_monotonic_time () < deadline)
    {
      g_main_context_iteration (context, TRUE);
      if (http->feed_context != NULL)
        while (g_main_context_iteration (http->feed_context, FALSE))
          ;
    }
  g_source_destroy (ticker);
}

/* What was asked is answered: whoever was told to stop us has time for that. */
static void
answer_all (TwHttp *http)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  g_autoptr (GSource) ticker = g_timeout_source_new (10);
  gint64 deadline = g_get_monotonic_time () + DRAIN_S * G_USEC_PER_SEC;

  g_source_set_callback (ticker, tick, NULL, NULL);
  g_source_attach (ticker, context);
  tw_listener_shut (http->api);
  while (!tw_listener_is_quiet (http->api) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (ticker);
}

/**
 * tw_http_stop:
 * @http: (transfer full) (nullable): the room
 *
 * Takes the sockets away and waits for what is under way, in the context of tw_http_start(). What
 * was asked is answered; long polls end without an answer, which costs nobody anything. Stop the
 * service after this.
 */
void
tw_http_stop (TwHttp *http)
{
  if (http == NULL)
    return;
  g_atomic_int_set (&http->stopping, TRUE);
  if (http->api != NULL)
    answer_all (http);
  g_clear_pointer (&http->api, tw_listener_stop);
  clear_source (&http->sweeper);
  clear_source (&http->expiry);
  if (http->feed != NULL)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_callback (source, quit_feed, http->feed_loop, NULL);
      g_source_attach (source, http->feed_context);
    }
  if (http->feed_thread != NULL)
    g_thread_join (http->feed_thread);
  drain (http);
  g_thread_pool_free (http->io_pool, FALSE, TRUE);
  g_thread_pool_free (http->password_pool, FALSE, TRUE);
  tw_http_unref (http);
}
