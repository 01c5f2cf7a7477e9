// SPDX-License-Identifier: GPL-3.0-or-later
/* The three, as their programs start and stop them, and how one dies: from an instant on nothing of
 * it reaches a disk, a socket or a journal; soon after, what is left of it is taken down the way it
 * would end by itself, which nobody sees, and then its files are what a power cut leaves. */
#include <glib/gstdio.h>

#include "base/tw-clock.h"
#include "counterpart/tw-books.h"
#include "counterpart/tw-counterpart.h"
#include "counterpart/tw-routes.h"
#include "counterpart/tw-sms.h"
#include "protocol/tw-routes.h"
#include "server/command/tw-service.h"
#include "server/http/tw-http.h"
#include "server/ops/tw-checkpoints.h"
#include "server/ops/tw-colleagues.h"
#include "server/ops/tw-sample.h"
#include "server/ops/tw-schema.h"
#include "server/pay/tw-errands.h"
#include "server/rails/tw-rails.h"
#include "server/reconcile/tw-reconcile-private.h"
#include "tw-sim.h"

#define CONFIRM_MS 50
#define LATE_MS 7000 /* longer than the service waits for an answer */
#define LONGEST_DOWN_MS 400

TwSimNode tw_sim_nodes[TW_SIM_NODES] = {
  { "service" }, { "counterpart" }, { "client-0" }, { "client-1" }, { "client-2" }, { "client-3" },
  { "desk" },    { "copy-0" },      { "copy-1" },   { "copy-2" },   { "copy-3" },   { "desk-copy" },
};
TwFaultsClient *tw_sim_clients[TW_SIM_PEOPLE * 2];

static char *root;
static guint client_seed;
static gboolean practising; /* with colleagues, who let people in */

static struct
{
  guint seed, most;
  GStrv accounts; /* (nullable): nobody wishes for anything */
} wishes;

static struct
{
  TwService *service;
  TwRails *rails;
  TwReconciler *reconciler;
  TwErrands *errands;
  TwCheckpoints *checkpoints;
  TwColleagues *colleagues;
  TwHttp *http;
} service;

static struct
{
  TwDb *books;
  TwCounterpart *counterpart;
} counterpart;

/**
 * tw_sim_path:
 * @node: whose
 * @file: (nullable): a name in its folder
 *
 * Returns: (transfer full): the path
 */
char *
tw_sim_path (guint node, const char *file)
{
  return g_build_filename (root, tw_sim_nodes[node].name, file, NULL);
}

static char *
make_url (guint node, const char *file)
{
  g_autofree char *path = tw_sim_path (node, file);

  return g_strconcat ("sqlite:", path, NULL);
}

/* What a person's phone shows; the reception is as good as the counterpart. */
static JsonObject *
read_phone (const char *number)
{
  TwPartners partners = { .db = counterpart.books };

  return counterpart.counterpart != NULL && !tw_sim_nodes[TW_SIM_COUNTERPART].dead
           ? tw_sms_answer_phone (&partners, number, NULL)
           : NULL;
}

/**
 * tw_sim_nodes_init:
 * @folder: what all folders are in
 * @seed: of the keys of clients
 *
 * Nobody is started.
 */
void
tw_sim_nodes_init (const char *folder, guint seed)
{
  root = g_strdup (folder);
  client_seed = seed;
  tw_faults_phone = read_phone;
  for (guint i = 0; i < TW_SIM_NODES; i++)
    {
      g_autofree char *path = tw_sim_path (i, NULL);

      g_assert_no_errno (g_mkdir_with_parents (path, 0700));
    }
}

/* From now on the service has colleagues that let people in. */
void
tw_sim_practise (void)
{
  practising = TRUE;
}

static gboolean
check_checkpoint (const char *path, GError **error)
{
  TwReaders *readers = tw_service_get_readers (service.service);
  TwDb *db = tw_readers_borrow (readers, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = tw_checkpoint_check (db, tw_service_get_keys (service.service), path, error);
  tw_readers_return (readers, db);
  return ok;
}

static TwRailsSetup
make_setup (const char *counterpart_path, const char *listen_path)
{
  return (TwRailsSetup){ .socket_path = counterpart_path,
                         .listen_path = listen_path,
                         .timeout_ms = TW_RAILS_TIMEOUT_MS };
}

/* As in the verb `serve`. */
static gboolean
start_service (GError **error)
{
  g_autofree char *keys_path = tw_sim_path (TW_SIM_SERVICE, "keys");
  g_autofree char *url = make_url (TW_SIM_SERVICE, "service.db");
  g_autofree char *checkpoint = tw_sim_path (TW_SIM_SERVICE, "checkpoint");
  g_autofree char *sockets = tw_sim_path (TW_SIM_SERVICE, "s");
  g_autofree char *blobs = tw_sim_path (TW_SIM_SERVICE, "blobs");
  g_autofree char *other = tw_sim_path (TW_SIM_COUNTERPART, "counterpart.sock");
  g_autofree char *listen = g_build_filename (sockets, TW_SOCKET_RAILS, NULL);
  const TwRailsSetup rails = make_setup (other, listen);
  g_autoptr (TwKeys) keys = tw_keys_open (keys_path, TRUE, error);
  const TwMigration *steps;
  gsize n;

  if (keys == NULL)
    return FALSE;
  steps = tw_schema_get_steps (&n);
  service.service = tw_service_new (url, keys, steps, n, error);
  if (service.service == NULL || !check_checkpoint (checkpoint, error))
    return FALSE;
  g_assert_no_errno (g_mkdir_with_parents (sockets, 0700));
  service.rails = tw_rails_new (service.service, &rails, error);
  if (service.rails == NULL)
    return FALSE;
  service.reconciler = tw_reconciler_new (service.service, &rails);
  service.errands = tw_errands_new (service.service);
  service.checkpoints = tw_checkpoints_new (service.service, checkpoint);
  if (practising && !tw_sample_ensure (service.service, error))
    return FALSE;
  if (practising)
    service.colleagues = tw_colleagues_new (service.service);
  service.http = tw_http_start (service.service, sockets, blobs, error);
  return service.http != NULL;
}

static void
stop_service (void)
{
  g_clear_pointer (&service.http, tw_http_stop);
  g_clear_pointer (&service.colleagues, tw_colleagues_free);
  g_clear_pointer (&service.errands, tw_errands_free);
  g_clear_pointer (&service.reconciler, tw_reconciler_free);
  g_clear_pointer (&service.rails, tw_rails_free);
  if (service.service != NULL)
    tw_service_stop (service.service);
  g_clear_pointer (&service.checkpoints, tw_checkpoints_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_pointer (&service.service, tw_service_free);
}

static gboolean
start_counterpart (GError **error)
{
  g_autofree char *url = make_url (TW_SIM_COUNTERPART, "books.db");
  g_autofree char *keys = tw_sim_path (TW_SIM_COUNTERPART, "keys");
  g_autofree char *socket = tw_sim_path (TW_SIM_COUNTERPART, "counterpart.sock");
  g_autofree char *rails_key = tw_sim_path (TW_SIM_COUNTERPART, TW_RAILS_KEY_FILE);
  g_autofree char *callback = tw_sim_path (TW_SIM_SERVICE, "s/" TW_SOCKET_RAILS);
  g_autoptr (TwKey) key = NULL;

  counterpart.books = tw_books_open (url, keys, error);
  if (counterpart.books == NULL)
    return FALSE;
  key = tw_key_file_open (rails_key, TRUE, error);
  if (key == NULL)
    return FALSE;
  counterpart.counterpart = tw_counterpart_new (counterpart.books, key, 1, error);
  if (counterpart.counterpart == NULL)
    return FALSE;
  tw_counterpart_set_times (counterpart.counterpart, CONFIRM_MS, LATE_MS);
  tw_counterpart_set_callback (counterpart.counterpart, callback);
  return tw_counterpart_listen (counterpart.counterpart, socket, error);
}

static void
stop_counterpart (void)
{
  g_clear_pointer (&counterpart.counterpart, tw_counterpart_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_pointer (&counterpart.books, tw_db_close);
}

/**
 * tw_sim_misbehave:
 * @name: a fault of the counterpart's own
 * @count: for how many orders
 */
void
tw_sim_misbehave (const char *name, guint count)
{
  if (counterpart.counterpart != NULL)
    tw_faults_set (tw_counterpart_get_faults (counterpart.counterpart), name, count, NULL);
}

/**
 * tw_sim_reconcile:
 * @party: of the counterpart
 * @day: days since 1970-01-01 in China
 * @error: as tw_reconcile_fetch()
 *
 * Any thread but the first, in which the counterpart answers.
 *
 * Returns: whether the party has told its books, and they were looked at
 */
gboolean
tw_sim_reconcile (const char *party, int day, GError **error)
{
  g_autofree char *other = tw_sim_path (TW_SIM_COUNTERPART, "counterpart.sock");
  const TwRailsSetup setup = make_setup (other, NULL);
  TwReconcileSum sum;

  return tw_reconcile_fetch (service.service, &setup, party, day, &sum, error);
}

/* Somebody wants the books of today to be looked at, in the middle of it all. */
void
tw_sim_ask_for_books (void)
{
  g_auto (GStrv) parties = tw_reconcile_list_parties ();

  if (tw_sim_is_there (TW_SIM_SERVICE))
    tw_reconciler_ask (parties[tw_sim_draw (g_strv_length (parties))], tw_clock_today ());
}

/* Whoever has an account may be given something, but for oneself. */
static void
begin_wishing (guint person)
{
  g_autoptr (GStrvBuilder) others = g_strv_builder_new ();
  g_auto (GStrv) payees = NULL;

  for (guint i = 0; wishes.accounts[i] != NULL; i++)
    if (i != person)
      g_strv_builder_add (others, wishes.accounts[i]);
  payees = g_strv_builder_end (others);
  tw_faults_go (tw_sim_clients[person], (const char *const *) payees);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint node = GPOINTER_TO_UINT (user_data);
  TwFaultsClient *client = tw_sim_clients[node - TW_SIM_CLIENTS];
  g_autoptr (GError) error = NULL;

  if (tw_engine_open_finish (TW_ENGINE (source), result, &error) && !tw_sim_nodes[node].dead)
    {
      client->started = TRUE;
      if (wishes.accounts != NULL && node < TW_SIM_COPIES)
        begin_wishing (node - TW_SIM_CLIENTS);
    }
  else if (!tw_sim_nodes[node].dead)
    tw_sim_die (node, error->message);
}

/* A store that is set aside was damaged. No fault of ours damages one. */
static void
on_message (TwEngine *engine, const char *text, gpointer data)
{
  tw_sim_wrong ("%s says: %s", tw_sim_nodes[GPOINTER_TO_UINT (data)].name, text);
}

static void
start_client (guint node)
{
  guint which = node - TW_SIM_CLIENTS;
  g_autofree char *folder = tw_sim_path (node, NULL);
  g_autofree char *sockets = tw_sim_path (TW_SIM_SERVICE, "s");
  g_autofree char *journal = g_strdup_printf ("%s/journal-%u", root, which);
  g_autoptr (TwTransport) transport = tw_transport_new_local (sockets);
  TwFaultsClient *client;

  g_object_set_data (G_OBJECT (transport), "node", GUINT_TO_POINTER (node));
  client = tw_faults_client_new (folder, transport, journal, client_seed, which % TW_SIM_PEOPLE,
                                 which < TW_SIM_PEOPLE ? "first" : "copy",
                                 which % TW_SIM_PEOPLE == TW_SIM_DESK);
  client->seed = wishes.seed;
  client->most_wishes = wishes.most;
  tw_sim_clients[which] = client;
  g_signal_connect (client->engine, "message", G_CALLBACK (on_message), GUINT_TO_POINTER (node));
  tw_engine_open_async (client->engine, NULL, on_open, GUINT_TO_POINTER (node));
}

/**
 * tw_sim_go:
 * @seed: what people wish for follows from it
 * @most: how many wishes each of them has
 * @accounts: (transfer full): each person's
 *
 * Lets people wish, now and after each start of their client.
 */
void
tw_sim_go (guint seed, guint most, GStrv accounts)
{
  wishes.seed = seed;
  wishes.most = most;
  wishes.accounts = accounts;
  for (guint i = 0; i < TW_SIM_PEOPLE; i++)
    {
      tw_sim_clients[i]->seed = seed;
      tw_sim_clients[i]->most_wishes = most;
      begin_wishing (i);
    }
}

/**
 * tw_sim_start:
 * @node: who is not up
 *
 * Starts it, with its files as they are. When a fault keeps it from starting it dies again.
 */
void
tw_sim_start (guint node)
{
  TwSimNode *self = &tw_sim_nodes[node];
  guint faults = tw_sim_count_faults ();
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  g_assert_false (self->up);
  self->up = TRUE;
  self->dead = FALSE;
  self->lives++;
  if (node == TW_SIM_SERVICE)
    ok = start_service (&error);
  else if (node == TW_SIM_COUNTERPART)
    ok = start_counterpart (&error);
  else
    start_client (node);
  if (ok || self->dead)
    return;
  if (faults == tw_sim_count_faults ())
    tw_sim_wrong ("the %s does not start: %s", self->name, error->message);
  tw_sim_die (node, error->message);
}

/**
 * tw_sim_stop:
 * @node: who is up
 *
 * Ends it as one does.
 */
void
tw_sim_stop (guint node)
{
  if (node == TW_SIM_SERVICE)
    stop_service ();
  else if (node == TW_SIM_COUNTERPART)
    stop_counterpart ();
  else
    g_clear_pointer (&tw_sim_clients[node - TW_SIM_CLIENTS], tw_faults_client_free);
  tw_sim_nodes[node].up = FALSE;
}

static gboolean
on_restart (gpointer data)
{
  guint node = GPOINTER_TO_UINT (data);

  tw_sim_nodes[node].timer = 0;
  tw_sim_start (node);
  return G_SOURCE_REMOVE;
}

static gboolean
on_dead (gpointer data)
{
  guint node = GPOINTER_TO_UINT (data);

  tw_sim_nodes[node].timer = 0;
  tw_sim_stop (node);
  tw_sim_disk_lose_power (node);
  tw_sim_nodes[node].dead = FALSE;
  tw_sim_nodes[node].timer =
    g_timeout_add (tw_sim_draw (LONGEST_DOWN_MS), on_restart, GUINT_TO_POINTER (node));
  return G_SOURCE_REMOVE;
}

/**
 * tw_sim_die:
 * @node: who is up; any thread
 * @why: at what
 *
 * Nothing of it has an effect any more. It starts again in a while.
 */
void
tw_sim_die (guint node, const char *why)
{
  TwSimNode *self = &tw_sim_nodes[node];

  if (!self->up || self->dead)
    return;
  tw_sim_note ("%s dies: %s", self->name, why);
  self->dead = TRUE;
  if (node >= TW_SIM_CLIENTS && tw_sim_clients[node - TW_SIM_CLIENTS] != NULL)
    tw_journal_stop (tw_sim_clients[node - TW_SIM_CLIENTS]->journal);
  self->timer = g_timeout_add_full (G_PRIORITY_HIGH, 0, on_dead, GUINT_TO_POINTER (node), NULL);
}
