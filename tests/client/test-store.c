// SPDX-License-Identifier: GPL-3.0-or-later
/* The store: what the feed brings and takes away, and what waits to be sent. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "model/tw-bill.h"
#include "model/tw-ticket.h"
#include "protocol/tw-kinds.h"
#include "tw-store-test.h"

typedef struct
{
  char *folder;
  TwStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwStoreContents) contents = NULL;

  fixture->folder = tw_test_folder_new ();
  contents = tw_test_store_open (fixture->folder, &fixture->store);
  g_assert_cmpuint (contents->objects->len, ==, 0);
  g_assert_cmpuint (contents->outgoing->len, ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tw_test_store_close (fixture->store);
  tw_test_folder_remove (fixture->folder);
}

static TwStoreContents *
reopen (Fixture *fixture)
{
  tw_test_store_close (fixture->store);
  fixture->store = NULL;
  return tw_test_store_open (fixture->folder, &fixture->store);
}

static TwObject *
ticket (const char *id, const char *subject)
{
  return g_object_new (TW_TYPE_TICKET, "id", id, "subject", subject, NULL);
}

static TwStoreChanges *
apply (Fixture *fixture, TwFeedPage *page, const char *after)
{
  g_autoptr (GError) error = NULL;
  TwStoreChanges *changes = tw_test_store_apply (fixture->store, page, after, &error);

  g_assert_no_error (error);
  return changes;
}

static void
test_feed_kept (Fixture *fixture, gconstpointer data)
{
  TwFeedPage *page = tw_feed_page_new ("c1", 5000);
  g_autoptr (TwStoreChanges) first = NULL;
  g_autoptr (TwStoreChanges) second = NULL;
  g_autoptr (TwStoreContents) contents = NULL;

  tw_test_put (page, "account:a", 1, ticket ("t1", "one"));
  tw_test_put (page, "account:a", 2, ticket ("t2", "two"));
  tw_test_put (page, "account:a", 3, g_object_new (TW_TYPE_BILL, "id", "b1", NULL));
  first = apply (fixture, page, NULL);
  g_assert_cmpuint (first->put->len, ==, 3);
  g_assert_false (first->records);

  page = tw_feed_page_new ("c2", 6000);
  tw_test_put (page, "account:a", 4, ticket ("t1", "one again"));
  tw_test_withdraw (page, "account:a", 5, "bill", "b1");
  second = apply (fixture, page, "c1");
  g_assert_cmpuint (second->put->len, ==, 1);
  g_assert_cmpuint (second->removed->len, ==, 1);
  g_assert_cmpstr (((TwStoreRemoved *) second->removed->pdata[0])->id, ==, "b1");

  contents = reopen (fixture);
  g_assert_cmpuint (contents->objects->len, ==, 2);
  g_assert_cmpstr (tw_ticket_get_subject (contents->objects->pdata[0]), ==, "one again");
  g_assert_cmpstr (tw_ticket_get_subject (contents->objects->pdata[1]), ==, "two");
  g_assert_cmpstr (g_hash_table_lookup (contents->meta, "cursor"), ==, "c2");
  g_assert_cmpstr (g_hash_table_lookup (contents->meta, "as_of"), ==, "6000");
}

static void
test_feed_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStoreContents) contents = NULL;
  TwFeedPage *page = tw_feed_page_new ("c9", 1);

  tw_test_put (page, "account:a", 1, ticket ("t1", "one"));
  g_assert_null (tw_test_store_apply (fixture->store, page, "c8", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CONFLICT);
  contents = reopen (fixture);
  g_assert_cmpuint (contents->objects->len, ==, 0);
  g_assert_null (g_hash_table_lookup (contents->meta, "cursor"));
}

static void
test_feed_two_scopes (Fixture *fixture, gconstpointer data)
{
  TwFeedPage *page = tw_feed_page_new ("c1", 1);
  g_autoptr (TwStoreChanges) both = NULL;
  g_autoptr (TwStoreChanges) newer = NULL;
  g_autoptr (TwStoreChanges) one = NULL;
  g_autoptr (TwStoreChanges) none = NULL;
  g_autoptr (TwStoreContents) contents = NULL;

  tw_test_put (page, "queue:desk", 1, ticket ("t1", "one"));
  tw_test_put (page, "ticket:t1", 1, ticket ("t1", "one"));
  tw_test_put (page, "ticket:t1", 2, ticket ("t2", "two"));
  both = apply (fixture, page, NULL);

  page = tw_feed_page_new ("c2", 2);
  tw_test_put (page, "ticket:t1", 3, ticket ("t1", "newest"));
  newer = apply (fixture, page, "c1");

  page = tw_feed_page_new ("c3", 3);
  g_strfreev (page->dropped);
  page->dropped = g_strsplit ("ticket:t1 never:seen", " ", -1);
  one = apply (fixture, page, "c2");
  g_assert_cmpuint (one->removed->len, ==, 1);
  g_assert_cmpstr (((TwStoreRemoved *) one->removed->pdata[0])->id, ==, "t2");

  contents = reopen (fixture);
  g_assert_cmpuint (contents->objects->len, ==, 1);
  g_assert_cmpstr (tw_ticket_get_subject (contents->objects->pdata[0]), ==, "newest");

  page = tw_feed_page_new ("c4", 4);
  tw_test_withdraw (page, "queue:desk", 2, "ticket", "t1");
  none = apply (fixture, page, "c3");
  g_assert_cmpuint (none->removed->len, ==, 1);
}

/* What a scope brought stays in sight until it is known what is not there any more. */
static void
test_feed_gap (Fixture *fixture, gconstpointer data)
{
  TwFeedPage *page = tw_feed_page_new ("c1", 1);
  g_autoptr (TwStoreChanges) first = NULL;
  g_autoptr (TwStoreChanges) second = NULL;
  g_autoptr (TwStoreChanges) third = NULL;
  g_autoptr (TwStoreContents) contents = NULL;

  tw_test_put (page, "account:a", 1, ticket ("kept", ""));
  tw_test_put (page, "account:a", 2, ticket ("lost", ""));
  tw_test_put (page, "account:b", 1, ticket ("other", ""));
  first = apply (fixture, page, NULL);

  page = tw_feed_page_new ("c2", 2);
  g_strfreev (page->gap);
  page->gap = g_strsplit ("account:a", " ", -1);
  page->more = TRUE;
  second = apply (fixture, page, "c1");
  g_assert_cmpuint (second->removed->len, ==, 0);

  page = tw_feed_page_new ("c3", 3);
  tw_test_put (page, "account:a", 1, ticket ("kept", ""));
  third = apply (fixture, page, "c2");
  g_assert_cmpuint (third->removed->len, ==, 1);
  g_assert_cmpstr (((TwStoreRemoved *) third->removed->pdata[0])->id, ==, "lost");
  contents = reopen (fixture);
  g_assert_cmpuint (contents->objects->len, ==, 2);
}

static void
test_outbox_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TwStoreBatch) two = NULL;
  g_autoptr (TwStoreBatch) small = NULL;
  g_autoptr (TwStoreContents) contents = NULL;

  for (int i = 0; i < 3; i++)
    {
      TwCommand *command = tw_test_command_new (TW_KIND_TICKET_WRITE);

      g_ptr_array_add (ids, g_strdup (command->id));
      command->signature = i == 1 ? g_strdup ("signed") : NULL;
      tw_test_store_write_down (fixture->store, command);
    }
  two = tw_test_store_take (fixture->store, 2, 100000);
  g_assert_cmpuint (two->commands->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (((TwCommand *) two->commands->pdata[i])->id, ==, ids->pdata[i]);
  g_assert_cmpstr (((TwCommand *) two->commands->pdata[1])->signature, ==, "signed");
  g_assert_cmpstr (((TwCommand *) two->commands->pdata[1])->body_text, ==, "{\"amount_fen\":100}");

  /* However small the room, one goes. */
  small = tw_test_store_take (fixture->store, 9, 1);
  g_assert_cmpuint (small->commands->len, ==, 1);

  contents = reopen (fixture);
  g_assert_cmpuint (contents->outgoing->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      TwStoreOutgoing *outgoing = contents->outgoing->pdata[i];

      g_assert_cmpstr (outgoing->command->id, ==, ids->pdata[i]);
      g_assert_cmpint (outgoing->state, ==,
                       i < 2 ? TW_OUTGOING_STATE_SENT : TW_OUTGOING_STATE_WAITING);
    }
}

/* -1: it is not there. */
static int
get_state (Fixture *fixture, const char *id)
{
  g_autoptr (TwStoreContents) contents = tw_test_store_open (fixture->folder, &fixture->store);

  for (guint i = 0; i < contents->outgoing->len; i++)
    {
      TwStoreOutgoing *outgoing = contents->outgoing->pdata[i];

      if (g_str_equal (outgoing->command->id, id))
        return (int) outgoing->state;
    }
  return -1;
}

static void
finish (Fixture *fixture, GAsyncResult **slot)
{
  g_autoptr (GAsyncResult) result = tw_test_wait_result (slot);
  g_autoptr (GError) error = NULL;

  tw_store_finish (fixture->store, result, &error);
  g_assert_no_error (error);
}

/* Too old and never sent: never sent. Too old and perhaps sent: repeated. */
static void
test_outbox_expires (Fixture *fixture, gconstpointer data)
{
  TwCommand *old = tw_test_command_new (TW_KIND_TAX_PAY);
  TwCommand *question = tw_test_command_new (TW_KIND_TICKET_ASK);
  TwCommand *sent = tw_test_command_new (TW_KIND_TAX_PAY);
  g_autofree char *old_id = g_strdup (old->id);
  g_autofree char *sent_id = g_strdup (sent->id);
  g_autofree char *question_id = g_strdup (question->id);
  g_autoptr (TwStoreBatch) first = NULL;
  g_autoptr (TwStoreBatch) second = NULL;
  GAsyncResult *slot = NULL;

  sent->at_ms -= 599 * 1000;
  tw_test_store_write_down (fixture->store, sent);
  first = tw_test_store_take (fixture->store, 9, 100000);
  g_assert_cmpuint (first->commands->len, ==, 1);

  old->at_ms -= 601 * 1000;
  question->at_ms -= 30 * G_GINT64_CONSTANT (86400000);
  tw_test_store_write_down (fixture->store, old);
  tw_test_store_write_down (fixture->store, question);
  tw_clock_set_offset_ms (10 * 1000);
  second = tw_test_store_take (fixture->store, 9, 100000);
  g_assert_cmpuint (second->commands->len, ==, 2);
  g_assert_cmpstr (((TwCommand *) second->commands->pdata[0])->id, ==, sent_id);
  g_assert_cmpstr (((TwCommand *) second->commands->pdata[1])->id, ==, question_id);
  g_assert_cmpuint (g_strv_length (second->expired), ==, 1);
  g_assert_cmpstr (second->expired[0], ==, old_id);
  g_assert_cmpint (get_state (fixture, old_id), ==, TW_OUTGOING_STATE_EXPIRED);

  /* What was certainly not sent waits again, and may then grow too old after all. */
  {
    const char *const ids[] = { sent_id, NULL };
    g_autoptr (TwStoreBatch) third = NULL;

    tw_store_unsend_async (fixture->store, ids, tw_test_take_result, &slot);
    finish (fixture, &slot);
    g_assert_cmpint (get_state (fixture, sent_id), ==, TW_OUTGOING_STATE_WAITING);
    third = tw_test_store_take (fixture->store, 0, 0);
    g_assert_cmpuint (third->commands->len, ==, 0);
    g_assert_cmpstr (third->expired[0], ==, sent_id);
  }
  tw_clock_set_offset_ms (0);
}

static void
test_outbox_settles (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_result_free);
  TwCommand *command = tw_test_command_new (TW_KIND_TAX_PAY);
  g_autofree char *id = g_strdup (command->id);
  g_autoptr (TwStoreBatch) batch = NULL;
  g_autoptr (TwStoreBatch) none = NULL;
  g_autoptr (TwStoreContents) contents = NULL;
  TwStoreOutgoing *outgoing;
  TwResult *result;
  GAsyncResult *slot = NULL;

  tw_test_store_write_down (fixture->store, command);
  batch = tw_test_store_take (fixture->store, 9, 100000);
  tw_store_discard_async (fixture->store, id, tw_test_take_result, &slot);
  finish (fixture, &slot);
  g_assert_cmpint (get_state (fixture, id), ==, TW_OUTGOING_STATE_SENT);

  result = tw_result_new (id, TW_RESULT_REFUSED);
  result->code = g_strdup ("no_balance");
  g_ptr_array_add (results, result);
  tw_store_settle_async (fixture->store, results, tw_test_take_result, &slot);
  finish (fixture, &slot);
  none = tw_test_store_take (fixture->store, 9, 100000);
  g_assert_cmpuint (none->commands->len, ==, 0);

  contents = reopen (fixture);
  outgoing = contents->outgoing->pdata[0];
  g_assert_cmpint (outgoing->state, ==, TW_OUTGOING_STATE_REFUSED);
  g_assert_cmpstr (outgoing->result->code, ==, "no_balance");

  tw_store_discard_async (fixture->store, id, tw_test_take_result, &slot);
  finish (fixture, &slot);
  g_assert_cmpint (get_state (fixture, id), ==, -1);
}

static void
test_small_things (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) some = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) less = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (TwStoreContents) contents = NULL;

  g_hash_table_insert (some, (gpointer) "help/new", (gpointer) "half a sent");
  g_hash_table_insert (some, (gpointer) "help/old", (gpointer) "x");
  tw_store_set_drafts_async (fixture->store, some, NULL, NULL);
  g_hash_table_insert (less, (gpointer) "help/old", NULL);
  tw_store_set_drafts_async (fixture->store, less, NULL, NULL);
  tw_store_set_meta_async (fixture->store, some, NULL, NULL);
  contents = reopen (fixture);
  g_assert_cmpuint (g_hash_table_size (contents->drafts), ==, 1);
  g_assert_cmpstr (g_hash_table_lookup (contents->drafts, "help/new"), ==, "half a sent");
  g_assert_cmpstr (g_hash_table_lookup (contents->meta, "help/old"), ==, "x");
}

static void
test_wrong_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwKey) other = tw_key_new_random ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, TW_STORE_FILE, NULL);
  TwCommand *command = tw_test_command_new (TW_KIND_TICKET_ASK);
  g_autofree char *id = g_strdup (command->id);
  GAsyncResult *slot = NULL;
  TwStore *store;

  tw_test_store_write_down (fixture->store, command);
  tw_test_store_close (fixture->store);
  store = tw_store_new (fixture->folder, other, NULL);
  tw_store_open_async (store, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  g_assert_null (tw_store_open_finish (store, result, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_WRONG_KEY);
  g_clear_object (&result);
  tw_test_store_close (store);

  /* Nothing was set aside, and with the right key everything is there. */
  fixture->store = NULL;
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (get_state (fixture, id), ==, TW_OUTGOING_STATE_WAITING);
}

#define ADD(name, func) g_test_add ("/store/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("feed/kept", test_feed_kept);
  ADD ("feed/in-order", test_feed_in_order);
  ADD ("feed/two-scopes", test_feed_two_scopes);
  ADD ("feed/gap", test_feed_gap);
  ADD ("outbox/order", test_outbox_order);
  ADD ("outbox/expires", test_outbox_expires);
  ADD ("outbox/settles", test_outbox_settles);
  ADD ("small-things", test_small_things);
  ADD ("wrong-key", test_wrong_key);
  return g_test_run ();
}
