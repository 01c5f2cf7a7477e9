// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "protocol/tw-routes.h"
#include "tw-service-test.h"

struct _TwTestProxy
{
  char *folder;
  char *upstream;
  GSocketService *listener;
  int lose;     /* atomic: answers to commands that are still to be lost */
  int commands; /* atomic: requests with commands that went through */
};

/* Passes on what one side has to say. Answers how many bytes; 0 at the end. */
static gssize
pass (int from, int to, char *buffer, gsize size)
{
  gssize n = read (from, buffer, size);

  for (gssize done = 0; done < n;)
    {
      gssize written = write (to, buffer + done, (gsize) (n - done));

      if (written <= 0)
        return 0;
      done += written;
    }
  return MAX (n, 0);
}

/* Whether the connection goes on. The answer to a request with commands is read, so that it is
 * certain that the service has done them, and then lost together with the connection. */
static gboolean
pump_once (TwTestProxy *proxy, int client, int server, gboolean *asked)
{
  struct pollfd fds[2] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
  char buffer[65536];
  gssize n;

  if (poll (fds, 2, -1) < 0)
    return errno == EINTR;
  if (fds[0].revents != 0)
    {
      n = pass (client, server, buffer, sizeof buffer);
      if (n > 0 && g_strstr_len (buffer, n, "POST " TW_ROUTE_COMMANDS) != NULL)
        {
          *asked = TRUE;
          g_atomic_int_inc (&proxy->commands);
        }
      return n > 0;
    }
  if (*asked && g_atomic_int_get (&proxy->lose) > 0)
    {
      n = read (server, buffer, sizeof buffer);
      g_atomic_int_add (&proxy->lose, -1);
      return FALSE;
    }
  *asked = FALSE;
  return pass (server, client, buffer, sizeof buffer) > 0;
}

static gboolean
on_run (GThreadedSocketService *listener,
        GSocketConnection *connection,
        GObject *source,
        gpointer user_data)
{
  TwTestProxy *proxy = user_data;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (proxy->upstream);
  g_autoptr (GSocketConnection) server =
    g_socket_client_connect (connector, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  gboolean asked = FALSE;

  if (server == NULL)
    return TRUE;
  while (pump_once (proxy, g_socket_get_fd (g_socket_connection_get_socket (connection)),
                    g_socket_get_fd (g_socket_connection_get_socket (server)), &asked))
    ;
  return TRUE;
}

TwTestProxy *
tw_test_proxy_new (TwTestService *service)
{
  TwTestProxy *proxy = g_new0 (TwTestProxy, 1);
  const char *sockets = tw_test_service_get_sockets (service);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *feed = g_build_filename (sockets, TW_SOCKET_FEED, NULL);
  g_autofree char *feed_link = NULL;
  g_autofree char *path = NULL;

  proxy->folder = tw_test_folder_new ();
  proxy->upstream = g_build_filename (sockets, TW_SOCKET_API, NULL);
  feed_link = g_build_filename (proxy->folder, TW_SOCKET_FEED, NULL);
  g_assert_no_errno (symlink (feed, feed_link));
  path = g_build_filename (proxy->folder, TW_SOCKET_API, NULL);
  address = g_unix_socket_address_new (path);
  proxy->listener = g_threaded_socket_service_new (50);
  g_socket_listener_add_address (G_SOCKET_LISTENER (proxy->listener), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (proxy->listener, "run", G_CALLBACK (on_run), proxy);
  return proxy;
}

const char *
tw_test_proxy_get_sockets (TwTestProxy *proxy)
{
  return proxy->folder;
}

void
tw_test_proxy_lose_answers (TwTestProxy *proxy, int count)
{
  g_atomic_int_set (&proxy->lose, count);
}

int
tw_test_proxy_count_commands (TwTestProxy *proxy)
{
  return g_atomic_int_get (&proxy->commands);
}

/* From now on nobody gets through; the feed goes on. */
void
tw_test_proxy_shut (TwTestProxy *proxy)
{
  g_autofree char *path = g_build_filename (proxy->folder, TW_SOCKET_API, NULL);

  g_socket_service_stop (proxy->listener);
  g_socket_listener_close (G_SOCKET_LISTENER (proxy->listener));
  g_unlink (path);
}

/* After all clients are gone: each thread ends with its connection. */
void
tw_test_proxy_free (TwTestProxy *proxy)
{
  g_socket_service_stop (proxy->listener);
  g_socket_listener_close (G_SOCKET_LISTENER (proxy->listener));
  while (G_OBJECT (proxy->listener)->ref_count > 1)
    g_main_context_iteration (NULL, FALSE);
  g_object_unref (proxy->listener);
  tw_test_folder_remove (proxy->folder);
  g_free (proxy->upstream);
  g_free (proxy);
}
