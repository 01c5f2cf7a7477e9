// SPDX-License-Identifier: GPL-3.0-or-later
/* A checkpoint says: the ledger had so many entries, and this is the hash over all of their hashes
 * in the order of writing. It is signed, and kept where the database is not. A database that is put
 * back from before has fewer entries, or others. */
#include "server/ledger/tw-ledger-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-json.h"

#define FILE_MODE 0640

typedef struct
{
  gint64 number; /* entries */
  guint8 digest[TW_HASH_BYTES];
  guint8 last[TW_HASH_BYTES]; /* the hash of the last of them */
} Digest;

static char *
to_hex (const guint8 hash[TW_HASH_BYTES])
{
  GString *text = g_string_sized_new (2 * TW_HASH_BYTES + 1);

  for (guint i = 0; i < TW_HASH_BYTES; i++)
    g_string_append_printf (text, "%02x", hash[i]);
  return g_string_free (text, FALSE);
}

static gboolean
from_hex (const char *text, guint8 hash[TW_HASH_BYTES])
{
  if (strlen (text) != 2 * TW_HASH_BYTES)
    return FALSE;
  for (guint i = 0; i < TW_HASH_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      hash[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

/* Takes up entries after @digest, up to @until (0: all there are). A missing number ends it. */
static gboolean
extend (TwDb *db, Digest *digest, gint64 until, GError **error)
{
  guint8 pair[2 * TW_HASH_BYTES];
  const guint8 *hash;
  gsize length;
  TwStmt *stmt;
  TwStep step;

  stmt = tw_db_query (db, error,
                      "SELECT number, hash FROM entry WHERE number > $1 AND number <= $2 "
                      "ORDER BY number",
                      "ii", digest->number, until > 0 ? until : G_MAXINT64);
  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      hash = tw_stmt_blob (stmt, 1, &length);
      if (tw_stmt_int64 (stmt, 0) != digest->number + 1 || length != TW_HASH_BYTES)
        {
          tw_stmt_reset (stmt);
          return TRUE;
        }
      memcpy (digest->last, hash, TW_HASH_BYTES);
      memcpy (pair, digest->digest, TW_HASH_BYTES);
      memcpy (pair + TW_HASH_BYTES, hash, TW_HASH_BYTES);
      tw_hash (pair, sizeof pair, digest->digest);
      digest->number++;
    }
  return step == TW_STEP_DONE;
}

/* What is signed: everything in the file but the signature. */
static char *
signed_text (JsonObject *json)
{
  g_autofree char *canonical = NULL;

  json_object_remove_member (json, "signature");
  canonical = tw_json_canonical_object (json);
  return g_strconcat ("tw-checkpoint-1\n", canonical, NULL);
}

static gboolean
fail_file (const char *path, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED,
               _ ("The checkpoint %s is damaged, or was signed with another key."), path);
  return FALSE;
}

/* %TW_ERROR_NOT_FOUND when there is no file; one that can't be read is there. */
static gboolean
read_file (const char *path, const char *public_key, Digest *digest, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;
  g_autofree char *to_check = NULL;
  g_autofree char *signature = NULL;
  const char *hex, *last;
  JsonObject *json;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &local_error))
    {
      gboolean absent = g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT);

      g_set_error (error, TW_ERROR, absent ? TW_ERROR_NOT_FOUND : TW_ERROR_BUSY, "%s",
                   local_error->message);
      return FALSE;
    }
  node = tw_json_parse (text, (gssize) length, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return fail_file (path, error);
  json = json_node_get_object (node);
  signature = g_strdup (tw_json_get_string (json, "signature", NULL));
  hex = tw_json_get_string (json, "digest", NULL);
  last = tw_json_get_string (json, "last", NULL);
  if (signature == NULL || hex == NULL || last == NULL || !from_hex (hex, digest->digest) ||
      !from_hex (last, digest->last) ||
      !tw_json_get_int (json, "entries", 0, G_MAXINT64, &digest->number, NULL))
    return fail_file (path, error);
  to_check = signed_text (json);
  return tw_signature_verify (public_key, signature, to_check, strlen (to_check)) ||
         fail_file (path, error);
}

static gboolean
write_file (const char *path, TwSigner *signer, const Digest *digest, GError **error)
{
  g_autoptr (JsonObject) json = json_object_new ();
  g_autoptr (GError) local_error = NULL;
  g_autofree char *now = tw_clock_format_ms (tw_clock_now_ms ());
  g_autofree char *hex = to_hex (digest->digest);
  g_autofree char *last = to_hex (digest->last);
  g_autofree char *public_key = tw_signer_get_public (signer);
  g_autofree char *to_sign = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *text = NULL;

  json_object_set_int_member (json, "entries", digest->number);
  json_object_set_string_member (json, "digest", hex);
  json_object_set_string_member (json, "last", last);
  json_object_set_string_member (json, "at", now);
  json_object_set_string_member (json, "public_key", public_key);
  to_sign = signed_text (json);
  signature = tw_signer_sign (signer, to_sign, strlen (to_sign));
  json_object_set_string_member (json, "signature", signature);
  text = tw_json_canonical_object (json);
  if (g_file_set_contents_full (path, text, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                FILE_MODE, &local_error))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_BUSY, _ ("The checkpoint can’t be written: %s"),
               local_error->message);
  return FALSE;
}

static gboolean
fail_older (const char *path, gint64 has, gint64 had, GError **error)
{
  g_autofree char *has_text = g_strdup_printf ("%" G_GINT64_FORMAT, has);
  g_autofree char *had_text = g_strdup_printf ("%" G_GINT64_FORMAT, had);

  g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED,
               _ ("The ledger has %s entries and had %s when %s was signed: an old database was "
                  "put back."),
               has_text, had_text, path);
  return FALSE;
}

/**
 * tw_ledger_count_entries:
 * @db: a connection
 * @n_entries: (out): how many the ledger has
 * @error: the database's
 *
 * Returns: whether it could be looked at
 */
gboolean
tw_ledger_count_entries (TwDb *db, gint64 *n_entries, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error, "SELECT max(number) FROM entry", "");

  if (stmt == NULL || tw_stmt_step (stmt, error) == TW_STEP_ERROR)
    return FALSE;
  *n_entries = tw_stmt_int64 (stmt, 0);
  tw_stmt_reset (stmt);
  return TRUE;
}

/* Whether the ledger still has what @then ended with. Cheap: one entry. */
static gboolean
check_continues (TwDb *db, const Digest *then, const char *path, GError **error)
{
  const guint8 *hash;
  gsize length = 0;
  gboolean same;
  gint64 has;
  TwStmt *stmt;

  if (!tw_ledger_count_entries (db, &has, error))
    return FALSE;
  if (has < then->number)
    return fail_older (path, has, then->number, error);
  if (then->number == 0)
    return TRUE;
  stmt = tw_db_query (db, error, "SELECT hash FROM entry WHERE number = $1", "i", then->number);
  if (stmt == NULL || tw_stmt_step (stmt, error) == TW_STEP_ERROR)
    return FALSE;
  hash = tw_stmt_blob (stmt, 0, &length);
  same = length == TW_HASH_BYTES && memcmp (hash, then->last, TW_HASH_BYTES) == 0;
  tw_stmt_reset (stmt);
  if (!same)
    g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED,
                 _ ("The ledger is not the one that was signed in %s."), path);
  return same;
}

/**
 * tw_ledger_continues:
 * @db: a connection
 * @path: a checkpoint; one that is not there is continued by anything
 * @public_key: of the service's key for checkpoints
 * @error: %TW_ERROR_DAMAGED when the ledger is older than the file, or another one, or the file is
 * not ours; or the database's
 *
 * A quick look before anybody is served; tw_ledger_verify_checkpoint() is the proof.
 *
 * Returns: whether the ledger has what was signed
 */
gboolean
tw_ledger_continues (TwDb *db, const char *path, const char *public_key, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  Digest then = { 0 };

  if (read_file (path, public_key, &then, &local_error))
    return check_continues (db, &then, path, error);
  if (g_error_matches (local_error, TW_ERROR, TW_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * tw_ledger_checkpoint:
 * @db: a connection, not in a transaction
 * @signer: the service's key for this
 * @path: a file away from the database, replaced as a whole
 * @error: %TW_ERROR_DAMAGED when the ledger is older than the file, or another one (the file is
 * left as it is), %TW_ERROR_BUSY when it can't be written
 *
 * Writes down how far the ledger has got. Only entries since the last checkpoint are read.
 *
 * Returns: whether @path tells of everything that is committed
 */
gboolean
tw_ledger_checkpoint (TwDb *db, TwSigner *signer, const char *path, GError **error)
{
  g_autofree char *public_key = tw_signer_get_public (signer);
  g_autoptr (GError) local_error = NULL;
  Digest digest = { 0 };
  Digest before;

  if (!read_file (path, public_key, &digest, &local_error) &&
      !g_error_matches (local_error, TW_ERROR, TW_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!check_continues (db, &digest, path, error))
    return FALSE;
  before = digest;
  if (!extend (db, &digest, 0, error))
    return FALSE;
  if (digest.number == before.number && local_error == NULL)
    return TRUE;
  return write_file (path, signer, &digest, error);
}

/**
 * tw_ledger_verify_checkpoint:
 * @db: a connection
 * @path: a checkpoint
 * @public_key: of the service's key for checkpoints
 * @sound: (out): whether the ledger continues the one that was signed
 * @report: what is wrong is added, a line each
 * @error: %TW_ERROR_NOT_FOUND without a file, %TW_ERROR_DAMAGED for one that isn't ours, or the
 *   database's
 *
 * Finds a database that was put back from before @path was signed, or changed since; together with
 * tw_ledger_verify(), as this one believes the hashes.
 *
 * Returns: whether it could be looked at
 */
gboolean
tw_ledger_verify_checkpoint (TwDb *db,
                             const char *path,
                             const char *public_key,
                             gboolean *sound,
                             GString *report,
                             GError **error)
{
  g_autoptr (GError) older = NULL;
  Digest then = { 0 };
  Digest now = { 0 };

  *sound = FALSE;
  if (!read_file (path, public_key, &then, error) ||
      (then.number > 0 && !extend (db, &now, then.number, error)))
    return FALSE;
  if (now.number < then.number)
    {
      fail_older (path, now.number, then.number, &older);
      g_string_append_printf (report, "%s\n", older->message);
    }
  else if (memcmp (now.digest, then.digest, TW_HASH_BYTES) != 0)
    {
      g_string_append_printf (report, _ ("The ledger is not the one that was signed in %s."), path);
      g_string_append_c (report, '\n');
    }
  else
    *sound = TRUE;
  return TRUE;
}
