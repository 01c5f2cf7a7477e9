// SPDX-License-Identifier: GPL-3.0-or-later
/* One-time codes: a command is held, a code goes to the person's phone, and the command goes on
 * when the code is told on the same device. */
#include "server/identity/tw-challenge.h"

#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-money.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "server/command/tw-writer.h"
#include "server/identity/tw-account-row.h"
#include "server/identity/tw-challenge-row.h"
#include "server/rails/tw-rails.h"

#define RAIL_SMS "sms"
#define DIGITS 6
#define CODES 1000000
/* Codes sent to one person within a time: nobody's phone is to be flooded. */
#define WINDOW_MS (10 * G_GINT64_CONSTANT (60000))
#define MOST_IN_WINDOW 10
/* Wrong ones told in a day, of all codes together: who guesses needs 50,000 days for one. */
#define MOST_WRONG_A_DAY 20

static char *
make_message_id (const TwChallengeRow *row)
{
  g_autofree char *what = g_strconcat (row->account_id, ".", row->id, NULL);

  return tw_writer_make_id ("challenge/sms", what);
}

/* The command comes to its end, refused. */
static gboolean
end (TwTx *tx, TwChallengeRow *row, TwChallengeState state, const char *code, GError **error)
{
  row->state = state;
  return tw_challenge_row_save (tx, row, error) &&
         tw_held_refuse (tx, row->account_id, row->id, code, error);
}

/* The message with the code is of no use any more: it is not to come when all is over. @unsent:
 * (out): whether it had not been sent, as far as is known. */
static gboolean
call_off (TwTx *tx, const TwChallengeRow *row, gboolean *unsent, GError **error)
{
  g_autofree char *id = make_message_id (row);

  return tw_rails_give_up (tx, id, unsent, error);
}

/* The only one who is told what became of a message is the one who waits for it. */
static gboolean
tell_sms (TwTx *tx, const TwRailOp *op, const TwRailNews *news, GError **error)
{
  g_autoptr (TwChallengeRow) row = NULL;

  if (news->state != TW_RAIL_REFUSED)
    return TRUE;
  if (!tw_challenge_row_load (tx, op->account_id, op->subject_id, &row, error))
    return FALSE;
  return row == NULL || row->state != TW_CHALLENGE_STATE_WAITING ||
         end (tx, row, TW_CHALLENGE_STATE_REFUSED, "code_unsent", error);
}

static const char *const echoes[] = { "id", NULL };

static const TwRail sms = {
  .name = RAIL_SMS,
  .path = "/sms/messages",
  .tell = tell_sms,
  .echoes = echoes,
  .is_secret = TRUE,
  .forgets = TRUE,
};

/* What the code is for, so that it is not told for anything else; in the two languages. */
static void
describe (TwJob *job, char **zh, char **en)
{
  const char *kind = tw_job_command (job)->kind;
  const char *payee = tw_job_get_held_payee (job);
  g_autofree char *amount = tw_money_format (tw_job_get_held_amount_fen (job));

  if (strcmp (kind, TW_KIND_PAYEE_SAVE) == 0)
    {
      *zh = g_strdup_printf ("用于保存收款方 %s", payee);
      *en = g_strdup_printf ("for keeping the payee %s", payee);
    }
  else if (strcmp (kind, TW_KIND_STANDING_SET) == 0)
    {
      *zh = g_strdup_printf ("用于每月向 %s 付款 %s", payee, amount);
      *en = g_strdup_printf ("for paying %s to %s every month", amount, payee);
    }
  else if (strcmp (kind, TW_KIND_WALLET_WITHDRAW) == 0)
    {
      *zh = g_strdup_printf ("用于提现 %s 到您尾号 %s 的银行卡", amount, payee);
      *en = g_strdup_printf ("for sending %s to your bank card ending in %s", amount, payee);
    }
  else
    {
      *zh = g_strdup_printf ("用于向 %s 付款 %s", payee, amount);
      *en = g_strdup_printf ("for paying %s to %s", amount, payee);
    }
}

/* In both languages: nobody knows here which one the person reads. */
static gboolean
send_code (TwTx *tx, TwJob *job, const TwChallengeRow *row, const char *phone, GError **error)
{
  g_autofree char *id = make_message_id (row);
  g_autofree char *zh = NULL, *en = NULL, *text = NULL;
  g_autoptr (JsonObject) request = json_object_new ();

  describe (job, &zh, &en);
  text = g_strdup_printf (
    "【税务钱包】验证码 %s，%s，%d 分钟内有效，请勿告诉任何人。Tax Wallet code: "
    "%s, %s, good for %d minutes. Tell it to nobody.",
    row->code, zh, TW_CHALLENGE_LIFE_S / 60, row->code, en, TW_CHALLENGE_LIFE_S / 60);
  json_object_set_string_member (request, "to", phone);
  json_object_set_string_member (request, "text", text);
  return tw_rails_queue (tx, &sms, id, row->account_id, row->id, request, error);
}

static gboolean
end_if_over (TwTx *tx, TwChallengeRow *row, GError **error)
{
  gboolean unsent;

  if (row->state != TW_CHALLENGE_STATE_WAITING || row->expires_at_ms > tw_tx_now_ms (tx))
    return TRUE;
  return call_off (tx, row, &unsent, error) &&
         end (tx, row, TW_CHALLENGE_STATE_EXPIRED, unsent ? "code_stuck" : "code_expired", error);
}

static gboolean
look_around (TwTx *tx, const char *account_id, TwChallengeCounts *counts, GError **error)
{
  gint64 now_ms = tw_tx_now_ms (tx);

  return tw_challenge_row_count (tx, account_id, now_ms - WINDOW_MS,
                                 tw_clock_ms_of_day (tw_clock_day_of_ms (now_ms)), counts, error);
}

/* One at a time: which of two is meant can't be told from a code. */
static gboolean
find_obstacle (TwTx *tx, const char *account_id, const char **refusal, GError **error)
{
  g_autoptr (TwChallengeRow) row = NULL;
  g_auto (TwChallengeCounts) counts = { 0 };

  if (!look_around (tx, account_id, &counts, error))
    return FALSE;
  if (counts.live != NULL && (!tw_challenge_row_load (tx, account_id, counts.live, &row, error) ||
                              (row != NULL && !end_if_over (tx, row, error))))
    return FALSE;
  if (row != NULL && row->state == TW_CHALLENGE_STATE_WAITING)
    *refusal = "code_pending";
  else if (counts.n_wrong >= MOST_WRONG_A_DAY)
    *refusal = "many_wrong_codes";
  else if (counts.n_sent >= MOST_IN_WINDOW)
    *refusal = "many_codes";
  else if (!tw_rails_are_configured ())
    *refusal = "rail_down";
  else
    *refusal = NULL;
  return TRUE;
}

static TwChallengeRow *
make_row (TwTx *tx, TwJob *job, const char *phone)
{
  const TwCommand *command = tw_job_command (job);
  TwChallengeRow *row = g_new0 (TwChallengeRow, 1);

  row->id = g_strdup (command->id);
  row->account_id = g_strdup (tw_job_actor (job)->account_id);
  row->device_id = g_strdup (tw_job_actor (job)->device_id);
  row->phone = tw_text_mask_phone (phone);
  row->code = g_strdup_printf ("%0*u", DIGITS, tw_random_below (CODES));
  row->command =
    tw_command_new (command->id, command->intent, command->kind, command->at_ms, command->body);
  row->state = TW_CHALLENGE_STATE_WAITING;
  row->tries_left = TW_CHALLENGE_TRIES;
  row->sent_at_ms = tw_tx_now_ms (tx);
  row->expires_at_ms = row->sent_at_ms + TW_CHALLENGE_LIFE_S * G_GINT64_CONSTANT (1000);
  return row;
}

static gboolean
hold (TwTx *tx, TwJob *job, JsonObject *facts, const char **refusal, GError **error)
{
  const char *account_id = tw_job_actor (job)->account_id;
  g_autoptr (TwAccountRow) account = NULL;
  g_autoptr (TwChallengeRow) row = NULL;

  if (tw_job_actor (job)->role != TW_ROLE_USER)
    {
      *refusal = "not_allowed";
      return TRUE;
    }
  if (!find_obstacle (tx, account_id, refusal, error))
    return FALSE;
  if (*refusal != NULL)
    return TRUE;
  account = tw_account_row_load (tw_tx_db (tx), tw_tx_key (tx, "column"), account_id, error);
  if (account == NULL)
    return FALSE;
  row = make_row (tx, job, account->phone);
  json_object_set_string_member (facts, "challenge_id", row->id);
  json_object_set_string_member (facts, "phone", row->phone);
  json_object_set_int_member (facts, "expires_at_ms", row->expires_at_ms);
  json_object_set_int_member (facts, "tries_left", row->tries_left);
  return tw_challenge_row_insert (tx, row, error) &&
         send_code (tx, job, row, account->phone, error) &&
         tw_tx_audit (tx, job, "challenge.sent", row->id, error);
}

/* Why it can't be answered any more, or %NULL. */
static const char *
get_over_code (TwChallengeState state)
{
  switch (state)
    {
    case TW_CHALLENGE_STATE_ANSWERED:
      return "already_decided";
    case TW_CHALLENGE_STATE_EXPIRED:
      return "code_expired";
    case TW_CHALLENGE_STATE_REFUSED:
      return "code_refused";
    case TW_CHALLENGE_STATE_DROPPED:
      return "cancelled";
    case TW_CHALLENGE_STATE_WAITING:
    default:
      return NULL;
    }
}

/* The person's own one that waits; else the job is refused and @row is %NULL. */
static gboolean
find_waiting (TwTx *tx, TwJob *job, const char *id, TwChallengeRow **row, GError **error)
{
  const char *code;

  if (!tw_challenge_row_load (tx, tw_job_actor (job)->account_id, id, row, error))
    return FALSE;
  if (*row == NULL)
    return tw_job_refuse (job, "not_found", NULL);
  if (!end_if_over (tx, *row, error))
    return FALSE;
  code = get_over_code ((*row)->state);
  if (code == NULL)
    return TRUE;
  g_clear_pointer (row, tw_challenge_row_free);
  return tw_job_refuse (job, code, NULL);
}

/* A wrong code is counted with the refusal: it is what the refusal is about. */
static gboolean
count_try (TwTx *tx, TwJob *job, TwChallengeRow *row, GError **error)
{
  g_auto (TwChallengeCounts) counts = { 0 };
  const char *code = "code_refused";

  if (!look_around (tx, row->account_id, &counts, error))
    return FALSE;
  row->tries_left--;
  if (counts.n_wrong + 1 >= MOST_WRONG_A_DAY)
    code = "many_wrong_codes";
  else if (row->tries_left > 0)
    return tw_challenge_row_save (tx, row, error) &&
           tw_job_refuse (job, "wrong_code", "tries_left", "i", row->tries_left, NULL);
  return end (tx, row, TW_CHALLENGE_STATE_REFUSED, code, error) &&
         tw_tx_audit (tx, job, "challenge.refused", row->id, error) &&
         tw_job_refuse (job, code, NULL);
}

/* {"challenge_id", "code"} */
static gboolean
handle_answer (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "challenge_id", "code", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "challenge_id", &bad);
  const char *code = id != NULL ? tw_json_get_text (body, "code", DIGITS, FALSE, &bad) : NULL;
  g_autoptr (TwChallengeRow) row = NULL;
  g_autoptr (TwResult) result = NULL;

  if (code == NULL || !tw_json_check_members (body, members, &bad))
    return tw_job_invalid (job, bad);
  if (!find_waiting (tx, job, id, &row, error))
    return FALSE;
  if (row == NULL)
    return TRUE;
  if (strcmp (row->device_id, tw_job_actor (job)->device_id) != 0)
    return tw_job_refuse (job, "not_allowed", NULL);
  if (!tw_equal_constant_time (code, row->code))
    return count_try (tx, job, row, error);
  row->state = TW_CHALLENGE_STATE_ANSWERED;
  if (!tw_challenge_row_save (tx, row, error) ||
      !tw_tx_audit (tx, job, "challenge.answered", row->id, error) ||
      !tw_held_run (tx, job, row->command, &result, error))
    return FALSE;
  return tw_job_done (job, "challenge_id", "s", row->id, "held", "s",
                      result->state == TW_RESULT_DONE ? "done" : "refused", NULL);
}

/* {"challenge_id"} */
static gboolean
handle_drop (TwTx *tx, TwJob *job, GError **error)
{
  const char *const members[] = { "challenge_id", NULL };
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *id = tw_json_get_id (body, "challenge_id", &bad);
  g_autoptr (TwChallengeRow) row = NULL;
  gboolean unsent;

  if (id == NULL || !tw_json_check_members (body, members, &bad))
    return tw_job_invalid (job, bad);
  if (!find_waiting (tx, job, id, &row, error))
    return FALSE;
  if (row != NULL && strcmp (row->device_id, tw_job_actor (job)->device_id) != 0)
    return tw_job_refuse (job, "not_allowed", NULL);
  return row == NULL ||
         (call_off (tx, row, &unsent, error) &&
          end (tx, row, TW_CHALLENGE_STATE_DROPPED, "cancelled", error) &&
          tw_tx_audit (tx, job, "challenge.dropped", id, error) && tw_job_done (job, NULL));
}

/* {"account_id", "challenge_id"}: of the service itself, when the time is over. */
static gboolean
handle_end (TwTx *tx, TwJob *job, GError **error)
{
  JsonObject *body = tw_job_body (job);
  GError *bad = NULL;
  const char *account_id = tw_json_get_id (body, "account_id", &bad);
  const char *id = account_id != NULL ? tw_json_get_id (body, "challenge_id", &bad) : NULL;
  g_autoptr (TwChallengeRow) row = NULL;

  if (id == NULL)
    return tw_job_invalid (job, bad);
  if (!tw_challenge_row_load (tx, account_id, id, &row, error))
    return FALSE;
  return (row == NULL || end_if_over (tx, row, error)) && tw_job_done (job, NULL);
}

/* The one who answers touches what the held command touches. */
static gboolean
lock_answer (TwTx *tx, TwJob *job, TwLocks *locks, GError **error)
{
  const char *id = tw_json_get_id (tw_job_body (job), "challenge_id", NULL);
  g_autoptr (TwChallengeRow) row = NULL;

  if (id == NULL)
    return TRUE;
  if (!tw_challenge_row_load (tx, tw_job_actor (job)->account_id, id, &row, error))
    return FALSE;
  return row == NULL || row->state != TW_CHALLENGE_STATE_WAITING ||
         tw_held_lock (tx, job, row->command, locks, error);
}

/**
 * tw_challenge_list_over:
 * @db: a connection
 * @now_ms: the time
 * @limit: how many at most
 * @error: the database's
 *
 * Returns: (transfer full) (nullable): account and id in turn of those whose time is over
 */
GPtrArray *
tw_challenge_list_over (TwDb *db, gint64 now_ms, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT account_id, id FROM challenge WHERE state = 0 AND "
                              "expires_at <= $1 ORDER BY expires_at LIMIT $2",
                              "ii", now_ms, (gint64) limit);
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    {
      g_ptr_array_add (list, g_strdup (tw_stmt_text (stmt, 0)));
      g_ptr_array_add (list, g_strdup (tw_stmt_text (stmt, 1)));
    }
  return step == TW_STEP_DONE ? g_steal_pointer (&list) : NULL;
}

void
tw_challenge_init (void)
{
  tw_rails_add (&sms);
  tw_handlers_set_hold (hold);
  tw_handlers_add (TW_KIND_CHALLENGE_ANSWER, handle_answer, NULL, lock_answer);
  tw_handlers_add (TW_KIND_CHALLENGE_DROP, handle_drop, NULL, NULL);
  tw_handlers_add (TW_KIND_CHALLENGE_END, handle_end, NULL, NULL);
}
