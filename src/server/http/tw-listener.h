// SPDX-License-Identifier: GPL-3.0-or-later
/* One socket in the file system and the connections that come over it, within limits. All of it
 * lives in the thread-default context in which it was made. */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  guint max_connections;
  gsize max_body_bytes;
  gsize max_drain_bytes; /* of a body that is too large, read only to be able to say so */
  guint read_s;  /* to send a request, from its first byte (or the connection) to its last */
  guint write_s; /* to take the answer */
  guint idle_s;  /* between two requests */
} TwListenerLimits;

extern const TwListenerLimits tw_listener_default_limits;

typedef struct _TwListener TwListener;
typedef struct _TwRequest TwRequest;

/* A whole request that keeps the rules of HTTP. It must be answered once, now or later; the callee
 * takes a reference to do it later. */
typedef void (*TwRequestFunc) (TwRequest *request, gpointer user_data);
/* An answer is on its way. @path: (nullable): NULL when the request was not understood that far */
typedef void (*TwAnsweredFunc) (const char *path, guint status, gpointer user_data);

TwListener *tw_listener_new (const char *path,
                             const TwListenerLimits *limits,
                             TwRequestFunc func,
                             TwAnsweredFunc answered,
                             gpointer user_data,
                             GError **error);
void tw_listener_shut (TwListener *listener);
gboolean tw_listener_is_quiet (TwListener *listener);
void tw_listener_stop (TwListener *listener);
guint tw_listener_count_connections (TwListener *listener);

TwRequest *tw_request_ref (TwRequest *request);
void tw_request_unref (TwRequest *request);
const char *tw_request_get_method (TwRequest *request);
const char *tw_request_get_path (TwRequest *request);
const char *tw_request_get_query (TwRequest *request, const char *name);
gboolean tw_request_check_query (TwRequest *request, const char *const *names, GError **error);
const char *tw_request_get_header (TwRequest *request, const char *name);
GBytes *tw_request_get_body (TwRequest *request);
GMainContext *tw_request_get_context (TwRequest *request);
GCancellable *tw_request_get_cancellable (TwRequest *request);
void tw_request_set_header (TwRequest *request, const char *name, const char *value);
void tw_request_reply (TwRequest *request, guint status, const char *content_type, GBytes *body);
void tw_request_reply_text (TwRequest *request, guint status, const char *content_type, char *text);
void tw_request_fail (TwRequest *request, const GError *error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRequest, tw_request_unref)

G_END_DECLS
