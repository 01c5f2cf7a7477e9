// SPDX-License-Identifier: GPL-3.0-or-later
/* The way to the service. The linker gives us what is sent (--wrap), and we give it on to the real
 * transport and the real sockets: late, twice, or not at all. */
#include "base/tw-error.h"
#include "client/sync/tw-transport.h"
#include "tw-sim.h"

#define LONGEST_DELAY_MS 400
#define LONGEST_DETOUR_MS 2500 /* of what arrives a second time */
#define GIVING_UP_MS 1500

void __real_tw_transport_send_async (TwTransport *self,
                                     TwRoad road,
                                     const char *method,
                                     const char *path,
                                     const char *range,
                                     GBytes *body,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GBytes *__real_tw_transport_send_finish (TwTransport *self,
                                         GAsyncResult *result,
                                         gboolean *left,
                                         GError **error);
guint __real_tw_transport_get_status (GAsyncResult *result);
gint64 __real_tw_transport_get_number (GAsyncResult *result, const char *header);

void __wrap_tw_transport_send_async (TwTransport *self,
                                     TwRoad road,
                                     const char *method,
                                     const char *path,
                                     const char *range,
                                     GBytes *body,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GBytes *__wrap_tw_transport_send_finish (TwTransport *self,
                                         GAsyncResult *result,
                                         gboolean *left,
                                         GError **error);
guint __wrap_tw_transport_get_status (GAsyncResult *result);
gint64 __wrap_tw_transport_get_number (GAsyncResult *result, const char *header);

/* A request to the service. */
typedef struct
{
  guint client;
  guint service_life; /* whose answer it is waiting for */
  TwRoad road;
  char *method, *path, *range, *token;
  GBytes *body;
  GAsyncResult *answer; /* (nullable): the transport's own */
  GBytes *content;      /* (nullable) */
  GError *error;
  gboolean left;
  guint status;
  gboolean ignored; /* it is a second one: nobody waits for its answer */
} Call;

static guint deaf; /* a bit for each node that hears nothing of the feed */

/* From now on. */
void
tw_sim_keep_feed_from (guint node)
{
  deaf |= 1u << node;
}

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->method);
  g_free (call->path);
  g_free (call->range);
  g_free (call->token);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_clear_object (&call->answer);
  g_clear_pointer (&call->content, g_bytes_unref);
  g_clear_error (&call->error);
  g_free (call);
}

static gboolean
answer (gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);

  if (call->error != NULL)
    g_task_return_error (task, g_error_copy (call->error));
  else
    g_task_return_pointer (task, g_bytes_ref (call->content), (GDestroyNotify) g_bytes_unref);
  return G_SOURCE_REMOVE;
}

/* It ends without an answer. */
static void
lose (Call *call)
{
  g_clear_error (&call->error);
  g_clear_pointer (&call->content, g_bytes_unref);
  call->status = 0;
  g_set_error_literal (&call->error, TW_ERROR, TW_ERROR_UNREACHABLE, "The connection was lost");
}

static void
cut (Call *call)
{
  gsize length = g_bytes_get_size (call->content);
  GBytes *rest;

  if (length < 2)
    return;
  rest = g_bytes_new_from_bytes (call->content, 0, tw_sim_draw ((guint) length));
  g_bytes_unref (call->content);
  call->content = rest;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Call *call = g_task_get_task_data (task);

  call->answer = g_object_ref (result);
  call->content =
    __real_tw_transport_send_finish (TW_TRANSPORT (source), result, &call->left, &call->error);
  call->status = __real_tw_transport_get_status (result);
  if (call->ignored)
    {
      g_object_unref (task);
      return;
    }
  if (call->content != NULL && tw_sim_point (TW_SIM_SERVICE, "answer leaves"))
    lose (call);
  tw_sim_point (call->client, "answer comes");
  if (!tw_sim_is_there (TW_SIM_SERVICE) || tw_sim_nodes[TW_SIM_SERVICE].lives != call->service_life)
    lose (call);
  if (call->content != NULL && tw_sim_chance (tw_sim_faults.lose_answer))
    {
      tw_sim_note ("the answer to %s's %s is lost", tw_sim_nodes[call->client].name, call->path);
      lose (call);
    }
  if (call->content != NULL && tw_sim_chance (tw_sim_faults.cut))
    {
      tw_sim_note ("the answer to %s's %s is cut", tw_sim_nodes[call->client].name, call->path);
      cut (call);
    }
  if (tw_sim_chance (tw_sim_faults.delay))
    g_timeout_add (tw_sim_draw (LONGEST_DELAY_MS), answer, task);
  else
    answer (task);
}

static gboolean
send (gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);
  TwTransport *transport = g_task_get_source_object (task);
  g_autofree char *token = g_strdup (tw_transport_get_token (transport));

  tw_sim_point (TW_SIM_SERVICE, "request comes");
  if (!tw_sim_is_there (TW_SIM_SERVICE) || (!call->ignored && !tw_sim_is_there (call->client)))
    {
      lose (call);
      call->ignored ? g_object_unref (task) : (void) answer (task);
      return G_SOURCE_REMOVE;
    }
  call->service_life = tw_sim_nodes[TW_SIM_SERVICE].lives;
  tw_transport_set_token (transport, call->token);
  __real_tw_transport_send_async (transport, call->road, call->method, call->path, call->range,
                                  call->body, call->ignored ? NULL : g_task_get_cancellable (task),
                                  on_answer, task);
  tw_transport_set_token (transport, token);
  return G_SOURCE_REMOVE;
}

static Call *
call_new (TwTransport *self,
          TwRoad road,
          const char *method,
          const char *path,
          const char *range,
          GBytes *body)
{
  Call *call = g_new0 (Call, 1);

  call->client = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (self), "node"));
  call->road = road;
  call->method = g_strdup (method);
  call->path = g_strdup (path);
  call->range = g_strdup (range);
  call->token = g_strdup (tw_transport_get_token (self));
  call->body = body != NULL ? g_bytes_ref (body) : NULL;
  return call;
}

void
__wrap_tw_transport_send_async (TwTransport *self,
                                TwRoad road,
                                const char *method,
                                const char *path,
                                const char *range,
                                GBytes *body,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call *call = call_new (self, road, method, path, range, body);
  const char *name = tw_sim_nodes[call->client].name;

  g_task_set_task_data (task, call, call_free);
  tw_sim_point (call->client, "request leaves");
  if (road == TW_ROAD_FEED && (deaf & 1u << call->client) != 0)
    {
      lose (call);
      g_timeout_add (GIVING_UP_MS, answer, task);
      return;
    }
  if (tw_sim_chance (tw_sim_faults.lose_request))
    {
      call->left = tw_sim_draw (2);
      tw_sim_note ("%s's %s is lost, %s", name, path, call->left ? "sent" : "not sent");
      lose (call);
      g_timeout_add (tw_sim_draw (GIVING_UP_MS), answer, task);
      return;
    }
  if (tw_sim_chance (tw_sim_faults.twice))
    {
      GTask *second = g_task_new (self, NULL, NULL, NULL);
      Call *again = call_new (self, road, method, path, range, body);

      again->ignored = TRUE;
      g_task_set_task_data (second, again, call_free);
      tw_sim_note ("%s's %s comes twice", name, path);
      g_timeout_add (tw_sim_draw (LONGEST_DETOUR_MS), send, second);
    }
  if (tw_sim_chance (tw_sim_faults.delay))
    g_timeout_add (tw_sim_draw (LONGEST_DELAY_MS), send, task);
  else
    send (task);
}

GBytes *
__wrap_tw_transport_send_finish (TwTransport *self,
                                 GAsyncResult *result,
                                 gboolean *left,
                                 GError **error)
{
  Call *call = g_task_get_task_data (G_TASK (result));

  if (left != NULL)
    *left = call->left;
  return g_task_propagate_pointer (G_TASK (result), error);
}

guint
__wrap_tw_transport_get_status (GAsyncResult *result)
{
  return ((Call *) g_task_get_task_data (G_TASK (result)))->status;
}

gint64
__wrap_tw_transport_get_number (GAsyncResult *result, const char *header)
{
  Call *call = g_task_get_task_data (G_TASK (result));

  return call->answer != NULL && call->status != 0
           ? __real_tw_transport_get_number (call->answer, header)
           : -1;
}
