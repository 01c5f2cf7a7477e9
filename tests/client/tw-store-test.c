// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-store-test.h"

#include "base/tw-clock.h"
#include "base/tw-uuid.h"

static const char *
tax_name (const char *tax_type)
{
  return g_str_equal (tax_type, "vehicle_vessel") ? "车船税" : "其他税";
}

TwKey *
tw_test_key (void)
{
  static const guint8 bytes[TW_KEY_BYTES] = { 7 };

  return tw_key_new_from_bytes (bytes, sizeof bytes, NULL);
}

/* Opens it, or fails. */
TwStoreContents *
tw_test_store_open (const char *folder, TwStore **store)
{
  g_autoptr (TwKey) key = tw_test_key ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  TwStoreContents *contents;

  if (*store == NULL)
    *store = tw_store_new (folder, key, tax_name);
  tw_store_open_async (*store, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  contents = tw_store_open_finish (*store, result, &error);
  g_assert_no_error (error);
  return contents;
}

void
tw_test_store_close (TwStore *store)
{
  tw_store_close_and_wait (store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (store);
}

/* Takes @page. */
TwStoreChanges *
tw_test_store_apply (TwStore *store, TwFeedPage *page, const char *after, GError **error)
{
  g_autoptr (TwFeedPage) taken = page;
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;

  tw_store_apply_async (store, taken, after, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  return tw_store_apply_finish (store, result, error);
}

TwCommand *
tw_test_command_new (const char *kind)
{
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *intent = tw_uuid_new ();
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_int_member (body, "amount_fen", 100);
  return tw_command_new (id, intent, kind, tw_clock_now_ms (), body);
}

/* Takes @command. */
void
tw_test_store_write_down (TwStore *store, TwCommand *command)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;

  tw_store_write_down_async (store, command, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  tw_store_finish (store, result, &error);
  g_assert_no_error (error);
}

TwStoreBatch *
tw_test_store_take (TwStore *store, guint limit, gsize max_bytes)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  TwStoreBatch *batch;

  tw_store_take_async (store, limit, max_bytes, NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  batch = tw_store_take_finish (store, result, &error);
  g_assert_no_error (error);
  return batch;
}

TwRecordPage *
tw_test_store_query (TwStore *store, const TwRecordQuery *query, const char *after, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  TwRecordPage *page;

  tw_store_query_records_async (store, query, after, limit, NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  page = tw_store_query_records_finish (store, result, &error);
  g_assert_no_error (error);
  return page;
}

TwObject *
tw_test_store_get (TwStore *store, const char *wire_type, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;

  tw_store_get_object_async (store, wire_type, id, NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  return tw_store_get_object_finish (store, result, error);
}
