// SPDX-License-Identifier: GPL-3.0-or-later
/* The sample people come in by the road of everybody: a signed command of a guest, a decision on
 * the identity, a signed top-up. */
#include "server/ops/tw-sample.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-uuid.h"
#include "model/tw-account.h"
#include "protocol/tw-practice-people.h"
#include "server/identity/tw-account-row.h"
#include "server/identity/tw-identity.h"
#include "server/rails/tw-rails.h"

#define SAMPLE_DEVICE "01900000-0000-7000-8000-000000000001"
#define SAMPLE_REGION 110105
#define N_COLLEAGUES 2
#define SAMPLE_TOP_UP_FEN (G_GINT64_CONSTANT (680000))

/* Who is there from the start: who practises, and somebody to pay. */
typedef struct
{
  const char *phone;
  const char *name;
  const char *email;
  int sequence; /* of the ID number */
  gboolean has_money;
} Person;

static const Person sample_people[] = {
  { TW_PRACTICE_USER_PHONE, "张示例", "sample@example.com", 28, TRUE },
  { TW_PRACTICE_FRIEND_PHONE, "李示例", "friend@example.com", 29, FALSE },
};

typedef struct
{
  TwService *service;
  const Person *person;
  TwSigner *signer;
  char *public_key;
  GMutex lock;
  GCond answered;
  gboolean done;
  char *account_id;
  char *trouble;
} Sample;

/* How many customers there are, and how many colleagues. */
static gboolean
count_accounts (TwService *service, gint64 *customers, gint64 *colleagues, GError **error)
{
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, error);
  TwStmt *stmt;
  gboolean ok;

  if (db == NULL)
    return FALSE;
  stmt =
    tw_db_query (db, error, "SELECT count(CASE WHEN role = $1 THEN 1 END), count(*) FROM account",
                 "s", tw_role_get_name (TW_ROLE_USER));
  ok = stmt != NULL && tw_stmt_step (stmt, error) == TW_STEP_ROW;
  if (ok)
    {
      *customers = tw_stmt_int64 (stmt, 0);
      *colleagues = tw_stmt_int64 (stmt, 1) - *customers;
      tw_stmt_reset (stmt);
    }
  tw_readers_return (readers, db);
  return ok;
}

/* Where the sample person stands: their account, if they have one, and whether it lacks the
 * decision, or money that ever came or is coming. */
static gboolean
find_person (Sample *sample, gboolean *undecided, gboolean *without_money, GError **error)
{
  TwReaders *readers = tw_service_get_readers (sample->service);
  g_autofree char *login = tw_identity_login_canonical (sample->person->phone);
  g_autofree char *hash =
    tw_identity_hash_login (tw_service_get_key (sample->service, TW_KEY_LOOKUP), login);
  TwDb *db = tw_readers_borrow (readers, error);
  TwStmt *stmt;
  TwStep step = TW_STEP_ERROR;

  if (db == NULL)
    return FALSE;
  stmt = tw_db_query (db, error,
                      "SELECT a.id, a.identity, w.seq, w.incoming_fen FROM account a "
                      "LEFT JOIN ledger_account w ON w.id = 'wallet:' || a.id "
                      "WHERE a.login_hash = $1",
                      "s", hash);
  if (stmt != NULL)
    step = tw_stmt_step (stmt, error);
  if (step == TW_STEP_ROW)
    {
      sample->account_id = g_strdup (tw_stmt_text (stmt, 0));
      *undecided = tw_stmt_int64 (stmt, 1) == TW_IDENTITY_STATE_PENDING;
      *without_money = tw_stmt_int64 (stmt, 2) == 0 && tw_stmt_int64 (stmt, 3) == 0;
      tw_stmt_reset (stmt);
    }
  tw_readers_return (readers, db);
  return step != TW_STEP_ERROR;
}

static gboolean
add_agents (TwService *service, GError **error)
{
  static const struct
  {
    const char *login;
    const char *name;
    TwRole role;
  } people[N_COLLEAGUES] = {
    { TW_PRACTICE_AGENT_LOGIN, N_ ("Sample agent"), TW_ROLE_AGENT },
    { TW_PRACTICE_SENIOR_LOGIN, N_ ("Sample senior"), TW_ROLE_SENIOR },
  };
  TwKey *file_key = tw_service_get_key (service, TW_KEY_SQLITE);
  g_autoptr (TwDb) db =
    tw_db_open (tw_service_get_database_url (service), tw_key_peek (file_key), error);

  for (gsize i = 0; db != NULL && i < G_N_ELEMENTS (people); i++)
    {
      g_autoptr (GError) local = NULL;

      /* Refused: that one was made before a first start was cut off. */
      if (!tw_identity_add_agent (db, tw_service_get_key (service, TW_KEY_COLUMN),
                                  tw_service_get_key (service, TW_KEY_LOOKUP), people[i].login,
                                  _ (people[i].name), TW_PRACTICE_PASSWORD, people[i].role, NULL,
                                  &local) &&
          !g_error_matches (local, TW_ERROR, TW_ERROR_REFUSED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return db != NULL;
}

static void
on_answered (GPtrArray *jobs, gpointer data)
{
  const TwResult *result = tw_job_result (g_ptr_array_index (jobs, 0));
  Sample *sample = data;

  g_mutex_lock (&sample->lock);
  if (result->state != TW_RESULT_DONE)
    sample->trouble = g_strdup (result->words);
  else if (result->result != NULL && json_object_has_member (result->result, "account_id"))
    sample->account_id = g_strdup (json_object_get_string_member (result->result, "account_id"));
  sample->done = TRUE;
  g_cond_signal (&sample->answered);
  g_mutex_unlock (&sample->lock);
}

/* Takes @actor and @body over, and waits for the answer. */
static gboolean
run_command (Sample *sample, TwActor *actor, const char *kind, JsonObject *body, GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_job_unref);
  g_autofree char *id = tw_uuid_new (), *intent = tw_uuid_new (), *text = NULL;
  TwCommand *command = tw_command_new (id, intent, kind, tw_clock_now_ms (), body);

  json_object_unref (body);
  text = tw_command_get_signing_text (command, actor->account_id, actor->device_id);
  command->signature = tw_signer_sign (sample->signer, text, strlen (text));
  g_ptr_array_add (jobs, tw_job_new (actor, command));
  sample->done = FALSE;
  if (!tw_writer_submit (tw_service_get_writer (sample->service), jobs, NULL, on_answered, sample,
                         error))
    return FALSE;
  g_mutex_lock (&sample->lock);
  while (!sample->done)
    g_cond_wait (&sample->answered, &sample->lock);
  g_mutex_unlock (&sample->lock);
  if (sample->trouble == NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, "The sample person could not be made (%s): %s",
               kind, sample->trouble);
  return FALSE;
}

static gboolean
register_person (Sample *sample, GError **error)
{
  g_autofree char *id_number = tw_resident_id_make (
    SAMPLE_REGION, tw_clock_day_of_date (1990, 6, 15), sample->person->sequence);
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "name", sample->person->name);
  json_object_set_string_member (body, "id_number", id_number);
  json_object_set_string_member (body, "phone", sample->person->phone);
  json_object_set_string_member (body, "email", sample->person->email);
  json_object_set_string_member (body, "password", TW_PRACTICE_PASSWORD);
  return run_command (sample,
                      tw_actor_new (TW_ROLE_GUEST, "", SAMPLE_DEVICE, sample->public_key, ""),
                      TW_KIND_ACCOUNT_REGISTER, body, error);
}

static gboolean
approve_person (Sample *sample, GError **error)
{
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "account_id", sample->account_id);
  json_object_set_boolean_member (body, "approve", TRUE);
  json_object_set_string_member (body, "reason", "");
  return run_command (sample,
                      tw_actor_new (TW_ROLE_SYSTEM, "colleague:reviewer", "", NULL, "Sample"),
                      TW_KIND_IDENTITY_DECIDE, body, error);
}

static gboolean
top_up (Sample *sample, GError **error)
{
  JsonObject *body = json_object_new ();

  json_object_set_int_member (body, "amount_fen", SAMPLE_TOP_UP_FEN);
  return run_command (
    sample, tw_actor_new (TW_ROLE_USER, sample->account_id, SAMPLE_DEVICE, sample->public_key, ""),
    TW_KIND_WALLET_TOP_UP, body, error);
}

/* @may_register: whether one who is not there is to be made. */
static gboolean
ensure_person (Sample *sample, const Person *person, gboolean may_register, GError **error)
{
  gboolean undecided = TRUE, without_money = TRUE;

  sample->person = person;
  g_clear_pointer (&sample->account_id, g_free);
  if (!find_person (sample, &undecided, &without_money, error))
    return FALSE;
  if (sample->account_id == NULL && may_register && !register_person (sample, error))
    return FALSE;
  without_money = without_money && person->has_money && tw_rails_are_configured ();
  return sample->account_id == NULL || ((!undecided || approve_person (sample, error)) &&
                                        (!without_money || top_up (sample, error)));
}

/**
 * tw_sample_ensure:
 * @service: a practice service, running
 * @error: what went wrong
 *
 * Makes those of the people of tw-practice-people.h that are not there yet: all, or what is left of
 * a first start that was cut off. Where there is no bank, nothing comes into the wallet.
 *
 * Returns: whether they are there
 */
gboolean
tw_sample_ensure (TwService *service, GError **error)
{
  Sample sample = { .service = service };
  gint64 customers, colleagues;
  gboolean ok;

  if (!count_accounts (service, &customers, &colleagues, error) ||
      (colleagues < N_COLLEAGUES && !add_agents (service, error)))
    return FALSE;
  g_mutex_init (&sample.lock);
  g_cond_init (&sample.answered);
  sample.signer = tw_signer_new ();
  sample.public_key = tw_signer_get_public (sample.signer);
  ok = ensure_person (&sample, &sample_people[0], customers == 0, error);
  /* The other one goes with the first: a service of real people has neither. */
  ok = ok && ensure_person (&sample, &sample_people[1], sample.account_id != NULL, error);
  tw_signer_unref (sample.signer);
  g_free (sample.public_key);
  g_free (sample.account_id);
  g_free (sample.trouble);
  g_mutex_clear (&sample.lock);
  g_cond_clear (&sample.answered);
  return ok;
}
