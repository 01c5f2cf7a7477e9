// SPDX-License-Identifier: GPL-3.0-or-later
/* migrate, verify, backup, restore: the verbs that work on the data. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "server/command/tw-audit.h"
#include "server/feed/tw-feed.h"
#include "server/ledger/tw-ledger.h"
#include "server/ops/tw-checkpoints.h"
#include "server/ops/tw-ops-blobs.h"
#include "server/ops/tw-schema.h"
#include "server/rails/tw-rails.h"

gboolean
tw_verb_migrate (const TwOpsOptions *options, TwExit *code, GError **error)
{
  g_auto (TwOpsBase) base = { 0 };
  g_autofree char *words = NULL, *version = NULL;
  const TwMigration *steps;
  gsize n;

  steps = tw_schema_get_steps (&n);
  if (!tw_ops_base_open (&base, options, error) || !tw_db_migrate (base.db, steps, n, error))
    return FALSE;
  version = g_strdup_printf ("%d", steps[n - 1].version);
  words = g_strdup_printf (_ ("The tables are those of structure %s."), version);
  tw_ops_say (options, words, "structure", version, NULL);
  return TRUE;
}

static gboolean
check_checkpoint (TwOpsBase *base, const TwOpsOptions *options, GString *report, GError **error)
{
  g_autofree char *path = tw_ops_get_checkpoint_path (options);
  g_autofree char *public_key = tw_checkpoint_get_public_key (base->keys);
  gint64 n_entries;
  gboolean sound;

  /* One that was asked for by name must be there: a slip of the pen is no proof. A ledger that was
   * served has one; only one without any entries may never have had it. */
  if (options->checkpoint == NULL && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      if (!tw_ledger_count_entries (base->db, &n_entries, error))
        return FALSE;
      if (n_entries > 0)
        g_string_append_printf (
          report,
          _ ("There is no checkpoint at %s: an old database that was put back would not be found."),
          path);
      if (n_entries > 0)
        g_string_append_c (report, '\n');
      return TRUE;
    }
  return tw_ledger_verify_checkpoint (base->db, path, public_key, &sound, report, error);
}

/* Reads every page of the file, those too that no other check has a reason to look at; each carries
 * a tag, so a flipped bit shows. PostgreSQL has checksums of its own. */
static gboolean
check_pages (TwOpsBase *base, GString *report, GError **error)
{
  TwStmt *stmt;
  TwStep step;

  if (tw_db_get_engine (base->db) != TW_DB_SQLITE)
    return TRUE;
  stmt = tw_db_query (base->db, error, "PRAGMA integrity_check", "");
  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    if (strcmp (tw_stmt_text (stmt, 0), "ok") != 0)
      g_string_append_printf (report, "database: %s\n", tw_stmt_text (stmt, 0));
  return step == TW_STEP_DONE;
}

static gboolean
check_blobs (TwOpsBase *base, const char *folder, GString *report, GError **error)
{
  if (folder != NULL)
    return tw_blobs_verify (folder, tw_keys_get (base->keys, TW_KEY_COLUMN), report, error);
  g_printerr ("%s\n",
              _ ("Photos and attachments were not looked at: --blobs says where they are."));
  return TRUE;
}

static void
print_report (const TwOpsOptions *options, GString *report)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *lines = json_array_new ();
  g_auto (GStrv) split = g_strsplit (report->str, "\n", -1);
  g_autofree char *text = NULL;

  for (guint i = 0; split[i] != NULL; i++)
    if (*split[i] != '\0')
      json_array_add_string_element (lines, split[i]);
  json_object_set_boolean_member (object, "ok", report->len == 0);
  json_object_set_array_member (object, "wrong", lines);
  text = tw_json_canonical_object (object);
  if (options->json)
    g_print ("%s\n", text);
  else if (report->len == 0)
    g_print ("%s\n", _ ("Everything follows from its entries."));
  else
    g_print ("%s", report->str);
}

gboolean
tw_verb_verify (const TwOpsOptions *options, TwExit *code, GError **error)
{
  g_auto (TwOpsBase) base = { 0 };
  g_autoptr (GString) report = g_string_new (NULL);
  g_autofree char *blobs = tw_ops_get_blobs_path (options);
  gboolean sound;

  /* The checkpoint first: a running service writes newer ones, which a view from before would
   * belie. */
  if (!tw_ops_base_open (&base, options, error) ||
      !check_checkpoint (&base, options, report, error) || !tw_db_begin_read (base.db, error) ||
      !check_pages (&base, report, error) || !tw_ledger_verify (base.db, &sound, report, error) ||
      !tw_rails_verify (base.db, report, error) ||
      !tw_audit_verify (base.db, tw_keys_get (base.keys, TW_KEY_AUDIT), report, error) ||
      !tw_feed_verify (base.db, tw_keys_get (base.keys, TW_KEY_COLUMN), report, error) ||
      !check_blobs (&base, blobs, report, error))
    return FALSE;
  print_report (options, report);
  if (report->len > 0)
    *code = TW_EXIT_NOT_SO;
  return TRUE;
}

/* Beside a copy of the database. */
static char *
make_blobs_copy_path (const char *path)
{
  return g_strconcat (path, ".blobs", NULL);
}

gboolean
tw_verb_backup (const TwOpsOptions *options, TwExit *code, GError **error)
{
  g_auto (TwOpsBase) base = { 0 };
  const char *path = options->rest[0];
  g_autofree char *from = tw_ops_get_blobs_path (options);
  g_autofree char *to = make_blobs_copy_path (path);
  g_autofree char *words = NULL;
  const char *there = g_file_test (path, G_FILE_TEST_EXISTS) ? path : to;

  if (g_file_test (there, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                   _ ("%s is there already. A backup never overwrites anything."), there);
      return FALSE;
    }
  if (!tw_ops_base_open (&base, options, error) || !tw_db_backup (base.db, path, error))
    return FALSE;
  if (from != NULL && !tw_blobs_copy (from, to, error))
    {
      g_unlink (path);
      tw_blobs_remove (to);
      return FALSE;
    }
  words = g_strdup_printf (
    _ ("Written to %s, photos and attachments to %s. Both open with the same keys; keep those "
       "elsewhere."),
    path, to);
  tw_ops_say (options, words, "path", path, "blobs", to, NULL);
  return TRUE;
}

/* What is put back must open with the keys at hand before anybody is served from it; everybody who
 * had read further is told to begin anew, and the checkpoint tells of it from now on. */
gboolean
tw_verb_restore (const TwOpsOptions *options, TwExit *code, GError **error)
{
  g_auto (TwOpsBase) base = { 0 };
  const char *target = tw_ops_get_database_path (options);
  g_autofree char *from = make_blobs_copy_path (options->rest[0]);
  g_autofree char *blobs = tw_ops_get_blobs_path (options);
  g_autofree char *checkpoint = NULL, *archive = NULL, *words = NULL;

  if (target == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           _ ("PostgreSQL has tools of its own to put a copy back."));
      return FALSE;
    }
  if (g_file_test (target, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                   _ ("There is a database at %s. Move it away first."), target);
      return FALSE;
    }
  if (!g_file_test (from, G_FILE_TEST_IS_DIR))
    {
      g_set_error (
        error, TW_ERROR, TW_ERROR_INVALID,
        _ ("The folder %s is not there: it has the photos and attachments. Put it beside "
           "the backup; if there never were any, make an empty one."),
        from);
      return FALSE;
    }
  if (!tw_ops_copy_file (options->rest[0], target, error))
    return FALSE;
  if (!tw_blobs_copy (from, blobs, error) || !tw_ops_base_open (&base, options, error) ||
      !tw_feed_renew_epoch (base.db, error) ||
      !tw_checkpoint_accept (base.db, base.keys, checkpoint = tw_ops_get_checkpoint_path (options),
                             &archive, error))
    {
      tw_ops_base_clear (&base);
      g_unlink (target);
      return FALSE;
    }
  words = archive != NULL
            ? g_strdup_printf (_ ("Put back to %s. It is not what was signed last: what was done "
                                  "since is missing. That checkpoint is kept as %s."),
                               target, archive)
            : g_strdup_printf (_ ("Put back to %s."), target);
  tw_ops_say (options, words, "path", target, "old_checkpoint", archive, NULL);
  return TRUE;
}
