// SPDX-License-Identifier: GPL-3.0-or-later
/* Connections, and the requests that come over each, one after the other. */
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <unistd.h>

#include "server/http/tw-listener-private.h"

static GQuark
turn_quark (void)
{
  return g_quark_from_static_string ("tw-turn");
}

TwPeer *
tw_peer_ref (TwPeer *peer)
{
  peer->refs++;
  return peer;
}

void
tw_peer_unref (TwPeer *peer)
{
  if (--peer->refs > 0)
    return;
  g_object_unref (peer->socket);
  tw_listener_unref (peer->listener);
  g_free (peer);
}

static void
stop_waiting (TwPeer *peer)
{
  if (peer->wait == NULL)
    return;
  g_source_destroy (peer->wait);
  g_clear_pointer (&peer->wait, g_source_unref);
}

/**
 * tw_peer_close:
 * @peer: a connection
 *
 * Ends it. A turn that libsoup still has reads the end of the stream next.
 */
void
tw_peer_close (TwPeer *peer)
{
  if (peer->closed)
    return;
  peer->closed = TRUE;
  stop_waiting (peer);
  g_socket_shutdown (peer->socket, TRUE, TRUE, NULL);
  g_hash_table_remove (peer->listener->peers, peer);
  tw_peer_unref (peer);
}

/* One request, from when libsoup is lent the connection. The address that stands for the connection
 * within libsoup carries it: there is no other way to say which one a message came over. */
typedef struct
{
  TwPeer *peer;
  gboolean keep; /* answered whole, and there may be another */
} Turn;

static Turn *
find_turn (SoupServerMessage *message)
{
  return g_object_get_qdata (G_OBJECT (soup_server_message_get_remote_address (message)),
                             turn_quark ());
}

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  if (!turn->keep)
    tw_peer_close (turn->peer);
  tw_peer_unref (turn->peer);
  g_free (turn);
}

/**
 * tw_peer_find:
 * @message: a message of a listener's server
 *
 * Returns: (transfer none): the connection it came over
 */
TwPeer *
tw_peer_find (SoupServerMessage *message)
{
  return find_turn (message)->peer;
}

/**
 * tw_peer_enter:
 * @peer: a connection
 * @state: what is waited for now
 *
 * Starts the time that it has for it.
 */
void
tw_peer_enter (TwPeer *peer, TwPeerState state)
{
  const TwListenerLimits *limits = &peer->listener->limits;
  guint seconds = 0;

  switch (state)
    {
    case TW_PEER_READING:
      seconds = limits->read_s;
      break;
    case TW_PEER_WRITING:
      seconds = limits->write_s;
      break;
    case TW_PEER_IDLE:
      seconds = limits->idle_s;
      break;
    case TW_PEER_ANSWERING:
    default:
      break;
    }
  peer->state = state;
  peer->deadline_us = seconds > 0 ? g_get_monotonic_time () + seconds * G_USEC_PER_SEC : 0;
}

/* Lends the connection to libsoup for one request. */
static void
begin_turn (TwPeer *peer)
{
  TwListener *listener = peer->listener;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (listener->path);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  int fd = fcntl (g_socket_get_fd (peer->socket), F_DUPFD_CLOEXEC, 0);
  Turn *turn;

  socket = fd >= 0 ? g_socket_new_from_fd (fd, NULL) : NULL;
  if (socket == NULL)
    {
      if (fd >= 0)
        close (fd);
      tw_peer_close (peer);
      return;
    }
  connection = g_socket_connection_factory_create_connection (socket);
  turn = g_new0 (Turn, 1);
  turn->peer = tw_peer_ref (peer);
  g_object_set_qdata_full (G_OBJECT (address), turn_quark (), turn, turn_free);
  tw_peer_enter (peer, TW_PEER_READING);
  soup_server_accept_iostream (listener->server, G_IO_STREAM (connection), address, address, NULL);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  TwPeer *peer = user_data;
  gboolean ended = (condition & G_IO_IN) == 0 || g_socket_get_available_bytes (socket) <= 0;

  stop_waiting (peer);
  if (ended)
    tw_peer_close (peer);
  else
    begin_turn (peer);
  return G_SOURCE_REMOVE;
}

static void
wait_for_next (TwPeer *peer)
{
  tw_peer_enter (peer, TW_PEER_IDLE);
  stop_waiting (peer);
  peer->wait = g_socket_create_source (peer->socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
  g_source_set_callback (peer->wait, G_SOURCE_FUNC (on_readable), peer, NULL);
  g_source_attach (peer->wait, peer->listener->context);
}

/**
 * tw_peer_begin:
 * @listener: where it came in
 * @socket: a new connection
 *
 * Takes the connection up and waits for its first request.
 */
void
tw_peer_begin (TwListener *listener, GSocket *socket)
{
  TwPeer *peer = g_new0 (TwPeer, 1);

  peer->refs = 1;
  peer->listener = listener;
  g_atomic_ref_count_inc (&listener->refs);
  peer->socket = g_object_ref (socket);
  g_hash_table_add (listener->peers, peer);
  begin_turn (peer);
}

/**
 * tw_peer_keep:
 * @message: a message whose answer has been sent whole
 *
 * Keeps its connection for another request.
 */
void
tw_peer_keep (SoupServerMessage *message)
{
  Turn *turn = find_turn (message);

  turn->keep = TRUE;
  wait_for_next (turn->peer);
}
