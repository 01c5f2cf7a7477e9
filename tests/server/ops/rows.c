// SPDX-License-Identifier: GPL-3.0-or-later
/* rows dump DATABASE KEYS: everything that a service's SQLite database holds, a line of JSON a row.
 * rows load DATABASE KEYS VERSION: the tables as they were in that version of the structure, with
 * the lines from standard input, on either engine. Fixtures of the migrations are made and read by
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/tw-db.h"
#include "protocol/tw-json.h"
#include "server/command/tw-keys.h"
#include "server/ops/tw-schema.h"
#include "vault/tw-vault.h"

static char *
to_hex (const guint8 *bytes, gsize length)
{
  GString *text = g_string_new ("x");

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

/* Text stands after an "s", so that it is told from what stands after an "x". */
static void
dump_table (TwDb *db, const char *table)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *info = g_strdup_printf ("SELECT name FROM pragma_table_info ('%s')", table);
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  TwStmt *stmt = tw_db_query (db, &error, info, "");

  g_assert_no_error (error);
  while (tw_stmt_step (stmt, &error) == TW_STEP_ROW)
    g_ptr_array_add (columns, g_strdup (tw_stmt_text (stmt, 0)));
  for (guint i = 0; i < columns->len; i++)
    g_string_append_printf (sql, "%s%s, typeof (%s)", i > 0 ? ", " : "", (char *) columns->pdata[i],
                            (char *) columns->pdata[i]);
  g_string_append_printf (sql, " FROM %s ORDER BY rowid", table);
  stmt = tw_db_query (db, &error, sql->str, "");
  g_assert_no_error (error);
  while (tw_stmt_step (stmt, &error) == TW_STEP_ROW)
    {
      g_autoptr (JsonObject) row = json_object_new ();
      g_autofree char *line = NULL;

      json_object_set_string_member (row, "", table);
      for (guint i = 0; i < columns->len; i++)
        {
          const char *column = columns->pdata[i], *type = tw_stmt_text (stmt, 2 * (int) i + 1);
          g_autofree char *text = NULL;
          gsize length;

          if (strcmp (type, "integer") == 0)
            json_object_set_int_member (row, column, tw_stmt_int64 (stmt, 2 * (int) i));
          else if (strcmp (type, "blob") == 0)
            {
              const guint8 *bytes = tw_stmt_blob (stmt, 2 * (int) i, &length);

              text = to_hex (bytes, length);
            }
          else if (strcmp (type, "text") == 0)
            text = g_strconcat ("s", tw_stmt_text (stmt, 2 * (int) i), NULL);
          if (text != NULL)
            json_object_set_string_member (row, column, text);
        }
      line = tw_json_canonical_object (row);
      puts (line);
    }
  g_assert_no_error (error);
}

static void
dump (TwDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  TwStmt *stmt = tw_db_query (db, &error,
                              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN "
                              "('schema_version') ORDER BY rowid",
                              "");

  g_assert_no_error (error);
  while (tw_stmt_step (stmt, &error) == TW_STEP_ROW)
    g_ptr_array_add (tables, g_strdup (tw_stmt_text (stmt, 0)));
  for (guint i = 0; i < tables->len; i++)
    dump_table (db, tables->pdata[i]);
}

static void
insert (TwDb *db, const char *table, JsonObject *row)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) values = g_string_new (NULL);
  g_autoptr (GList) members = json_object_get_members (row);
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;

  for (GList *l = members; l != NULL; l = l->next)
    {
      const char *name = l->data;
      JsonNode *node = json_object_get_member (row, name);

      if (*name == '\0')
        continue;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
      if (values->len > 0)
        g_string_append (values, ", ");
      if (json_node_get_value_type (node) == G_TYPE_INT64)
        g_string_append_printf (values, "%" G_GINT64_FORMAT, json_node_get_int (node));
      else if (json_node_get_string (node)[0] == 's')
        {
          g_auto (GStrv) parts = g_strsplit (json_node_get_string (node) + 1, "'", -1);
          g_autofree char *quoted = g_strjoinv ("''", parts);

          g_string_append_printf (values, "'%s'", quoted);
        }
      else if (tw_db_get_engine (db) == TW_DB_SQLITE)
        g_string_append_printf (values, "x'%s'", json_node_get_string (node) + 1);
      else
        g_string_append_printf (values, "'\\x%s'", json_node_get_string (node) + 1);
    }
  sql = g_strdup_printf ("INSERT INTO %s (%s) VALUES (%s)", table, names->str, values->str);
  if (!tw_db_exec (db, sql, &error))
    g_error ("%s: %s", sql, error->message);
}

static void
load (TwDb *db, int version)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  char *line = NULL;
  size_t size = 0;
  const TwMigration *steps;
  gsize n, n_old = 0;

  steps = tw_schema_get_steps (&n);
  while (n_old < n && steps[n_old].version <= version)
    n_old++;
  tw_db_migrate (db, steps, n_old, &error);
  g_assert_no_error (error);
  tw_db_begin (db, &error);
  g_assert_no_error (error);
  while (getline (&line, &size, stdin) > 0)
    {
      g_autoptr (JsonNode) node = tw_json_parse (line, -1, &error);
      const char *table;

      g_assert_no_error (error);
      table = json_object_get_string_member (json_node_get_object (node), "");
      if (g_hash_table_add (seen, g_strdup (table)))
        {
          g_autofree char *empty = g_strdup_printf ("DELETE FROM %s", table);

          tw_db_exec (db, empty, &error);
          g_assert_no_error (error);
        }
      insert (db, table, json_node_get_object (node));
    }
  free (line);
  tw_db_commit (db, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwKeys) keys = NULL;
  g_autoptr (TwDb) db = NULL;

  if (argc < 4)
    g_error ("rows dump|load DATABASE KEYS [VERSION]");
  tw_vault_init (&error);
  g_assert_no_error (error);
  keys = tw_keys_open (argv[3], FALSE, &error);
  g_assert_no_error (error);
  db = tw_db_open (argv[2], tw_key_peek (tw_keys_get (keys, TW_KEY_SQLITE)), &error);
  g_assert_no_error (error);
  if (strcmp (argv[1], "dump") == 0)
    dump (db);
  else
    load (db, (int) g_ascii_strtoll (argv[4], NULL, 10));
  return 0;
}
