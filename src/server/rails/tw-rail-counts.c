// SPDX-License-Identifier: GPL-3.0-or-later
/* What an operator sees of the orders: how many are not finished, and how long the oldest has
 * waited. */
#include "server/command/tw-metrics.h"
#include "server/rails/tw-rails-private.h"

#include "base/tw-clock.h"

static gint configured;
static gint n_callbacks;
static gint n_unsigned;

/* What is seen of the gates from other threads. */
#define MAX_PARTIES 16

static struct
{
  char party[32];
  guint opened; /* how often */
  gboolean open;
} gates[MAX_PARTIES];
static guint n_gates;
static GMutex gates_lock;

/* A partner has stopped answering, or answers again. */
void
tw_rails_count_gate (const char *party, gboolean opened)
{
  guint i = 0;

  g_mutex_lock (&gates_lock);
  while (i < n_gates && !g_str_equal (gates[i].party, party))
    i++;
  if (i == n_gates && n_gates < MAX_PARTIES)
    g_strlcpy (gates[n_gates++].party, party, sizeof gates->party);
  if (i < n_gates)
    {
      gates[i].open = opened;
      gates[i].opened += opened;
    }
  g_mutex_unlock (&gates_lock);
}

static void
add_gates (GString *out)
{
  g_autoptr (GString) opened = g_string_new (NULL);

  tw_metric_begin (out, TW_METRIC_BREAKER_OPEN, "gauge",
                   "Whether a partner is left alone, as it does not answer.");
  tw_metric_begin (opened, TW_METRIC_BREAKER_OPENED, "counter", "How often that began.");
  g_mutex_lock (&gates_lock);
  for (guint i = 0; i < n_gates; i++)
    {
      g_autofree char *label = g_strdup_printf ("rail=\"%s\"", gates[i].party);

      tw_metric_value (out, TW_METRIC_BREAKER_OPEN, label, gates[i].open);
      tw_metric_value (opened, TW_METRIC_BREAKER_OPENED, label, gates[i].opened);
    }
  g_mutex_unlock (&gates_lock);
  g_string_append (out, opened->str);
}

void
tw_rails_count_callback (void)
{
  g_atomic_int_inc (&n_callbacks);
}

/* An answer that the partner has not signed: it was not taken for one. */
void
tw_rails_count_unsigned (void)
{
  g_atomic_int_inc (&n_unsigned);
}

guint
tw_rails_get_n_callbacks (void)
{
  return (guint) g_atomic_int_get (&n_callbacks);
}

/**
 * tw_rails_set_configured:
 * @is_configured: whether this process has a bank and an office to send to
 *
 * Without them nothing is reserved that could only lie there; one that merely can't be reached is
 * configured all the same.
 */
void
tw_rails_set_configured (gboolean is_configured)
{
  g_atomic_int_set (&configured, is_configured);
}

gboolean
tw_rails_are_configured (void)
{
  return g_atomic_int_get (&configured);
}

typedef struct
{
  GString *unfinished;
  GString *oldest;
  GString *in_trouble;
} Counts;

static gboolean
count (TwDb *db, Counts *counts, GError **error)
{
  gint64 now_ms = tw_clock_now_ms ();
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT rail, count(*), min(created_at), "
                              "sum(CASE WHEN trouble <> '' THEN 1 ELSE 0 END) FROM rail_op "
                              "WHERE next_at IS NOT NULL GROUP BY rail ORDER BY rail",
                              "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autofree char *label = g_strdup_printf ("rail=\"%s\"", tw_stmt_text (stmt, 0));

      tw_metric_value (counts->unfinished, TW_METRIC_UNFINISHED, label,
                       (double) tw_stmt_int64 (stmt, 1));
      tw_metric_value (counts->oldest, TW_METRIC_OLDEST, label,
                       (double) MAX (now_ms - tw_stmt_int64 (stmt, 2), 0) / 1000);
      tw_metric_value (counts->in_trouble, TW_METRIC_IN_TROUBLE, label,
                       (double) tw_stmt_int64 (stmt, 3));
    }
  return step == TW_STEP_DONE;
}

static void
add_troubles (GString *out)
{
  tw_metric_begin (out, TW_METRIC_TROUBLES, "counter",
                   "Answers from the bank and the tax office that may need a person.");
  for (int i = 0; i < TW_N_TROUBLES; i++)
    {
      const char *code;
      guint n = tw_rails_get_troubles ((TwTrouble) i, &code);
      g_autofree char *label = g_strdup_printf ("why=\"%s\"", code);

      tw_metric_value (out, TW_METRIC_TROUBLES, label, n);
    }
}

static void
add_metrics (TwService *service, GString *out, gpointer user_data)
{
  TwReaders *readers = tw_service_get_readers (service);
  g_autoptr (GString) oldest = g_string_new (NULL);
  g_autoptr (GString) in_trouble = g_string_new (NULL);
  Counts counts = { out, oldest, in_trouble };
  TwDb *db;

  tw_metric_add (out, "tax_wallet_rails_configured", "gauge",
                 "Whether there is a bank and a tax office to send orders to.",
                 tw_rails_are_configured ());
  tw_metric_begin (out, TW_METRIC_UNFINISHED, "gauge", "Orders that are not finished.");
  tw_metric_begin (oldest, TW_METRIC_OLDEST, "gauge", "Age of the oldest order not finished.");
  tw_metric_begin (in_trouble, TW_METRIC_IN_TROUBLE, "gauge", "Orders that may need a person.");
  db = tw_readers_borrow (readers, NULL);
  if (db != NULL)
    {
      count (db, &counts, NULL);
      tw_readers_return (readers, db);
    }
  g_string_append (out, oldest->str);
  g_string_append (out, in_trouble->str);
  add_troubles (out);
  add_gates (out);
  tw_metric_add (out, "tax_wallet_rail_callbacks_total", "counter",
                 "Callbacks of the bank and the tax office that were taken.",
                 tw_rails_get_n_callbacks ());
  tw_metric_add (out, "tax_wallet_rail_answers_unsigned_total", "counter",
                 "Answers that were not signed by the bank or the tax office, and not taken.",
                 g_atomic_int_get (&n_unsigned));
}

/**
 * tw_rails_add_metrics:
 * @service: the service
 *
 * Its metrics tell of orders from now on, whether or not any rail is configured.
 */
void
tw_rails_add_metrics (TwService *service)
{
  tw_service_add_metrics (service, add_metrics, NULL);
}
