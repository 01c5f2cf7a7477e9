// SPDX-License-Identifier: GPL-3.0-or-later
/* What the parts of the room share. */
#pragma once

#include "server/http/tw-blob-store.h"
#include "server/http/tw-http.h"
#include "server/http/tw-listener.h"
#include "server/http/tw-session-cache.h"
#include "server/identity/tw-throttle.h"

G_BEGIN_DECLS

#define TW_MEDIA_JSON "application/json"

/* Sign-ins and registrations wait for Argon2id, two at a time; more than these are turned away. */
#define TW_HTTP_MAX_WAITING 128
/* Of one guest's request: nobody registers hundreds, and each is an Argon2id. */
#define TW_HTTP_MAX_GUEST_COMMANDS 8

struct _TwHttp
{
  gatomicrefcount refs;
  TwService *service;
  TwSessionCache *sessions;
  TwBlobStore *blobs;
  TwThrottle *throttle; /* main context */
  guint n_sign_ins;     /* main context: under way */
  guint n_guests;       /* main context: commands of guests under way */
  GThreadPool *io_pool;
  GSource *sweeper; /* main context: of files */
  GSource *expiry;  /* main context: of sessions */
  GThreadPool *password_pool;

  TwListener *api;
  TwListener *feed; /* belongs to the thread of the feed */
  GThread *feed_thread;
  GMainContext *feed_context;
  GMainLoop *feed_loop;
  GHashTable *parked; /* of TwParked, a set; the feed's thread only */
  char *feed_path;
  GError *feed_error;

  int stopping;   /* atomic */
  int answers[6]; /* atomic: by the status's first digit */
  int results[4]; /* atomic: by TwResultState */
};

TwHttp *tw_http_ref (TwHttp *http);
void tw_http_unref (TwHttp *http);

/* @actor: (nullable): NULL for a route that anybody may ask. */
typedef void (*TwRouteFunc) (TwHttp *http, TwRequest *request, TwActor *actor);

void tw_http_commands (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_feed (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_sign_in (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_start_expiry (TwHttp *http);
void tw_http_sign_out (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_records (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_put_blob (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_start_sweeping (TwHttp *http);
void tw_http_head_blob (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_get_blob (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_health (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_http_metrics (TwHttp *http, TwRequest *request, TwActor *actor);

/* Work in another thread, then back in the context of the request. */
typedef struct _TwWork TwWork;
struct _TwWork
{
  TwHttp *http;
  TwRequest *request;
  TwActor *actor; /* (nullable) */
  gpointer data;
  GDestroyNotify free_data;
  void (*run) (TwWork *work);  /* in the pool; may set @error */
  void (*done) (TwWork *work); /* in the context; not called after an error unless @own_errors */
  gboolean own_errors;
  GError *error;
};

TwWork *tw_work_new (TwHttp *http, TwRequest *request, TwActor *actor);
void tw_work_push (TwWork *work, GThreadPool *pool);
void tw_work_free (TwWork *work);
void tw_work_run (gpointer data, gpointer user_data);

void tw_http_authenticate (TwHttp *http, TwRequest *request, TwRouteFunc func);
/* @error: (nullable): why nobody stands behind the token any more. In the context of @request. */
typedef void (*TwCheckedFunc) (TwRequest *request, const GError *error, gpointer user_data);
void tw_http_check_session (TwHttp *http,
                            TwRequest *request,
                            const char *token_hash,
                            TwCheckedFunc checked,
                            gpointer user_data);
void tw_http_refuse_ended (TwRequest *request);
void tw_http_end_polls (TwHttp *http, const char *token_hash);
void tw_http_end_all_polls (TwHttp *http);
char *tw_http_get_token (TwRequest *request);
gboolean tw_http_get_int (
  TwRequest *request, const char *name, gint64 min, gint64 max, gint64 *value, GError **error);
JsonObject *tw_http_read_json (TwRequest *request, JsonNode **root, GError **error);

G_END_DECLS
