// SPDX-License-Identifier: GPL-3.0-or-later
/* migrate, verify, backup, restore: the verbs that work on the data. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "server/command/tw-audit.h"
#include "server/feed/tw-feed.h"
#include "server/ledger/tw-ledger.h"
#include "server/ops/tw-checkpoints.h"
#include "server/ops/tw-ops.h"
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
  gboolean sound;

  /* The checkpoint first: a running service writes newer ones, which a view from before would
   * belie. */
  if (!tw_ops_base_open (&base, options, error) ||
      !check_checkpoint (&base, options, report, error) || !tw_db_begin_read (base.db, error) ||
      !check_pages (&base, report, error) || !tw_ledger_verify (base.db, &sound, report, error) ||
      !tw_rails_verify (base.db, report, error) ||
      !tw_audit_verify (base.db, tw_keys_get (base.keys, TW_KEY_AUDIT), report, error) ||
      !tw_feed_verify (base.db, tw_keys_get (base.keys, TW_KEY_COLUMN), report, error))
    return FALSE;
  print_report (options, report);
  if (report->len > 0)
    *code = TW_EXIT_NOT_SO;
  return TRUE;
}

gboolean
tw_verb_backup (const TwOpsOptions *options, TwExit *code, GError **error)
{
  g_auto (TwOpsBase) base = { 0 };
  const char *path = options->rest[0];
  g_autofree char *words = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                   _ ("%s is there already. A backup never overwrites anything."), path);
      return FALSE;
    }
  if (!tw_ops_base_open (&base, options, error) || !tw_db_backup (base.db, path, error))
    return FALSE;
  words =
    g_strdup_printf (_ ("Written to %s. It opens with the same keys; keep those elsewhere."), path);
  tw_ops_say (options, words, "path", path, NULL);
  return TRUE;
}

static gboolean
copy_durably (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) local = NULL;
  int fd;

  if (g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &local))
    {
      fd = g_open (to, O_RDONLY | O_CLOEXEC, 0);
      if (fd >= 0 && g_chmod (to, 0600) == 0 && fsync (fd) == 0 && close (fd) == 0)
        return TRUE;
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("%s can’t be written: %s"), to,
                   g_strerror (errno));
      return FALSE;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("%s can’t be copied: %s"), from,
               local->message);
  return FALSE;
}

/* What is put back must open with the keys at hand before anybody is served from it; everybody who
 * had read further is told to begin anew, and the checkpoint tells of it from now on. */
gboolean
tw_verb_restore (const TwOpsOptions *options, TwExit *code, GError **error)
{
  g_auto (TwOpsBase) base = { 0 };
  const char *target = tw_ops_get_database_path (options);
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
  if (!copy_durably (options->rest[0], target, error))
    return FALSE;
  if (!tw_ops_base_open (&base, options, error) || !tw_feed_renew_epoch (base.db, error) ||
      !tw_checkpoint_accept (base.db, base.keys,
                             checkpoint = tw_ops_get_checkpoint_path (options), &archive, error))
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
