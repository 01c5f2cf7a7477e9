// SPDX-License-Identifier: GPL-3.0-or-later
/* After the last fault: waits until everything is settled, and collects what checks.py looks at. */
#include <string.h>

#include "protocol/tw-json.h"
#include "tw-sim-threads.h"
#include "tw-sim.h"

#define LONGEST_ANSWER_US (60 * G_USEC_PER_SEC)
#define SETTLE_US (10 * G_USEC_PER_SEC)
#define MOMENT_US (3 * G_USEC_PER_SEC / 2)
#define LOOK_MS 100
#define REPLAY_BATCH 100

static JsonObject *said;

static void
on_say (JsonObject *answer)
{
  said = answer;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/**
 * tw_sim_wait:
 * @done: whether it is over
 * @every_ms: how often to look
 * @longest_us: how long to wait, by the simulation's clock
 *
 * Returns: whether it was over in time
 */
gboolean
tw_sim_wait (gboolean (*done) (void), guint every_ms, gint64 longest_us)
{
  gint64 deadline_us = tw_sim_now_us () + longest_us;
  guint tick = g_timeout_add (every_ms, on_tick, NULL);
  gboolean is_over;

  while (!(is_over = done ()) && tw_sim_now_us () < deadline_us)
    for (gint64 until_us = tw_sim_now_us () + every_ms * G_GINT64_CONSTANT (1000);
         tw_sim_now_us () < until_us;)
      g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  return is_over;
}

/**
 * tw_sim_ask:
 * @client: one that is up
 * @question: as faults-client knows them
 *
 * Returns: (transfer full): its answer
 */
JsonObject *
tw_sim_ask (guint client, const char *question)
{
  gint64 deadline_us = tw_sim_now_us () + LONGEST_ANSWER_US;

  tw_faults_say = on_say;
  tw_faults_answer (tw_sim_clients[client], question);
  while (said == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      if (said == NULL && tw_sim_now_us () > deadline_us)
        g_error ("client %u does not answer '%s'", client, question);
    }
  return g_steal_pointer (&said);
}

static gboolean
is_settled (guint client)
{
  g_autoptr (JsonObject) state = NULL;

  if (tw_sim_clients[client] == NULL || !tw_sim_clients[client]->started)
    return FALSE;
  state = tw_sim_ask (client, "state");
  return json_object_get_boolean_member (state, "signed_in") &&
         json_object_get_int_member (state, "doubtful") == 0 &&
         json_array_get_length (json_object_get_array_member (state, "unsettled")) == 0;
}

static gboolean
are_settled (void)
{
  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    if (!is_settled (i))
      return FALSE;
  return TRUE;
}

static JsonArray *
list_unsettled (void)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    {
      g_autoptr (JsonObject) state = NULL;
      g_autofree char *text = NULL, *words = NULL;

      if (is_settled (i))
        continue;
      state = tw_sim_clients[i] != NULL ? tw_sim_ask (i, "state") : json_object_new ();
      text = tw_json_canonical_object (state);
      words = g_strdup_printf ("client-%u: %s", i, text);
      json_array_add_string_element (list, words);
    }
  return list;
}

static JsonArray *
ask_all (guint first, const char *question)
{
  JsonArray *answers = json_array_new ();

  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    json_array_add_object_element (answers, tw_sim_ask (first + i, question));
  return answers;
}

/* What is shown and what a new computer reads; compared again and again. */
static JsonArray *shown, *fresh;

static gboolean
say_the_same (const char *question)
{
  g_autoptr (JsonNode) one = json_node_new (JSON_NODE_ARRAY), two = json_node_new (JSON_NODE_ARRAY);
  g_autofree char *first = NULL, *second = NULL;

  g_clear_pointer (&shown, json_array_unref);
  g_clear_pointer (&fresh, json_array_unref);
  shown = ask_all (0, question);
  fresh = ask_all (TW_SIM_PEOPLE, question);
  json_node_set_array (one, shown);
  json_node_set_array (two, fresh);
  first = tw_json_canonical (one);
  second = tw_json_canonical (two);
  return strcmp (first, second) == 0;
}

/* Both computers of each person. */
gboolean
tw_sim_all_are_open (void)
{
  for (guint i = 0; i < 2 * TW_SIM_PEOPLE; i++)
    if (tw_sim_clients[i] == NULL || !tw_sim_clients[i]->started)
      return FALSE;
  return TRUE;
}

/* What was told last may be on its way still: all is well when it stays so for a moment, in which
 * the service has looked for what is due. */
static gint64 well_since_us;

static gboolean
is_quiet (void)
{
  if (!tw_sim_all_are_open () || !are_settled ())
    well_since_us = 0;
  else if (well_since_us == 0)
    well_since_us = tw_sim_now_us ();
  return well_since_us > 0 && tw_sim_now_us () >= well_since_us + MOMENT_US;
}

static gboolean
is_well (void)
{
  return is_quiet () && say_the_same ("lists");
}

/* The tax history too, which is read from the disk. */
static gboolean
is_all_well (void)
{
  return is_quiet () && say_the_same ("digest");
}

static void
settle (JsonObject *evidence)
{
  gint64 last_us = tw_sim_now_us ();

  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    tw_sim_start (TW_SIM_COPIES + i);
  tw_sim_wait (is_well, LOOK_MS, SETTLE_US + MOMENT_US);
  if (well_since_us == 0)
    well_since_us = tw_sim_now_us ();
  json_object_set_int_member (evidence, "settle_ms", (well_since_us - last_us) / 1000);
  json_object_set_array_member (evidence, "unsettled", list_unsettled ());
}

/* What the day after has brought is told too: codes are over, standing orders were carried out. */
static void
look_at_all (JsonObject *evidence)
{
  well_since_us = 0;
  if (!tw_sim_wait (is_all_well, LOOK_MS, LONGEST_ANSWER_US) && !say_the_same ("digest"))
    json_object_set_array_member (evidence, "digests", g_steal_pointer (&shown));
  json_object_set_array_member (evidence, "fresh", g_steal_pointer (&fresh));
  g_clear_pointer (&shown, json_array_unref);
}

static JsonArray *
read_journal (guint client)
{
  g_autofree char *name = g_strdup_printf ("journal-%u", client);
  g_autofree char *folder = tw_sim_path (TW_SIM_SERVICE, "..");
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  JsonArray *journal = json_array_new ();

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      json_array_add_element (journal, tw_json_parse (lines[i], -1, NULL));
  return journal;
}

static void
send_again (guint client, GPtrArray *ids, JsonArray *replayed, const char *account)
{
  g_autofree char *list = NULL, *question = NULL;
  g_autoptr (JsonObject) answer = NULL;
  JsonArray *results;

  g_ptr_array_add (ids, NULL);
  list = g_strjoinv (" ", (char **) ids->pdata);
  question = g_strconcat ("replay ", list, NULL);
  answer = tw_sim_ask (client, question);
  if (!json_object_has_member (answer, "results"))
    g_error ("client %u could not send again: %s", client,
             json_object_get_string_member (answer, "error"));
  results = json_object_get_array_member (answer, "results");
  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      JsonArray *row = json_array_new ();

      json_array_add_string_element (row, account);
      json_array_add_element (row, json_array_dup_element (results, i));
      json_array_add_array_element (replayed, row);
    }
  g_ptr_array_set_size (ids, 0);
}

/* Everything again that the service knows and the client has asked for. */
static JsonArray *
replay (JsonObject *books, JsonArray *accounts)
{
  JsonArray *commands = json_object_get_array_member (books, "command");
  JsonArray *replayed = json_array_new ();

  for (guint client = 0; client < TW_SIM_PEOPLE; client++)
    {
      g_autoptr (GPtrArray) ids = g_ptr_array_new ();
      const char *account = json_array_get_string_element (accounts, client);

      for (guint i = 0; i < json_array_get_length (commands); i++)
        {
          JsonArray *row = json_array_get_array_element (commands, i);
          const char *id = json_array_get_string_element (row, 1);

          if (strcmp (json_array_get_string_element (row, 0), account) != 0 ||
              tw_journal_find (tw_sim_clients[client]->journal, id) == NULL)
            continue;
          g_ptr_array_add (ids, (gpointer) id);
          if (ids->len == REPLAY_BATCH)
            send_again (client, ids, replayed, account);
        }
      if (ids->len > 0)
        send_again (client, ids, replayed, account);
    }
  return replayed;
}

static JsonArray *
list_accounts (void)
{
  JsonArray *accounts = json_array_new ();

  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    {
      g_autoptr (JsonObject) state = tw_sim_ask (i, "state");

      json_array_add_string_element (accounts, json_object_get_string_member (state, "account"));
    }
  return accounts;
}

static void
stop_all (void)
{
  for (guint i = TW_SIM_NODES; i > 0; i--)
    if (i - 1 != TW_SIM_SERVICE && i - 1 != TW_SIM_COUNTERPART)
      tw_sim_stop (i - 1);
  tw_sim_stop (TW_SIM_SERVICE);
  tw_sim_stop (TW_SIM_COUNTERPART);
}

/**
 * tw_sim_collect:
 *
 * Waits until all is settled, looks at everything, and ends everybody. Nothing must go wrong any
 * more when this is called.
 *
 * Returns: (transfer full): the evidence
 */
JsonObject *
tw_sim_collect (void)
{
  JsonObject *evidence = json_object_new ();
  g_autofree char *words = NULL;
  JsonObject *books;

  settle (evidence);
  tw_sim_compare_books ();
  look_at_all (evidence);
  books = tw_sim_read_books ();
  json_object_set_object_member (evidence, "books", books);
  {
    JsonArray *journals = json_array_new ();

    for (guint i = 0; i < TW_SIM_PEOPLE; i++)
      json_array_add_array_element (journals, read_journal (i));
    json_object_set_array_member (evidence, "journals", journals);
  }
  json_object_set_array_member (evidence, "accounts", list_accounts ());
  json_object_set_array_member (
    evidence, "replayed", replay (books, json_object_get_array_member (evidence, "accounts")));
  json_object_set_object_member (evidence, "books_after", tw_sim_read_books ());
  stop_all ();
  words = tw_sim_verify ();
  json_object_set_string_member (evidence, "verify", words);
  json_object_set_array_member (evidence, "unnoticed", tw_sim_tamper ());
  json_object_set_int_member (evidence, "desk", TW_SIM_DESK);
  json_object_set_boolean_member (evidence, "compared", TRUE);
  json_object_set_array_member (evidence, "processes", tw_sim_list_wrong ());
  return evidence;
}
