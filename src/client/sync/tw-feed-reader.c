// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-feed-reader.h"

#include "base/tw-error.h"
#include "client/sync/tw-backoff.h"
#include "protocol/tw-routes.h"

#define LOCAL_CAP_MS 2000
#define FAR_CAP_MS 60000

/**
 * TwFeedReader:
 *
 * Asks for page after page, reads each in a thread, and gives it to the storage. While there is
 * more, the next page is on its way when one is being stored; after that each question waits at the
 * service until there is something to tell. What fails is begun again from what the storage has.
 */
struct _TwFeedReader
{
  GObject parent_instance;

  TwTransport *transport;
  TwSyncStorage *storage;
  TwBackoff backoff;
  GCancellable *running; /* (nullable): cancelled with everything that belongs to this run */
  guint retry;           /* source */

  char *next;         /* (nullable): the cursor to ask with */
  gboolean asking;    /* a page is on its way */
  gboolean caught_up; /* the last one was complete: the next question may wait */
  TwFeedPage *ready;  /* (nullable): a page that is not being stored yet */
  char *ready_after;
  TwFeedPage *storing; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TwFeedReader, tw_feed_reader, G_TYPE_OBJECT)

enum
{
  ONLINE,
  OFFLINE,
  SIGNED_OUT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void begin (TwFeedReader *self);
static void ask (TwFeedReader *self);

/* What an answer is for: a run that may have ended since. */
typedef struct
{
  TwFeedReader *reader;
  GCancellable *run;
  char *after;
  TwFeedPage *page; /* while it is being stored */
} Step;

static Step *
step_new (TwFeedReader *self, const char *after)
{
  Step *step = g_new0 (Step, 1);

  step->reader = g_object_ref (self);
  step->run = g_object_ref (self->running);
  step->after = g_strdup (after);
  return step;
}

static void
step_free (Step *step)
{
  g_object_unref (step->reader);
  g_object_unref (step->run);
  g_free (step->after);
  tw_feed_page_free (step->page);
  g_free (step);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static gboolean
step_is_over (Step *step)
{
  return step->reader->running != step->run;
}

/* Ends the run: whatever it still gets is not listened to. */
static void
end_run (TwFeedReader *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  g_clear_pointer (&self->next, g_free);
  g_clear_pointer (&self->ready, tw_feed_page_free);
  g_clear_pointer (&self->ready_after, g_free);
  self->storing = NULL;
  self->asking = FALSE;
  self->caught_up = FALSE;
}

static gboolean
on_retry (gpointer data)
{
  TwFeedReader *self = data;

  self->retry = 0;
  begin (self);
  return G_SOURCE_REMOVE;
}

/* Everything that goes wrong comes here once a run. */
static void
fail (TwFeedReader *self, const GError *error)
{
  gboolean signed_out = g_error_matches (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED);

  end_run (self);
  if (signed_out)
    {
      g_signal_emit (self, signals[SIGNED_OUT], 0);
      return;
    }
  self->retry = g_timeout_add (tw_backoff_next_ms (&self->backoff), on_retry, self);
  if (!g_error_matches (error, TW_ERROR, TW_ERROR_CONFLICT))
    g_signal_emit (self, signals[OFFLINE], 0, error->message);
}

static void store_next (TwFeedReader *self);

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  TwFeedReader *self = step->reader;
  g_autoptr (GError) error = NULL;
  gboolean ok = TW_SYNC_STORAGE_GET_IFACE (self->storage)->finish (self->storage, result, &error);

  if (step_is_over (step))
    return;
  self->storing = NULL;
  if (!ok)
    {
      fail (self, error);
      return;
    }
  store_next (self);
  ask (self);
}

static void
store_next (TwFeedReader *self)
{
  Step *step;

  if (self->ready == NULL || self->storing != NULL)
    return;
  step = step_new (self, self->ready_after);
  step->page = g_steal_pointer (&self->ready);
  g_clear_pointer (&self->ready_after, g_free);
  self->storing = step->page;
  TW_SYNC_STORAGE_GET_IFACE (self->storage)
    ->apply_async (self->storage, step->page, step->after, on_stored, step);
  ask (self);
}

static void
decode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (data, &length);
  TwFeedPage *page = tw_feed_page_decode (text, length, &error);

  if (page != NULL)
    g_task_return_pointer (task, page, (GDestroyNotify) tw_feed_page_free);
  else
    g_task_return_error (task, error);
}

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  TwFeedReader *self = step->reader;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFeedPage) page = g_task_propagate_pointer (G_TASK (result), &error);

  if (step_is_over (step))
    return;
  self->asking = FALSE;
  if (page == NULL)
    {
      fail (self, error);
      return;
    }
  tw_backoff_reset (&self->backoff);
  self->caught_up = !page->more;
  g_free (self->next);
  self->next = g_strdup (page->cursor);
  self->ready_after = g_steal_pointer (&step->after);
  self->ready = g_steal_pointer (&page);
  g_signal_emit (self, signals[ONLINE], 0);
  store_next (self);
}

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  TwFeedReader *self = step->reader;
  g_autoptr (GError) error = NULL;
  gboolean ok = TW_SYNC_STORAGE_GET_IFACE (self->storage)->finish (self->storage, result, &error);

  if (step_is_over (step))
    return;
  if (!ok)
    {
      fail (self, error);
      return;
    }
  ask (self);
}

/* The service can't go on from our cursor: from the start, then. What is shown stays. */
static void
restart (TwFeedReader *self)
{
  g_clear_pointer (&self->next, g_free);
  self->caught_up = FALSE;
  TW_SYNC_STORAGE_GET_IFACE (self->storage)
    ->restart_async (self->storage, on_restarted, step_new (self, NULL));
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  TwFeedReader *self = step->reader;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  GBytes *body = tw_transport_send_finish (TW_TRANSPORT (source), result, NULL, &error);

  if (step_is_over (step))
    {
      g_clear_pointer (&body, g_bytes_unref);
      return;
    }
  if (body == NULL)
    {
      self->asking = FALSE;
      if (step->after != NULL && (g_error_matches (error, TW_ERROR, TW_ERROR_GAP) ||
                                  g_error_matches (error, TW_ERROR, TW_ERROR_INVALID)))
        restart (self);
      else
        fail (self, error);
      return;
    }
  task = g_task_new (self, NULL, on_decoded, g_steal_pointer (&step));
  g_task_set_task_data (task, body, (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, decode);
}

/* One question at a time, and never two pages ahead of the storage. A question that waits at the
 * service is only asked when everything before it is stored. */
static void
ask (TwFeedReader *self)
{
  g_autoptr (GString) path = NULL;

  if (self->asking || self->ready != NULL || (self->caught_up && self->storing != NULL))
    return;
  self->asking = TRUE;
  path = g_string_new (NULL);
  g_string_printf (path, "%s?wait=%d&limit=%d", TW_ROUTE_FEED,
                   self->caught_up ? TW_LIMIT_FEED_WAIT_S : 0, TW_LIMIT_FEED_ITEMS);
  if (self->next != NULL)
    {
      g_string_append (path, "&after=");
      g_string_append_uri_escaped (path, self->next, NULL, FALSE);
    }
  tw_transport_send_async (self->transport, TW_ROAD_FEED, "GET", path->str, NULL, NULL,
                           self->running, on_answer, step_new (self, self->next));
}

static void
on_cursor (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  TwFeedReader *self = step->reader;
  g_autoptr (GError) error = NULL;
  g_autofree char *cursor = NULL;
  gboolean ok = TW_SYNC_STORAGE_GET_IFACE (self->storage)
                  ->get_cursor_finish (self->storage, result, &cursor, &error);

  if (step_is_over (step))
    return;
  if (!ok)
    {
      fail (self, error);
      return;
    }
  self->next = g_steal_pointer (&cursor);
  ask (self);
}

static void
begin (TwFeedReader *self)
{
  end_run (self);
  self->running = g_cancellable_new ();
  TW_SYNC_STORAGE_GET_IFACE (self->storage)
    ->get_cursor_async (self->storage, on_cursor, step_new (self, NULL));
}

static void
tw_feed_reader_dispose (GObject *object)
{
  TwFeedReader *self = TW_FEED_READER (object);

  end_run (self);
  g_clear_object (&self->transport);
  g_clear_object (&self->storage);
  G_OBJECT_CLASS (tw_feed_reader_parent_class)->dispose (object);
}

static void
tw_feed_reader_class_init (TwFeedReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_feed_reader_dispose;

  signals[ONLINE] = g_signal_new ("online", TW_TYPE_FEED_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[OFFLINE] = g_signal_new ("offline", TW_TYPE_FEED_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNED_OUT] = g_signal_new ("signed-out", TW_TYPE_FEED_READER, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
tw_feed_reader_init (TwFeedReader *self)
{
}

/**
 * tw_feed_reader_new:
 * @transport: the road to the service
 * @storage: where pages go
 *
 * Returns: (transfer full): a reader that does not read yet
 */
TwFeedReader *
tw_feed_reader_new (TwTransport *transport, TwSyncStorage *storage)
{
  TwFeedReader *self = g_object_new (TW_TYPE_FEED_READER, NULL);

  self->transport = g_object_ref (transport);
  self->storage = g_object_ref (storage);
  self->backoff.cap_ms = tw_transport_is_local (transport) ? LOCAL_CAP_MS : FAR_CAP_MS;
  return self;
}

/**
 * tw_feed_reader_start:
 * @self: a reader
 *
 * Reads on from where the storage stands. One that reads begins anew.
 */
void
tw_feed_reader_start (TwFeedReader *self)
{
  tw_backoff_reset (&self->backoff);
  begin (self);
}

/**
 * tw_feed_reader_stop:
 * @self: a reader
 *
 * Stops. A page that is being stored is still stored.
 */
void
tw_feed_reader_stop (TwFeedReader *self)
{
  end_run (self);
}

/**
 * tw_feed_reader_retry_now:
 * @self: a reader
 *
 * Does not wait any longer, when it waits to try again.
 */
void
tw_feed_reader_retry_now (TwFeedReader *self)
{
  if (self->retry == 0)
    return;
  tw_backoff_reset (&self->backoff);
  begin (self);
}
