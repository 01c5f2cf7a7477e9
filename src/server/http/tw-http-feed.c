// SPDX-License-Identifier: GPL-3.0-or-later
/* GET /v1/feed: parked in the feed's own context until there is something to tell. */
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-routes.h"
#include "server/http/tw-http-private.h"

#define CURSOR_MAX_BYTES 65536

typedef struct
{
  TwHttp *http;
  TwRequest *request;
} Parked;

static void
on_polled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Parked *parked = user_data;
  TwRequest *request = parked->request;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFeedAnswer) page = tw_feed_hub_poll_finish (result, &error);

  if (page != NULL)
    tw_request_reply_text (request, 200, TW_MEDIA_JSON, g_steal_pointer (&page->text));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tw_request_reply (request, 408, NULL, NULL); /* nobody is there to read it */
  else
    tw_request_fail (request, error);
  g_hash_table_remove (parked->http->parked, tw_request_get_cancellable (request));
  tw_request_unref (request);
  tw_http_unref (parked->http);
}

void
tw_http_feed (TwHttp *http, TwRequest *request, TwActor *actor)
{
  static const char *const names[] = { "after", "wait", "limit", NULL };
  const char *after = tw_request_get_query (request, "after");
  g_autoptr (GError) error = NULL;
  gint64 wait_s = 0, limit = TW_LIMIT_FEED_ITEMS;
  Parked *parked;

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
  parked = g_new (Parked, 1);
  parked->http = tw_http_ref (http);
  parked->request = tw_request_ref (request);
  g_hash_table_add (http->parked, g_object_ref (tw_request_get_cancellable (request)));
  tw_feed_hub_poll_async (tw_service_get_hub (http->service),
                          actor,
                          after != NULL && *after != '\0' ? after : NULL,
                          (guint) limit,
                          (guint) wait_s * 1000,
                          tw_request_get_cancellable (request),
                          on_polled,
                          parked);
}
