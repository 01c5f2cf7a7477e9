// SPDX-License-Identifier: GPL-3.0-or-later
/* The thread that talks to the other side: it takes up every order that is not finished. */
#include "server/rails/tw-rail-gate.h"

#include <gio/gunixconnection.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "protocol/tw-routes.h"
#include "vault/tw-request.h"

#define SCAN_EVERY_MS 5000
/* A scan at most so often, however many orders are queued. */
#define SCAN_SOON_MS 2

static GMutex current_lock;
static TwRails *current; /* guarded by the lock */

static void scan_later (TwRails *rails, guint ms);

gboolean
tw_rails_is_stopping (TwRails *rails)
{
  return g_cancellable_is_cancelled (rails->stopping);
}

/* @running: as in tw_rail_order_start() */
static void
take_up (TwRails *rails, TwStmt *stmt, gboolean running)
{
  const char *id = tw_stmt_text (stmt, 0);
  const TwRail *rail = tw_rails_find (tw_stmt_text (stmt, 1));
  g_autoptr (GError) error = NULL;
  g_autofree char *request = NULL;
  TwRailOrder *op;

  if (rail == NULL || g_hash_table_contains (rails->ops, id))
    return;
  request = tw_rails_open_request (tw_service_get_key (rails->service, TW_KEY_COLUMN), id,
                                   tw_stmt_text (stmt, 3), &error);
  if (request == NULL)
    {
      g_warning ("%s", error->message);
      return;
    }
  op = g_new0 (TwRailOrder, 1);
  op->rails = rails;
  op->rail = rail;
  op->gate = tw_rail_gate_of (rails, rail->path);
  op->id = g_strdup (id);
  op->account_id = g_strdup (tw_stmt_text (stmt, 2));
  op->request = g_steal_pointer (&request);
  op->state = (TwRailState) tw_stmt_int64 (stmt, 4);
  op->posts = tw_stmt_int64 (stmt, 5);
  g_hash_table_insert (rails->ops, op->id, op);
  tw_rail_order_start (op, running);
}

#define SELECT_OPS                                                                                 \
  "SELECT id, rail, account_id, request, state, posts FROM rail_op WHERE next_at IS NOT NULL "

/**
 * tw_rails_take_up:
 * @rails: the rails
 * @id: of an order that this process does not know
 *
 * Another process has sent it, and may be gone: if it is not finished it is asked for from here
 * too.
 */
void
tw_rails_take_up (TwRails *rails, const char *id)
{
  TwReaders *readers = tw_service_get_readers (rails->service);
  TwDb *db = rails->scanned ? tw_readers_borrow (readers, NULL) : NULL;
  TwStmt *stmt;

  if (db == NULL)
    return;
  stmt = tw_db_query (db, NULL, SELECT_OPS "AND id = $1", "s", id);
  while (stmt != NULL && tw_stmt_step (stmt, NULL) == TW_STEP_ROW)
    take_up (rails, stmt, FALSE);
  tw_readers_return (readers, db);
}

static gboolean
read_ops (TwRails *rails, TwDb *db, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, SELECT_OPS "ORDER BY next_at", "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
#ifdef TW_MUTANT_NOT_ASKED
#include "base/tw-planted.h"
    if (tw_stmt_int64 (stmt, 4) == TW_RAIL_QUEUED)
#endif
      take_up (rails, stmt, rails->scanned);
  return step == TW_STEP_DONE;
}

static gboolean
on_scan (gpointer data)
{
  TwRails *rails = data;
  TwReaders *readers = tw_service_get_readers (rails->service);
  g_autoptr (GError) error = NULL;
  TwDb *db;

  g_clear_pointer (&rails->scan, g_source_unref);
  if (tw_rails_is_stopping (rails))
    return G_SOURCE_REMOVE;
  db = tw_readers_borrow (readers, &error);
  if (db != NULL)
    {
      rails->scanned =
        (tw_rail_gates_read (rails, db, &error) && read_ops (rails, db, &error)) || rails->scanned;
      tw_readers_return (readers, db);
    }
  if (error != NULL)
    g_message ("Orders for the bank and the tax office can’t be read: %s", error->message);
  scan_later (rails, SCAN_EVERY_MS);
  return G_SOURCE_REMOVE;
}

static void
scan_later (TwRails *rails, guint ms)
{
  if (rails->scan != NULL)
    {
      g_source_destroy (rails->scan);
      g_source_unref (rails->scan);
    }
  rails->scan = g_timeout_source_new (ms);
  g_source_set_callback (rails->scan, on_scan, rails, NULL);
  g_source_attach (rails->scan, rails->context);
}

static gboolean
on_wake (gpointer data)
{
  TwRails *rails = data;

  if (rails->scanned && !tw_rails_is_stopping (rails))
    scan_later (rails, SCAN_SOON_MS);
  return G_SOURCE_REMOVE;
}

/**
 * tw_rails_wake:
 *
 * There may be a new order: looks at once. Any thread; without rails that run it does nothing.
 */
void
tw_rails_wake (void)
{
  g_mutex_lock (&current_lock);
  if (current != NULL)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, on_wake, current, NULL);
      g_source_attach (source, current->context);
    }
  g_mutex_unlock (&current_lock);
}

/* Without them everything is asked for all the same, and found out a little later. */
static void
listen_for_callbacks (TwRails *rails)
{
  g_autoptr (GError) error = NULL;

  if (rails->listen_path == NULL)
    return;
  rails->callbacks = tw_rail_callbacks_new (rails, rails->listen_path, rails->from_partner, &error);
  if (rails->callbacks == NULL)
    g_warning ("The bank and the tax office can’t tell of outcomes by themselves: %s",
               error->message);
}

static gpointer
run (gpointer data)
{
  TwRails *rails = data;

  g_main_context_push_thread_default (rails->context);
  rails->session = tw_rail_session_new (rails->socket_path, rails->from_partner);
  listen_for_callbacks (rails);
  scan_later (rails, 0);
  g_main_loop_run (rails->loop);
  g_clear_pointer (&rails->callbacks, tw_rail_callbacks_free);
  soup_session_abort (rails->session);
  g_clear_object (&rails->session);
  g_hash_table_remove_all (rails->ops);
  if (rails->scan != NULL)
    {
      g_source_destroy (rails->scan);
      g_clear_pointer (&rails->scan, g_source_unref);
    }
  while (g_main_context_iteration (rails->context, FALSE))
    ;
  g_main_context_pop_thread_default (rails->context);
  return NULL;
}

/**
 * tw_rails_open_key:
 * @setup: how partners are reached
 * @error: as tw_key_file_open()
 *
 * A key that is named must be there; without a name, whoever comes first makes it.
 *
 * Returns: (transfer full) (nullable): what both sides sign with
 */
TwKey *
tw_rails_open_key (const TwRailsSetup *setup, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (setup->socket_path);
  g_autofree char *beside = g_build_filename (folder, TW_RAILS_KEY_FILE, NULL);

  return setup->key_path != NULL ? tw_key_file_open (setup->key_path, FALSE, error)
                                 : tw_key_file_open (beside, TRUE, error);
}

/**
 * tw_rails_make_socket_types:
 *
 * Two threads that meet a type of sockets for the first time at once can wait for each other for
 * ever: the one has the lock of all classes being made and wants the type, the other makes the type
 * and wants that lock (seen with GLib 2.74). Before the first thread that opens sockets beside
 * another one begins, all of them are made here.
 */
void
tw_rails_make_socket_types (void)
{
  const GType types[] = { G_TYPE_SOCKET,          G_TYPE_SOCKET_SERVICE,      G_TYPE_SOCKET_CLIENT,
                          G_TYPE_UNIX_CONNECTION, G_TYPE_UNIX_SOCKET_ADDRESS, SOUP_TYPE_SERVER,
                          SOUP_TYPE_SESSION,      SOUP_TYPE_MESSAGE };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    g_type_class_unref (g_type_class_ref (types[i]));
}

/**
 * tw_rails_new:
 * @service: (transfer none): outlives the rails; one process has one of them
 * @setup: (transfer none): how the other side is reached
 * @error: as tw_key_file_open()
 *
 * The rails count as configured from now on, even when they are stopped: what comes then is taken
 * up at the next start. Starts the thread, which first asks for all orders that were left
 * unfinished.
 *
 * Returns: (transfer full) (nullable): the rails
 */
TwRails *
tw_rails_new (TwService *service, const TwRailsSetup *setup, GError **error)
{
  g_autoptr (TwKey) key = tw_rails_open_key (setup, error);
  TwRails *rails;

  if (key == NULL)
    return NULL;
  rails = g_new0 (TwRails, 1);
  rails->service = service;
  rails->instance = tw_uuid_new ();
  rails->socket_path = g_strdup (setup->socket_path);
  rails->listen_path = g_strdup (setup->listen_path);
  rails->timeout_ms = setup->timeout_ms;
  rails->to_partner = tw_key_derive (key, TW_REQUEST_TO_PARTNER);
  rails->from_partner = tw_key_derive (key, TW_REQUEST_FROM_PARTNER);
  rails->context = g_main_context_new ();
  rails->loop = g_main_loop_new (rails->context, FALSE);
  rails->stopping = g_cancellable_new ();
  tw_rails_set_configured (TRUE);
  rails->ops = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, tw_rail_order_free);
  rails->gates = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, tw_rail_gate_free);
  g_mutex_lock (&current_lock);
  g_assert (current == NULL);
  current = rails;
  g_mutex_unlock (&current_lock);
  tw_rails_make_socket_types ();
  rails->thread = g_thread_new ("rails", run, rails);
  return rails;
}

static gboolean
on_stop (gpointer data)
{
  TwRails *rails = data;

  g_cancellable_cancel (rails->stopping);
  if (rails->n_pending == 0)
    g_main_loop_quit (rails->loop);
  else
    soup_session_abort (rails->session);
  return G_SOURCE_REMOVE;
}

/**
 * tw_rails_free:
 * @rails: (transfer full) (nullable): the rails
 *
 * Stops; the service must still be running. Orders that are under way are asked for at the next
 * start.
 */
void
tw_rails_free (TwRails *rails)
{
  g_autoptr (GSource) source = NULL;

  if (rails == NULL)
    return;
  g_mutex_lock (&current_lock);
  current = NULL;
  g_mutex_unlock (&current_lock);
  source = g_idle_source_new ();
  g_source_set_callback (source, on_stop, rails, NULL);
  g_source_attach (source, rails->context);
  g_thread_join (rails->thread);
  g_hash_table_unref (rails->ops);
  g_hash_table_unref (rails->gates);
  g_main_loop_unref (rails->loop);
  g_main_context_unref (rails->context);
  g_object_unref (rails->stopping);
  g_free (rails->instance);
  g_free (rails->socket_path);
  g_free (rails->listen_path);
  tw_key_unref (rails->to_partner);
  tw_key_unref (rails->from_partner);
  g_free (rails);
}
