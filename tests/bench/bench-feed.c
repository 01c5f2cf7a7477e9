// SPDX-License-Identifier: GPL-3.0-or-later
/* How soon the other window shows what was done, and how fast a window that was away catches up. */
#include <stdlib.h>
#include <time.h>

#include "protocol/tw-feed-page.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-routes.h"
#include "server/identity/tw-identity.h"
#include "tw-bench.h"
#include "tw-service-test.h"

#define PEOPLE 2000
#define OBJECTS 100000
#define MESSAGES 200
/* Each as long as a test's deadline */
#define MAX_WAITS 5
#define LOAD_CALLERS 8
#define AGENT "bench-agent"
#define AGENT_PASSWORD "Bench-2026-Wallet"

/* Who is who among the people. */
enum
{
  CUSTOMER,
  WITH_PAYMENTS,
  WITH_RECORDS,
  FIRST_PAYER,
};

static void
add_agent (TwBench *bench)
{
  g_autoptr (TwDb) db = tw_bench_open (bench);
  g_autoptr (GError) error = NULL;

  tw_identity_add_agent (db, tw_keys_get (bench->keys, TW_KEY_COLUMN),
                         tw_keys_get (bench->keys, TW_KEY_LOOKUP), AGENT, "Bench", AGENT_PASSWORD,
                         TW_ROLE_AGENT, NULL, &error);
  g_assert_no_error (error);
}

static TwTestPerson *
sign_in (TwBench *bench, const char *login, const char *password, gboolean agent)
{
  TwTestPerson *person = tw_test_person_new (bench->sockets, agent);
  g_autoptr (GError) error = NULL;

  tw_test_person_sign_in (person, login, password, &error);
  g_assert_no_error (error);
  return person;
}

/* The wire alone: pages as fast as the service gives them; @decode: read into objects too. */
static double
read_wire (TwBench *bench, TwBenchPerson *person, gboolean decode)
{
  clock_t cpu = clock ();
  g_autofree char *socket = g_build_filename (bench->sockets, TW_SOCKET_FEED, NULL);
  g_autofree char *cursor = g_strdup ("");
  gint64 start_us = g_get_monotonic_time ();
  gboolean more = TRUE;
  guint n = 0;

  while (more)
    {
      g_autofree char *path =
        g_strdup_printf (TW_ROUTE_FEED "?wait=0&limit=%d%s%s", TW_LIMIT_FEED_ITEMS,
                         *cursor != '\0' ? "&after=" : "", cursor);
      g_autoptr (GBytes) request = tw_bench_get (person, path);
      g_autofree char *text = tw_bench_fetch (socket, request);
      g_autoptr (GError) error = NULL;
      const char *start = strstr (text, "\"cursor\":\"") + strlen ("\"cursor\":\"");
      g_autofree char *next = g_strndup (start, strcspn (start, "\""));

      g_free (cursor);
      cursor = g_uri_escape_string (next, NULL, FALSE);
      more = strstr (text, "\"more\":true") != NULL;
      for (const char *p = text; (p = strstr (p, "{\"scope\":")) != NULL; p++)
        n++;
      if (decode)
        {
          tw_feed_page_free (tw_feed_page_decode (text, strlen (text), &error));
          g_assert_no_error (error);
        }
    }
  if (n < OBJECTS)
    g_error ("Only %u of %d objects came", n, OBJECTS);
  if (decode)
    g_print ("  %.0f us CPU an object to be read\n",
             (double) (clock () - cpu) / CLOCKS_PER_SEC * 1e6 / n);
  return n / ((double) (g_get_monotonic_time () - start_us) / 1e6);
}

static gboolean
is_complete (gpointer status)
{
  gint64 as_of_ms = 0;

  g_object_get (status, "as-of-ms", &as_of_ms, NULL);
  return as_of_ms > 0;
}

/* The real client: from being signed in until all is in its store and its lists. */
static double
read_into_store (TwBench *bench, TwBenchPerson *person)
{
  TwTestPerson *client = sign_in (bench, person->phone, TW_BENCH_PASSWORD, FALSE);
  gint64 start_us = g_get_monotonic_time ();
  clock_t cpu = clock ();
  double rate;

  for (guint i = 1; !tw_test_wait (is_complete, client->status); i++)
    if (i == MAX_WAITS)
      g_error ("Not all objects came");
  rate = OBJECTS / ((double) (g_get_monotonic_time () - start_us) / 1e6);
  g_print ("  %.0f us CPU an object in the client\n",
           (double) (clock () - cpu) / CLOCKS_PER_SEC * 1e6 / OBJECTS);
  tw_test_person_free (client);
  return rate;
}

/* What others do meanwhile. */
typedef struct
{
  TwBench *bench;
  gint stop;
  guint n;
  double s;
} Others;

static gpointer
run_others (gpointer data)
{
  Others *others = data;
  g_autofree char *api = g_build_filename (others->bench->sockets, TW_SOCKET_API, NULL);
  gint64 start_us = g_get_monotonic_time ();

  while (!g_atomic_int_get (&others->stop))
    {
      GPtrArray *requests[LOAD_CALLERS];
      g_autoptr (TwBenchRun) run = NULL;

      for (guint i = 0; i < LOAD_CALLERS; i++)
        {
          TwBenchPerson *from = tw_bench_person (others->bench, FIRST_PAYER + i);

          requests[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
          for (guint j = 0; j < 10; j++)
            {
              g_autoptr (GPtrArray) commands =
                g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
              JsonObject *body = json_object_new ();

              json_object_set_string_member (
                body, "to_account",
                tw_bench_person (others->bench, 100 + (others->n + j) % 1000)->id);
              json_object_set_int_member (body, "amount_fen", 1);
              g_ptr_array_add (commands, tw_bench_sign (from, TW_KIND_WALLET_TRANSFER, body));
              g_ptr_array_add (requests[i], tw_bench_request (from, commands));
            }
        }
      run = tw_bench_drive (api, requests, LOAD_CALLERS);
      others->n += run->n_done;
      for (guint i = 0; i < LOAD_CALLERS; i++)
        g_ptr_array_unref (requests[i]);
    }
  others->s = (double) (g_get_monotonic_time () - start_us) / 1e6;
  return NULL;
}

/* One message of the customer, and when the desk shows it. */
typedef struct
{
  TwBench *bench;
  GBytes *request;
  const char *id;
  gint64 sent_us, answered_us, shown_us;
} Message;

static gpointer
send_message (gpointer data)
{
  Message *message = data;
  g_autofree char *api = g_build_filename (message->bench->sockets, TW_SOCKET_API, NULL);
  g_autofree char *answer = NULL;

  message->sent_us = g_get_monotonic_time ();
  answer = tw_bench_fetch (api, message->request);
  message->answered_us = g_get_monotonic_time ();
  if (strstr (answer, "\"state\":\"done\"") == NULL)
    g_error ("%s", answer);
  return NULL;
}

static void
on_items_changed (GListModel *list, guint at, guint removed, guint added, Message *message)
{
  for (guint i = at; message->shown_us == 0 && i < at + added; i++)
    {
      g_autoptr (TwObject) object = g_list_model_get_item (list, i);

      if (g_strcmp0 (tw_object_get_id (object), message->id) == 0)
        message->shown_us = g_get_monotonic_time ();
    }
}

static gboolean
is_shown (gpointer data)
{
  return ((Message *) data)->shown_us != 0;
}

static char *
ask (TwBench *bench, TwTestPerson *desk)
{
  TwBenchPerson *customer = tw_bench_person (bench, CUSTOMER);
  g_autofree char *api = g_build_filename (bench->sockets, TW_SOCKET_API, NULL);
  g_autoptr (GPtrArray) commands =
    g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
  g_autoptr (GBytes) request = NULL;
  g_autofree char *answer = NULL;
  JsonObject *body = json_object_new ();
  g_autoptr (TwOutgoing) opened = NULL;
  GVariantDict dict;
  char *id;

  json_object_set_string_member (body, "subject", "样例");
  json_object_set_string_member (body, "text", "样例问题");
  json_object_set_string_member (body, "about_type", "");
  json_object_set_string_member (body, "about_id", "");
  g_ptr_array_add (commands, tw_bench_sign (customer, TW_KIND_TICKET_ASK, body));
  id = g_strdup (((TwCommand *) commands->pdata[0])->id);
  request = tw_bench_request (customer, commands);
  answer = tw_bench_fetch (api, request);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "ticket_id", "s", id);
  opened = tw_test_person_submit (desk, TW_KIND_TICKET_OPEN, g_variant_dict_end (&dict));
  tw_test_wait_settled (opened, TW_OUTGOING_STATE_DONE);
  tw_test_person_wait_object (desk, "message", NULL, NULL, "the question");
  return id;
}

static double
measure_messages (TwBench *bench, TwTestPerson *desk, const char *ticket, const char *when)
{
  GListModel *list = G_LIST_MODEL (tw_client_get_list (desk->client, "message"));
  g_autoptr (GArray) from_answer = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) from_sending = g_array_new (FALSE, FALSE, sizeof (gint64));
  double p99;

  for (guint i = 0; i < MESSAGES; i++)
    {
      g_autoptr (GPtrArray) commands =
        g_ptr_array_new_with_free_func ((GDestroyNotify) tw_command_free);
      TwBenchPerson *customer = tw_bench_person (bench, CUSTOMER);
      JsonObject *body = json_object_new ();
      Message message = { .bench = bench };
      gulong handler;
      gint64 took_us;

      json_object_set_string_member (body, "ticket_id", ticket);
      json_object_set_string_member (body, "text", "样例：一句话");
      g_ptr_array_add (commands, tw_bench_sign (customer, TW_KIND_TICKET_WRITE, body));
      message.id = ((TwCommand *) commands->pdata[0])->id;
      message.request = tw_bench_request (customer, commands);
      handler = g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &message);
      {
        GThread *sender = g_thread_new ("sender", send_message, &message);

        tw_test_wait_or_fail (is_shown, &message, "a message at the desk");
        g_thread_join (sender);
      }
      g_signal_handler_disconnect (list, handler);
      g_bytes_unref (message.request);
      took_us = MAX (message.shown_us - message.answered_us, 0);
      g_array_append_val (from_answer, took_us);
      took_us = message.shown_us - message.sent_us;
      g_array_append_val (from_sending, took_us);
    }
  p99 = (double) tw_bench_percentile (from_sending, 0.99) / 1e3;
  g_print (
    "%s: shown at the desk after being sent p50 %.1f ms, p99 %.1f ms; after the answer that it is "
    "committed p50 %.1f ms, p99 %.1f ms\n",
    when, (double) tw_bench_percentile (from_sending, 0.5) / 1e3, p99,
    (double) tw_bench_percentile (from_answer, 0.5) / 1e3,
    (double) tw_bench_percentile (from_answer, 0.99) / 1e3);
  return p99;
}

static double
measure_latency (TwBench *bench)
{
  TwTestPerson *desk = sign_in (bench, AGENT, AGENT_PASSWORD, TRUE);
  g_autofree char *ticket = ask (bench, desk);
  Others others = { .bench = bench };
  GThread *thread;
  double p99;

  measure_messages (bench, desk, ticket, "idle");
  thread = g_thread_new ("others", run_others, &others);
  p99 = measure_messages (bench, desk, ticket, "under load");
  g_atomic_int_set (&others.stop, 1);
  g_thread_join (thread);
  g_print ("the load: %.0f money commands/s by %d callers\n", others.n / others.s, LOAD_CALLERS);
  tw_test_person_free (desk);
  return p99;
}

int
main (void)
{
  TwBench *bench = tw_bench_new ();
  double p99, payments, records;

  tw_bench_add_people (bench, PEOPLE, FIRST_PAYER + LOAD_CALLERS);
  add_agent (bench);
  tw_bench_show (bench, tw_bench_person (bench, WITH_PAYMENTS), "payment", OBJECTS);
  tw_bench_show (bench, tw_bench_person (bench, WITH_RECORDS), "record", OBJECTS);
  tw_bench_start (bench, NULL);
  p99 = measure_latency (bench);
  g_print ("catching up on %d objects, objects/s:\n", OBJECTS);
  g_print ("  payments: wire %.0f, wire and reading %.0f\n",
           read_wire (bench, tw_bench_person (bench, WITH_PAYMENTS), FALSE),
           read_wire (bench, tw_bench_person (bench, WITH_PAYMENTS), TRUE));
  payments = read_into_store (bench, tw_bench_person (bench, WITH_PAYMENTS));
  g_print ("  payments: into the client's store and lists %.0f\n", payments);
  g_print ("  records: wire %.0f, wire and reading %.0f\n",
           read_wire (bench, tw_bench_person (bench, WITH_RECORDS), FALSE),
           read_wire (bench, tw_bench_person (bench, WITH_RECORDS), TRUE));
  records = read_into_store (bench, tw_bench_person (bench, WITH_RECORDS));
  g_print ("  records: into the client's store with its index of words %.0f\n", records);
  tw_bench_stop (bench);
  tw_bench_verify (bench);
  tw_bench_check ("ms from sent to shown in the other window, p99 under load", p99, TRUE, 1000);
  tw_bench_check ("payments/s into the store", payments, FALSE, 20000);
  tw_bench_check ("records/s into the store", records, FALSE, 20000);
  tw_bench_free (bench);
  return tw_bench_finish ();
}
