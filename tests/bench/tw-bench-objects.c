// SPDX-License-Identifier: GPL-3.0-or-later
/* What a person has to look at. */
#include "tw-bench.h"

#include "base/tw-clock.h"
#include "base/tw-uuid.h"
#include "model/tw-payment.h"
#include "model/tw-record.h"
#include "server/feed/tw-feed-batch.h"

#define MINUTE_MS 60000

/**
 * tw_bench_make_object:
 * @person: whose it is
 * @type: "payment" or "record"
 * @n: which one; the higher, the older
 *
 * Returns: (transfer full): an object of the usual size
 */
TwObject *
tw_bench_make_object (TwBenchPerson *person, const char *type, guint n)
{
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *reference = g_strdup_printf ("TW-%010u", n);
  gint64 ms = tw_clock_now_ms () - (gint64) n * MINUTE_MS;

  if (g_str_equal (type, "payment"))
    return g_object_new (TW_TYPE_PAYMENT, "id", id, "account-id", person->id, "kind",
                         TW_PAYMENT_KIND_TRANSFER, "state", TW_PAYMENT_STATE_POSTED, "amount-fen",
                         (gint64) n + 1, "title", "样例转账", "reference", reference,
                         "created-at-ms", ms, "posted-at-ms", ms, NULL);
  return g_object_new (TW_TYPE_RECORD, "id", id, "year", (gint64) (2020 + n % 7), "period",
                       "2026-01", "tax-type", "iit", "kind", TW_RECORD_KIND_WITHHELD, "status",
                       TW_RECORD_STATUS_CONFIRMED, "amount-fen", (gint64) n + 1, "title",
                       "工资薪金所得 个人所得税", "payer", "样例科技有限公司", "authority",
                       "国家税务总局样例市税务局", "reference", reference, "assessed-at-ms", ms,
                       "paid-at-ms", ms, "confirmed-at-ms", ms, NULL);
}

/**
 * tw_bench_show:
 * @bench: a bench whose service does not run
 * @person: who is to see them
 * @type: as in tw_bench_make_object()
 * @n: how many
 */
void
tw_bench_show (TwBench *bench, TwBenchPerson *person, const char *type, guint n)
{
  g_autoptr (TwDb) db = tw_bench_open (bench);
  TwFeedBatch *feed = tw_feed_batch_new (tw_keys_get (bench->keys, TW_KEY_COLUMN));
  g_autofree char *scope = g_strconcat ("account:", person->id, NULL);
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwObject) object = tw_bench_make_object (person, type, n - i);

      tw_feed_batch_publish (feed, scope, object);
    }
  if (tw_db_begin (db, &error) && tw_feed_batch_write (feed, db, scopes, &error))
    tw_db_commit (db, &error);
  g_assert_no_error (error);
  tw_feed_batch_free (feed);
}
