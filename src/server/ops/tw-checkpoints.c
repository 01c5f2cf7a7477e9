// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ops/tw-checkpoints.h"

#include "base/tw-clock.h"
#include "server/command/tw-metrics.h"
#include "server/ledger/tw-ledger.h"

struct _TwCheckpoints
{
  TwService *service;
  TwSigner *signer;
  char *path;
  GThread *thread;
  GMutex lock;
  GCond wake;
  gboolean ending;
  gboolean failing;  /* said once, until it works again; guarded by the lock */
  gint64 written_ms; /* the last time that it worked, or that this began; guarded by the lock */
};

static void
note (TwCheckpoints *checkpoints, const GError *error)
{
  g_mutex_lock (&checkpoints->lock);
  if (error != NULL && !checkpoints->failing)
    g_message ("No checkpoint was written: %s", error->message);
  checkpoints->failing = error != NULL;
  if (error == NULL)
    checkpoints->written_ms = tw_clock_now_ms ();
  g_mutex_unlock (&checkpoints->lock);
}

/* Of several processes the one that leads writes it; it is the one whose metrics tell of it. */
static void
write_one (TwCheckpoints *checkpoints)
{
  TwReaders *readers = tw_service_get_readers (checkpoints->service);
  g_autoptr (GError) error = NULL;
  TwDb *db = NULL;

  if (tw_service_is_leader (checkpoints->service) &&
      (db = tw_readers_borrow (readers, &error)) != NULL)
    {
      tw_ledger_checkpoint (db, checkpoints->signer, checkpoints->path, &error);
      tw_readers_return (readers, db);
    }
  note (checkpoints, error);
}

static void
add_metrics (TwService *service, GString *out, gpointer user_data)
{
  TwCheckpoints *checkpoints = user_data;
  gboolean failing;
  gint64 age_ms;

  g_mutex_lock (&checkpoints->lock);
  failing = checkpoints->failing;
  age_ms = tw_clock_now_ms () - checkpoints->written_ms;
  g_mutex_unlock (&checkpoints->lock);
  tw_metric_add (out, "tax_wallet_checkpoint_failing", "gauge",
                 "Whether the last checkpoint could not be written.", failing);
  tw_metric_add (out, "tax_wallet_checkpoint_age_seconds", "gauge",
                 "Since the checkpoint was last up to date.", (double) MAX (age_ms, 0) / 1000);
}

static gpointer
run (gpointer data)
{
  TwCheckpoints *checkpoints = data;
  gboolean ending = FALSE;

  while (!ending)
    {
      gint64 end = g_get_monotonic_time () + TW_CHECKPOINT_INTERVAL_MS * 1000;

      write_one (checkpoints);
      g_mutex_lock (&checkpoints->lock);
      while (!checkpoints->ending &&
             g_cond_wait_until (&checkpoints->wake, &checkpoints->lock, end))
        ;
      ending = checkpoints->ending;
      g_mutex_unlock (&checkpoints->lock);
    }
  write_one (checkpoints);
  return NULL;
}

/**
 * tw_checkpoints_new:
 * @service: outlives the result; its metrics tell of it, so nobody may be served yet
 * @path: the file, away from the database
 *
 * Returns: (transfer full): the thread, running; its last checkpoint is written when it is freed
 */
TwCheckpoints *
tw_checkpoints_new (TwService *service, const char *path)
{
  TwCheckpoints *checkpoints = g_new0 (TwCheckpoints, 1);
  TwKey *seed = tw_service_get_key (service, TW_KEY_SIGN_CHECKPOINT);

  checkpoints->service = service;
  checkpoints->signer = tw_signer_new_from_seed (tw_key_peek (seed));
  checkpoints->path = g_strdup (path);
  checkpoints->written_ms = tw_clock_now_ms ();
  g_mutex_init (&checkpoints->lock);
  g_cond_init (&checkpoints->wake);
  tw_service_add_metrics (service, add_metrics, checkpoints);
  checkpoints->thread = g_thread_new ("checkpoints", run, checkpoints);
  return checkpoints;
}

void
tw_checkpoints_free (TwCheckpoints *checkpoints)
{
  g_mutex_lock (&checkpoints->lock);
  checkpoints->ending = TRUE;
  g_cond_signal (&checkpoints->wake);
  g_mutex_unlock (&checkpoints->lock);
  g_thread_join (checkpoints->thread);
  tw_signer_unref (checkpoints->signer);
  g_mutex_clear (&checkpoints->lock);
  g_cond_clear (&checkpoints->wake);
  g_free (checkpoints->path);
  g_free (checkpoints);
}
