// SPDX-License-Identifier: GPL-3.0-or-later
/* faults-sim --template FOLDER: makes a world in which four people have signed in.
 * faults-sim --seeds FIRST COUNT --template FOLDER [--commands N] [--verbose]: one world a seed, in
 * which everything goes wrong that can; prints what checks.py looks at, one JSON object a line.
 * The driver is sim.py. */
#include <errno.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/tw-json.h"
#include "protocol/tw-practice-people.h"
#include "server/ops/tw-schema.h"
#include "tw-sim-threads.h"
#include "tw-sim.h"

/* Half an hour before midnight in China, on a day on which something is overdue. */
#define TEMPLATE_START_US (G_GINT64_CONSTANT (1772465400) * G_USEC_PER_SEC)
/* The day ends in the middle of a run. */
#define RUN_START_US (TEMPLATE_START_US + 1796 * G_USEC_PER_SEC)
#define TEMPLATE_SEED 1
#define LOOK_MS 20
#define LONGEST_STEP_US (120 * G_USEC_PER_SEC)
/* A run takes a second; one in which the clock does not get on is ended. */
#define LONGEST_CPU_S 60
#define LONGEST_RUN_US (300 * G_USEC_PER_SEC)

static char *template;
static int first_seed, n_seeds, n_commands = 100;
static gboolean is_verbose;

static const GOptionEntry options[] = {
  { "template", 0, 0, G_OPTION_ARG_FILENAME, &template, "The world before the first fault", "DIR" },
  { "first", 0, 0, G_OPTION_ARG_INT, &first_seed, "The first seed", "N" },
  { "seeds", 0, 0, G_OPTION_ARG_INT, &n_seeds, "How many; 0: makes the template", "N" },
  { "commands", 0, 0, G_OPTION_ARG_INT, &n_commands, "How many wishes a run", "N" },
  { "verbose", 0, 0, G_OPTION_ARG_NONE, &is_verbose, "Tell each fault", NULL },
  G_OPTION_ENTRY_NULL,
};

/* The same addresses in each run, where the system lets us: then what is sorted by address is
 * sorted the same. */
static void
fix_addresses (char **argv)
{
  int before = personality (0xffffffff);

  if (before < 0 || (before & ADDR_NO_RANDOMIZE) != 0 ||
      personality ((unsigned long) before | ADDR_NO_RANDOMIZE) < 0 ||
      (personality (0xffffffff) & ADDR_NO_RANDOMIZE) == 0)
    return;
  execv ("/proc/self/exe", argv);
}

static gboolean
anybody_is_dead (void)
{
  for (guint i = 0; i < TW_SIM_NODES; i++)
    if (tw_sim_nodes[i].dead)
      return TRUE;
  return FALSE;
}

/* What a node complains of while its disk fails is no news, nor that it can't read what was garbled
 * on the way. */
static gboolean
is_expected (const char *message)
{
  return anybody_is_dead () || tw_sim_faults.disk > 0 ||
         (tw_sim_faults.garble > 0 && strstr (message, "(unreadable)") != NULL);
}

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  const char *message = "";

  for (gsize i = 0; i < n; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      message = fields[i].value;
  if ((level & G_LOG_LEVEL_ERROR) != 0)
    fprintf (stderr, "%s\n", message);
  else if ((level & G_LOG_LEVEL_CRITICAL) != 0 ||
           ((level & G_LOG_LEVEL_WARNING) != 0 && !is_expected (message)))
    tw_sim_wrong ("log: %s", message);
  else if (is_verbose && (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE)) != 0)
    fprintf (stderr, "         log: %s\n", message);
  return G_LOG_WRITER_HANDLED;
}

static void
begin (guint seed, gint64 start_us)
{
  g_autofree char *folder = g_get_current_dir ();
  g_autoptr (GError) error = NULL;

  tw_sim_threads_start (seed, start_us);
  g_random_set_seed (seed);
  tw_sim_fate_start (seed, is_verbose);
  tw_vault_init (&error);
  g_assert_no_error (error);
  tw_schema_add_handlers ();
  tw_sim_disk_install (folder);
  tw_sim_nodes_init (folder, TEMPLATE_SEED);
  tw_sim_start (TW_SIM_COUNTERPART);
  tw_sim_start (TW_SIM_SERVICE);
}

static gboolean
clients_are_open (void)
{
  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    if (tw_sim_clients[i] == NULL || !tw_sim_clients[i]->started)
      return FALSE;
  return TRUE;
}

static gboolean
all_are_in (void)
{
  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    {
      g_autoptr (JsonObject) state = tw_sim_ask (i, "state");

      if (i != TW_SIM_DESK && (!json_object_get_boolean_member (state, "approved") ||
                               json_object_get_int_member (state, "bills") == 0))
        return FALSE;
    }
  return TRUE;
}

static gboolean
all_is_quiet (void)
{
  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    {
      g_autoptr (JsonObject) state = tw_sim_ask (i, "state");

      if (!json_object_get_boolean_member (state, "signed_in") ||
          json_object_get_int_member (state, "doubtful") != 0 ||
          json_array_get_length (json_object_get_array_member (state, "unsettled")) != 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
all_are_ready (void)
{
  gboolean ready = TRUE;

  for (guint i = 0; i < TW_SIM_DESK; i++)
    {
      g_autoptr (JsonObject) answer = tw_sim_ask (i, "prepare");

      ready = json_object_get_boolean_member (answer, "ready") && ready;
    }
  return ready;
}

static void
need (gboolean (*done) (void), const char *what)
{
  g_autoptr (JsonArray) wrong = NULL;

  if (tw_sim_wait (done, LOOK_MS, LONGEST_STEP_US))
    return;
  wrong = tw_sim_list_wrong ();
  g_error ("Without a fault: %s takes too long; %s", what,
           json_array_get_length (wrong) > 0 ? json_array_get_string_element (wrong, 0) : "");
}

static void
tell (guint client, const char *question)
{
  g_autoptr (JsonObject) answer = tw_sim_ask (client, question);

  if (json_object_has_member (answer, "error"))
    g_error ("Without a fault: client %u, %s: %s", client, question,
             json_object_get_string_member (answer, "error"));
}

/* The second computers sign in and read nothing: a run begins them at the feed's start. */
static void
make_template (void)
{
  tw_sim_practise ();
  begin (TEMPLATE_SEED, TEMPLATE_START_US);
  for (guint i = TW_SIM_CLIENTS; i < TW_SIM_NODES; i++)
    tw_sim_start (i);
  need (tw_sim_all_are_open, "opening");
  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    {
      const char *sign_in = i == TW_SIM_DESK ? "sign-in " TW_PRACTICE_AGENT_LOGIN : "sign-in";

      if (i != TW_SIM_DESK)
        tell (i, "register");
      tell (i, sign_in);
      tw_sim_keep_feed_from (TW_SIM_COPIES + i);
      tell (TW_SIM_PEOPLE + i, sign_in);
    }
  need (all_are_in, "letting people in");
  /* One of them can't pay what they owe. */
  for (guint i = 0; i < TW_SIM_DESK; i++)
    tell (i, i > 0 ? "top-up 6000000" : "top-up 300");
  need (all_is_quiet, "the first money");
  need (all_are_ready, "cards and payees");
  for (guint i = TW_SIM_NODES; i > 0; i--)
    if (i - 1 >= TW_SIM_CLIENTS)
      tw_sim_stop (i - 1);
  tw_sim_stop (TW_SIM_SERVICE);
  tw_sim_stop (TW_SIM_COUNTERPART);
  /* Whoever closes last moves the log. */
  json_object_unref (tw_sim_read_books ());
}

static const char *const misbehaviours[] = {
  "late",
  "twice",
  "timeout_after_acting",
  "refuse",
  "down",
  "lose_callback",
  "repeat_callback",
  "reorder_callbacks",
  /* What its books say of the next orders. */
  "lose_row",
  "wrong_amount",
  "extra_row",
  "double_row",
};

/* Now and then something from outside: a kill at any instant, a bad day of the bank's. */
static gboolean
on_mischief (gpointer data)
{
  if (tw_sim_chance (300))
    {
      const char *name = misbehaviours[tw_sim_draw (G_N_ELEMENTS (misbehaviours))];
      guint count = 1 + tw_sim_draw (3);

      tw_sim_note ("the counterpart's next %u: %s", count, name);
      tw_sim_misbehave (name, count);
    }
  if (tw_sim_faults.die > 0 && tw_sim_chance (100))
    tw_sim_die (tw_sim_draw (TW_SIM_COPIES), "killed");
  if (tw_sim_chance (20))
    tw_sim_ask_for_books ();
  if (tw_sim_chance (10))
    {
      gint64 step_ms = (gint64) tw_sim_draw (8000) - 2000;

      tw_sim_note ("the clock jumps by %d ms", (int) step_ms);
      tw_sim_step_clock (step_ms * 1000);
    }
  return G_SOURCE_CONTINUE;
}

/* Each seed has a character: some only lose messages, some only kill, most do a bit of all. */
static void
draw_faults (void)
{
  guint net = tw_sim_draw (4), death = tw_sim_draw (4), disk = tw_sim_draw (4);

  tw_sim_faults = (TwSimFaults){
    .lose_request = 15 * net,
    .lose_answer = 20 * net,
    .twice = 20 * net,
    .cut = 8 * net,
    .delay = 100 * net,
    .lose_order = 20 * net,
    .lose_word = 30 * net,
    .order_twice = 20 * net,
    .garble = 15 * net,
    .die = 2 * death,
    .disk = disk == 3 ? 2 : 0,
    .yield = 60,
  };
  tw_sim_note ("faults: net %u, death %u, disk %u", net, death, disk);
}

static gboolean
everything_was_wished (void)
{
  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    if (tw_sim_clients[i] == NULL || !tw_sim_clients[i]->started ||
        tw_journal_count_wishes (tw_sim_clients[i]->journal) < (guint) n_commands / TW_SIM_PEOPLE)
      return FALSE;
  return TRUE;
}

static gboolean
everybody_is_up (void)
{
  for (guint i = 0; i < TW_SIM_COPIES; i++)
    if (!tw_sim_nodes[i].up || tw_sim_nodes[i].dead)
      return FALSE;
  return clients_are_open ();
}

static JsonObject *
run (guint seed)
{
  g_autoptr (GStrvBuilder) accounts = g_strv_builder_new ();
  JsonObject *evidence;
  guint mischief;

  begin (seed, RUN_START_US);
  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    tw_sim_start (TW_SIM_CLIENTS + i);
  need (clients_are_open, "opening");
  need (all_is_quiet, "coming to rest");
  for (guint i = 0; i < TW_SIM_DESK; i++)
    {
      g_autoptr (JsonObject) state = tw_sim_ask (i, "state");

      g_strv_builder_add (accounts, json_object_get_string_member (state, "account"));
    }
  draw_faults ();
  mischief = g_timeout_add (100, on_mischief, NULL);
  tw_sim_go (seed, (guint) n_commands / TW_SIM_PEOPLE, g_strv_builder_end (accounts));
  if (!tw_sim_wait (everything_was_wished, LOOK_MS, LONGEST_RUN_US))
    tw_sim_wrong ("people could not even wish");
  g_source_remove (mischief);
  tw_sim_faults = (TwSimFaults){ 0 };
  tw_sim_misbehave ("none", 0);
  need (everybody_is_up, "starting again");
  evidence = tw_sim_collect ();
  json_object_set_int_member (evidence, "seed", seed);
  json_object_set_int_member (evidence, "faults", tw_sim_count_faults ());
  {
    g_autofree char *trace = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", tw_sim_get_trace ());

    json_object_set_string_member (evidence, "trace", trace);
  }
  return evidence;
}

static void
print (JsonObject *object)
{
  g_autofree char *text = tw_json_canonical_object (object);

  fputs (text, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

/* In a process of its own: whatever a run leaves behind ends with it. */
static gboolean
run_apart (guint seed, const char *folder)
{
  g_autoptr (JsonObject) failed = NULL;
  const struct rlimit longest = { LONGEST_CPU_S, LONGEST_CPU_S };
  pid_t child;
  int status;

  tw_sim_copy_folder (template, folder);
  child = fork ();
  g_assert_no_errno (child);
  if (child == 0)
    {
      g_assert_no_errno (g_chdir (folder));
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      setrlimit (RLIMIT_CPU, &longest);
      print (run (seed));
      _exit (0);
    }
  while (waitpid (child, &status, 0) < 0 && errno == EINTR)
    ;
  tw_sim_remove_folder (folder);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return TRUE;
  failed = json_object_new ();
  json_object_set_int_member (failed, "seed", seed);
  json_object_set_int_member (failed, "status", status);
  print (failed);
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *base = NULL, *folder = NULL;
  g_autoptr (GError) error = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  fix_addresses (argv);
  mallopt (M_ARENA_MAX, 1); /* one thread at a time */
  setlocale (LC_ALL, "C.UTF-8");
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  g_log_set_writer_func (on_log, NULL, NULL);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || template == NULL)
    g_error ("%s", error != NULL ? error->message : "--template is needed");
  if (n_seeds == 0)
    {
      g_assert_no_errno (g_mkdir_with_parents (template, 0700));
      g_assert_no_errno (g_chdir (template));
      make_template ();
      _exit (0);
    }
  base = g_dir_make_tmp ("tw-sim-XXXXXX", &error);
  g_assert_no_error (error);
  folder = g_build_filename (base, "world", NULL);
  for (int i = 0; i < n_seeds; i++)
    run_apart ((guint) (first_seed + i), folder);
  tw_sim_remove_folder (base);
  return 0;
}
