// SPDX-License-Identifier: GPL-3.0-or-later
/* The limits through days and years, and by clocks that were wrong: what was spent counts on its
 * day, what came back is given back to it, and no clock gives a fresh limit by being set back. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-payee.h"
#include "model/tw-payment.h"
#include "protocol/tw-practice-people.h"
#include "server/feed/tw-feed.h"
#include "server/ledger/tw-limits.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

#define TOP_UP_FEN (G_GINT64_CONSTANT (9000000))
#define FREE_FEN TW_LIMIT_DAY_FREE_FEN
#define FULL_FEN TW_LIMIT_DAY_SIGNED_CODE_FEN
#define PHONE "13900000001"
#define OTHER_PHONE "13900000002"
#define DAY_MS (G_GINT64_CONSTANT (86400000))

typedef struct
{
  TwTestMoney *t;
  TwActor *other;
  char *payee;   /* a person, paid at once */
  char *company; /* paid over the bank */
  int day;       /* 10 March of next year */
  int new_year;  /* the first day of the year after it */
} Case;

#define RUN(c, kind, id, ...)                                                                      \
  tw_test_money_run ((c)->t, (c)->t->person, kind, id, id, tw_test_money_body (__VA_ARGS__, NULL))

/* It is noon of that day from now on. */
static void
go_to (int day)
{
  tw_clock_set_offset_ms (tw_clock_ms_of_day (day) + DAY_MS / 2 - g_get_real_time () / 1000);
}

/* (transfer full) */
static char *
look_up (Case *c, const char *to)
{
  g_autofree char *id = tw_uuid_new ();

  tw_assert_done (RUN (c, TW_KIND_PAYEE_CHECK, id, "to", "s", to));
  tw_test_money_wait (c->t, "SELECT state FROM payee WHERE id = $1", id, TW_PAYEE_STATE_CHECKED);
  return g_steal_pointer (&id);
}

static void
set_up (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new ();
  int year;

  c->t = tw_test_money_new ();
  c->other = tw_test_money_register (c->t, 2);
  tw_test_money_decide (c->t, c->other, TRUE);
  tw_assert_done (tw_test_money_top_up (c->t, id, NULL, TOP_UP_FEN));
  tw_test_money_wait_payment (c->t, id, TW_PAYMENT_STATE_POSTED);
  c->payee = look_up (c, OTHER_PHONE);
  c->company = look_up (c, TW_PRACTICE_COMPANY_CODE);
  tw_clock_date_of_day (tw_clock_today (), &year, NULL, NULL);
  c->day = tw_clock_day_of_date (year + 1, 3, 10);
  c->new_year = tw_clock_day_of_date (year + 2, 1, 1);
  go_to (c->day);
}

static void
tear_down (Case *c, gconstpointer data)
{
  tw_clock_set_offset_ms (0);
  tw_test_money_assert_sound (c->t);
  tw_actor_unref (c->other);
  tw_test_money_free (c->t);
  g_free (c->payee);
  g_free (c->company);
}

/* Without an id, another one each time; and known to be like one of a moment ago. */
static TwResult *
pay_to (Case *c, const char *payee, gint64 amount_fen, const char *id)
{
  return RUN (c, TW_KIND_WALLET_PAY, id, "payee_id", "s", payee, "amount_fen", "i", amount_fen,
              "again", "b", TRUE);
}

static TwResult *
pay (Case *c, gint64 amount_fen)
{
  return pay_to (c, c->payee, amount_fen, NULL);
}

static void
pay_with_code (Case *c, gint64 amount_fen)
{
  g_autofree char *id = tw_uuid_new (), *code = NULL;

  tw_assert_held (pay_to (c, c->payee, amount_fen, id));
  code = tw_test_money_code (c->t, PHONE);
  tw_assert_done (tw_test_money_answer (c->t, id, code));
}

/* The other one pays as much to the person: nobody's bank has the limit of a year. */
static void
get_back (Case *c, gint64 amount_fen)
{
  TwTestMoney *t = c->t;
  TwActor *person = t->person;
  g_autoptr (TwResult) held = NULL;
  g_autofree char *code = NULL;

  t->person = c->other;
  held = tw_test_money_transfer (t, person->account_id, amount_fen);
  g_assert_cmpint (held->state, ==, TW_RESULT_STEP_UP);
  code = tw_test_money_code (t, OTHER_PHONE);
  tw_assert_done (tw_test_money_answer (t, held->id, code));
  t->person = person;
}

/* It would need a code, and is dropped. */
static void
assert_needs_code (Case *c, gint64 amount_fen)
{
  g_autofree char *id = tw_uuid_new ();

  tw_assert_held (pay_to (c, c->payee, amount_fen, id));
  tw_assert_done (RUN (c, TW_KIND_CHALLENGE_DROP, NULL, "challenge_id", "s", id));
}

static void
assert_over (Case *c, gint64 limit_fen)
{
  g_autoptr (TwResult) result = pay (c, 1);

  g_assert_cmpstr (result->code, ==, "over_limit");
  g_assert_cmpint (json_object_get_int_member (result->result, "limit_fen"), ==, limit_fen);
}

static void
assert_used (Case *c, gint64 day_fen, gint64 year_fen)
{
  const char *id = c->t->person->account_id;

  g_assert_cmpint (
    tw_test_money_number (c->t->db, "SELECT day_fen FROM outgo WHERE account_id = $1", id), ==,
    day_fen);
  g_assert_cmpint (
    tw_test_money_number (c->t->db, "SELECT year_fen FROM outgo WHERE account_id = $1", id), ==,
    year_fen);
}

/* The limit of the year stops what that of the day would let through, until the next year. */
static void
test_year (Case *c, gconstpointer far)
{
  int first_day = c->new_year - 5;

  G_STATIC_ASSERT (TW_LIMIT_YEAR_FEN == 4 * TW_LIMIT_DAY_SIGNED_CODE_FEN);
  for (int i = 0; i < 4; i++)
    {
      go_to (first_day + i);
      pay_with_code (c, FULL_FEN);
      assert_used (c, FULL_FEN, (i + 1) * FULL_FEN);
      get_back (c, FULL_FEN);
    }
  go_to (c->new_year - 1);
  assert_over (c, TW_LIMIT_YEAR_FEN);
  /* Days later, or on the first one. */
  go_to (c->new_year + (far != NULL ? 20 : 0));
  tw_assert_done (pay (c, 1));
  assert_used (c, 1, 1);
  pay_with_code (c, FULL_FEN - 1);
  assert_used (c, FULL_FEN, FULL_FEN);
  assert_over (c, TW_LIMIT_DAY_SIGNED_CODE_FEN);
}

/* A new day begins anew, the next one and one after a while; the year goes on. */
static void
test_day (Case *c, gconstpointer data)
{
  tw_assert_done (pay (c, FREE_FEN));
  assert_needs_code (c, 1);
  go_to (c->day + 1);
  tw_assert_done (pay (c, FREE_FEN));
  assert_used (c, FREE_FEN, 2 * FREE_FEN);
  assert_needs_code (c, 1);
  go_to (c->day + 30);
  tw_assert_done (pay (c, FREE_FEN - 1));
  assert_used (c, FREE_FEN - 1, 3 * FREE_FEN - 1);
}

typedef struct
{
  gboolean at_year_end;     /* taken on the last day of a year */
  int later;                /* given back so many days later */
  gint64 day_fen, year_fen; /* what is used then */
} GivenBack;

static const GivenBack same_day = { FALSE, 0, 400, 400 };
static const GivenBack next_day = { FALSE, 1, 100, 400 };
static const GivenBack next_week = { FALSE, 7, 100, 400 };
static const GivenBack next_year = { TRUE, 1, 100, 100 };
static const GivenBack later_next_year = { TRUE, 7, 100, 100 };

/* What was called off is given back to the day and the year in which it was taken, and to no other.
 */
static void
test_given_back (Case *c, gconstpointer data)
{
  const GivenBack *given = data;
  int day = given->at_year_end ? c->new_year - 1 : c->day;
  g_autofree char *id = tw_uuid_new ();

  go_to (day);
  tw_assert_done (pay (c, 300));
  /* Nothing is sent, so that it can be called off. */
  tw_test_money_stop_service (c->t);
  tw_test_money_start_service (c->t, FALSE);
  tw_assert_done (pay_to (c, c->company, 5000, id));
  assert_used (c, 5300, 5300);
  go_to (day + given->later);
  tw_assert_done (pay (c, 100));
  tw_assert_done (RUN (c, TW_KIND_PAYMENT_CANCEL, NULL, "payment_id", "s", id));
  tw_test_money_wait_payment (c->t, id, TW_PAYMENT_STATE_VOIDED);
  assert_used (c, given->day_fen, given->year_fen);
}

/* The same where nothing was paid on the later day before. */
static void
test_given_back_first (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new ();

  tw_assert_done (pay (c, 300));
  tw_test_money_stop_service (c->t);
  tw_test_money_start_service (c->t, FALSE);
  tw_assert_done (pay_to (c, c->company, 5000, id));
  go_to (c->day + 7);
  tw_assert_done (RUN (c, TW_KIND_PAYMENT_CANCEL, NULL, "payment_id", "s", id));
  assert_used (c, 0, 300);
  go_to (c->day);
  assert_needs_code (c, FREE_FEN - 299);
  tw_assert_done (pay (c, FREE_FEN - 300));
  assert_used (c, FREE_FEN, FREE_FEN);
}

/* A clock that was a year ahead for a moment takes nobody's days until then; what was paid by it
 * counts where the clock is right again, with what was paid before. */
static void
test_ahead (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new ();

  tw_assert_done (pay (c, 40000));
  go_to (c->day + 365);
  tw_assert_done (pay_to (c, c->company, 30000, id));
  tw_test_money_wait_payment (c->t, id, TW_PAYMENT_STATE_POSTED);
  tw_test_money_stop_counterpart (c->t);
  g_free (id);
  id = tw_uuid_new ();
  tw_assert_done (pay_to (c, c->company, 20000, id)); /* set aside */
  go_to (c->day);
  tw_assert_done (pay (c, FREE_FEN - 90000));
  assert_used (c, FREE_FEN, FREE_FEN);
  tw_test_money_start_counterpart (c->t);
  assert_needs_code (c, 1);
  go_to (c->day + 1);
  tw_assert_done (pay (c, FREE_FEN));
  assert_used (c, FREE_FEN, 2 * FREE_FEN);
  /* In the year of which that clock was, it begins anew too. */
  go_to (c->new_year);
  tw_assert_done (pay (c, 7));
  assert_used (c, 7, 7);
}

/* The person's own computer is told so in its wallet. */
static void
assert_shown (Case *c, const char *field, gint64 value)
{
  g_autofree char *words = g_strdup_printf ("\"%s\":%" G_GINT64_FORMAT, field, value);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFeedAnswer) page = tw_feed_read (c->t->db, tw_keys_get (c->t->keys, TW_KEY_COLUMN),
                                                c->t->person, NULL, 1000, &error);

  g_assert_no_error (error);
  if (strstr (page->text, words) == NULL)
    g_error ("%s is not in %s", words, page->text);
}

/* The limit of that day was used up: today has none left, and tomorrow has. */
static void
test_ahead_full (Case *c, gconstpointer data)
{
  const char *id = c->t->person->account_id;

  go_to (c->day + 365);
  pay_with_code (c, FULL_FEN);
  go_to (c->day);
  assert_over (c, TW_LIMIT_DAY_SIGNED_CODE_FEN);
  /* That is written down, though nothing was paid. */
  g_assert_cmpint (
    tw_test_money_number (c->t->db, "SELECT day FROM outgo WHERE account_id = $1", id), ==, c->day);
  assert_shown (c, "limits_day", c->day);
  assert_over (c, TW_LIMIT_DAY_SIGNED_CODE_FEN);
  go_to (c->day + 1);
  get_back (c, FULL_FEN);
  pay_with_code (c, FULL_FEN);
  assert_used (c, FULL_FEN, 2 * FULL_FEN);
}

/* It stands so in the wallet whatever becomes of what was wanted. */
static void
assert_put_right (Case *c)
{
  g_assert_cmpint (tw_test_money_number (c->t->db, "SELECT day FROM outgo WHERE account_id = $1",
                                         c->t->person->account_id),
                   ==, c->day);
  assert_shown (c, "limits_day", c->day);
}

static void
test_ahead_no_balance (Case *c, gconstpointer data)
{
  go_to (c->day - 10);
  pay_with_code (c, FULL_FEN);
  go_to (c->day - 9);
  pay_with_code (c, TOP_UP_FEN - FULL_FEN - 2);
  go_to (c->day + 365);
  tw_assert_done (pay (c, 1));
  go_to (c->day);
  tw_assert_code (pay (c, FREE_FEN - 1), "no_balance");
  assert_put_right (c);
}

static void
test_ahead_held (Case *c, gconstpointer data)
{
  go_to (c->day + 365);
  tw_assert_done (pay (c, 1));
  go_to (c->day);
  assert_needs_code (c, FREE_FEN);
  assert_put_right (c);
}

/* A few minutes ago by the clocks of two days, of which one is too far ahead. */
static void
test_ahead_top_up (Case *c, gconstpointer data)
{
  gint64 midnight_ms = tw_clock_ms_of_day (c->day + 3) - g_get_real_time () / 1000;

  tw_clock_set_offset_ms (midnight_ms - 180000);
  tw_assert_done (tw_test_money_top_up (c->t, NULL, NULL, 1000));
  tw_clock_set_offset_ms (midnight_ms + 60000);
  tw_assert_done (pay (c, 1));
  tw_clock_set_offset_ms (midnight_ms - 2 * DAY_MS - 120000);
  tw_assert_code (RUN (c, TW_KIND_WALLET_TOP_UP, NULL, "amount_fen", "i", G_GINT64_CONSTANT (1000)),
                  "looks_double_top_up");
  assert_put_right (c);
}

/* Called off where the day has to be counted anew: it is given back once. */
static void
test_ahead_given_back (Case *c, gconstpointer data)
{
  g_autofree char *id = tw_uuid_new ();

  tw_assert_done (pay (c, 300));
  tw_test_money_stop_service (c->t);
  tw_test_money_start_service (c->t, FALSE);
  tw_assert_done (pay_to (c, c->company, 5000, id));
  go_to (c->day + 100);
  tw_assert_done (pay (c, 200));
  go_to (c->day);
  tw_assert_done (RUN (c, TW_KIND_PAYMENT_CANCEL, NULL, "payment_id", "s", id));
  assert_used (c, 500, 500);
}

/* What was paid by such a clock was not a few minutes ago; by one that is a little ahead it was. */
static void
test_ahead_double (Case *c, gconstpointer data)
{
  const char *to = c->other->account_id;

  go_to (c->day + 1);
  tw_assert_done (tw_test_money_transfer (c->t, to, 1000));
  go_to (c->day);
  tw_assert_code (tw_test_money_transfer (c->t, to, 1000), "looks_double");
  go_to (c->day + 365);
  tw_assert_done (tw_test_money_transfer (c->t, to, 1000));
  go_to (c->day);
  tw_assert_done (tw_test_money_transfer (c->t, to, 1000));
}

/* Set back by a little, by a lot, and right again: there is no fresh limit in it. */
static void
test_back (Case *c, gconstpointer data)
{
  static const int back[] = { 1, 2, 3, 10, 100, 0 };

  tw_assert_done (pay (c, FREE_FEN));
  for (gsize i = 0; i < G_N_ELEMENTS (back); i++)
    {
      go_to (c->day - back[i]);
      assert_needs_code (c, 1);
      go_to (c->day);
      assert_needs_code (c, 1);
    }
  go_to (c->day + 1);
  tw_assert_done (pay (c, 1));
  assert_used (c, 1, FREE_FEN + 1);
}

/* What was paid before a clock was put back for a while is shown as used. */
static void
test_back_shown (Case *c, gconstpointer data)
{
  TwActor *person = c->t->person;

  tw_assert_done (pay (c, FREE_FEN));
  go_to (c->day - 100);
  assert_needs_code (c, 1);
  go_to (c->day);
  c->t->person = c->other;
  tw_assert_done (tw_test_money_transfer (c->t, person->account_id, 1000));
  c->t->person = person;
  assert_shown (c, "limits_day", c->day);
  assert_shown (c, "day_used_fen", FREE_FEN);
}

/* The same over the turn of the year: neither year is given again. */
static void
test_back_a_year (Case *c, gconstpointer data)
{
  go_to (c->new_year + 10);
  tw_assert_done (pay (c, FREE_FEN));
  go_to (c->new_year - 10);
  assert_needs_code (c, 1);
  assert_used (c, FREE_FEN, FREE_FEN);
  go_to (c->new_year + 11);
  tw_assert_done (pay (c, 1));
  assert_used (c, 1, FREE_FEN + 1);
}

#define CASE(name, func, data) g_test_add ("/limits/" name, Case, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("year/next-day", test_year, NULL);
  CASE ("year/later", test_year, "far");
  CASE ("day", test_day, NULL);
  CASE ("given-back/same-day", test_given_back, &same_day);
  CASE ("given-back/next-day", test_given_back, &next_day);
  CASE ("given-back/next-week", test_given_back, &next_week);
  CASE ("given-back/next-year", test_given_back, &next_year);
  CASE ("given-back/later-next-year", test_given_back, &later_next_year);
  CASE ("given-back/first", test_given_back_first, NULL);
  CASE ("ahead", test_ahead, NULL);
  CASE ("ahead/full", test_ahead_full, NULL);
  CASE ("ahead/no-balance", test_ahead_no_balance, NULL);
  CASE ("ahead/held", test_ahead_held, NULL);
  CASE ("ahead/top-up", test_ahead_top_up, NULL);
  CASE ("ahead/given-back", test_ahead_given_back, NULL);
  CASE ("ahead/double", test_ahead_double, NULL);
  CASE ("back", test_back, NULL);
  CASE ("back/shown", test_back_shown, NULL);
  CASE ("back/a-year", test_back_a_year, NULL);
  return g_test_run ();
}
