// SPDX-License-Identifier: GPL-3.0-or-later
/* The same journey in a small service and in large ones: what a person waits for must not grow with
 * what others have. The services run side by side and take turns, so that a busy machine is fair to
 * all. */
#include <stdlib.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-bill.h"
#include "model/tw-record.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire.h"
#include "server/command/tw-column.h"
#include "server/feed/tw-feed-batch.h"
#include "tw-bench-bulk.h"

#define TRAVELLERS 40
#define TURNS 160
#define WARM_UP 40
#define RECORDS_EACH 200

typedef enum
{
  TOP_UP,
  PAY,
  ASK,
  RECORDS,
  FEED,
  N_STEPS
} Step;

static const char *const step_names[] = { "top up", "pay", "ask", "records page", "feed page" };

typedef struct
{
  TwBench *bench;
  gint64 n_records;
  char *api, *feed;
  GPtrArray *bills; /* ids; number n belongs to traveller n % TRAVELLERS */
  GArray *took_us[N_STEPS];
  guint64 cpu_us[N_STEPS];
} Place;

static void
add_record (
  Place *place, TwDb *db, TwFeedBatch *feed, TwBenchPerson *person, guint n, GError **error)
{
  TwKey *key = tw_keys_get (place->bench->keys, TW_KEY_COLUMN);
  g_autoptr (TwObject) record = tw_bench_make_object (person, "record", n);
  g_autofree char *scope = g_strconcat ("account:", person->id, NULL);
  g_autofree char *text = tw_wire_encode_text (record);
  const char *id = tw_object_get_id (record);
  g_autoptr (GBytes) sealed = tw_column_seal (key, "tax_record", id, "object", text);

  if (tw_db_run (
        db, error,
        "INSERT INTO tax_record (id, account_id, year, tax_type, status, kind, amount_fen, "
        "late_fee_fen, assessed_at, object) VALUES ($1, $2, $3, 'iit', 2, 1, $4, 0, $5, $6)",
        "ssiiib", id, person->id, tw_record_get_year (TW_RECORD (record)),
        tw_record_get_amount_fen (TW_RECORD (record)),
        tw_record_get_assessed_at_ms (TW_RECORD (record)), sealed))
    tw_feed_batch_publish (feed, scope, record);
}

static void
add_bill (Place *place, TwDb *db, TwBenchPerson *person, GError **error)
{
  TwKey *key = tw_keys_get (place->bench->keys, TW_KEY_COLUMN);
  char *id = tw_uuid_new ();
  gint64 due_day = tw_clock_today () + 30;
  g_autoptr (TwObject) bill = g_object_new (
    TW_TYPE_BILL, "id", id, "account-id", person->id, "tax-type", "iit", "period", "2026-01",
    "authority", "国家税务总局样例市税务局", "amount-fen", (gint64) 100, "due-day", due_day,
    "state", TW_BILL_STATE_DUE, "reference", "TW-0123456789", "revision", (gint64) 1, NULL);
  g_autofree char *text = tw_wire_encode_text (bill);
  g_autoptr (GBytes) sealed = tw_column_seal (key, "bill", id, "object", text);

  g_ptr_array_add (place->bills, id);
  tw_db_run (db, error,
             "INSERT INTO bill (id, account_id, state, amount_fen, due_day, object) "
             "VALUES ($1, $2, $3, 100, $4, $5)",
             "ssiib", id, person->id, (gint64) TW_BILL_STATE_DUE, due_day, sealed);
}

/* Those who act come last, like people who have joined a service that is there already. */
static void
add_travellers (Place *place)
{
  TwBench *bench = place->bench;
  g_autoptr (TwDb) db = NULL;
  TwFeedBatch *feed = tw_feed_batch_new (tw_keys_get (bench->keys, TW_KEY_COLUMN));
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  tw_bench_add_people (bench, TRAVELLERS, TRAVELLERS);
  db = tw_bench_open (bench);
  tw_db_begin (db, &error);
  for (guint i = 0; i < TRAVELLERS * RECORDS_EACH && error == NULL; i++)
    add_record (place, db, feed, tw_bench_person (bench, i % TRAVELLERS), i / TRAVELLERS, &error);
  for (guint i = 0; i < TURNS + WARM_UP && error == NULL; i++)
    add_bill (place, db, tw_bench_person (bench, i % TRAVELLERS), &error);
  if (error == NULL && tw_feed_batch_write (feed, db, scopes, &error))
    tw_db_commit (db, &error);
  g_assert_no_error (error);
  tw_feed_batch_free (feed);
}

static void
make_place (Place *place, gint64 n_records)
{
  gint64 start_us = g_get_monotonic_time ();
  g_autofree char *counterpart = NULL;

  place->bench = tw_bench_new ();
  place->n_records = n_records;
  place->bills = g_ptr_array_new_with_free_func (g_free);
  for (int i = 0; i < N_STEPS; i++)
    place->took_us[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
  tw_bench_fill_bulk (place->bench, n_records);
  add_travellers (place);
  counterpart = tw_bench_start_counterpart (place->bench);
  tw_bench_start (place->bench, counterpart);
  place->api = g_build_filename (place->bench->sockets, TW_SOCKET_API, NULL);
  place->feed = g_build_filename (place->bench->sockets, TW_SOCKET_FEED, NULL);
  g_print ("%" G_GINT64_FORMAT " records: filled in %.0f s\n", n_records,
           (double) (g_get_monotonic_time () - start_us) / 1e6);
}

static void
end_place (Place *place)
{
  tw_bench_free (place->bench);
  g_ptr_array_unref (place->bills);
  for (int i = 0; i < N_STEPS; i++)
    g_array_unref (place->took_us[i]);
  g_free (place->api);
  g_free (place->feed);
}

static TwCommand *
make_command (Place *place, TwBenchPerson *person, Step step, guint turn)
{
  JsonObject *body = json_object_new ();

  switch (step)
    {
    case TOP_UP:
      json_object_set_int_member (body, "amount_fen", 500);
      return tw_bench_sign (person, TW_KIND_WALLET_TOP_UP, body);
    case PAY:
      json_object_set_string_member (body, "bill_id", g_ptr_array_index (place->bills, turn));
      json_object_set_int_member (body, "revision", 1);
      json_object_set_int_member (body, "amount_fen", 100);
      return tw_bench_sign (person, TW_KIND_TAX_PAY, body);
    case ASK:
    default:
      json_object_set_string_member (body, "subject", "样例");
      json_object_set_string_member (body, "text", "样例问题");
      json_object_set_string_member (body, "about_type", "");
      json_object_set_string_member (body, "about_id", "");
      return tw_bench_sign (person, TW_KIND_TICKET_ASK, body);
    }
}

static GBytes *
make_request (Place *place, TwBenchPerson *person, Step step, guint turn)
{
  g_autoptr (GPtrArray) commands = NULL;

  if (step == RECORDS)
    return tw_bench_get (person, TW_ROUTE_RECORDS "?limit=50");
  if (step == FEED)
    return tw_bench_get (person, TW_ROUTE_FEED "?wait=0&limit=50");
  commands = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
  g_ptr_array_add (commands, make_command (place, person, step, turn));
  return tw_bench_request (person, commands);
}

static void
take_step (Place *place, Step step, guint turn)
{
  TwBenchPerson *person = tw_bench_person (place->bench, turn % TRAVELLERS);
  g_autoptr (GBytes) request = make_request (place, person, step, turn);
  guint64 cpu_us = tw_bench_service_cpu_us (place->bench);
  gint64 start_us = g_get_monotonic_time ();
  g_autofree char *answer = tw_bench_fetch (step == FEED ? place->feed : place->api, request);
  gint64 took_us = g_get_monotonic_time () - start_us;

  if (step <= ASK && strstr (answer, "\"state\":\"done\"") == NULL)
    g_error ("%s: %s", step_names[step], answer);
  if (turn < WARM_UP)
    return;
  place->cpu_us[step] += tw_bench_service_cpu_us (place->bench) - cpu_us;
  g_array_append_val (place->took_us[step], took_us);
}

/* Answers how much longer the journey takes than in the first place. */
static double
report (Place *place, Place *first)
{
  double sum = 0, first_sum = 0;

  g_print ("%" G_GINT64_FORMAT " records:\n", place->n_records);
  for (int i = 0; i < N_STEPS; i++)
    {
      gint64 took_us = tw_bench_percentile (place->took_us[i], 0.5);
      gint64 first_us = tw_bench_percentile (first->took_us[i], 0.5);

      g_print ("  %-12s p50 %6.2f ms (%.2f), CPU %5.2f ms (%.2f)\n", step_names[i],
               (double) took_us / 1e3, (double) took_us / (double) first_us,
               (double) place->cpu_us[i] / TURNS / 1e3,
               (double) place->cpu_us[i] / (double) first->cpu_us[i]);
      sum += (double) took_us;
      first_sum += (double) first_us;
    }
  return sum / first_sum;
}

int
main (void)
{
  static const gint64 sizes[] = { 1000, 100000, 5000000 };
  Place places[G_N_ELEMENTS (sizes)] = { 0 };
  const guint n = G_N_ELEMENTS (sizes);

  for (guint i = 0; i < n; i++)
    make_place (&places[i], sizes[i]);
  for (guint turn = 0; turn < TURNS + WARM_UP; turn++)
    for (int step = 0; step < N_STEPS; step++)
      for (guint i = 0; i < n; i++)
        take_step (&places[i], step, turn);
  report (&places[0], &places[0]);
  for (guint i = 1; i < n; i++)
    {
      double ratio = report (&places[i], &places[0]);
      g_autofree char *what = g_strdup_printf (
        "journey with %" G_GINT64_FORMAT " records, to %" G_GINT64_FORMAT, sizes[i], sizes[0]);

      tw_bench_check (what, ratio, TRUE, 1.5);
    }
  for (guint i = 0; i < n; i++)
    end_place (&places[i]);
  return tw_bench_finish ();
}
