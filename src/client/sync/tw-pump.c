// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-pump.h"

#include "base/tw-error.h"
#include "client/sync/tw-backoff.h"
#include "client/sync/tw-command-batch.h"
#include "client/sync/tw-stand-back.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire-error.h"

#define BATCH 100
#define BATCH_BYTES (TW_LIMIT_BODY_BYTES / 2)
#define LOCAL_CAP_MS 2000
#define FAR_CAP_MS 60000

/* A command that the service could not do for a fault of its own, or holds until the person has
 * answered, stands back this long, so that those behind it are not held up. */
#define STAND_BACK_MS 2000

/**
 * TwPump:
 *
 * Takes what waits, sends it, and gives the results to the storage. An attempt whose outcome is not
 * known is repeated as it is, with the same id; nothing is ever sent under a new one.
 */
struct _TwPump
{
  GObject parent_instance;

  TwTransport *transport;
  TwSyncStorage *storage;
  TwBackoff backoff;
  GCancellable *running; /* (nullable) */
  gboolean busy;         /* something is being taken, sent or settled */
  gboolean again;        /* kicked while busy */
  gboolean held;         /* the service is known to be away */
  gboolean alone;        /* a request was refused as a whole: one at a time, to find out which */
  guint retry;           /* source */
  TwStandBack *back;     /* ids of commands that wait a little */
};

G_DEFINE_FINAL_TYPE (TwPump, tw_pump, G_TYPE_OBJECT)

enum
{
  SIGNED_OUT,
  UNREACHABLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void take (TwPump *self);

typedef struct
{
  TwPump *pump;
  GCancellable *run;
  GPtrArray *commands; /* (nullable): TwCommand that are under way */
  gboolean final;      /* nothing is to be sent after this */
} Step;

static Step *
step_new (TwPump *self, GPtrArray *commands)
{
  Step *step = g_new0 (Step, 1);

  step->pump = g_object_ref (self);
  step->run = g_object_ref (self->running);
  step->commands = commands;
  return step;
}

static void
step_free (Step *step)
{
  g_object_unref (step->pump);
  g_object_unref (step->run);
  g_clear_pointer (&step->commands, g_ptr_array_unref);
  g_free (step);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static gboolean
step_is_over (Step *step)
{
  return step->pump->running != step->run;
}

static void
end_run (TwPump *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  self->busy = FALSE;
  self->again = FALSE;
  self->alone = FALSE;
}

static gboolean
on_retry (gpointer data)
{
  TwPump *self = data;

  self->retry = 0;
  take (self);
  return G_SOURCE_REMOVE;
}

static void
retry_in (TwPump *self, guint ms)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  self->retry = g_timeout_add (ms, on_retry, self);
}

static void
rest (TwPump *self, gboolean more)
{
  self->busy = FALSE;
  if (more || self->again)
    take (self);
  else if (!tw_stand_back_is_empty (self->back))
    retry_in (self, STAND_BACK_MS);
}

static void
stumble (TwPump *self)
{
  self->busy = FALSE;
  retry_in (self, tw_backoff_next_ms (&self->backoff));
  g_signal_emit (self, signals[UNREACHABLE], 0);
}

static GStrv
get_ids (GPtrArray *commands)
{
  GStrv ids = g_new0 (char *, commands->len + 1);

  for (guint i = 0; i < commands->len; i++)
    ids[i] = g_strdup (((TwCommand *) commands->pdata[i])->id);
  return ids;
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  TwPump *self = step->pump;
  g_autoptr (GError) error = NULL;
  gboolean ok = TW_SYNC_STORAGE_GET_IFACE (self->storage)->finish (self->storage, result, &error);

  if (!ok)
    g_info ("The outbox can't be written: %s", error->message);
  if (step_is_over (step))
    return;
  if (!ok || step->final)
    stumble (self);
  else
    rest (self, TRUE);
}

/* Answers those results that are final. */
static GPtrArray *
sort_results (TwPump *self, GPtrArray *results)
{
  GPtrArray *settled = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_result_free);

  for (guint i = 0; i < results->len; i++)
    {
      TwResult *result = results->pdata[i];

      if (result->state == TW_RESULT_DONE || result->state == TW_RESULT_REFUSED)
        {
          tw_stand_back_forget (self->back, result->id);
          g_ptr_array_add (settled, result);
          results->pdata[i] = NULL;
        }
      else
        tw_stand_back_add (self->back, result->id, STAND_BACK_MS);
    }
  return settled;
}

static void
settle (TwPump *self, GPtrArray *results)
{
  TW_SYNC_STORAGE_GET_IFACE (self->storage)
    ->settle_async (self->storage, results, on_kept, step_new (self, NULL));
}

/* The service would not take one command alone, and will not another time. */
static void
refuse (TwPump *self, TwCommand *command, const GError *cause)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_result_free);
  TwResult *result = tw_result_new (command->id, TW_RESULT_REFUSED);

  result->code = g_strdup (tw_wire_error_get_name (
    cause->code == TW_ERROR_DENIED || cause->code == TW_ERROR_CHANGED ? cause->code
                                                                      : TW_ERROR_INVALID));
  result->words = g_strdup (cause->message);
  g_ptr_array_add (results, result);
  settle (self, results);
}

static gboolean
is_about_the_request (const GError *error)
{
  return g_error_matches (error, TW_ERROR, TW_ERROR_INVALID) ||
         g_error_matches (error, TW_ERROR, TW_ERROR_TOO_LARGE) ||
         g_error_matches (error, TW_ERROR, TW_ERROR_CHANGED) ||
         g_error_matches (error, TW_ERROR, TW_ERROR_DENIED);
}

static void
on_failed (TwPump *self, GPtrArray *commands, gboolean left, const GError *error)
{
  g_auto (GStrv) ids = get_ids (commands);

  if (g_error_matches (error, TW_ERROR, TW_ERROR_UNAUTHENTICATED))
    {
      end_run (self);
      g_signal_emit (self, signals[SIGNED_OUT], 0);
    }
  else if (is_about_the_request (error) && commands->len == 1)
    refuse (self, commands->pdata[0], error);
  else if (is_about_the_request (error))
    {
      self->alone = TRUE;
      rest (self, TRUE);
    }
  else if (!left)
    {
      Step *step = step_new (self, NULL);

      step->final = TRUE;
      TW_SYNC_STORAGE_GET_IFACE (self->storage)
        ->unsend_async (self->storage, (const char *const *) ids, on_kept, step);
    }
  else
    {
      TW_SYNC_STORAGE_GET_IFACE (self->storage)
        ->note_left (self->storage, (const char *const *) ids);
      stumble (self);
    }
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  TwPump *self = step->pump;
  g_autoptr (GError) error = NULL;
  gboolean left = FALSE;
  g_autoptr (GBytes) body = tw_transport_send_finish (TW_TRANSPORT (source), result, &left, &error);
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) settled = NULL;

  if (step_is_over (step))
    return;
  if (body != NULL)
    {
      results = tw_command_batch_read (step->commands, body, &error);
      /* An answer that can't be read tells nothing: as if it had been lost. */
      if (results == NULL)
        {
          g_prefix_error (&error, "The service’s answer can’t be read: ");
          error->code = TW_ERROR_UNREACHABLE;
        }
    }
  if (results == NULL)
    {
      on_failed (self, step->commands, left, error);
      return;
    }
  tw_backoff_reset (&self->backoff);
  settled = sort_results (self, results);
  settle (self, settled);
}

static void
send (TwPump *self, GPtrArray *commands)
{
  g_autoptr (GBytes) body = tw_command_batch_encode (commands, NULL, NULL);

  tw_transport_send_async (self->transport, TW_ROAD_API, "POST", TW_ROUTE_COMMANDS, NULL, body,
                           self->running, on_answer, step_new (self, g_ptr_array_ref (commands)));
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  TwPump *self = step->pump;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) commands =
    TW_SYNC_STORAGE_GET_IFACE (self->storage)->take_finish (self->storage, result, &error);

  if (step_is_over (step))
    return;
  if (commands == NULL)
    {
      g_info ("The outbox can't be read: %s", error->message);
      stumble (self);
    }
  else if (commands->len == 0)
    {
      self->alone = FALSE;
      rest (self, FALSE);
    }
  else
    send (self, commands);
}

static void
take (TwPump *self)
{
  g_auto (GStrv) back = NULL;

  if (self->running == NULL || self->held)
    return;
  if (self->busy)
    {
      self->again = TRUE;
      return;
    }
  g_clear_handle_id (&self->retry, g_source_remove);
  back = tw_stand_back_list (self->back);
  self->busy = TRUE;
  self->again = FALSE;
  TW_SYNC_STORAGE_GET_IFACE (self->storage)
    ->take_async (self->storage, self->alone ? 1 : BATCH, BATCH_BYTES, (const char *const *) back,
                  on_taken, step_new (self, NULL));
}

static void
tw_pump_dispose (GObject *object)
{
  TwPump *self = TW_PUMP (object);

  end_run (self);
  g_clear_object (&self->transport);
  g_clear_object (&self->storage);
  g_clear_pointer (&self->back, tw_stand_back_free);
  G_OBJECT_CLASS (tw_pump_parent_class)->dispose (object);
}

static void
tw_pump_class_init (TwPumpClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_pump_dispose;

  signals[SIGNED_OUT] = g_signal_new ("signed-out", TW_TYPE_PUMP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 0);
  signals[UNREACHABLE] = g_signal_new ("unreachable", TW_TYPE_PUMP, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
tw_pump_init (TwPump *self)
{
  self->back = tw_stand_back_new ();
}

/**
 * tw_pump_new:
 * @transport: the road to the service
 * @storage: what holds the outbox
 *
 * Returns: (transfer full): a pump that does not run yet
 */
TwPump *
tw_pump_new (TwTransport *transport, TwSyncStorage *storage)
{
  TwPump *self = g_object_new (TW_TYPE_PUMP, NULL);

  self->transport = g_object_ref (transport);
  self->storage = g_object_ref (storage);
  self->backoff.cap_ms = tw_transport_is_local (transport) ? LOCAL_CAP_MS : FAR_CAP_MS;
  return self;
}

/**
 * tw_pump_start:
 * @self: a pump
 *
 * Sends what waits and, from now on, what comes.
 */
void
tw_pump_start (TwPump *self)
{
  end_run (self);
  tw_backoff_reset (&self->backoff);
  self->running = g_cancellable_new ();
  take (self);
}

/**
 * tw_pump_stop:
 * @self: a pump
 *
 * Sends nothing more. What was under way has an unknown outcome, and is repeated after a start.
 */
void
tw_pump_stop (TwPump *self)
{
  end_run (self);
}

/**
 * tw_pump_hold:
 * @self: a pump
 * @held: whether to begin nothing new
 *
 * While the service is known to be away there is no use in trying. What is under way goes on.
 */
void
tw_pump_hold (TwPump *self, gboolean held)
{
  if (self->held == held)
    return;
  self->held = held;
  if (!held)
    tw_pump_kick (self);
}

/**
 * tw_pump_kick:
 * @self: a pump
 *
 * There is something to send, or the service is there again: does not wait any longer.
 */
void
tw_pump_kick (TwPump *self)
{
  tw_backoff_reset (&self->backoff);
  take (self);
}

/**
 * tw_pump_look_again:
 * @self: a pump
 * @id: a command that stood back
 *
 * What it waited for has come: asks for its result at once.
 */
void
tw_pump_look_again (TwPump *self, const char *id)
{
  tw_stand_back_forget (self->back, id);
  tw_pump_kick (self);
}
