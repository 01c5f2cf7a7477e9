// SPDX-License-Identifier: GPL-3.0-or-later
/* Which account with a partner is ours. An operator says it, or the partner itself does, in the
 * books that it is asked for over the rails. A file is believed only when it is of that account: it
 * may be of somebody else's, or made by anybody. */
#include "server/reconcile/tw-reconcile-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-text.h"

typedef struct
{
  const char *party;
  const char *account;
  gboolean replaces;
} Saying;

static gboolean
write_account (TwTx *tx, gpointer data, GError **error)
{
  const Saying *saying = data;

  return tw_db_run (tw_tx_db (tx), error,
                    saying->replaces
                      ? "INSERT INTO partner_account (party, account, at) VALUES ($1, $2, $3) "
                        "ON CONFLICT (party) DO UPDATE SET account = $2, at = $3"
                      : "INSERT INTO partner_account (party, account, at) VALUES ($1, $2, $3) "
                        "ON CONFLICT (party) DO NOTHING",
                    "ssi", saying->party, saying->account, tw_tx_now_ms (tx));
}

static gboolean
read_account (TwService *service, const char *party, char **account, GError **error)
{
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, error);
  TwStep step = TW_STEP_ERROR;
  TwStmt *stmt;

  if (db == NULL)
    return FALSE;
  stmt =
    tw_db_query (db, error, "SELECT account FROM partner_account WHERE party = $1", "s", party);
  if (stmt != NULL && (step = tw_stmt_step (stmt, error)) != TW_STEP_ERROR)
    {
      *account = step == TW_STEP_ROW ? g_strdup (tw_stmt_text (stmt, 0)) : NULL;
      tw_stmt_reset (stmt);
    }
  tw_readers_return (readers, db);
  return step != TW_STEP_ERROR;
}

/**
 * tw_reconcile_set_account:
 * @service: a service that runs; not its writer's thread
 * @party: whose books
 * @account: their number of our account: an IBAN without spaces, or what their statements name
 * @error: %TW_ERROR_INVALID, or the database's
 *
 * From now on only statements of this account are taken.
 *
 * Returns: whether it is written
 */
gboolean
tw_reconcile_set_account (TwService *service,
                          const char *party,
                          const char *account,
                          GError **error)
{
  Saying saying = { party, account, TRUE };

  if (*account == '\0' || !tw_text_check (account, TW_STATEMENT_MAX_TEXT, FALSE, NULL))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("“%s” is not the number of an account."),
                   account);
      return FALSE;
    }
  return tw_reconcile_call (service, write_account, &saying, error);
}

static gboolean
refuse_unknown (const char *party, const char *account, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               _ ("It is not known which account with “%s” is ours. If it is %s, say so once with "
                  "--account %s."),
               party, account, account);
  return FALSE;
}

/**
 * tw_reconcile_check_account:
 * @service: a service that runs; not its writer's thread
 * @party: whose statement it is
 * @account: the account that it is of, or ""
 * @is_asked: whether the partner itself has told it over the rails, where it is known who speaks:
 *   it need not name the account, and the first that it names is ours
 * @error: %TW_ERROR_INVALID, saying what to do; or the database's
 *
 * Returns: whether the statement is of our account
 */
gboolean
tw_reconcile_check_account (
  TwService *service, const char *party, const char *account, gboolean is_asked, GError **error)
{
  Saying saying = { party, account, FALSE };
  g_autofree char *ours = NULL;

  if (*account == '\0')
    {
      if (!is_asked)
        g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                             _ ("The statement does not say of which account it is (Acct)."));
      return is_asked;
    }
  if (!read_account (service, party, &ours, error))
    return FALSE;
  if (ours == NULL)
    return is_asked ? tw_reconcile_call (service, write_account, &saying, error)
                    : refuse_unknown (party, account, error);
  if (strcmp (ours, account) == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
               _ ("The statement is of the account %s, and ours with “%s” is %s. Nothing was taken "
                  "from it. If ours has changed, say so with --account."),
               account, party, ours);
  return FALSE;
}
