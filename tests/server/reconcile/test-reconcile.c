// SPDX-License-Identifier: GPL-3.0-or-later
/* A real service against the practice bank and office, whose books are wrong in each of the ways
 * that there are: every difference is found, what a statement settles is settled, and nothing is
 * moved on a guess. */
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-difference.h"
#include "model/tw-payment.h"
#include "model/tw-reconciliation.h"
#include "server/ledger/tw-ledger.h"
#include "server/reconcile/tw-reconcile.h"
#include "tw-test-books.h"
#include "tw-test-db.h"
#include "vault/tw-request.h"

#define OPEN "tax_wallet_differences_open{party=\"bank\"}"
#define FEN TW_BOOKS_FEN
#define DEVICE "01900000-0000-7000-8000-0000000000d1"

/* What is open is what lies between the two sums: no more and no less. */
static void
assert_explains (TwBooks *c, const TwReconcileSum *sum)
{
  gint64 fen = tw_test_money_number (
    c->t->db,
    "SELECT coalesce (sum (here_fen - there_fen), 0) FROM difference WHERE party = $1 AND "
    "state <> 1",
    "bank");

  g_assert_cmpint (sum->here_fen - sum->there_fen, ==, fen);
}

/* The ledger's clearing accounts hold what the bank's books hold. */
static void
assert_clearing (TwBooks *c, gint64 apart_fen)
{
  gint64 here = -tw_test_money_number (
    c->t->db, "SELECT coalesce (sum (balance_fen), 0) FROM ledger_account WHERE id LIKE $1",
    "clearing:bank:%");
  gint64 there = tw_test_money_number (
    c->t->books, "SELECT coalesce (sum (amount_fen), 0) FROM book_entry WHERE party = $1", "bank");

  g_assert_cmpint (here - there, ==, apart_fen);
}

static void
test_agrees (TwBooks *c, gconstpointer data)
{
  TwReconcileSum sum;

  tw_books_top_up (c, c->id);
  tw_books_top_up (c, c->other);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  tw_test_money_wait_payment (c->t, c->other, TW_PAYMENT_STATE_POSTED);
  sum = tw_books_reconcile (c);
  g_assert_cmpuint (sum.entries, ==, 2);
  g_assert_cmpuint (sum.open, ==, 0);
  g_assert_cmpint (sum.here_fen, ==, 2 * FEN);
  g_assert_cmpint (sum.there_fen, ==, 2 * FEN);
  g_assert_cmpint (tw_books_count_all (c), ==, 0);
  assert_clearing (c, 0);
  g_assert_cmpint (
    tw_test_money_number (c->t->db, "SELECT state FROM reconciliation WHERE party = $1", "bank"),
    ==, TW_RECONCILIATION_STATE_AGREES);
}

static const struct
{
  const char *fault;
  TwDifferenceKind kind;
  TwOrderState here;
  int payment;
  gint64 here_fen, there_fen; /* of the difference */
  gint64 apart_fen;           /* the ledger from the bank's books */
} wrongs[] = {
  { "lose_row", TW_DIFFERENCE_KIND_MISSING_THERE, TW_ORDER_STATE_DONE, TW_PAYMENT_STATE_POSTED, FEN,
    0, FEN },
  { "wrong_amount", TW_DIFFERENCE_KIND_AMOUNT, TW_ORDER_STATE_DONE, TW_PAYMENT_STATE_POSTED, FEN,
    FEN + 100, -100 },
  { "extra_row", TW_DIFFERENCE_KIND_MISSING_HERE, TW_ORDER_STATE_NONE, TW_PAYMENT_STATE_POSTED, 0,
    FEN, -FEN },
  { "double_row", TW_DIFFERENCE_KIND_TWICE, TW_ORDER_STATE_DONE, TW_PAYMENT_STATE_POSTED, 0, FEN,
    -FEN },
  { "refuse_after_acting", TW_DIFFERENCE_KIND_STATE, TW_ORDER_STATE_REFUSED,
    TW_PAYMENT_STATE_VOIDED, 0, FEN, -FEN },
};

/* It is found, once, beside what agrees; the money stays where it is; it stays open until the
 * bank's books are mended, or somebody says why. */
static void
test_wrong (TwBooks *c, gconstpointer data)
{
  gsize which = GPOINTER_TO_SIZE (data);
  const char *row = "SELECT here_fen * 1000000 + there_fen FROM difference WHERE party = $1";
  gint64 balance, n_entries;
  TwReconcileSum sum;

  tw_books_top_up (c, c->other);
  tw_test_money_wait_payment (c->t, c->other, TW_PAYMENT_STATE_POSTED);
  tw_test_money_fault (c->t, wrongs[which].fault, 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait_payment (c->t, c->id, wrongs[which].payment);
  balance = tw_test_money_balance (c->t);
  n_entries = tw_test_money_number (c->t->db, "SELECT count(*) FROM entry WHERE '' <> $1", "x");
  for (int again = 0; again < 3; again++)
    {
      sum = tw_books_reconcile (c);
      g_assert_cmpuint (sum.open, ==, 1);
      g_assert_cmpint (tw_books_count_all (c), ==, 1);
      g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, wrongs[which].kind), ==, 1);
      assert_explains (c, &sum);
    }
  g_assert_cmpint (tw_test_money_number (c->t->db, row, "bank"), ==,
                   wrongs[which].here_fen * 1000000 + wrongs[which].there_fen);
  g_assert_cmpint (
    tw_test_money_number (c->t->db, "SELECT here FROM difference WHERE party = $1", "bank"), ==,
    wrongs[which].here);
  assert_clearing (c, wrongs[which].apart_fen);
  g_assert_cmpint (tw_test_money_balance (c->t), ==, balance);
  g_assert_cmpint (
    tw_test_money_number (c->t->db, "SELECT count(*) FROM entry WHERE '' <> $1", "x"), ==,
    n_entries);
}

static TwResult *
explain (TwBooks *c, TwActor *actor, const char *id, const char *reason)
{
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "difference_id", id);
  json_object_set_string_member (body, "reason", reason);
  return tw_test_money_run (c->t, actor, TW_KIND_DIFFERENCE_EXPLAIN, NULL, NULL, body);
}

static char *
get_difference (TwBooks *c)
{
  return tw_test_text (c->t->db, "SELECT id FROM difference");
}

/* A senior says why; it stays so, and nobody can read the words in the database. */
static void
test_explained (TwBooks *c, gconstpointer data)
{
  g_autoptr (TwActor) agent = tw_actor_new (TW_ROLE_AGENT, "01900000-0000-7000-8000-0000000000e2",
                                            DEVICE, c->senior->public_key, "Agent");
  g_autofree char *id = NULL;
  TwReconcileSum sum;

  tw_test_money_fault (c->t, "extra_row", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  sum = tw_books_reconcile (c);
  id = get_difference (c);
  g_assert_cmpfloat (tw_test_money_metric (c->t, OPEN), ==, 1);
  tw_assert_code (explain (c, agent, id, "no"), "not_allowed");
  tw_assert_code (explain (c, c->t->person, id, "no"), "not_allowed");
  tw_assert_code (explain (c, c->senior, id, " \n"), "invalid");
  tw_assert_code (explain (c, c->senior, c->id, "no such one"), "not_found");
  tw_assert_done (explain (c, c->senior, id, "The bank has booked a fee by mistake."));
  tw_assert_code (explain (c, c->senior, id, "Again"), "already_decided");
  g_assert_cmpfloat (tw_test_money_metric (c->t, OPEN), ==, -1);
  g_assert_cmpint (tw_test_money_number (
                     c->t->db, "SELECT state + open FROM reconciliation WHERE party = $1", "bank"),
                   ==, TW_RECONCILIATION_STATE_AGREES);
  sum = tw_books_reconcile (c);
  g_assert_cmpuint (sum.open, ==, 0);
  g_assert_cmpint (
    tw_books_count (c, TW_DIFFERENCE_STATE_EXPLAINED, TW_DIFFERENCE_KIND_MISSING_HERE), ==, 1);
  g_assert_cmpint (tw_test_money_number (
                     c->t->db,
                     "SELECT count(*) FROM difference WHERE party = $1 AND length (reason) > 38",
                     "bank"),
                   ==, 1);
  g_assert_cmpint (tw_test_money_number (c->t->db, "SELECT count(*) FROM audit WHERE what = $1",
                                         "difference.explained"),
                   ==, 1);
  /* Other than it was explained, it is open again. */
  tw_test_exec (c->t->books, "UPDATE book_entry SET amount_fen = 7 WHERE number = 2");
  sum = tw_books_reconcile (c);
  g_assert_cmpuint (sum.open, ==, 1);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, TW_DIFFERENCE_KIND_MISSING_HERE),
                   ==, 1);
}

/* The bank mends its books: what was open is settled by that, and agrees. */
static void
test_mended (TwBooks *c, gconstpointer data)
{
  g_autofree char *sql = NULL;
  TwReconcileSum sum;

  tw_test_money_fault (c->t, "lose_row", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait_payment (c->t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpuint (tw_books_reconcile (c).open, ==, 1);
  sql =
    g_strdup_printf ("INSERT INTO book_entry (number, party, order_id, amount_fen, reference, "
                     "booked_at) VALUES (99, 'bank', '%s', %d, 'BANK-LATE', %" G_GINT64_FORMAT ")",
                     c->id, (int) FEN, tw_clock_now_ms ());
  tw_test_exec (c->t->books, sql);
  sum = tw_books_reconcile (c);
  g_assert_cmpuint (sum.open, ==, 0);
  g_assert_cmpuint (sum.healed, ==, 1);
  g_assert_cmpint (
    tw_books_count (c, TW_DIFFERENCE_STATE_SETTLED, TW_DIFFERENCE_KIND_MISSING_THERE), ==, 1);
  g_assert_cmpint (
    tw_test_money_number (
      c->t->db, "SELECT count(*) FROM difference WHERE closed_at > 0 AND party = $1", "bank"),
    ==, 1);
  assert_clearing (c, 0);
  /* One too many, and then not any more. */
  tw_test_exec (c->t->books,
                "INSERT INTO book_entry SELECT 100, party, 'x', 5, 'B', booked_at FROM "
                "book_entry");
  g_assert_cmpuint (tw_books_reconcile (c).open, ==, 1);
  tw_test_exec (c->t->books, "DELETE FROM book_entry WHERE number = 100");
  sum = tw_books_reconcile (c);
  g_assert_cmpuint (sum.open, ==, 0);
  g_assert_cmpuint (sum.entries, ==, 1);
}

/* An order of which nobody knows what became of it: the bank's books know, and say just what was
 * ordered. The rails, which come back later, find it settled. */
static void
test_in_doubt (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  TwReconcileSum sum;

  tw_test_money_fault (t, "lose_callback", 100);
  tw_test_money_fault (t, "timeout_after_acting", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait (t, "SELECT state FROM rail_op WHERE id = $1", c->id, TW_RAIL_SENT);
  g_clear_pointer (&t->rails, tw_rails_free);
  g_assert_cmpint (tw_test_money_balance (t), ==, 0);
  sum = tw_books_reconcile (c);
  g_assert_cmpuint (sum.open, ==, 0);
  g_assert_cmpuint (sum.healed, ==, 1);
  g_assert_cmpint (sum.here_fen, ==, sum.there_fen);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_SETTLED, TW_DIFFERENCE_KIND_STATE), ==,
                   1);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (t), ==, FEN);
  assert_clearing (c, 0);
  tw_test_money_stop_service (t);
  tw_test_money_start_service (t, TRUE);
  tw_books_top_up (c, c->other);
  tw_test_money_wait_payment (t, c->other, TW_PAYMENT_STATE_POSTED);
  g_assert_cmpint (tw_test_money_balance (t), ==, 2 * FEN);
  g_assert_cmpuint (tw_books_reconcile (c).open, ==, 0);
}

/* In doubt, and the books say something else than was ordered: that is for a person. */
static void
test_in_doubt_and_wrong (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  TwReconcileSum sum;

  tw_test_money_fault (t, "lose_callback", 100);
  tw_test_money_fault (t, "wrong_amount", 1);
  tw_test_money_fault (t, "timeout_after_acting", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait (t, "SELECT state FROM rail_op WHERE id = $1", c->id, TW_RAIL_SENT);
  g_clear_pointer (&t->rails, tw_rails_free);
  sum = tw_books_reconcile (c);
  g_assert_cmpuint (sum.open, ==, 1);
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, TW_DIFFERENCE_KIND_AMOUNT), ==, 1);
  g_assert_cmpint (tw_test_money_balance (t), ==, 0);
  assert_explains (c, &sum);
}

/* The tax office has confirmed, and nobody heard of it. */
static void
test_late_confirmation (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *bill = tw_test_text (t->db, "SELECT id FROM bill ORDER BY due_day DESC LIMIT 1");
  g_autofree char *sql = g_strdup_printf ("SELECT amount_fen FROM bill WHERE id = '%s'", bill);
  gint64 amount_fen = tw_test_number (t->db, sql);
  JsonObject *body = json_object_new ();
  g_autoptr (GError) error = NULL;
  TwReconcileSum sum = { 0 };

  tw_assert_done (tw_test_money_top_up (t, c->other, NULL, amount_fen));
  tw_test_money_wait_payment (t, c->other, TW_PAYMENT_STATE_POSTED);
  tw_test_money_fault (t, "lose_callback", 100);
  json_object_set_string_member (body, "bill_id", bill);
  json_object_set_int_member (body, "revision", 1);
  json_object_set_int_member (body, "amount_fen", amount_fen);
  tw_assert_done (tw_test_money_run (t, t->person, TW_KIND_TAX_PAY, c->id, NULL, body));
  tw_test_money_wait (t, "SELECT state FROM rail_op WHERE id = $1", c->id, TW_RAIL_ACCEPTED);
  g_clear_pointer (&t->rails, tw_rails_free);
  while (sum.entries == 0)
    {
      g_assert_true (
        tw_reconcile_fetch (t->service, &c->setup, "office", tw_clock_today (), &sum, &error));
      g_assert_no_error (error);
    }
  tw_test_money_wait (t, "SELECT state FROM rail_op WHERE id = $1", c->id, TW_RAIL_CONFIRMED);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT confirmed_at FROM payment WHERE id = $1", c->id), >, 0);
  g_assert_cmpint (sum.there_fen, ==, -amount_fen);
  g_assert_cmpint (sum.here_fen, ==, -amount_fen);
  g_assert_cmpuint (sum.open, ==, 0);
}

/* What the bank writes, as it is. */
static char *
get_xml (TwBooks *c, const char *day)
{
  g_autofree char *path = g_strdup_printf ("/bank/statements/%s.xml", day);
  g_autofree char *uri = g_strconcat ("http://counterpart", path, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (c->socket);
  g_autoptr (SoupSession) session =
    g_object_new (SOUP_TYPE_SESSION, "remote-connectable", address, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (TwKey) shared = tw_rails_open_key (&c->setup, NULL);
  g_autoptr (TwKey) key = tw_key_derive (shared, TW_REQUEST_TO_PARTNER);
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000);
  TwRequest request = { .method = "GET", .path = path, .id = id, .at = at };
  g_autofree char *signature = tw_request_sign (key, &request);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_headers_append (headers, TW_REQUEST_HEADER_ID, id);
  soup_message_headers_append (headers, TW_REQUEST_HEADER_AT, at);
  soup_message_headers_append (headers, TW_REQUEST_HEADER_SIGNATURE, signature);
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_OK);
  return g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
}

/* A page of it is refused in words that say what to do, and takes nothing away. */
static void
test_page (TwBooks *c, const char *xml, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (xml, "<Acct>", 2);
  g_autofree char *page =
    g_strconcat (parts[0], "<StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn><Acct>",
                 parts[1], NULL);
  g_autofree char *other = g_strconcat (path, ".2.xml", NULL);
  g_autofree char *out = NULL, *err = NULL;

  g_assert_true (g_file_set_contents (other, page, -1, NULL));
  g_assert_cmpint (TW_BOOKS_RUN_VERB (c, &out, &err, "--statement", other), ==, 2);
  g_assert_nonnull (strstr (err, "Page 1 of the statement is missing"));
  g_assert_cmpint (TW_BOOKS_RUN_VERB (c, &out, &err, "--statement", other, "--statement", path), ==,
                   2);
  g_assert_nonnull (strstr (err, "Page 1 says that it is the last"));
  g_assert_cmpint (tw_test_money_number (
                     c->t->db, "SELECT count(*) FROM statement_entry WHERE party = $1", "bank"),
                   ==, 3);
  g_assert_cmpint (g_unlink (other), ==, 0);
}

/* As camt.053: what the counterpart writes is what we read, and the same as it tells in JSON; once
 * more changes nothing; a bad one is refused with its place and changes nothing either. */
static void
test_file (TwBooks *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  g_autofree char *path = g_build_filename (t->folder, "statement.xml", NULL);
  g_autofree char *day = tw_clock_format_day (tw_clock_today ());
  g_autofree char *xml = NULL, *out = NULL, *err = NULL, *rows = NULL, *rows_after = NULL;
  const char *all =
    "SELECT string_agg (id || state || here_fen || there_fen || found_at, ',') FROM "
    "difference";

  if (!tw_test_on_postgres ())
    all = "SELECT group_concat (id || state || here_fen || there_fen || found_at, ',') FROM "
          "difference";
  tw_books_top_up (c, c->other);
  tw_test_money_wait_payment (t, c->other, TW_PAYMENT_STATE_POSTED);
  tw_test_money_fault (t, "double_row", 1);
  tw_books_top_up (c, c->id);
  tw_test_money_wait_payment (t, c->id, TW_PAYMENT_STATE_POSTED);
  xml = get_xml (c, day);
  g_assert_true (g_file_set_contents (path, xml, -1, NULL));
  /* Whose account that is has to be said once. */
  g_assert_cmpint (TW_BOOKS_RUN_VERB (c, &out, &err, "--statement", path), ==, 2);
  g_assert_nonnull (strstr (err, "--account bank"));
  g_assert_cmpint (tw_books_count_all (c), ==, 0);
  g_assert_cmpint (TW_BOOKS_RUN_VERB (c, &out, &err, "--statement", path, "--account", "bank"), ==,
                   1);
  g_assert_cmpstr (err, ==, "");
  g_assert_nonnull (strstr (out, "\"entries\":3"));
  g_assert_nonnull (strstr (out, "\"open\":1"));
  g_assert_cmpint (tw_books_count (c, TW_DIFFERENCE_STATE_OPEN, TW_DIFFERENCE_KIND_TWICE), ==, 1);
  rows = tw_test_text (t->db, all);
  g_assert_cmpint (TW_BOOKS_RUN_VERB (c, &out, &err, "--statement", path), ==, 1);
  rows_after = tw_test_text (t->db, all);
  g_assert_cmpstr (rows, ==, rows_after);
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT count(*) FROM statement_entry WHERE party = $1", "bank"),
    ==, 3);
  /* And what is asked for over the socket is the same. */
  g_assert_cmpuint (tw_books_reconcile (c).open, ==, 1);
  g_clear_pointer (&rows_after, g_free);
  rows_after = tw_test_text (t->db, all);
  g_assert_cmpstr (rows, ==, rows_after);
  test_page (c, xml, path);
  /* Not a statement. */
  *strstr (xml, "CRDT") = 'X';
  g_assert_true (g_file_set_contents (path, xml, -1, NULL));
  g_assert_cmpint (TW_BOOKS_RUN_VERB (c, &out, &err, "--statement", path), ==, 2);
  g_assert_cmpstr (out, ==, "");
  g_assert_nonnull (strstr (err, "statement.xml: Line "));
  g_assert_cmpint (TW_BOOKS_RUN_VERB (c, &out, &err, "--counterpart", "/nowhere/at.sock"), !=, 0);
  g_clear_pointer (&rows_after, g_free);
  rows_after = tw_test_text (t->db, all);
  g_assert_cmpstr (rows, ==, rows_after);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

#define CASE(name, func, data)                                                                     \
  g_test_add ("/reconcile/" name, TwBooks, data, tw_books_set_up, func, tw_books_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("agrees", test_agrees, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autofree char *name = g_strconcat ("/reconcile/wrong/", wrongs[i].fault, NULL);

      g_test_add (name, TwBooks, GSIZE_TO_POINTER (i), tw_books_set_up, test_wrong,
                  tw_books_tear_down);
    }
  CASE ("explained", test_explained, NULL);
  CASE ("mended", test_mended, NULL);
  CASE ("in-doubt", test_in_doubt, NULL);
  CASE ("in-doubt-and-wrong", test_in_doubt_and_wrong, NULL);
  CASE ("late-confirmation", test_late_confirmation, NULL);
  CASE ("file", test_file, NULL);
  return g_test_run ();
}
