// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-bill.h"
#include "model/tw-object-list.h"

typedef struct
{
  int changes;
  guint position, removed, added;
  int notified;
} Heard;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Heard *heard)
{
  heard->changes++;
  heard->position = position;
  heard->removed = removed;
  heard->added = added;
}

static void
on_amount (GObject *object, GParamSpec *pspec, Heard *heard)
{
  heard->notified++;
}

static TwObjectList *
make_list (Heard *heard)
{
  TwObjectList *list = tw_object_list_new (TW_TYPE_BILL);

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (list)) == TW_TYPE_BILL);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), heard);
  return list;
}

static void
put (TwObjectList *list, int id, gint64 amount_fen)
{
  g_autofree char *name = g_strdup_printf ("bill-%d", id);
  g_autoptr (TwObject) bill =
    g_object_new (TW_TYPE_BILL, "id", name, "amount-fen", amount_fen, NULL);

  tw_object_list_put (list, bill);
}

static void
assert_ids (TwObjectList *list, const int *ids, guint n_ids)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, n_ids);
  for (guint i = 0; i < n_ids; i++)
    {
      g_autoptr (TwObject) item = g_list_model_get_item (G_LIST_MODEL (list), i);
      g_autofree char *name = g_strdup_printf ("bill-%d", ids[i]);

      g_assert_cmpstr (tw_object_get_id (item), ==, name);
      g_assert_true (tw_object_list_find (list, name) == item);
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), n_ids));
}

static void
test_one_by_one (void)
{
  Heard heard = { 0 };
  g_autoptr (TwObjectList) list = make_list (&heard);

  put (list, 1, 100);
  put (list, 2, 200);
  g_assert_cmpint (heard.changes, ==, 2);
  g_assert_cmpuint (heard.position, ==, 1);
  g_assert_cmpuint (heard.added, ==, 1);
  tw_object_list_remove (list, "bill-1");
  g_assert_cmpint (heard.changes, ==, 3);
  g_assert_cmpuint (heard.position, ==, 0);
  g_assert_cmpuint (heard.removed, ==, 1);
  assert_ids (list, (int[]){ 2 }, 1);
  tw_object_list_remove (list, "bill-1");
  tw_object_list_remove (list, "never");
  g_assert_cmpint (heard.changes, ==, 3);
}

/* An update is told by the object itself, once, and only when it says something else. */
static void
test_update_keeps_the_object (void)
{
  Heard heard = { 0 };
  g_autoptr (TwObjectList) list = make_list (&heard);
  TwObject *bill;

  put (list, 1, 100);
  bill = tw_object_list_find (list, "bill-1");
  g_signal_connect (bill, "notify::amount-fen", G_CALLBACK (on_amount), &heard);
  put (list, 1, 100);
  g_assert_cmpint (heard.notified, ==, 0);
  put (list, 1, 150);
  g_assert_cmpint (heard.notified, ==, 1);
  g_assert_cmpint (heard.changes, ==, 1);
  g_assert_true (tw_object_list_find (list, "bill-1") == bill);
  g_assert_cmpint (tw_bill_get_amount_fen (TW_BILL (bill)), ==, 150);
}

static void
test_batch (void)
{
  Heard heard = { 0 };
  g_autoptr (TwObjectList) list = make_list (&heard);

  tw_object_list_begin (list);
  for (int i = 0; i < 10000; i++)
    put (list, i, i);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  tw_object_list_end (list);
  g_assert_cmpint (heard.changes, ==, 1);
  g_assert_cmpuint (heard.added, ==, 10000);

  tw_object_list_begin (list);
  tw_object_list_begin (list);
  for (int i = 5; i < 9995; i++)
    {
      g_autofree char *name = g_strdup_printf ("bill-%d", i);

      tw_object_list_remove (list, name);
    }
  tw_object_list_end (list);
  g_assert_cmpint (heard.changes, ==, 1);
  tw_object_list_end (list);
  g_assert_cmpint (heard.changes, ==, 2);
  g_assert_cmpuint (heard.position, ==, 5);
  g_assert_cmpuint (heard.removed, ==, 9990);
  g_assert_cmpuint (heard.added, ==, 0);
  assert_ids (list, (int[]){ 0, 1, 2, 3, 4, 9995, 9996, 9997, 9998, 9999 }, 10);
}

static void
test_batch_of_both (void)
{
  Heard heard = { 0 };
  g_autoptr (TwObjectList) list = make_list (&heard);

  for (int i = 0; i < 4; i++)
    put (list, i, i);
  heard.changes = 0;
  tw_object_list_begin (list);
  tw_object_list_remove (list, "bill-1");
  put (list, 7, 7);
  tw_object_list_remove (list, "bill-3");
  tw_object_list_end (list);
  /* One for what came, one for what went. */
  g_assert_cmpint (heard.changes, ==, 2);
  assert_ids (list, (int[]){ 0, 2, 7 }, 3);
}

/* What goes and comes back within a batch is there afterwards, once. */
static void
test_gone_and_back (void)
{
  Heard heard = { 0 };
  g_autoptr (TwObjectList) list = make_list (&heard);

  put (list, 1, 100);
  tw_object_list_begin (list);
  tw_object_list_remove (list, "bill-1");
  g_assert_null (tw_object_list_find (list, "bill-1"));
  put (list, 1, 200);
  tw_object_list_end (list);
  assert_ids (list, (int[]){ 1 }, 1);
  g_assert_cmpint (tw_bill_get_amount_fen (TW_BILL (tw_object_list_find (list, "bill-1"))), ==,
                   200);

  tw_object_list_clear (list);
  assert_ids (list, NULL, 0);
  heard.changes = 0;
  tw_object_list_clear (list);
  g_assert_cmpint (heard.changes, ==, 0);
  put (list, 1, 300);
  assert_ids (list, (int[]){ 1 }, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/object-list/one-by-one", test_one_by_one);
  g_test_add_func ("/object-list/update", test_update_keeps_the_object);
  g_test_add_func ("/object-list/batch", test_batch);
  g_test_add_func ("/object-list/batch-of-both", test_batch_of_both);
  g_test_add_func ("/object-list/gone-and-back", test_gone_and_back);
  return g_test_run ();
}
