// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-audit.h"

#include <string.h>

struct _TwAudit
{
  TwKey *key;
  gboolean known; /* the two below are the end of the chain in this transaction */
  gint64 seq;
  char hash[2 * TW_HASH_BYTES + 1];
};

/* What the first line follows. */
static const char beginning[] = "0000000000000000000000000000000000000000000000000000000000000000";

/**
 * tw_audit_new:
 * @key: (transfer none): the key of the chain
 *
 * Returns: (transfer full): the writing end of the chain
 */
TwAudit *
tw_audit_new (TwKey *key)
{
  TwAudit *audit = g_new0 (TwAudit, 1);

  audit->key = tw_key_ref (key);
  return audit;
}

void
tw_audit_free (TwAudit *audit)
{
  if (audit == NULL)
    return;
  tw_key_unref (audit->key);
  g_free (audit);
}

/**
 * tw_audit_forget:
 * @audit: the chain
 *
 * At the end of each transaction: another process may add lines before the next one.
 */
void
tw_audit_forget (TwAudit *audit)
{
  audit->known = FALSE;
}

static gboolean
find_end (TwAudit *audit, TwDb *db, GError **error)
{
  TwStmt *stmt =
    tw_db_query (db, error, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ERROR)
    return FALSE;
  audit->seq = step == TW_STEP_ROW ? tw_stmt_int64 (stmt, 0) : 0;
  g_strlcpy (audit->hash, step == TW_STEP_ROW ? tw_stmt_text (stmt, 1) : beginning,
             sizeof audit->hash);
  tw_stmt_reset (stmt);
  audit->known = TRUE;
  return TRUE;
}

/* No member can hold a line break: ids, role and kind names. */
static char *
hash_line (TwKey *key, const char *before, gint64 seq, const TwAuditLine *line)
{
  g_autofree char *text = g_strdup_printf (
    "%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%s\n%s\n%s\n%s\n%s", before, seq, line->at_ms,
    line->actor, line->device, line->what, line->subject, line->command);

  return tw_keyed_hash (key, text);
}

/**
 * tw_audit_append:
 * @audit: the chain
 * @db: in the transaction
 * @line: what to add
 * @error: as tw_db_query()
 *
 * Returns: %FALSE with @error
 */
gboolean
tw_audit_append (TwAudit *audit, TwDb *db, const TwAuditLine *line, GError **error)
{
  g_autofree char *hash = NULL;

  if (!audit->known && !find_end (audit, db, error))
    return FALSE;
  hash = hash_line (audit->key, audit->hash, audit->seq + 1, line);
  if (!tw_db_insert (db, error,
                     "INSERT INTO audit (seq, at, actor, device, what, subject, command, hash) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                     "iissssss", audit->seq + 1, line->at_ms, line->actor, line->device, line->what,
                     line->subject, line->command, hash))
    return FALSE;
  audit->seq++;
  g_strlcpy (audit->hash, hash, sizeof audit->hash);
  return TRUE;
}

/**
 * tw_audit_verify:
 * @db: a connection
 * @key: the key of the chain
 * @report: takes a line when the chain is broken
 * @error: as tw_db_query()
 *
 * Computes the whole chain again, up to the first line that does not follow.
 *
 * Returns: %FALSE with @error when it could not be looked at
 */
gboolean
tw_audit_verify (TwDb *db, TwKey *key, GString *report, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT seq, at, actor, device, what, subject, command, hash "
                              "FROM audit ORDER BY seq",
                              "");
  char before[2 * TW_HASH_BYTES + 1];
  gint64 expected = 1;
  TwStep step;

  g_strlcpy (before, beginning, sizeof before);
  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      TwAuditLine line = {
        tw_stmt_int64 (stmt, 1), tw_stmt_text (stmt, 2), tw_stmt_text (stmt, 3),
        tw_stmt_text (stmt, 4),  tw_stmt_text (stmt, 5), tw_stmt_text (stmt, 6)
      };
      g_autofree char *hash = hash_line (key, before, expected, &line);

      if (tw_stmt_int64 (stmt, 0) != expected || strcmp (hash, tw_stmt_text (stmt, 7)) != 0)
        {
          g_string_append_printf (report, "audit: the chain breaks at line %" G_GINT64_FORMAT "\n",
                                  expected);
          tw_stmt_reset (stmt);
          return TRUE;
        }
      g_strlcpy (before, hash, sizeof before);
      expected++;
    }
  return step == TW_STEP_DONE;
}
