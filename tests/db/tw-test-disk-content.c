// SPDX-License-Identifier: GPL-3.0-or-later
/* What is on the disk, what survives a power cut, and copies of it. */
#include "tw-test-disk-private.h"

#define SECTOR 512

GHashTable *tw_test_disk_contents;
int tw_test_disk_accesses_left = -1;
gboolean tw_test_disk_failed;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_clear_pointer (&pending->data, g_bytes_unref);
  g_free (pending);
}

Content *
tw_test_content_new (void)
{
  Content *content = g_new0 (Content, 1);

  content->now = g_byte_array_new ();
  content->durable = g_byte_array_new ();
  content->pending = g_ptr_array_new_with_free_func (pending_free);
  return content;
}

void
tw_test_content_free (gpointer data)
{
  Content *content = data;

  g_byte_array_unref (content->now);
  g_byte_array_unref (content->durable);
  g_ptr_array_unref (content->pending);
  g_free (content);
}

void
tw_test_content_put (GByteArray *array, gint64 offset, const void *data, gsize length)
{
  guint old = array->len;

  if (offset + length > old)
    {
      g_byte_array_set_size (array, (guint) (offset + length));
      if (offset > old)
        memset (array->data + old, 0, offset - old);
    }
  memcpy (array->data + offset, data, length);
}

void
tw_test_content_copy (GByteArray *to, const GByteArray *from)
{
  g_byte_array_set_size (to, 0);
  g_byte_array_append (to, from->data, from->len);
}

void
tw_test_disk_clear (void)
{
  g_hash_table_remove_all (tw_test_disk_contents);
  tw_test_disk_accesses_left = -1;
  tw_test_disk_failed = FALSE;
}

/* A pending write may have reached the disk, or not, or in part. @rand: not for the whole. */
void
tw_test_content_settle (Content *content, TwTestSettle how, GRand *rand)
{
  for (guint i = 0; i < content->pending->len; i++)
    {
      Pending *pending = g_ptr_array_index (content->pending, i);
      gsize length = 0;
      const guint8 *data = pending->data != NULL ? g_bytes_get_data (pending->data, &length) : NULL;
      gsize from = 0;

      switch (how != TW_TEST_SETTLE_EACH ? how : (TwTestSettle) g_rand_int_range (rand, 0, 4))
        {
        case TW_TEST_SETTLE_LOST:
          continue;
        case TW_TEST_SETTLE_TORN:
          if (data == NULL)
            continue;
          /* Sectors are whole, but any of them may be missing. */
          for (; from < length; from += SECTOR - (pending->offset + from) % SECTOR)
            {
              gsize to = MIN (length, from + SECTOR - (pending->offset + from) % SECTOR);

              if (g_rand_boolean (rand))
                tw_test_content_put (content->durable, pending->offset + from, data + from,
                                     to - from);
            }
          break;
        default:
          if (data != NULL)
            tw_test_content_put (content->durable, pending->offset, data, length);
          else
            g_byte_array_set_size (content->durable,
                                   (guint) MIN (pending->offset, content->durable->len));
        }
    }
  g_ptr_array_set_size (content->pending, 0);
}

/* Each write by itself, or all the same way: torn or whole. */
TwTestSettle
tw_test_settle_draw (guint of_six)
{
  return of_six == 4   ? TW_TEST_SETTLE_TORN
         : of_six == 5 ? TW_TEST_SETTLE_WHOLE
                       : TW_TEST_SETTLE_EACH;
}

void
tw_test_disk_lose_power (GRand *rand)
{
  GHashTableIter iter;
  gpointer content;
  TwTestSettle how = tw_test_settle_draw ((guint) g_rand_int_range (rand, 0, 6));

  g_hash_table_iter_init (&iter, tw_test_disk_contents);
  while (g_hash_table_iter_next (&iter, NULL, &content))
    {
      tw_test_content_settle (content, how, rand);
      tw_test_content_copy (((Content *) content)->now, ((Content *) content)->durable);
    }
  tw_test_disk_accesses_left = -1;
  tw_test_disk_failed = FALSE;
}

GHashTable *
tw_test_disk_save (void)
{
  GHashTable *saved =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  GHashTableIter iter;
  gpointer name, content;

  g_hash_table_iter_init (&iter, tw_test_disk_contents);
  while (g_hash_table_iter_next (&iter, &name, &content))
    {
      GByteArray *now = ((Content *) content)->now;

      g_hash_table_insert (saved, g_strdup (name), g_bytes_new (now->data, now->len));
    }
  return saved;
}

void
tw_test_disk_restore (GHashTable *saved)
{
  GHashTableIter iter;
  gpointer name, bytes;

  tw_test_disk_clear ();
  g_hash_table_iter_init (&iter, saved);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    {
      Content *content = tw_test_content_new ();
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);

      g_byte_array_append (content->now, data, (guint) length);
      tw_test_content_copy (content->durable, content->now);
      g_hash_table_insert (tw_test_disk_contents, g_strdup (name), content);
    }
}

GByteArray *
tw_test_disk_peek (const char *name)
{
  Content *content = g_hash_table_lookup (tw_test_disk_contents, name);

  return content != NULL ? content->now : NULL;
}
