// SPDX-License-Identifier: GPL-3.0-or-later
/* Whose data is open. Each person has a folder of their own under a name that tells nothing, so
 * that one never sees what belongs to another; the device has one for what belongs to nobody. */
#include "client/app/tw-engine-private.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "protocol/tw-refusal.h"
#include "protocol/tw-wire.h"
#include "tax/tw-tax-type.h"

/* Characters of the keyed hash that make a folder's name: more than enough to tell people apart. */
#define PROFILE_CHARS 32

/**
 * tw_engine_get_profile:
 * @self: an engine
 * @account_id: a person's account
 *
 * Returns: (transfer full): the name of their folder
 */
char *
tw_engine_get_profile (TwEngine *self, const char *account_id)
{
  g_autoptr (TwKey) key = tw_key_derive (self->master, "profile names");
  char *name = tw_keyed_hash (key, account_id);

  name[PROFILE_CHARS] = '\0';
  return name;
}

/**
 * tw_engine_make_store:
 * @self: an engine
 * @profile: the name of a folder
 *
 * Returns: (transfer full): its store, not open yet
 */
TwStore *
tw_engine_make_store (TwEngine *self, const char *profile)
{
  g_autofree char *purpose = g_strconcat ("store ", profile, NULL);
  g_autofree char *folder = g_build_filename (self->folder, profile, NULL);
  g_autoptr (TwKey) key = tw_key_derive (self->master, purpose);
  TwStore *store = tw_store_new (folder, key, tw_tax_type_get_name);

  /* The device's store is opened first, with a key from the same master. */
  if (self->device != NULL)
    tw_store_trust_key (store);
  g_signal_connect_object (store, "set-aside", G_CALLBACK (tw_engine_on_set_aside), self, 0);
  return store;
}

/**
 * tw_engine_get_list:
 * @self: an engine
 * @wire_type: the name of a type
 *
 * Returns: (transfer none): the one list of that type
 */
TwObjectList *
tw_engine_get_list (TwEngine *self, const char *wire_type)
{
  TwObjectList *list = g_hash_table_lookup (self->lists, wire_type);
  GType type = tw_wire_get_gtype (wire_type);

  if (list != NULL)
    return list;
  g_return_val_if_fail (type != G_TYPE_INVALID, NULL);
  list = tw_object_list_new (type);
  g_hash_table_insert (self->lists, g_strdup (wire_type), list);
  return list;
}

/* Puts @objects (nullable) into the lists in the place of everything that is there. */
static void
fill_lists (TwEngine *self, GPtrArray *objects)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer old;

  g_hash_table_iter_init (&iter, self->lists);
  while (g_hash_table_iter_next (&iter, NULL, &old))
    {
      g_ptr_array_add (lists, old);
      tw_object_list_begin (old);
      tw_object_list_clear (old);
    }
  for (guint i = 0; objects != NULL && i < objects->len; i++)
    {
      TwObjectList *list = tw_engine_get_list (self, tw_object_get_wire_type (objects->pdata[i]));

      if (!g_ptr_array_find (lists, list, NULL))
        {
          g_ptr_array_add (lists, list);
          tw_object_list_begin (list);
        }
      tw_object_list_put (list, objects->pdata[i]);
    }
  for (guint i = 0; i < lists->len; i++)
    tw_object_list_end (lists->pdata[i]);
}

void
tw_engine_set_device_meta (TwEngine *self, const char *name, const char *text)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (text != NULL)
    g_hash_table_replace (self->device_meta, g_strdup (name), g_strdup (text));
  else
    g_hash_table_remove (self->device_meta, name);
  g_hash_table_insert (values, g_strdup (name), g_strdup (text));
  if (self->device != NULL)
    tw_store_set_meta_async (self->device, values, NULL, NULL);
}

static void
start_sync (TwEngine *self)
{
  g_object_set (self->status, "connection", TW_CONNECTION_STARTING, NULL);
  tw_pump_hold (self->pump, FALSE);
  tw_pump_start (self->pump);
  tw_feed_reader_start (self->reader);
}

/**
 * tw_engine_enter:
 * @self: an engine that nobody is signed in at
 * @store: (transfer full): a person's store, open; closed again when there is no session in it
 * @contents: what is in it
 *
 * Shows what is stored and follows the feed.
 *
 * Returns: whether somebody is signed in now
 */
gboolean
tw_engine_enter (TwEngine *self, TwStore *store, TwStoreContents *contents)
{
  const char *token = g_hash_table_lookup (contents->meta, TW_META_TOKEN);
  const char *role = g_hash_table_lookup (contents->meta, TW_META_ROLE);
  const char *as_of = g_hash_table_lookup (contents->meta, "as_of");

  g_assert (self->store == NULL);

  if (token == NULL)
    {
      tw_store_close (store);
      g_object_unref (store);
      return FALSE;
    }
  tw_engine_take_drafts (self, contents->drafts);
  self->store = store;
  tw_transport_set_token (self->transport, token);
  fill_lists (self, contents->objects);
  tw_engine_fill_outgoing (self, contents->outgoing);
  g_object_freeze_notify (G_OBJECT (self->status));
  g_object_set (self->status, "account-id", g_hash_table_lookup (contents->meta, TW_META_ACCOUNT),
                "display-name", g_hash_table_lookup (contents->meta, TW_META_NAME), "agent",
                g_strcmp0 (role, "agent") == 0 || g_strcmp0 (role, "senior") == 0, "senior",
                g_strcmp0 (role, "senior") == 0, "as-of-ms",
                as_of != NULL ? g_ascii_strtoll (as_of, NULL, 10) : (gint64) 0, "signed-in", TRUE,
                NULL);
  g_object_thaw_notify (G_OBJECT (self->status));
  g_signal_emit_by_name (self, "records-changed");
  start_sync (self);
  return TRUE;
}

/**
 * tw_engine_leave:
 * @self: an engine
 *
 * Closes the person's store and shows nothing of it any more. What they wrote waits in it.
 */
void
tw_engine_leave (TwEngine *self)
{
  TwStore *store = self->store;

  if (store == NULL)
    return;
  tw_feed_reader_stop (self->reader);
  tw_pump_stop (self->pump);
  tw_transport_set_token (self->transport, NULL);
  tw_engine_take_drafts (self, self->device_drafts);
  self->store = NULL;
  tw_store_close (store);
  g_object_unref (store);
  fill_lists (self, NULL);
  tw_engine_fill_outgoing (self, NULL);
  g_object_freeze_notify (G_OBJECT (self->status));
  g_object_set (self->status, "connection", TW_CONNECTION_STARTING, "account-id", NULL,
                "display-name", NULL, "agent", FALSE, "as-of-ms", (gint64) 0, "signed-in", FALSE,
                NULL);
  g_object_thaw_notify (G_OBJECT (self->status));
  g_signal_emit_by_name (self, "records-changed");
}

/* What is in memory and not in the new file was on the bad page. */
static void
settle_lost (TwEngine *self, GPtrArray *stored)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < stored->len; i++)
    g_hash_table_add (known, ((TwStoreOutgoing *) stored->pdata[i])->command->id);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->outgoing)); i++)
    {
      g_autoptr (TwOutgoing) outgoing = g_list_model_get_item (G_LIST_MODEL (self->outgoing), i);

      if (!tw_outgoing_is_settled (outgoing) &&
          !g_hash_table_contains (known, tw_outgoing_get_id (outgoing)))
        tw_outgoing_settle (outgoing, TW_OUTGOING_STATE_REFUSED, "not_saved",
                            _ ("This was lost with a damaged file. Look whether it was done before "
                               "you ask for it again."),
                            TW_REMEDY_LOOK_AGAIN, NULL);
    }
  tw_engine_count_unsent (self);
}

static void
on_contents (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TwEngine) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStoreContents) contents = tw_store_open_finish (TW_STORE (source), result, &error);
  GHashTableIter iter;
  gpointer key;

  if (contents == NULL || self->store != TW_STORE (source))
    return;
  settle_lost (self, contents->outgoing);
  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (self->dirty, g_strdup (key));
  tw_engine_flush_drafts (self);
  tw_feed_reader_start (self->reader);
}

/* A handler of TwStore::set-aside. */
void
tw_engine_on_set_aside (
  TwStore *store, const char *path, guint saved, gboolean whole, gpointer user_data)
{
  TwEngine *self = TW_ENGINE (user_data);
  g_autofree char *words = NULL;

  g_info ("A damaged store was set aside: %s, %u unsettled commands kept%s", path, saved,
          whole ? "" : ", some may be missing");
  if (store == self->store)
    {
      fill_lists (self, NULL);
      g_signal_emit_by_name (self, "records-changed");
      tw_store_open_async (store, on_contents, g_object_ref (self));
    }
  words = g_strdup_printf (
    whole
      ? _ ("The file with your data was damaged. It was set aside as %s, and everything is being "
           "fetched again. Nothing that you wrote is lost.")
      : _ ("The file with your data was damaged. It was set aside as %s, and everything is being "
           "fetched again. Check what you asked for last: it may not have been sent."),
    path);
  g_signal_emit_by_name (self, "message", words);
}
