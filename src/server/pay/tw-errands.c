// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/pay/tw-errands.h"

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-payee.h"
#include "server/identity/tw-challenge.h"
#include "server/pay/tw-payee-row.h"
#include "server/pay/tw-standing-row.h"

#define LOOK_INTERVAL_MS 1000
#define MAX_AT_ONCE 100

struct _TwErrands
{
  TwService *service;
  int asked_day; /* when the billers were asked for their list */
  GThread *thread;
  GMutex lock;
  GCond wake;
  gboolean ending;
};

/* @about: %NULL for what looks by itself whether it is for now and has not been done. */
static void
submit (TwErrands *self, const char *kind, const char *about, JsonObject *body)
{
  g_autofree char *what = g_strconcat ("errand/", kind, NULL);
  g_autofree char *id = about != NULL ? tw_writer_make_id (what, about) : tw_uuid_new ();
  g_autoptr (GError) error = NULL;

  if (!tw_writer_submit_internal (tw_service_get_writer (self->service), kind, id, id, body, NULL,
                                  NULL, NULL, &error))
    g_message ("An errand could not be done: %s", error->message);
}

static gboolean
end_codes (TwErrands *self, TwDb *db, gint64 now_ms, GError **error)
{
  g_autoptr (GPtrArray) list = tw_challenge_list_over (db, now_ms, MAX_AT_ONCE, error);

  for (guint i = 0; list != NULL && i < list->len; i += 2)
    {
      const char *account_id = g_ptr_array_index (list, i), *id = g_ptr_array_index (list, i + 1);
      g_autoptr (JsonObject) body = json_object_new ();

      json_object_set_string_member (body, "account_id", account_id);
      json_object_set_string_member (body, "challenge_id", id);
      submit (self, TW_KIND_CHALLENGE_END, NULL, body);
    }
  return list != NULL;
}

static gboolean
forget_payees (TwErrands *self, TwDb *db, gint64 now_ms, GError **error)
{
  TwStmt *stmt = tw_db_query (
    db, error,
    "SELECT id FROM payee WHERE state < 3 AND created_at <= $1 ORDER BY created_at LIMIT $2", "ii",
    now_ms - TW_PAYEE_LIFE_MS, (gint64) MAX_AT_ONCE);
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autoptr (JsonObject) body = json_object_new ();

      json_object_set_string_member (body, "payee_id", tw_stmt_text (stmt, 0));
      submit (self, TW_KIND_PAYEE_FORGET, tw_stmt_text (stmt, 0), body);
    }
  return step == TW_STEP_DONE;
}

/* How far ahead the person is warned: some days before, and once more on the eve. */
#define DAYS_AHEAD 3

/* An order, as a row of `id, next_day, warned, tries, planned_at`. What is to be done of it looks
 * by itself whether it is for now: an id that follows from the order would be used up by one that
 * came when it was not, as a clock was put back meanwhile or the order was changed, and its day
 * would never come. */
static void
run_standing (TwErrands *self, TwStmt *stmt, gint64 now_ms)
{
  int today = tw_clock_day_of_ms (now_ms);
  const char *id = tw_stmt_text (stmt, 0);
  gint64 next_day = tw_stmt_int64 (stmt, 1), warned = tw_stmt_int64 (stmt, 2);
  gint64 tried = tw_stmt_int64 (stmt, 3), planned_at_ms = tw_stmt_int64 (stmt, 4);
  gboolean is_due = next_day <= today || planned_at_ms > now_ms + TW_STANDING_AHEAD_MS;
  TwWarned stage = next_day <= today + 1 ? TW_WARNED_EVE : TW_WARNED_DAYS_AHEAD;
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_string_member (body, "standing_id", id);
  json_object_set_int_member (body, "day", next_day);
  if (is_due && tried > 0)
    json_object_set_int_member (body, "tried", tried);
  if (is_due)
    submit (self, TW_KIND_STANDING_RUN, NULL, body);
  else if (warned < (gint64) stage)
    {
      json_object_set_int_member (body, "stage", stage);
      submit (self, TW_KIND_STANDING_WARN, NULL, body);
    }
}

#define STANDING "SELECT id, next_day, warned, tries, planned_at FROM standing WHERE state = 0 AND "

/* What is due, and what to warn of; and what was planned when the clock was ahead, to be put right.
 */
static gboolean
run_standings (TwErrands *self, TwDb *db, gint64 now_ms, GError **error)
{
  gint64 today = tw_clock_day_of_ms (now_ms);
  TwStmt *stmt = tw_db_query (db, error, STANDING "planned_at > $1 ORDER BY planned_at LIMIT $2",
                              "ii", now_ms + TW_STANDING_AHEAD_MS, (gint64) MAX_AT_ONCE);
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    run_standing (self, stmt, now_ms);
  if (step != TW_STEP_DONE)
    return FALSE;
  stmt = tw_db_query (db, error,
                      STANDING
                      "next_try_at <= $4 AND (next_day <= $1 OR (next_day <= $1 + 1 AND warned < "
                      "2) OR (next_day <= $1 + $2 AND warned < 1)) ORDER BY next_day LIMIT $3",
                      "iiii", today, (gint64) DAYS_AHEAD, (gint64) MAX_AT_ONCE, now_ms);
  step = TW_STEP_ERROR;
  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    run_standing (self, stmt, now_ms);
  return step == TW_STEP_DONE;
}

static void
ask_billers (TwErrands *self, int today)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *day = tw_clock_format_day (today);

  if (self->asked_day == today)
    return;
  self->asked_day = today;
  submit (self, TW_KIND_BILLER_LIST, day, body);
}

/* One of several services does it. What is due stands in the database, so nothing is lost with the
 * one that led, and what two do for a moment is done once. */
static void
look (TwErrands *self)
{
  TwReaders *readers = tw_service_get_readers (self->service);
  g_autoptr (GError) error = NULL;
  gint64 now_ms = tw_clock_now_ms ();
  TwDb *db;

  if (!tw_service_is_leader (self->service))
    return;
  db = tw_readers_borrow (readers, &error);
  if (db != NULL)
    {
      if (end_codes (self, db, now_ms, &error) && forget_payees (self, db, now_ms, &error))
        run_standings (self, db, now_ms, &error);
      tw_readers_return (readers, db);
    }
  ask_billers (self, tw_clock_day_of_ms (now_ms));
  if (error != NULL)
    g_message ("Nobody could look for errands: %s", error->message);
}

static gpointer
run (gpointer data)
{
  TwErrands *self = data;
  gboolean ending = FALSE;

  while (!ending)
    {
      gint64 end = g_get_monotonic_time () + LOOK_INTERVAL_MS * 1000;

      look (self);
      g_mutex_lock (&self->lock);
      while (!self->ending && g_cond_wait_until (&self->wake, &self->lock, end))
        ;
      ending = self->ending;
      g_mutex_unlock (&self->lock);
    }
  return NULL;
}

/**
 * tw_errands_new:
 * @service: outlives the result
 *
 * Returns: (transfer full): at work, in a thread of its own
 */
TwErrands *
tw_errands_new (TwService *service)
{
  TwErrands *self = g_new0 (TwErrands, 1);

  self->service = service;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->thread = g_thread_new ("errands", run, self);
  return self;
}

/**
 * tw_errands_free:
 * @self: (transfer full) (nullable): at work
 *
 * Stops; the service must still be running.
 */
void
tw_errands_free (TwErrands *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self);
}
