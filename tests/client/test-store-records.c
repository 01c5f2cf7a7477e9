// SPDX-License-Identifier: GPL-3.0-or-later
/* The tax history: found, summed and paged, with few records and with many. */
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "model/tw-record.h"
#include "tw-store-test.h"

/* The same walk over fewer where a sanitizer makes each step ten times as long. */
#ifdef __SANITIZE_ADDRESS__
#define MANY 20000
#else
#define MANY 100000
#endif
#define PAGE 1000

typedef struct
{
  char *folder;
  TwStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = tw_test_folder_new ();
  tw_store_contents_free (tw_test_store_open (fixture->folder, &fixture->store));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tw_test_store_close (fixture->store);
  tw_test_folder_remove (fixture->folder);
}

static void
apply (Fixture *fixture, TwFeedPage *page, const char *after)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStoreChanges) changes = tw_test_store_apply (fixture->store, page, after, &error);

  g_assert_no_error (error);
  g_assert_true (changes->records);
  g_assert_cmpuint (changes->put->len, ==, 0);
}

static TwObject *
record (const char *id,
        int year,
        const char *tax_type,
        TwRecordKind kind,
        TwRecordStatus status,
        gint64 amount_fen,
        const char *title)
{
  return g_object_new (TW_TYPE_RECORD, "id", id, "year", (gint64) year, "tax-type", tax_type,
                       "kind", kind, "status", status, "amount-fen", amount_fen, "late-fee-fen",
                       status == TW_RECORD_STATUS_PAID ? G_GINT64_CONSTANT (5) : 0, "title", title,
                       "payer", "Payer 12", "authority", "第三税务所", "reference", "TX-0042-9",
                       "period", "2025-Q3", "paid-at-ms", (gint64) year * 1000 + amount_fen % 1000,
                       NULL);
}

static void
bring_few (Fixture *fixture)
{
  TwFeedPage *page = tw_feed_page_new ("c1", 1);

  tw_test_put (page, "account:a", 1,
               record ("r1", 2024, "vehicle_vessel", TW_RECORD_KIND_PAYMENT,
                       TW_RECORD_STATUS_CONFIRMED, 123456, "轿车"));
  tw_test_put (page, "account:a", 2,
               record ("r2", 2025, "individual_income", TW_RECORD_KIND_WITHHELD,
                       TW_RECORD_STATUS_PAID, 80000, "工资 Salary"));
  tw_test_put (page, "account:a", 3,
               record ("r3", 2025, "individual_income", TW_RECORD_KIND_REFUND,
                       TW_RECORD_STATUS_CONFIRMED, 30000, "年度汇算退税"));
  apply (fixture, page, NULL);
}

static TwRecordPage *
ask (Fixture *fixture, int year, const char *tax_type, int status, const char *text)
{
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();

  query->year = year;
  query->tax_type = g_strdup (tax_type);
  query->status = status;
  query->text = g_strdup (text);
  return tw_test_store_query (fixture->store, query, NULL, 10);
}

/* The ids that answer, newest first, joined. */
static char *
find (Fixture *fixture, const char *text)
{
  g_autoptr (TwRecordPage) page = ask (fixture, 0, NULL, -1, text);
  GString *ids = g_string_new (NULL);

  g_assert_cmpuint (page->total, ==, page->records->len);
  for (guint i = 0; i < page->records->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
                            tw_object_get_id (page->records->pdata[i]));
  return g_string_free (ids, FALSE);
}

static void
test_totals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwRecordPage) all = NULL;
  g_autoptr (TwRecordPage) year = NULL;
  g_autoptr (TwRecordPage) type = NULL;
  g_autoptr (TwRecordPage) status = NULL;
  g_autoptr (TwRecordPage) none = NULL;

  bring_few (fixture);
  all = ask (fixture, 0, NULL, -1, NULL);
  g_assert_cmpuint (all->total, ==, 3);
  g_assert_cmpint (all->total_fen, ==, 123456 + 80000 - 30000);
  g_assert_cmpint (all->late_fee_fen, ==, 5);
  g_assert_null (all->next);
  year = ask (fixture, 2025, NULL, -1, "");
  g_assert_cmpint (year->total_fen, ==, 50000);
  type = ask (fixture, 0, "vehicle_vessel", -1, NULL);
  g_assert_cmpint (type->total_fen, ==, 123456);
  status = ask (fixture, 2025, "individual_income", TW_RECORD_STATUS_CONFIRMED, NULL);
  g_assert_cmpint (status->total_fen, ==, -30000);
  none = ask (fixture, 2023, NULL, -1, NULL);
  g_assert_cmpuint (none->total, ==, 0);
  g_assert_cmpint (none->total_fen, ==, 0);
}

static void
test_text (Fixture *fixture, gconstpointer data)
{
  static const char *const cases[][2] = {
    { "轿车", "r1" },
    { "轿", "r1" },
    { "车", "r1" },
    { "汇算", "r3" },
    { "salary", "r2" },
    { "SAL", "r2" },
    { "lary", "" },
    { "车船税", "r1" },
    { "income", "r2 r3" },
    { "individual 工资", "r2" },
    { "1,234.56", "r1" },
    { "1234.56", "r1" },
    { "¥1,234", "r1" },
    { "800", "r2" },
    { "tx-0042", "r2 r3 r1" },
    { "0042-9", "r2 r3 r1" },
    { "税务所", "r2 r3 r1" },
    { "所", "r2 r3 r1" },
    { "务税", "" },
    { "2025-Q3", "r2 r3 r1" },
    { "\"", "" },
    { "NEAR(", "" },
    { "轿* OR 工资", "" },
    { "  ", "r2 r3 r1" },
  };

  bring_few (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = find (fixture, cases[i][0]);
      g_auto (GStrv) a = g_strsplit (found, " ", -1);
      g_auto (GStrv) b = g_strsplit (cases[i][1], " ", -1);

      if (g_strv_length (a) != g_strv_length (b))
        g_error ("'%s' finds '%s', not '%s'", cases[i][0], found, cases[i][1]);
      for (guint j = 0; b[j] != NULL; j++)
        g_assert_true (g_strv_contains ((const char *const *) a, b[j]));
    }
}

static void
test_changes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwRecordPage) before = NULL;
  g_autoptr (TwRecordPage) after = NULL;
  g_autofree char *old = NULL;
  g_autofree char *fresh = NULL;
  TwFeedPage *page = tw_feed_page_new ("c2", 2);

  bring_few (fixture);
  before = ask (fixture, 2024, NULL, -1, NULL);
  g_assert_cmpint (before->total_fen, ==, 123456);
  tw_test_put (page, "account:a", 4,
               record ("r1", 2024, "vehicle_vessel", TW_RECORD_KIND_PAYMENT, TW_RECORD_STATUS_PAID,
                       200, "货车"));
  tw_test_withdraw (page, "account:a", 5, "record", "r3");
  apply (fixture, page, "c1");
  after = ask (fixture, 2024, NULL, -1, NULL);
  g_assert_cmpint (after->total_fen, ==, 200);
  old = find (fixture, "轿车");
  g_assert_cmpstr (old, ==, "");
  fresh = find (fixture, "货车");
  g_assert_cmpstr (fresh, ==, "r1");
  {
    g_autofree char *gone = find (fixture, "汇算");

    g_assert_cmpstr (gone, ==, "");
  }
}

static void
assert_title (Fixture *fixture, const char *id, const char *title)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwObject) found = tw_test_store_get (fixture->store, "record", id, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (tw_object_get_id (found), ==, id);
  g_assert_cmpstr (tw_record_get_title (TW_RECORD (found)), ==, title);
}

static void
assert_none (Fixture *fixture, const char *wire_type, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_test_store_get (fixture->store, wire_type, id, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_NOT_FOUND);
}

/* By its id: as it came last, and not once it was taken back. */
static void
test_by_id (Fixture *fixture, gconstpointer data)
{
  TwFeedPage *page = tw_feed_page_new ("c2", 2);

  assert_none (fixture, "record", "r1");
  bring_few (fixture);
  assert_title (fixture, "r1", "轿车");
  assert_title (fixture, "r3", "年度汇算退税");
  assert_none (fixture, "record", "r4");
  assert_none (fixture, "record", "");
  assert_none (fixture, "payment", "r1");
  tw_test_put (page, "account:a", 4,
               record ("r1", 2024, "vehicle_vessel", TW_RECORD_KIND_PAYMENT, TW_RECORD_STATUS_PAID,
                       200, "货车"));
  tw_test_withdraw (page, "account:a", 5, "record", "r3");
  apply (fixture, page, "c1");
  assert_title (fixture, "r1", "货车");
  assert_none (fixture, "record", "r3");
}

static void
test_bad_key (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = { "", "x", "1", "1/", "1/2x", "/1" };
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();

  bring_few (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      GAsyncResult *slot = NULL;

      tw_store_query_records_async (fixture->store, query, bad[i], 10, NULL, tw_test_take_result,
                                    &slot);
      result = tw_test_wait_result (&slot);
      g_assert_null (tw_store_query_records_finish (fixture->store, result, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
    }
}

static void
bring_many (Fixture *fixture)
{
  static const char *const types[] = { "individual_income", "vehicle_vessel", "deed" };
  g_autofree char *after = NULL;

  for (int i = 0; i < MANY; i += PAGE)
    {
      g_autofree char *cursor = g_strdup_printf ("c%d", i);
      TwFeedPage *page = tw_feed_page_new (cursor, i);

      page->more = i + PAGE < MANY;
      for (int j = i; j < i + PAGE; j++)
        {
          g_autofree char *id = g_strdup_printf ("record-%06d", j);

          tw_test_put (page, "account:a", j,
                       record (id, 2000 + j % 25, types[j % 3], TW_RECORD_KIND_PAYMENT,
                               TW_RECORD_STATUS_CONFIRMED, j, j % 100 == 0 ? "退休金" : "工资"));
        }
      apply (fixture, page, after);
      g_free (after);
      after = g_steal_pointer (&cursor);
    }
}

static void
walk (Fixture *fixture, const TwRecordQuery *query, guint expected, gint64 expected_fen)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *after = NULL;
  gint64 last = G_MAXINT64;
  gint64 start = g_get_monotonic_time ();
  gint64 first_page = 0;
  guint pages = 0;

  do
    {
      g_autoptr (TwRecordPage) page = tw_test_store_query (fixture->store, query, after, 500);

      if (pages++ == 0)
        first_page = g_get_monotonic_time () - start;
      g_assert_cmpuint (page->total, ==, expected);
      g_assert_cmpint (page->total_fen, ==, expected_fen);
      for (guint i = 0; i < page->records->len; i++)
        {
          g_assert_true (
            g_hash_table_add (seen, g_strdup (tw_object_get_id (page->records->pdata[i]))));
          g_assert_cmpint (tw_record_get_paid_at_ms (page->records->pdata[i]), <=, last);
          last = tw_record_get_paid_at_ms (page->records->pdata[i]);
        }
      g_free (after);
      after = g_strdup (page->next);
    }
  while (after != NULL && pages < 12);
  g_assert_cmpuint (g_hash_table_size (seen), ==, MIN (expected, 12 * 500));
  g_test_message ("first page %.1f ms, %u pages %.1f ms", (double) first_page / 1000, pages,
                  (double) (g_get_monotonic_time () - start) / 1000);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwRecordQuery) query = tw_record_query_new ();
  gint64 start = g_get_monotonic_time ();
  gint64 sum = 0;
  gint64 rare_sum = 0;
  gint64 year_sum = 0;

  bring_many (fixture);
  g_test_message ("%d records brought in %.1f s", MANY,
                  (double) (g_get_monotonic_time () - start) / 1000000);
  for (int j = 0; j < MANY; j++)
    {
      sum += j;
      rare_sum += j % 100 == 0 ? j : 0;
      year_sum += j % 25 == 7 ? j : 0;
    }
  walk (fixture, query, MANY, sum);
  query->text = g_strdup ("税务所");
  walk (fixture, query, MANY, sum);
  g_free (query->text);
  query->text = g_strdup ("退休");
  walk (fixture, query, MANY / 100, rare_sum);
  g_clear_pointer (&query->text, g_free);
  query->year = 2007;
  walk (fixture, query, MANY / 25, year_sum);
  /* The first and the last of them are as near as any other. */
  start = g_get_monotonic_time ();
  assert_title (fixture, "record-000000", "退休金");
  assert_title (fixture, "record-000001", "工资");
  g_test_message ("two by their ids %.2f ms", (double) (g_get_monotonic_time () - start) / 1000);
}

#define ADD(name, func) g_test_add ("/records/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("totals", test_totals);
  ADD ("text", test_text);
  ADD ("changes", test_changes);
  ADD ("by-id", test_by_id);
  ADD ("bad-key", test_bad_key);
  ADD ("many", test_many);
  return g_test_run ();
}
