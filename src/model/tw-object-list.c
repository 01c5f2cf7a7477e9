// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-object-list.h"

/**
 * TwObjectList:
 *
 * A list model of objects that are known by their ids. An object that is put again is not replaced:
 * the one in the list takes over what the new one says, so that whoever holds it sees the change.
 * Between tw_object_list_begin() and tw_object_list_end() arrivals are appended, and what goes is
 * taken out, in one `items-changed` each. Objects that said something new are announced by one
 * `updated`, so that a filter or a sorter over the list can look again once.
 */
struct _TwObjectList
{
  GObject parent_instance;

  GType item_type;
  GPtrArray *items;      /* owned */
  GHashTable *positions; /* id (owned by the item) -> index + 1 */
  GHashTable *leaving;   /* items that go at the end of the batch */
  guint batch;
  guint announced; /* how many items the world knows of */
  gboolean updated;
};

static guint updated_signal;

static GType
get_item_type (GListModel *model)
{
  return TW_OBJECT_LIST (model)->item_type;
}

static guint
get_n_items (GListModel *model)
{
  return TW_OBJECT_LIST (model)->announced;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TwObjectList *self = TW_OBJECT_LIST (model);

  return position < self->announced ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TwObjectList,
                               tw_object_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
tw_object_list_finalize (GObject *object)
{
  TwObjectList *self = TW_OBJECT_LIST (object);

  g_hash_table_unref (self->positions);
  g_hash_table_unref (self->leaving);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (tw_object_list_parent_class)->finalize (object);
}

static void
tw_object_list_class_init (TwObjectListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_object_list_finalize;

  /**
   * TwObjectList::updated:
   *
   * Items that were there already have other values now.
   */
  updated_signal = g_signal_new ("updated", TW_TYPE_OBJECT_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
tw_object_list_init (TwObjectList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->positions = g_hash_table_new (g_str_hash, g_str_equal);
  self->leaving = g_hash_table_new (NULL, NULL);
}

/**
 * tw_object_list_new:
 * @item_type: the type of the items, a #TwObject
 *
 * Returns: (transfer full): an empty list
 */
TwObjectList *
tw_object_list_new (GType item_type)
{
  TwObjectList *self = g_object_new (TW_TYPE_OBJECT_LIST, NULL);

  self->item_type = item_type;
  return self;
}

/**
 * tw_object_list_begin:
 * @self: a list
 *
 * Starts a batch. Batches may be nested; the outermost one announces.
 */
void
tw_object_list_begin (TwObjectList *self)
{
  self->batch++;
}

static void
announce_additions (TwObjectList *self)
{
  guint known = self->announced;

  if (self->items->len == known)
    return;
  self->announced = self->items->len;
  g_list_model_items_changed (G_LIST_MODEL (self), known, 0, self->items->len - known);
}

static void
announce_updates (TwObjectList *self)
{
  if (!self->updated)
    return;
  self->updated = FALSE;
  g_signal_emit (self, updated_signal, 0);
}

/* Everything from the first that leaves to the last that leaves goes and comes in one change. */
static void
announce_removals (TwObjectList *self)
{
  g_autoptr (GPtrArray) kept = NULL;
  guint first = G_MAXUINT;
  guint last = 0;

  if (g_hash_table_size (self->leaving) == 0)
    return;
  kept = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->items->len; i++)
    {
      TwObject *item = self->items->pdata[i];

      if (g_hash_table_contains (self->leaving, item))
        {
          first = MIN (first, i);
          last = i;
        }
      else
        {
          g_hash_table_replace (self->positions, (gpointer) tw_object_get_id (item),
                                GUINT_TO_POINTER (kept->len + 1));
          g_ptr_array_add (kept, g_object_ref (item));
        }
    }
  {
    guint removed = last - first + 1;
    guint added = removed - (self->items->len - kept->len);
    GPtrArray *old = self->items;

    self->items = g_steal_pointer (&kept);
    self->announced = self->items->len;
    g_hash_table_remove_all (self->leaving);
    g_list_model_items_changed (G_LIST_MODEL (self), first, removed, added);
    g_ptr_array_unref (old);
  }
}

/**
 * tw_object_list_end:
 * @self: a list
 *
 * Ends a batch and announces what it changed.
 */
void
tw_object_list_end (TwObjectList *self)
{
  g_return_if_fail (self->batch > 0);

  if (--self->batch > 0)
    return;
  announce_additions (self);
  announce_removals (self);
  announce_updates (self);
}

/**
 * tw_object_list_put:
 * @self: a list
 * @object: (transfer none): an object of the list's type
 *
 * Adds @object, or updates the one with its id.
 */
void
tw_object_list_put (TwObjectList *self, TwObject *object)
{
  TwObject *old = tw_object_list_find (self, tw_object_get_id (object));

  if (old != NULL)
    {
      self->updated |= tw_object_copy_fields (old, object);
      if (self->batch == 0)
        announce_updates (self);
      return;
    }
  g_ptr_array_add (self->items, g_object_ref (object));
  g_hash_table_replace (self->positions, (gpointer) tw_object_get_id (object),
                        GUINT_TO_POINTER (self->items->len));
  if (self->batch == 0)
    announce_additions (self);
}

/**
 * tw_object_list_remove:
 * @self: a list
 * @id: the id of what goes; one that is not there is fine
 */
void
tw_object_list_remove (TwObjectList *self, const char *id)
{
  TwObject *item = tw_object_list_find (self, id);

  if (item == NULL)
    return;
  g_hash_table_remove (self->positions, id);
  g_hash_table_add (self->leaving, item);
  if (self->batch == 0)
    announce_removals (self);
}

/**
 * tw_object_list_clear:
 * @self: a list
 *
 * Takes everything out.
 */
void
tw_object_list_clear (TwObjectList *self)
{
  for (guint i = 0; i < self->items->len; i++)
    g_hash_table_add (self->leaving, self->items->pdata[i]);
  g_hash_table_remove_all (self->positions);
  if (self->batch == 0)
    announce_removals (self);
}

/**
 * tw_object_list_find:
 * @self: a list
 * @id: an id
 *
 * Returns: (transfer none) (nullable): the object with that id
 */
TwObject *
tw_object_list_find (TwObjectList *self, const char *id)
{
  guint position = GPOINTER_TO_UINT (g_hash_table_lookup (self->positions, id));

  return position > 0 ? self->items->pdata[position - 1] : NULL;
}
