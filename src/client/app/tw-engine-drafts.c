// SPDX-License-Identifier: GPL-3.0-or-later
/* What is being typed: in memory at once, on the disk as fast as the disk goes. */
#include "client/app/tw-engine-private.h"

const char *
tw_engine_get_draft (TwEngine *self, const char *key)
{
  return g_hash_table_lookup (self->drafts, key);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TwEngine) self = user_data;
  g_autoptr (GError) error = NULL;

  self->writing = FALSE;
  if (!tw_store_finish (TW_STORE (source), result, &error))
    g_info ("A draft can't be kept: %s", error->message);
  tw_engine_flush_drafts (self);
}

/* Writes what is not written yet, in one transaction however much was typed meanwhile. */
void
tw_engine_flush_drafts (TwEngine *self)
{
  TwStore *store = self->store != NULL ? self->store : self->device;
  g_autoptr (GHashTable) values = NULL;
  GHashTableIter iter;
  gpointer key;

  if (self->writing || g_hash_table_size (self->dirty) == 0 || store == NULL)
    return;
  values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, self->dirty);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_insert (values, g_strdup (key),
                         g_strdup (g_hash_table_lookup (self->drafts, key)));
  g_hash_table_remove_all (self->dirty);
  self->writing = TRUE;
  tw_store_set_drafts_async (store, values, on_written, g_object_ref (self));
}

void
tw_engine_set_draft (TwEngine *self, const char *key, const char *text)
{
  if (text != NULL && text[0] == '\0')
    text = NULL;
  if (g_strcmp0 (text, tw_engine_get_draft (self, key)) == 0)
    return;
  if (text != NULL)
    g_hash_table_replace (self->drafts, g_strdup (key), g_strdup (text));
  else
    g_hash_table_remove (self->drafts, key);
  g_hash_table_add (self->dirty, g_strdup (key));
  tw_engine_flush_drafts (self);
}

/* From now on these are the drafts. What is not written yet still goes where it belongs: this is
 * called before the store changes. */
void
tw_engine_take_drafts (TwEngine *self, GHashTable *drafts)
{
  self->writing = FALSE;
  tw_engine_flush_drafts (self);
  self->writing = FALSE;
  g_hash_table_unref (self->drafts);
  self->drafts = g_hash_table_ref (drafts);
}
