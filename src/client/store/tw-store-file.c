// SPDX-License-Identifier: GPL-3.0-or-later
/* The file itself: opening it, reading all that the lists want, and what happens when it is
 * damaged. */
#include "client/store/tw-store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-wire.h"

/* What is saved from a damaged file: everything that the feed can't bring again. */
typedef struct
{
  GPtrArray *outgoing; /* TwStoreOutgoing */
  GHashTable *drafts;
  GHashTable *meta;
  gboolean whole; /* nothing of the outbox is missing */
} Saved;

static gboolean
open_database (TwStore *self, GError **error)
{
  g_autofree char *url = g_strconcat ("sqlite:", self->path, NULL);
  g_autoptr (GError) local = NULL;

  self->db = tw_db_open (url, tw_key_peek (self->key), &local);
  if (self->db == NULL)
    {
      if (g_error_matches (local, TW_ERROR, TW_ERROR_WRONG_KEY) &&
          g_atomic_int_get (&self->key_is_right))
        local->code = TW_ERROR_DAMAGED;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (tw_db_migrate (self->db, tw_store_migrations, tw_store_n_migrations, error))
    return TRUE;
  g_clear_pointer (&self->db, tw_db_close);
  return FALSE;
}

gboolean
tw_store_open_file (TwStore *self, GError **error)
{
  TW_STORE_ASSERT_THREAD (self);
  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("The folder %s can’t be made: %s"),
                   self->folder, g_strerror (errno));
      return FALSE;
    }
  return open_database (self, error);
}

/* Reads as far as it can be read; @error tells whether that is all. */
static GHashTable *
read_pairs (TwDb *db, const char *sql, GError **error)
{
  GHashTable *pairs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  TwStmt *stmt = tw_db_query (db, error, sql, "");
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    g_hash_table_insert (pairs, g_strdup (tw_stmt_text (stmt, 0)),
                         g_strdup (tw_stmt_text (stmt, 1)));
  return pairs;
}

static const char drafts_sql[] = "SELECT key, text FROM draft";
static const char meta_sql[] = "SELECT name, text FROM meta";

/* Reads the outbox from both ends, so that one bad page costs only what is on it. */
static void
save_outbox (TwDb *db, Saved *saved)
{
  g_autoptr (GPtrArray) newest = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  saved->outgoing = tw_store_read_outbox (db, FALSE, &saved->whole, NULL);
  if (saved->whole)
    return;
  for (guint i = 0; i < saved->outgoing->len; i++)
    {
      TwStoreOutgoing *outgoing = saved->outgoing->pdata[i];

      g_hash_table_add (seen, outgoing->command->id);
    }
  newest = tw_store_read_outbox (db, TRUE, NULL, NULL);
  while (newest->len > 0)
    {
      TwStoreOutgoing *outgoing = g_ptr_array_steal_index (newest, newest->len - 1);

      if (g_hash_table_contains (seen, outgoing->command->id))
        tw_store_outgoing_free (outgoing);
      else
        g_ptr_array_add (saved->outgoing, outgoing);
    }
}

static Saved *
save (TwStore *self)
{
  Saved *saved = g_new0 (Saved, 1);

  if (self->db != NULL)
    {
      tw_db_rollback (self->db);
      save_outbox (self->db, saved);
      saved->drafts = read_pairs (self->db, drafts_sql, NULL);
      saved->meta = read_pairs (self->db, meta_sql, NULL);
      g_hash_table_remove (saved->meta, TW_STORE_META_CURSOR);
      g_hash_table_remove (saved->meta, TW_STORE_META_AS_OF);
    }
  return saved;
}

static void
saved_free (Saved *saved)
{
  g_clear_pointer (&saved->outgoing, g_ptr_array_unref);
  g_clear_pointer (&saved->drafts, g_hash_table_unref);
  g_clear_pointer (&saved->meta, g_hash_table_unref);
  g_free (saved);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saved, saved_free)

static gboolean
write_saved (TwStore *self, Saved *saved, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  for (guint i = 0; saved->outgoing != NULL && i < saved->outgoing->len; i++)
    if (!tw_store_insert_outgoing (self->db, saved->outgoing->pdata[i], error))
      return FALSE;
  if (saved->drafts != NULL)
    {
      g_hash_table_iter_init (&iter, saved->drafts);
      while (g_hash_table_iter_next (&iter, &key, &value))
        if (!tw_db_run (self->db, error, "INSERT INTO draft (key, text) VALUES ($1, $2)", "ss", key,
                        value))
          return FALSE;
    }
  if (saved->meta != NULL)
    {
      g_hash_table_iter_init (&iter, saved->meta);
      while (g_hash_table_iter_next (&iter, &key, &value))
        if (!tw_store_put_meta (self, key, value, error))
          return FALSE;
    }
  return TRUE;
}

/* The log and its index go along, or the new file would take them for its own. */
static char *
move_files (TwStore *self, GError **error)
{
  static const char *const endings[] = { "-wal", "-shm", "-journal", "" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%S");
  g_autofree char *target = NULL;

  for (guint i = 0; target == NULL || g_file_test (target, G_FILE_TEST_EXISTS); i++)
    {
      g_free (target);
      target = i == 0 ? g_strdup_printf ("%s/store.damaged-%s.db", self->folder, stamp)
                      : g_strdup_printf ("%s/store.damaged-%s-%u.db", self->folder, stamp, i);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *from = g_strconcat (self->path, endings[i], NULL);
      g_autofree char *to = g_strconcat (target, endings[i], NULL);

      if (g_rename (from, to) != 0 && errno != ENOENT)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED,
                       _ ("The damaged file %s can’t be set aside: %s"), from, g_strerror (errno));
          return NULL;
        }
    }
  return g_steal_pointer (&target);
}

typedef struct
{
  TwStore *store;
  char *path;
  guint saved;
  gboolean whole;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  g_object_unref (report->store);
  g_free (report->path);
  g_free (report);
}

static gboolean
on_report (gpointer data)
{
  Report *report = data;

  g_signal_emit_by_name (report->store, "set-aside", report->path, report->saved, report->whole);
  return G_SOURCE_REMOVE;
}

static void
send_report (TwStore *self, const char *path, Saved *saved)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Report *report = g_new0 (Report, 1);

  report->store = g_object_ref (self);
  report->path = g_strdup (path);
  report->whole = saved->whole;
  for (guint i = 0; saved->outgoing != NULL && i < saved->outgoing->len; i++)
    if (((TwStoreOutgoing *) saved->outgoing->pdata[i])->state < TW_OUTGOING_STATE_DONE)
      report->saved++;
  g_source_set_callback (source, on_report, report, report_free);
  /* Before the answer to the work that found the damage. */
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, self->context);
}

/* Puts a damaged file out of the way and begins a new one with what could be saved. */
gboolean
tw_store_set_aside (TwStore *self, GError **error)
{
  g_autoptr (Saved) saved = NULL;
  g_autofree char *path = NULL;

  TW_STORE_ASSERT_THREAD (self);
  saved = save (self);
  tw_store_forget_totals (self);
  g_clear_pointer (&self->db, tw_db_close);
  path = move_files (self, error);
  if (path == NULL || !open_database (self, error) || !tw_db_begin (self->db, error))
    return FALSE;
  if (!write_saved (self, saved, error))
    {
      tw_db_rollback (self->db);
      return FALSE;
    }
  if (!tw_db_commit (self->db, error))
    return FALSE;
  send_report (self, path, saved);
  return TRUE;
}

/* An object may stand in several rows; the first is the place of its arrival. A body that this
 * program can't read was written by another version: the feed will bring it anew some day. */
static GPtrArray *
read_objects (TwDb *db, GError **error)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);
  TwStep step = TW_STEP_ERROR;
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT type, body FROM object WHERE n IN (SELECT min (n) FROM object"
                              " WHERE type <> 'record' GROUP BY id, type) ORDER BY n",
                              "");

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_autoptr (GError) local = NULL;
      TwObject *object =
        tw_wire_decode_text (tw_stmt_text (stmt, 0), tw_stmt_text (stmt, 1), &local);

      if (object != NULL)
        g_ptr_array_add (objects, object);
      else
        g_info ("A stored %s is passed over: %s", tw_stmt_text (stmt, 0), local->message);
    }
  return step == TW_STEP_DONE ? g_steal_pointer (&objects) : NULL;
}

/* A TwStoreFunc; @data is a TwStoreContents. */
gboolean
tw_store_read_contents (TwStore *self, gpointer data, GError **error)
{
  TwStoreContents *contents = data;
  g_autoptr (GError) local = NULL;

  TW_STORE_ASSERT_THREAD (self);
  g_clear_pointer (&contents->objects, g_ptr_array_unref);
  g_clear_pointer (&contents->outgoing, g_ptr_array_unref);
  g_clear_pointer (&contents->drafts, g_hash_table_unref);
  g_clear_pointer (&contents->meta, g_hash_table_unref);

  contents->objects = read_objects (self->db, error);
  if (contents->objects == NULL)
    return FALSE;
  contents->outgoing = tw_store_read_outbox (self->db, FALSE, NULL, &local);
  if (local == NULL)
    contents->drafts = read_pairs (self->db, drafts_sql, &local);
  if (local == NULL)
    contents->meta = read_pairs (self->db, meta_sql, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
