// SPDX-License-Identifier: GPL-3.0-or-later
/* An order in doubt that a statement tells of as it was ordered is settled, in the rails' own
 * words: what they know to be settled already stays as it is. */
#include "server/reconcile/tw-reconcile-private.h"

#include "base/tw-error.h"

typedef struct
{
  GMutex lock;
  GCond done;
  gboolean is_done;
  gboolean ok;
} Waiting;

static void
on_told (const TwResult *result, gpointer data)
{
  Waiting *waiting = data;

  g_mutex_lock (&waiting->lock);
  waiting->ok = result->state == TW_RESULT_DONE;
  waiting->is_done = TRUE;
  g_cond_signal (&waiting->done);
  g_mutex_unlock (&waiting->lock);
}

static gboolean
tell (TwService *service, const TwCure *cure, const char *kind, const char *phase, GError **error)
{
  g_autofree char *what = g_strconcat ("statement/", phase, "/", cure->reference, NULL);
  g_autofree char *id = tw_writer_make_id (what, cure->order_id);
  g_autoptr (JsonObject) body = json_object_new ();
  Waiting waiting = { .is_done = FALSE };

  json_object_set_string_member (body, "op", cure->order_id);
  json_object_set_string_member (body, "phase", phase);
  json_object_set_string_member (body, "reference", cure->reference);
  json_object_set_string_member (body, "reason", "");
  json_object_set_int_member (body, "confirmed_at_ms", cure->confirms ? cure->booked_at_ms : 0);
  g_mutex_init (&waiting.lock);
  g_cond_init (&waiting.done);
  if (tw_writer_submit_internal (tw_service_get_writer (service), kind, id, id, body, NULL, on_told,
                                 &waiting, error))
    {
      g_mutex_lock (&waiting.lock);
      while (!waiting.is_done)
        g_cond_wait (&waiting.done, &waiting.lock);
      g_mutex_unlock (&waiting.lock);
      if (!waiting.ok)
        g_set_error (error, TW_ERROR, TW_ERROR_BUSY, "The order %s could not be settled",
                     cure->order_id);
    }
  g_cond_clear (&waiting.done);
  g_mutex_clear (&waiting.lock);
  return waiting.ok;
}

/**
 * tw_reconcile_cure:
 * @service: the service
 * @comparison: what was found
 * @error: the writer's
 *
 * Returns: whether all that the statement settles is settled
 */
gboolean
tw_reconcile_cure (TwService *service, TwComparison *comparison, GError **error)
{
  for (guint i = 0; i < comparison->cures->len; i++)
    {
      TwCure *cure = comparison->cures->pdata[i];

      if (!tell (service, cure, TW_KIND_RAIL_SETTLE, "accepted", error) ||
          (cure->confirms && !tell (service, cure, TW_KIND_RAIL_CONFIRM, "confirmed", error)))
        return FALSE;
    }
  return TRUE;
}
