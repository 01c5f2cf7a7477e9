// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-client-test.h"

#include <glib/gstdio.h>

#include "protocol/tw-wire.h"

/**
 * tw_test_folder_new:
 *
 * Returns: (transfer full): a folder of this test alone; its path is short enough for sockets
 */
char *
tw_test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("tw-client-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir =
    g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

/**
 * tw_test_folder_remove:
 * @folder: (transfer full): a folder of this test
 */
void
tw_test_folder_remove (char *folder)
{
  remove_all (folder);
  g_free (folder);
}

static gboolean
on_deadline (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Wakes the loop for conditions that nothing of ours announces, such as another process. */
static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/**
 * tw_test_wait:
 * @condition: what is waited for
 * @data: for @condition
 *
 * Returns: whether it came true before the deadline
 */
gboolean
tw_test_wait (TwTestCondition condition, gpointer data)
{
  gboolean late = FALSE;
  guint deadline = g_timeout_add_seconds (TW_TEST_DEADLINE_S, on_deadline, &late);
  guint tick = g_timeout_add (20, on_tick, NULL);
  gboolean ok;

  while (!(ok = condition (data)) && !late)
    g_main_context_iteration (NULL, TRUE);
  if (!late)
    g_source_remove (deadline);
  g_source_remove (tick);
  return ok;
}

void
tw_test_wait_or_fail (TwTestCondition condition, gpointer data, const char *what)
{
  if (!tw_test_wait (condition, data))
    g_error ("Waited in vain for: %s", what);
}

/**
 * tw_test_spin_ms:
 * @ms: how long
 *
 * Runs the loop for a while, to see that something does not happen.
 */
void
tw_test_spin_ms (guint ms)
{
  gboolean late = FALSE;

  g_timeout_add (ms, on_deadline, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
}

void
tw_test_take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **) data != NULL;
}

/**
 * tw_test_wait_result:
 * @slot: where tw_test_take_result() puts it
 *
 * Returns: (transfer full): the result; the slot is empty again
 */
GAsyncResult *
tw_test_wait_result (GAsyncResult **slot)
{
  tw_test_wait_or_fail (has_result, slot, "an answer");
  return g_steal_pointer (slot);
}

/**
 * tw_test_put:
 * @page: a page
 * @scope: the scope that brings the object
 * @seq: its number
 * @object: (transfer full): the object
 */
void
tw_test_put (TwFeedPage *page, const char *scope, gint64 seq, TwObject *object)
{
  TwFeedItem *item =
    tw_feed_item_new (scope, seq, tw_object_get_wire_type (object), tw_object_get_id (object));

  tw_feed_item_take_object (item, object, tw_wire_encode_text (object));
  g_ptr_array_add (page->items, item);
}

void
tw_test_withdraw (TwFeedPage *page, const char *scope, gint64 seq, const char *type, const char *id)
{
  g_ptr_array_add (page->items, tw_feed_item_new (scope, seq, type, id));
}
