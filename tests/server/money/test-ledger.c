// SPDX-License-Identifier: GPL-3.0-or-later
/* The ledger alone, on both engines: with TW_TEST_POSTGRES (a conninfo) on PostgreSQL, else on
 * SQLite. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-uuid.h"
#include "server/ledger/tw-ledger.h"
#include "tw-test-db.h"

#define NOW_MS (G_GINT64_CONSTANT (1790000000000))

typedef struct
{
  char *folder;
  char *url;
  TwDb *db;
} Fixture;

static const TwMigration steps[] = { { 1, tw_ledger_schema, NULL, NULL } };

static void
set_up (Fixture *f, gconstpointer data)
{
  const char *conninfo = g_getenv ("TW_TEST_POSTGRES");
  g_autoptr (GError) error = NULL;
  static int serial;

  f->folder = tw_test_folder_new ();
  if (conninfo != NULL)
    {
      g_autoptr (TwDb) admin = tw_test_open (conninfo);
      g_autofree char *sql = g_strdup_printf ("CREATE SCHEMA ledger_%d", ++serial);

      tw_test_exec (admin, sql);
      f->url = g_strdup_printf ("%s options='-csearch_path=ledger_%d'", conninfo, serial);
    }
  else
    f->url = g_strdup_printf ("sqlite:%s/ledger.db", f->folder);
  f->db = tw_test_open (f->url);
  tw_db_migrate (f->db, steps, G_N_ELEMENTS (steps), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  tw_db_close (f->db);
  g_free (f->url);
  tw_test_folder_free (f->folder);
}

static void
begin (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  tw_db_begin (f->db, &error);
  g_assert_no_error (error);
}

static void
commit (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  tw_db_commit (f->db, &error);
  g_assert_no_error (error);
}

static void
open_wallet (Fixture *f, const char *name)
{
  g_autofree char *id = tw_ledger_wallet_id (name);
  g_autoptr (GError) error = NULL;
  const gint64 floor_fen = 0;

  tw_ledger_open_account (f->db, id, name, &floor_fen, &error);
  g_assert_no_error (error);
}

typedef gboolean (*Start) (TwDb *db, gint64 now_ms, TwTransfer *transfer, GError **error);

/* From one account to another, in the transaction that is open. Returns its id, or NULL with
 * @error. */
static char *
move (Fixture *f, Start start, const char *from, const char *to, gint64 amount_fen, GError **error)
{
  g_autofree char *id = tw_uuid_new ();
  TwLeg legs[2] = { { .account_id = from, .amount_fen = -amount_fen },
                    { .account_id = to, .amount_fen = amount_fen } };
  TwTransfer transfer = { id, "test", legs, 2 };

  return start (f->db, NOW_MS, &transfer, error) ? g_steal_pointer (&id) : NULL;
}

static char *
move_ok (Fixture *f, Start start, const char *from, const char *to, gint64 amount_fen)
{
  g_autoptr (GError) error = NULL;
  char *id = move (f, start, from, to, amount_fen, &error);

  g_assert_no_error (error);
  g_assert_nonnull (id);
  return id;
}

static void
assert_refused (
  Fixture *f, Start start, const char *from, const char *to, gint64 amount_fen, int code)
{
  gint64 entries = tw_test_number (f->db, "SELECT count(*) FROM entry");
  gint64 transfers = tw_test_number (f->db, "SELECT count(*) FROM transfer");
  gint64 accounts = tw_test_number (f->db, "SELECT count(*) FROM ledger_account");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = move (f, start, from, to, amount_fen, &error);

  g_assert_error (error, TW_ERROR, code);
  g_assert_null (id);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM entry"), ==, entries);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM transfer"), ==, transfers);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM ledger_account"), ==, accounts);
}

static void
assert_account (Fixture *f, const char *id, gint64 balance, gint64 reserved, gint64 incoming)
{
  const char *const columns[] = { "balance_fen", "reserved_fen", "incoming_fen" };
  const gint64 wanted[] = { balance, reserved, incoming };

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *sql =
        g_strdup_printf ("SELECT %s FROM ledger_account WHERE id = '%s'", columns[i], id);

      g_assert_cmpint (tw_test_number (f->db, sql), ==, wanted[i]);
    }
}

static gboolean
verify (Fixture *f, char **words)
{
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean sound;

  g_assert_true (tw_ledger_verify (f->db, &sound, report, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sound, ==, report->len == 0);
  if (words != NULL)
    *words = g_strdup (report->str);
  else if (!sound)
    g_test_message ("%s", report->str);
  return sound;
}

static void
test_moves (Fixture *f, gconstpointer data)
{
  g_autofree char *in = NULL, *over = NULL, *out = NULL, *gone = NULL;
  g_autoptr (GError) error = NULL;

  begin (f);
  open_wallet (f, "a");
  open_wallet (f, "b");
  in = move_ok (f, tw_ledger_transfer, "clearing:bank:7", "wallet:a", 10000);
  over = move_ok (f, tw_ledger_transfer, "wallet:a", "wallet:b", 2500);
  out = move_ok (f, tw_ledger_reserve, "wallet:a", "clearing:office:7", 7000);
  assert_account (f, "wallet:a", 7500, 7000, 0);
  assert_account (f, "clearing:office:7", 0, 0, 7000);
  gone = move_ok (f, tw_ledger_reserve, "clearing:bank:7", "wallet:b", 40);
  assert_account (f, "wallet:b", 2500, 0, 40);
  commit (f);
  g_assert_true (verify (f, NULL));

  begin (f);
  g_assert_true (tw_ledger_post (f->db, NOW_MS, out, &error));
  assert_account (f, "wallet:a", 500, 0, 0);
  assert_account (f, "clearing:office:7", 7000, 0, 0);
  g_assert_true (tw_ledger_void (f->db, NOW_MS, gone, &error));
  assert_account (f, "wallet:b", 2500, 0, 0);
  assert_account (f, "clearing:bank:7", -10000, 0, 0);
  /* Told twice: done once. */
  g_assert_true (tw_ledger_post (f->db, NOW_MS, out, &error));
  g_assert_true (tw_ledger_void (f->db, NOW_MS, gone, &error));
  assert_account (f, "wallet:a", 500, 0, 0);
  commit (f);
  g_assert_true (verify (f, NULL));

  /* What went one way can't go the other. */
  g_assert_false (tw_ledger_void (f->db, NOW_MS, out, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (tw_ledger_post (f->db, NOW_MS, gone, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (tw_ledger_post (f->db, NOW_MS, "nothing", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NOT_FOUND);
  assert_account (f, "wallet:a", 500, 0, 0);
  g_assert_cmpint (tw_test_number (f->db, "SELECT count(*) FROM entry"), ==, 6);
}

static void
test_overdraft (Fixture *f, gconstpointer data)
{
  g_autofree char *in = NULL, *first = NULL, *last = NULL;

  begin (f);
  open_wallet (f, "a");
  open_wallet (f, "b");
  in = move_ok (f, tw_ledger_transfer, "clearing:bank:7", "wallet:a", 1000);
  assert_refused (f, tw_ledger_transfer, "wallet:a", "wallet:b", 1001, TW_ERROR_REFUSED);
  assert_refused (f, tw_ledger_reserve, "wallet:a", "wallet:b", 1001, TW_ERROR_REFUSED);
  /* Two in one transaction, each of which would fit alone. */
  first = move_ok (f, tw_ledger_reserve, "wallet:a", "clearing:office:1", 600);
  assert_refused (f, tw_ledger_transfer, "wallet:a", "wallet:b", 401, TW_ERROR_REFUSED);
  assert_refused (f, tw_ledger_reserve, "wallet:a", "clearing:office:1", 600, TW_ERROR_REFUSED);
  /* What is on its way in can't be spent. */
  g_free (move_ok (f, tw_ledger_reserve, "clearing:bank:7", "wallet:b", 500));
  assert_refused (f, tw_ledger_transfer, "wallet:b", "wallet:a", 1, TW_ERROR_REFUSED);
  last = move_ok (f, tw_ledger_transfer, "wallet:a", "wallet:b", 400);
  commit (f);
  assert_account (f, "wallet:a", 600, 600, 0);
  g_assert_true (verify (f, NULL));
}

static void
assert_invalid (Fixture *f, TwLeg *legs, guint n_legs)
{
  TwTransfer transfer = { "x", "test", legs, n_legs };
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_ledger_transfer (f->db, NOW_MS, &transfer, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (tw_ledger_reserve (f->db, NOW_MS, &transfer, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

static void
test_invalid (Fixture *f, gconstpointer data)
{
  TwLeg uneven[] = { { "clearing:x:1", -5 }, { "clearing:x:2", 6 } };
  TwLeg alone[] = { { "clearing:x:1", 0 } };
  TwLeg nothing[] = { { "clearing:x:1", 0 }, { "clearing:x:2", 0 } };
  TwLeg itself[] = { { "clearing:x:1", -5 }, { "clearing:x:1", 5 } };
  TwLeg wraps[] = { { "clearing:x:1", G_MAXINT64 },
                    { "clearing:x:2", G_MAXINT64 },
                    { "clearing:x:3", 2 } };
  TwLeg least[] = { { "clearing:x:1", G_MININT64 },
                    { "clearing:x:2", G_MAXINT64 },
                    { "clearing:x:3", 1 } };

  begin (f);
  assert_invalid (f, uneven, 2);
  assert_invalid (f, alone, 1);
  assert_invalid (f, nothing, 2);
  assert_invalid (f, itself, 2);
  assert_invalid (f, wraps, 3);
  assert_invalid (f, least, 3);
  assert_refused (f, tw_ledger_transfer, "clearing:x:1", "wallet:nobody", 1, TW_ERROR_NOT_FOUND);
  g_free (move_ok (f, tw_ledger_transfer, "clearing:x:1", "clearing:x:2", G_MAXINT64 - 1));
  assert_refused (f, tw_ledger_transfer, "clearing:x:3", "clearing:x:2", 2, TW_ERROR_INVALID);
  commit (f);
  g_assert_true (verify (f, NULL));
}

static void
test_several_legs (Fixture *f, gconstpointer data)
{
  TwLeg legs[] = { { "wallet:a", -300 }, { "clearing:office:1", 280 }, { "clearing:fees:1", 20 } };
  TwTransfer transfer = { "01900000-0000-7000-8000-00000000000a", "test", legs, 3 };
  g_autoptr (GError) error = NULL;

  begin (f);
  open_wallet (f, "a");
  g_free (move_ok (f, tw_ledger_transfer, "clearing:bank:7", "wallet:a", 300));
  g_assert_true (tw_ledger_reserve (f->db, NOW_MS, &transfer, &error));
  g_assert_cmpint (legs[0].balance_fen, ==, 300);
  g_assert_cmpint (legs[0].reserved_fen, ==, 300);
  g_assert_cmpint (legs[2].incoming_fen, ==, 20);
  commit (f);
  g_assert_true (verify (f, NULL));
  begin (f);
  g_assert_true (tw_ledger_post (f->db, NOW_MS, transfer.id, &error));
  commit (f);
  g_assert_no_error (error);
  assert_account (f, "clearing:office:1", 280, 0, 0);
  assert_account (f, "clearing:fees:1", 20, 0, 0);
  g_assert_true (verify (f, NULL));
}

#define N_WALLETS 6

static void
check_always (Fixture *f)
{
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(balance_fen) FROM ledger_account"), ==, 0);
  g_assert_cmpint (
    tw_test_number (f->db, "SELECT sum(reserved_fen) - sum(incoming_fen) FROM ledger_account"), ==,
    0);
  g_assert_cmpint (
    tw_test_number (f->db, "SELECT count(*) FROM ledger_account WHERE floor_fen IS NOT NULL "
                           "AND balance_fen - reserved_fen < floor_fen"),
    ==, 0);
}

static void
end_one (Fixture *f, GPtrArray *pending, guint index, gboolean posts)
{
  g_autofree char *id = g_ptr_array_steal_index_fast (pending, index);
  g_autoptr (GError) error = NULL;

  if (posts)
    tw_ledger_post (f->db, NOW_MS, id, &error);
  else
    tw_ledger_void (f->db, NOW_MS, id, &error);
  g_assert_no_error (error);
}

static void
do_something (Fixture *f, GRand *rand, GPtrArray *pending, guint *refused)
{
  g_autofree char *a = g_strdup_printf ("wallet:%d", g_rand_int_range (rand, 0, N_WALLETS));
  g_autofree char *b = g_strdup_printf ("wallet:%d", g_rand_int_range (rand, 0, N_WALLETS));
  g_autofree char *clearing = g_strdup_printf ("clearing:bank:%d", g_rand_int_range (rand, 0, 3));
  gboolean with_bank = g_rand_int_range (rand, 0, 3) == 0;
  gboolean reserves = g_rand_boolean (rand);
  gint64 amount_fen = g_rand_int_range (rand, 1, 5000);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (pending->len > 0 && g_rand_int_range (rand, 0, 3) == 0)
    {
      end_one (f, pending, (guint) g_rand_int_range (rand, 0, (int) pending->len),
               g_rand_boolean (rand));
      return;
    }
  if (!with_bank && strcmp (a, b) == 0)
    return;
  id = move (f, reserves ? tw_ledger_reserve : tw_ledger_transfer, with_bank ? clearing : a, b,
             amount_fen, &error);
  if (id == NULL)
    {
      g_assert_error (error, TW_ERROR, TW_ERROR_REFUSED);
      (*refused)++;
    }
  else if (reserves)
    g_ptr_array_add (pending, g_steal_pointer (&id));
}

/* Whatever is asked of it: the sum is zero, nobody is below their floor, and the proof holds. */
static void
test_random (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) pending = g_ptr_array_new_with_free_func (g_free);
  guint32 seed = g_test_rand_int ();
  GRand *rand = g_rand_new_with_seed (seed);
  guint refused = 0;

  g_test_message ("seed %u", seed);
  begin (f);
  for (int i = 0; i < N_WALLETS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d", i);

      open_wallet (f, name);
    }
  commit (f);
  for (int batch = 0; batch < 40; batch++)
    {
      begin (f);
      for (int i = 0; i < 20; i++)
        {
          do_something (f, rand, pending, &refused);
          check_always (f);
        }
      commit (f);
    }
  g_assert_cmpuint (refused, >, 0);
  g_assert_true (verify (f, NULL));
  begin (f);
  while (pending->len > 0)
    end_one (f, pending, 0, g_rand_boolean (rand));
  commit (f);
  g_assert_cmpint (tw_test_number (f->db, "SELECT sum(reserved_fen) FROM ledger_account"), ==, 0);
  g_assert_true (verify (f, NULL));
  g_rand_free (rand);
}

static void
add_payment (Fixture *f, const char *id, int state, gint64 amount_fen)
{
  g_autofree char *sql =
    g_strdup_printf ("INSERT INTO payment VALUES ('%s', 'a', '%s', 'i', 0, %d, %" G_GINT64_FORMAT
                     ", 0, '', '', '', '', '', '', '', 0, 0, 0, 0)",
                     id, id, state, amount_fen);

  tw_test_exec (f->db, sql);
}

static void
fill (Fixture *f)
{
  g_autofree char *in = NULL, *out = NULL, *kept = NULL, *back = NULL;
  g_autoptr (GError) error = NULL;

  begin (f);
  open_wallet (f, "a");
  open_wallet (f, "b");
  open_wallet (f, "c");
  in = move_ok (f, tw_ledger_transfer, "clearing:bank:7", "wallet:a", 10000);
  out = move_ok (f, tw_ledger_transfer, "wallet:a", "wallet:b", 100);
  g_free (move_ok (f, tw_ledger_transfer, "wallet:a", "wallet:b", 200));
  kept = move_ok (f, tw_ledger_reserve, "wallet:a", "clearing:office:7", 300);
  back = move_ok (f, tw_ledger_reserve, "wallet:a", "clearing:office:7", 50);
  g_assert_true (tw_ledger_void (f->db, NOW_MS, back, &error));
  add_payment (f, in, 3, 10000);
  add_payment (f, kept, 0, 300);
  add_payment (f, back, 4, 50);
  commit (f);
}

#define ENTRY(set) "UPDATE entry SET " set " WHERE account_id = 'wallet:a' AND seq = 2"
#define LAST(set) "UPDATE entry SET " set " WHERE account_id = 'wallet:b' AND seq = 2"
#define ACCOUNT(set) "UPDATE ledger_account SET " set " WHERE id = 'wallet:a'"

/* Every column that says something, in the middle of a chain and at its end. */
static const char *const tampering[] = {
  ENTRY ("account_id = 'wallet:c'"),
  ENTRY ("seq = 200"),
  ENTRY ("number = 200"),
  ENTRY ("transfer_id = (SELECT max(transfer_id) FROM entry WHERE account_id = 'clearing:bank:7')"),
  ENTRY ("amount_fen = amount_fen + 1"),
  ENTRY ("balance_after_fen = balance_after_fen + 1"),
  ENTRY ("at_ms = at_ms + 1"),
  ENTRY ("prev_hash = hash"),
  ENTRY ("hash = prev_hash"),
  LAST ("account_id = 'wallet:c'"),
  LAST ("seq = 200"),
  LAST ("number = 200"),
  LAST ("amount_fen = amount_fen + 1"),
  LAST ("balance_after_fen = balance_after_fen + 1"),
  LAST ("at_ms = at_ms + 1"),
  LAST ("prev_hash = hash"),
  LAST ("hash = prev_hash"),
  "DELETE FROM entry WHERE account_id = 'wallet:a' AND seq = 2",
  "DELETE FROM entry WHERE account_id = 'wallet:b' AND seq = 2",
  "DELETE FROM entry WHERE account_id = 'wallet:b'",
  ACCOUNT ("balance_fen = balance_fen + 1"),
  ACCOUNT ("reserved_fen = reserved_fen + 1"),
  ACCOUNT ("reserved_fen = 0"),
  ACCOUNT ("incoming_fen = 1"),
  ACCOUNT ("seq = seq + 1"),
  ACCOUNT ("head_hash = (SELECT prev_hash FROM entry WHERE account_id = 'wallet:a' AND seq = 3)"),
  ACCOUNT ("floor_fen = balance_fen"),
  "UPDATE ledger_account SET balance_fen = 5 WHERE id = 'wallet:c'",
  "UPDATE transfer SET kind = 'other' WHERE state = 'posted'",
  "UPDATE transfer SET state = 'voided' WHERE state = 'reserved'",
  "UPDATE transfer SET state = 'posted' WHERE state = 'reserved'",
  "UPDATE transfer SET state = 'reserved' WHERE state = 'voided'",
  "UPDATE transfer SET state = 'voided' WHERE state = 'posted'",
  "UPDATE transfer SET state = 'sent' WHERE state = 'reserved'",
  "UPDATE transfer SET legs = 'wallet:a -299\nclearing:office:7 299\n' WHERE state = 'reserved'",
  "UPDATE transfer SET legs = 'wallet:a -300\nclearing:office:7 299\n' WHERE state = 'reserved'",
  "UPDATE transfer SET legs = 'wallet:a -300' WHERE state = 'reserved'",
  "UPDATE payment SET state = 4 WHERE state = 3",
  "UPDATE payment SET state = 3 WHERE state = 0",
  "UPDATE payment SET amount_fen = amount_fen - 1 WHERE state = 3",
  "UPDATE payment SET late_fee_fen = -1 WHERE state = 3",
};

static void
test_tampering (Fixture *f, gconstpointer data)
{
  fill (f);
  g_assert_true (verify (f, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (tampering); i++)
    {
      g_autofree char *words = NULL;

      begin (f);
      tw_test_exec (f->db, tampering[i]);
      if (verify (f, &words))
        g_error ("not found: %s", tampering[i]);
      g_test_message ("%s\n%s", tampering[i], words);
      tw_db_rollback (f->db);
    }
  g_assert_true (verify (f, NULL));
}

static void
checkpoint (Fixture *f, TwSigner *signer, const char *path, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean written = tw_ledger_checkpoint (f->db, signer, path, &error);

  if (code < 0)
    {
      g_assert_no_error (error);
      g_assert_true (written);
      return;
    }
  g_assert_error (error, TW_ERROR, code);
  g_assert_false (written);
}

static gboolean
verify_checkpoint (Fixture *f, TwSigner *signer, const char *path)
{
  g_autofree char *public_key = tw_signer_get_public (signer);
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean sound;

  g_assert_true (tw_ledger_verify_checkpoint (f->db, path, public_key, &sound, report, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sound, ==, report->len == 0);
  return sound;
}

/* Takes the last transfer back without a trace: what an old copy of the database would say. */
static void
put_back (Fixture *f)
{
  tw_test_exec (
    f->db,
    "DELETE FROM payment;"
    "UPDATE ledger_account SET seq = seq - 1, head_hash = (SELECT prev_hash FROM entry e WHERE "
    "e.account_id = ledger_account.id AND e.seq = ledger_account.seq), balance_fen = balance_fen "
    "- (SELECT amount_fen FROM entry e WHERE e.account_id = ledger_account.id AND "
    "e.seq = ledger_account.seq) WHERE id IN ('wallet:a', 'wallet:b');"
    "DELETE FROM entry WHERE number > 4;"
    "DELETE FROM transfer WHERE state = 'posted' AND id NOT IN (SELECT transfer_id FROM entry)");
}

static void
test_checkpoint (Fixture *f, gconstpointer data)
{
  g_autoptr (TwSigner) signer = tw_signer_new ();
  g_autoptr (TwSigner) stranger = tw_signer_new ();
  g_autofree char *path = g_build_filename (f->folder, "checkpoint", NULL);
  g_autofree char *before = NULL, *after = NULL, *same = NULL;

  checkpoint (f, signer, path, -1);
  g_assert_true (verify_checkpoint (f, signer, path));
  fill (f);
  g_assert_true (verify_checkpoint (f, signer, path));
  checkpoint (f, signer, path, -1);
  g_assert_true (g_file_get_contents (path, &before, NULL, NULL));
  g_assert_true (verify_checkpoint (f, signer, path));
  checkpoint (f, signer, path, -1);
  g_assert_true (g_file_get_contents (path, &same, NULL, NULL));
  g_assert_cmpstr (before, ==, same);

  /* The proof alone can't tell an old state from a new one; the checkpoint can. */
  begin (f);
  put_back (f);
  g_assert_true (verify (f, NULL));
  g_assert_false (verify_checkpoint (f, signer, path));
  checkpoint (f, signer, path, TW_ERROR_DAMAGED);
  /* Nor does it help to go on from there. */
  g_free (move_ok (f, tw_ledger_transfer, "wallet:a", "wallet:c", 1));
  g_free (move_ok (f, tw_ledger_transfer, "wallet:a", "wallet:c", 2));
  g_assert_true (verify (f, NULL));
  g_assert_false (verify_checkpoint (f, signer, path));
  checkpoint (f, signer, path, TW_ERROR_DAMAGED);
  tw_db_rollback (f->db);
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);

  checkpoint (f, stranger, path, TW_ERROR_DAMAGED);
  before[strlen (before) / 2] ^= 1;
  g_assert_true (g_file_set_contents (path, before, -1, NULL));
  checkpoint (f, signer, path, TW_ERROR_DAMAGED);
}

static void
test_shards (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 4000; i++)
    {
      g_autofree char *owner = tw_uuid_new ();
      g_autofree char *again = tw_ledger_clearing_id (TW_RAIL_BANK, owner);
      char *id = tw_ledger_clearing_id (TW_RAIL_BANK, owner);

      g_assert_cmpstr (id, ==, again);
      g_hash_table_add (seen, id);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, TW_LEDGER_SHARDS);
}

#define CASE(name, func) g_test_add ("/ledger/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("moves", test_moves);
  CASE ("overdraft", test_overdraft);
  CASE ("invalid", test_invalid);
  CASE ("several-legs", test_several_legs);
  CASE ("random", test_random);
  CASE ("tampering", test_tampering);
  CASE ("checkpoint", test_checkpoint);
  g_test_add_func ("/ledger/shards", test_shards);
  return g_test_run ();
}
