// SPDX-License-Identifier: GPL-3.0-or-later
/* What the listener and its requests share. */
#pragma once

#include <gio/gio.h>

#include "server/http/tw-listener.h"

G_BEGIN_DECLS

typedef enum
{
  TW_PEER_READING,   /* it sends a request */
  TW_PEER_ANSWERING, /* we think */
  TW_PEER_WRITING,   /* it takes the answer */
  TW_PEER_IDLE,      /* between two requests */
} TwPeerState;

/* One connection. libsoup is lent a duplicate of it for one request at a time: libsoup 3.2 never
 * frees a connection that its client ends between two requests. */
typedef struct
{
  int refs; /* one while it is open, one a turn, one a request */
  TwListener *listener;
  GSocket *socket;
  TwPeerState state;
  gint64 deadline_us; /* 0: none */
  gboolean closed;
  GSource *wait; /* for the next request */
} TwPeer;

struct _TwListener
{
  gatomicrefcount refs; /* one of its own, one a peer */
  char *path;
  TwListenerLimits limits;
  TwRequestFunc func;
  TwAnsweredFunc answered;
  gpointer user_data;
  GMainContext *context;
  GSocketService *service;
  SoupServer *server;
  GHashTable *peers; /* of TwPeer, a set: those that are open */
  GSource *sweeper;
  gint64 shut_us; /* when the door was shut; 0: it is open */
  gboolean stopped;
};

void tw_listener_unref (TwListener *listener);
TwPeer *tw_peer_find (SoupServerMessage *message);
GSocket *tw_listener_make_socket (const char *path, GError **error);

void tw_peer_begin (TwListener *listener, GSocket *socket);
void tw_peer_keep (SoupServerMessage *message);
void tw_peer_close (TwPeer *peer);
TwPeer *tw_peer_ref (TwPeer *peer);
void tw_peer_unref (TwPeer *peer);
void tw_peer_enter (TwPeer *peer, TwPeerState state);
TwRequest *tw_request_new (TwListener *listener,
                           TwPeer *peer,
                           SoupServerMessage *message,
                           const char *path,
                           GHashTable *query);
void tw_message_refuse (SoupServerMessage *message, int code, const char *words);

G_END_DECLS
