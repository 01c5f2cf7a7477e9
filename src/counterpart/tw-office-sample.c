// SPDX-License-Identifier: GPL-3.0-or-later
/* A taxpayer's bills and six years of history, made up from their key. Nobody in here exists, and
 * every name says so, in the language that the office was started in. */
#include "counterpart/tw-office.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "counterpart/tw-books.h"
#include "model/tw-bill.h"
#include "model/tw-record.h"
#include "tax/tw-tax-type.h"
#include "vault/tw-vault.h"

#define YEARS 6
#define HOUR_MS (G_GINT64_CONSTANT (3600000))

#define AUTHORITY N_ ("Example Tax Office")
#define SELF N_ ("The taxpayer")

typedef struct
{
  const char *key;
  guint seed;
  int today;
  GRand *rand;
  GPtrArray *bills;
  GPtrArray *records;
  guint count;
} Maker;

/* One line of the history, before it is dated. */
typedef struct
{
  const char *tax_type;
  TwRecordKind kind;
  const char *title;
  const char *payer;
  gint64 low_fen;
  gint64 high_fen;
} Line;

static const Line wages = {
  TW_TAX_INDIVIDUAL_INCOME,
  TW_RECORD_KIND_WITHHELD,
  N_ ("Wages"),
  N_ ("Example Tech Co."),
  38000,
  152000,
};
static const Line bonus = {
  TW_TAX_INDIVIDUAL_INCOME,
  TW_RECORD_KIND_WITHHELD,
  N_ ("Year-end bonus"),
  N_ ("Example Tech Co."),
  90000,
  320000,
};
static const Line labour = {
  TW_TAX_INDIVIDUAL_INCOME,
  TW_RECORD_KIND_WITHHELD,
  N_ ("Labour services"),
  N_ ("Sample Design Studio"),
  8000,
  64000,
};
static const Line royalties = {
  TW_TAX_INDIVIDUAL_INCOME,
  TW_RECORD_KIND_WITHHELD,
  N_ ("Author’s remuneration"),
  N_ ("Specimen Press"),
  5600,
  28000,
};
static const Line settlement = {
  TW_TAX_INDIVIDUAL_INCOME,
  TW_RECORD_KIND_PAYMENT,
  N_ ("Yearly settlement, paid"),
  SELF,
  20000,
  140000,
};
static const Line refund = {
  TW_TAX_INDIVIDUAL_INCOME,
  TW_RECORD_KIND_REFUND,
  N_ ("Yearly settlement, refunded"),
  SELF,
  15000,
  180000,
};
static const Line letting = {
  TW_TAX_INDIVIDUAL_INCOME, TW_RECORD_KIND_PAYMENT, N_ ("Income from letting"), SELF, 12000, 36000,
};
static const Line rent = {
  TW_TAX_PROPERTY_RENT, TW_RECORD_KIND_PAYMENT, N_ ("Property tax on rent"), SELF, 48000, 96000,
};
static const Line value_added = {
  TW_TAX_VALUE_ADDED, TW_RECORD_KIND_PAYMENT, N_ ("Value-added tax on rent"), SELF, 9000, 27000,
};
static const Line lease_stamp = {
  TW_TAX_STAMP, TW_RECORD_KIND_PAYMENT, N_ ("Stamp duty on a lease"), SELF, 600, 1800,
};
static const Line vehicle = {
  TW_TAX_VEHICLE_VESSEL,
  TW_RECORD_KIND_WITHHELD,
  N_ ("Vehicle and vessel tax"),
  N_ ("Example Insurance Co."),
  36000,
  60000,
};
static const Line purchase = {
  TW_TAX_VEHICLE_PURCHASE,
  TW_RECORD_KIND_PAYMENT,
  N_ ("Vehicle purchase tax"),
  SELF,
  850000,
  1600000,
};
static const Line deed = {
  TW_TAX_DEED, TW_RECORD_KIND_PAYMENT, N_ ("Deed tax"), SELF, 1800000, 4200000,
};
static const Line deed_stamp = {
  TW_TAX_STAMP, TW_RECORD_KIND_PAYMENT, N_ ("Stamp duty on a deed"), SELF, 45000, 90000,
};

static gint64
draw (Maker *maker, gint64 low, gint64 high)
{
  return low + (gint64) (g_rand_double (maker->rand) * (double) (high - low));
}

/* Somewhere in the working hours of @day. */
static gint64
hour_of (Maker *maker, int day)
{
  return tw_clock_ms_of_day (day) + 9 * HOUR_MS + draw (maker, 0, 8 * HOUR_MS);
}

static char *
make_id (Maker *maker, gint64 at_ms, char **reference)
{
  g_autofree char *what = g_strdup_printf ("%u/%s/%u", maker->seed, maker->key, ++maker->count);
  char *id = tw_books_make_id (at_ms, what);
  g_autofree char *tail = g_ascii_strup (id + strlen (id) - 12, -1);

  *reference = g_strconcat ("TAX-", tail, NULL);
  return id;
}

/* Assessed on @day, paid some days later, confirmed the day after. What lies ahead has not
 * happened. */
static void
add (Maker *maker, const Line *line, int year, const char *period, int day)
{
  gint64 amount_fen = draw (maker, line->low_fen, line->high_fen);
  gint64 assessed_ms = hour_of (maker, day);
  int paid_day = day + g_rand_int_range (maker->rand, 0, 5);
  gint64 paid_ms = hour_of (maker, paid_day);
  gint64 confirmed_ms = hour_of (maker, paid_day + 1);
  gboolean confirmed = paid_day + 1 < maker->today;
  g_autofree char *reference = NULL;
  g_autofree char *id = NULL;

  if (paid_day >= maker->today)
    return;
  paid_ms = MAX (paid_ms, assessed_ms);
  id = make_id (maker, assessed_ms, &reference);
  g_ptr_array_add (maker->records,
                   g_object_new (TW_TYPE_RECORD, "id", id, "year", (gint64) year, "period", period,
                                 "tax-type", line->tax_type, "kind", line->kind, "status",
                                 confirmed ? TW_RECORD_STATUS_CONFIRMED : TW_RECORD_STATUS_PAID,
                                 "amount-fen", amount_fen, "title", _ (line->title), "payer",
                                 _ (line->payer), "authority", _ (AUTHORITY), "reference",
                                 reference, "assessed-at-ms", assessed_ms, "paid-at-ms", paid_ms,
                                 "confirmed-at-ms", confirmed ? confirmed_ms : (gint64) 0, NULL));
}

/* Taxes of a month are declared in the first half of the next one. */
static void
add_month (Maker *maker, int year, int month)
{
  g_autofree char *period = g_strdup_printf ("%04d-%02d", year, month);
  int day =
    month == 12 ? tw_clock_day_of_date (year + 1, 1, 9) : tw_clock_day_of_date (year, month + 1, 9);

  add (maker, &wages, year, period, day);
  add (maker, &letting, year, period, day + 1);
  if (g_rand_int_range (maker->rand, 0, 10) > 0)
    add (maker, &labour, year, period, day + 2);
}

/* The last whole quarter before the one that the overdue bill is for is the last one paid. */
static void
add_quarter (Maker *maker, int year, int quarter, const char *unpaid)
{
  g_autofree char *period = g_strdup_printf ("%04d-Q%d", year, quarter);
  int day = quarter == 4 ? tw_clock_day_of_date (year + 1, 1, 8)
                         : tw_clock_day_of_date (year, quarter * 3 + 1, 8);

  if (strcmp (period, unpaid) != 0)
    add (maker, &rent, year, period, day);
  add (maker, &value_added, year, period, day);
  add (maker, &lease_stamp, year, period, day + 1);
  add (maker, &royalties, year, period, day + 2);
}

static void
add_year (Maker *maker, int year, const char *unpaid)
{
  g_autofree char *period = g_strdup_printf ("%04d", year);
  int this_year;

  tw_clock_date_of_day (maker->today, &this_year, NULL, NULL);
  for (int month = 1; month <= 12; month++)
    add_month (maker, year, month);
  for (int quarter = 1; quarter <= 4; quarter++)
    add_quarter (maker, year, quarter, unpaid);
  add (maker, &bonus, year, period, tw_clock_day_of_date (year + 1, 1, 20));
  if (year < this_year)
    {
      add (maker, &vehicle, year, period, tw_clock_day_of_date (year, 6, 12));
      if (year < this_year - 1)
        add (maker, g_rand_boolean (maker->rand) ? &refund : &settlement, year, period,
             tw_clock_day_of_date (year + 1, 4, 14));
    }
}

static void
add_bill (Maker *maker,
          const char *tax_type,
          const char *period,
          gint64 amount_fen,
          int due_in_days,
          int issued_days_ago)
{
  gint64 issued_ms = tw_clock_ms_of_day (maker->today - issued_days_ago) + 9 * HOUR_MS;
  g_autofree char *reference = NULL;
  g_autofree char *id = make_id (maker, issued_ms, &reference);

  g_ptr_array_add (maker->bills,
                   g_object_new (TW_TYPE_BILL, "id", id, "tax-type", tax_type, "period", period,
                                 "authority", _ (AUTHORITY), "amount-fen", amount_fen, "due-day",
                                 (gint64) maker->today + due_in_days, "state", TW_BILL_STATE_DUE,
                                 "reference", reference, "issued-at-ms", issued_ms, "revision",
                                 (gint64) 1, "partly",
                                 strcmp (tax_type, TW_TAX_VEHICLE_VESSEL) != 0, NULL));
}

/**
 * tw_office_make_up:
 * @key: of the taxpayer
 * @seed: makes another world
 * @today: the day everything is dated from
 * @bills: takes the bills (#TwBill)
 * @records: takes the history (#TwRecord), 300 to 400 of them
 *
 * One bill is nearly due, one is due in some weeks and can only be paid as a whole, and one is
 * overdue, so that its late fee grows.
 */
void
tw_office_make_up (const char *key, guint seed, int today, GPtrArray *bills, GPtrArray *records)
{
  Maker maker = { key, seed, today, NULL, bills, records, 0 };
  g_autofree char *what = g_strdup_printf ("%u/%s", seed, key);
  g_autofree char *last_year = NULL;
  g_autofree char *this_year = NULL;
  g_autofree char *first_year = NULL;
  g_autofree char *quarter = NULL;
  guint32 seeds[TW_HASH_BYTES / sizeof (guint32)];
  int year, month;

  tw_hash (what, strlen (what), (guint8 *) seeds);
  maker.rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  tw_clock_date_of_day (today, &year, &month, NULL);
  last_year = g_strdup_printf ("%04d", year - 1);
  this_year = g_strdup_printf ("%04d", year);
  first_year = g_strdup_printf ("%04d", year - YEARS);
  quarter = month > 3 ? g_strdup_printf ("%04d-Q%d", year, (month - 1) / 3)
                      : g_strdup_printf ("%04d-Q4", year - 1);

  add_bill (&maker, TW_TAX_INDIVIDUAL_INCOME, last_year, draw (&maker, 60000, 180000), 3, 57);
  add_bill (&maker, TW_TAX_VEHICLE_VESSEL, this_year, draw (&maker, 36000, 60000), 25, 20);
  add_bill (&maker, TW_TAX_PROPERTY_RENT, quarter, draw (&maker, 120000, 300000), -12, 50);

  add (&maker, &deed, year - YEARS, first_year, tw_clock_day_of_date (year - YEARS, 5, 20));
  add (&maker, &deed_stamp, year - YEARS, first_year, tw_clock_day_of_date (year - YEARS, 5, 20));
  add (&maker, &purchase, year - YEARS, first_year, tw_clock_day_of_date (year - YEARS, 6, 8));
  for (int y = year - YEARS; y <= year; y++)
    add_year (&maker, y, quarter);
  g_rand_free (maker.rand);
}
