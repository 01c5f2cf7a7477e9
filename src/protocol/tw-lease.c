// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-lease.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "base/tw-error.h"

#define SOCKET_MODE 0660
/* Who comes while so many wait to be let in is turned away at once: GLib's own ten are few. */
#define BACKLOG 128

struct _TwLease
{
  char *path;
  GSocketService *service;
  GHashTable *holders; /* of Holder */
  GSource *timer;
  GMainContext *context;
  guint grace_ms;
  TwLeaseEnded ended;
  gpointer user_data;
};

typedef struct
{
  TwLease *lease; /* NULL once the lease is gone */
  GSocketConnection *connection;
  GCancellable *cancellable;
  guint8 byte;
} Holder;

static void
holder_free (gpointer data)
{
  Holder *holder = data;

  g_object_unref (holder->connection);
  g_object_unref (holder->cancellable);
  g_free (holder);
}

static gboolean
on_time (gpointer data)
{
  TwLease *lease = data;

  g_clear_pointer (&lease->timer, g_source_unref);
  if (g_hash_table_size (lease->holders) == 0)
    lease->ended (lease->user_data);
  return G_SOURCE_REMOVE;
}

static void
set_timer (TwLease *lease, guint ms)
{
  if (lease->timer != NULL)
    {
      g_source_destroy (lease->timer);
      g_clear_pointer (&lease->timer, g_source_unref);
    }
  if (g_hash_table_size (lease->holders) > 0)
    return;
  lease->timer = g_timeout_source_new (ms);
  g_source_set_callback (lease->timer, on_time, lease, NULL);
  g_source_attach (lease->timer, lease->context);
}

static void watch (Holder *holder);

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  Holder *holder = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, NULL);
  TwLease *lease = holder->lease;

  if (lease == NULL)
    {
      holder_free (holder);
      return;
    }
  if (n > 0)
    {
      watch (holder);
      return;
    }
  g_hash_table_remove (lease->holders, holder);
  holder_free (holder);
  set_timer (lease, lease->grace_ms);
}

static void
watch (Holder *holder)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (holder->connection));

  g_input_stream_read_async (input, &holder->byte, 1, G_PRIORITY_DEFAULT, holder->cancellable,
                             on_read, holder);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  TwLease *lease = user_data;
  Holder *holder = g_new0 (Holder, 1);

  holder->lease = lease;
  holder->connection = g_object_ref (connection);
  holder->cancellable = g_cancellable_new ();
  g_hash_table_add (lease->holders, holder);
  set_timer (lease, lease->grace_ms);
  watch (holder);
  return TRUE;
}

/* A socket file that nobody listens on is what a crash has left; one that answers is in use. */
static gboolean
remove_stale (const char *path, GError **error)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  if (connection != NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_BUSY, _ ("Another process serves %s already."), path);
      return FALSE;
    }
  g_unlink (path);
  return TRUE;
}

/**
 * tw_socket_listen:
 * @listener: what is to accept there
 * @path: of the socket, at most 107 bytes; its folder is there
 * @error: %TW_ERROR_BUSY when another process serves it, %TW_ERROR_INVALID otherwise
 *
 * Listens on a UNIX socket of mode 0660. A socket file that a crash has left is replaced.
 *
 * Returns: whether it listens
 */
gboolean
tw_socket_listen (GSocketListener *listener, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) local_error = NULL;
  mode_t before;
  gboolean listens;

  if (!remove_stale (path, error))
    return FALSE;
  /* Made with its mode, so that there is no moment in which others could connect. */
  g_socket_listener_set_backlog (listener, BACKLOG);
  before = umask (0777 & ~SOCKET_MODE);
  listens = g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM,
                                           G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &local_error);
  umask (before);
  if (!listens)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("Can’t listen on %s: %s"), path,
                 local_error->message);
  return listens;
}

/**
 * tw_lease_new:
 * @path: of the lease socket
 * @ended: called once nobody needs this process any more, in the thread-default main context
 * @user_data: for @ended
 * @error: as tw_socket_listen()
 *
 * Waits %TW_LEASE_FIRST_MS for the first holder, and %TW_LEASE_GRACE_MS after the last one is gone.
 *
 * Returns: (transfer full) (nullable): the lease
 */
TwLease *
tw_lease_new (const char *path, TwLeaseEnded ended, gpointer user_data, GError **error)
{
  TwLease *lease = g_new0 (TwLease, 1);

  lease->path = g_strdup (path);
  lease->service = g_socket_service_new ();
  lease->holders = g_hash_table_new (NULL, NULL);
  lease->context = g_main_context_ref_thread_default ();
  lease->grace_ms = TW_LEASE_GRACE_MS;
  lease->ended = ended;
  lease->user_data = user_data;
  if (!tw_socket_listen (G_SOCKET_LISTENER (lease->service), path, error))
    {
      g_clear_pointer (&lease->path, g_free);
      tw_lease_free (lease);
      return NULL;
    }
  g_signal_connect (lease->service, "incoming", G_CALLBACK (on_incoming), lease);
  set_timer (lease, TW_LEASE_FIRST_MS);
  return lease;
}

/**
 * tw_lease_set_times:
 * @lease: a lease that nobody holds yet
 * @first_ms: how long to wait for the first holder
 * @grace_ms: how long after the last one
 */
void
tw_lease_set_times (TwLease *lease, guint first_ms, guint grace_ms)
{
  lease->grace_ms = grace_ms;
  set_timer (lease, first_ms);
}

/**
 * tw_lease_free:
 * @lease: (transfer full) (nullable): a lease
 *
 * Stops listening and removes the socket; @ended is not called any more.
 */
void
tw_lease_free (TwLease *lease)
{
  GHashTableIter iter;
  gpointer holder;

  if (lease == NULL)
    return;
  g_signal_handlers_disconnect_by_data (lease->service, lease);
  g_socket_service_stop (lease->service);
  g_socket_listener_close (G_SOCKET_LISTENER (lease->service));
  g_object_unref (lease->service);
  g_hash_table_iter_init (&iter, lease->holders);
  while (g_hash_table_iter_next (&iter, &holder, NULL))
    {
      ((Holder *) holder)->lease = NULL;
      g_cancellable_cancel (((Holder *) holder)->cancellable);
    }
  g_hash_table_unref (lease->holders);
  if (lease->timer != NULL)
    {
      g_source_destroy (lease->timer);
      g_source_unref (lease->timer);
    }
  if (lease->path != NULL)
    g_unlink (lease->path);
  g_main_context_unref (lease->context);
  g_free (lease->path);
  g_free (lease);
}

/**
 * tw_lease_take:
 * @path: of the lease socket
 * @error: %TW_ERROR_UNREACHABLE
 *
 * Returns: (transfer full) (nullable): what holds the lease until it is closed, or its owner ends
 */
GSocketConnection *
tw_lease_take (const char *path, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) local_error = NULL;
  GSocketConnection *connection;

  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &local_error);
  if (connection == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_UNREACHABLE, "%s: %s", path, local_error->message);
  return connection;
}
