// SPDX-License-Identifier: GPL-3.0-or-later
/* What most verbs begin with: the keys and the database. */
#include "server/ops/tw-ops.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/tw-error.h"
#include "db/tw-db.h"
#include "protocol/tw-json.h"
#include "server/command/tw-column.h"

/* Accounts whose sealed columns are tried. */
#define KEY_TRIES 8

static gboolean
check_needed (const TwOpsOptions *options, GError **error)
{
  if (options->database != NULL && options->keys != NULL)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                       _ ("--database (or TW_DATABASE) and --keys are needed."));
  return FALSE;
}

/**
 * tw_ops_base_open:
 * @base: (out caller-allocates): the keys and a connection that may write
 * @options: the command line
 * @error: %TW_ERROR_INVALID, or as tw_keys_open() and tw_db_open()
 *
 * Both must be there already.
 *
 * Returns: whether both are open
 */
gboolean
tw_ops_base_open (TwOpsBase *base, const TwOpsOptions *options, GError **error)
{
  const char *path = tw_ops_get_database_path (options);
  int version;

  if (!check_needed (options, error))
    return FALSE;
  if (path != NULL && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND, _ ("There is no database at %s."), path);
      return FALSE;
    }
  base->keys = tw_keys_open (options->keys, FALSE, error);
  if (base->keys == NULL)
    return FALSE;
  base->db =
    tw_db_open (options->database, tw_key_peek (tw_keys_get (base->keys, TW_KEY_SQLITE)), error);
  if (base->db == NULL)
    return FALSE;
  version = tw_db_get_schema_version (base->db, error);
  return version == 0 || (version > 0 && tw_ops_check_key (base->db, base->keys, error));
}

/**
 * tw_ops_check_key:
 * @db: a connection to a database with its tables
 * @keys: the keys at hand
 * @error: %TW_ERROR_WRONG_KEY, or the database's
 *
 * A file says by itself whether its key fits. Elsewhere it is tried on what was sealed: under
 * another key nobody could sign in, and what is new could not be read with what is old. One that is
 * damaged says nothing of the key: another one tells.
 *
 * Returns: whether they fit
 */
gboolean
tw_ops_check_key (TwDb *db, TwKeys *keys, GError **error)
{
  static const char *const columns[] = { "name", "phone", "email", "id_number" };
  TwStmt *stmt = tw_db_query (
    db, error, "SELECT id, name, phone, email, id_number FROM account ORDER BY id LIMIT $1", "i",
    (gint64) KEY_TRIES);
  gboolean fits = FALSE, any = FALSE;
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && !fits && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    for (int i = 0; !fits && i < (int) G_N_ELEMENTS (columns); i++)
      if (!tw_stmt_is_null (stmt, 1 + i))
        {
          g_autofree char *text =
            tw_column_read (tw_keys_get (keys, TW_KEY_COLUMN), stmt, 1 + i, "account",
                            tw_stmt_text (stmt, 0), columns[i], NULL);

          any = TRUE;
          fits = text != NULL;
        }
  if (fits)
    tw_stmt_reset (stmt);
  if (step == TW_STEP_ERROR)
    return FALSE;
  if (any && !fits)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_WRONG_KEY,
                         _ ("The key at hand does not fit this database."));
  return fits || !any;
}

void
tw_ops_base_clear (TwOpsBase *base)
{
  g_clear_pointer (&base->db, tw_db_close);
  g_clear_pointer (&base->keys, tw_keys_unref);
}

/**
 * tw_ops_get_database_path:
 * @options: the command line
 *
 * Returns: (transfer none) (nullable): the file of a SQLite database; %NULL for PostgreSQL
 */
const char *
tw_ops_get_database_path (const TwOpsOptions *options)
{
  return options->database != NULL && g_str_has_prefix (options->database, "sqlite:")
           ? options->database + strlen ("sqlite:")
           : NULL;
}

/**
 * tw_ops_get_checkpoint_path:
 * @options: the command line
 *
 * Returns: (transfer full): where the signed checkpoint of the ledger is kept: with the keys, away
 * from the database, so that an old copy of the database is found out
 */
char *
tw_ops_get_checkpoint_path (const TwOpsOptions *options)
{
  return options->checkpoint != NULL ? g_strdup (options->checkpoint)
                                     : g_build_filename (options->keys, "ledger.checkpoint", NULL);
}

/**
 * tw_ops_get_rails_key_path:
 * @options: the command line
 *
 * An empty one is none: a unit file can't leave the option out.
 *
 * Returns: (transfer none) (nullable): the key that is shared with the bank and the tax office;
 *   %NULL: it is made beside their socket
 */
const char *
tw_ops_get_rails_key_path (const TwOpsOptions *options)
{
  return options->rails_key != NULL && *options->rails_key != '\0' ? options->rails_key : NULL;
}

/**
 * tw_ops_say:
 * @options: the command line
 * @words: for a person
 * @...: for JSON: name and value of each fact, strings, then %NULL; a fact of %NULL is left out
 *
 * One line on standard output, in the form that was asked for.
 */
void
tw_ops_say (const TwOpsOptions *options, const char *words, ...)
{
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *text = NULL;
  const char *name, *value;
  va_list facts;

  if (!options->json)
    {
      g_print ("%s\n", words);
      return;
    }
  object = json_object_new ();
  json_object_set_boolean_member (object, "ok", TRUE);
  va_start (facts, words);
  while ((name = va_arg (facts, const char *)) != NULL)
    if ((value = va_arg (facts, const char *)) != NULL)
      json_object_set_string_member (object, name, value);
  va_end (facts);
  text = tw_json_canonical_object (object);
  g_print ("%s\n", text);
}
