// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-fresh-list.h"

/**
 * TwFreshList:
 *
 * The same list, for filters and sorters: an item that says something else now is announced as if
 * it was replaced by itself, as GTK's filters and sorters do not look at an item twice. Changes of
 * one turn of the main loop are announced together.
 */
struct _TwFreshList
{
  GObject parent_instance;

  GListModel *model;   /* (nullable) */
  GPtrArray *items;    /* owned: those whose changes are heard */
  GHashTable *changed; /* of the items, those that have changed */
  guint idle;
};

enum
{
  PROP_0,
  PROP_MODEL,
  PROP_N_ITEMS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static GType
get_item_type (GListModel *list)
{
  TwFreshList *self = TW_FRESH_LIST (list);

  return self->model != NULL ? g_list_model_get_item_type (self->model) : G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *list)
{
  return TW_FRESH_LIST (list)->items->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
  TwFreshList *self = TW_FRESH_LIST (list);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TwFreshList,
                               tw_fresh_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static gboolean
announce (gpointer data)
{
  TwFreshList *self = data;
  g_autoptr (GHashTable) changed = g_steal_pointer (&self->changed);

  self->idle = 0;
  self->changed = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < self->items->len && g_hash_table_size (changed) > 0; i++)
    if (g_hash_table_remove (changed, self->items->pdata[i]))
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 1);
  return G_SOURCE_REMOVE;
}

static void
on_notify (GObject *item, GParamSpec *pspec, TwFreshList *self)
{
  g_hash_table_add (self->changed, item);
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, announce, self, NULL);
}

static void
let_go (gpointer data, gpointer user_data)
{
  TwFreshList *self = user_data;

  g_signal_handlers_disconnect_by_func (data, on_notify, self);
  g_hash_table_remove (self->changed, data);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, TwFreshList *self)
{
  for (guint i = position; i < position + removed; i++)
    let_go (self->items->pdata[i], self);
  if (removed > 0)
    g_ptr_array_remove_range (self->items, position, removed);
  for (guint i = position; i < position + added; i++)
    {
      GObject *item = g_list_model_get_item (model, i);

      g_signal_connect (item, "notify", G_CALLBACK (on_notify), self);
      g_ptr_array_insert (self->items, (int) i, item);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  if (removed != added)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
}

static void
set_model (TwFreshList *self, GListModel *model)
{
  guint removed = self->items->len;

  if (model == self->model)
    return;
  if (self->model != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->model, on_items_changed, self);
      g_ptr_array_foreach (self->items, let_go, self);
      g_ptr_array_set_size (self->items, 0);
      g_clear_object (&self->model);
      if (removed > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
    }
  if (model != NULL)
    {
      self->model = g_object_ref (model);
      g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), self);
      on_items_changed (model, 0, 0, g_list_model_get_n_items (model), self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODEL]);
}

static void
tw_fresh_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_MODEL)
    g_value_set_object (value, TW_FRESH_LIST (object)->model);
  else if (id == PROP_N_ITEMS)
    g_value_set_uint (value, TW_FRESH_LIST (object)->items->len);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tw_fresh_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_MODEL)
    set_model (TW_FRESH_LIST (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tw_fresh_list_finalize (GObject *object)
{
  TwFreshList *self = TW_FRESH_LIST (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, on_items_changed, self);
  g_ptr_array_foreach (self->items, let_go, self);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->model);
  g_hash_table_unref (self->changed);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (tw_fresh_list_parent_class)->finalize (object);
}

static void
tw_fresh_list_class_init (TwFreshListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tw_fresh_list_get_property;
  object_class->set_property = tw_fresh_list_set_property;
  object_class->finalize = tw_fresh_list_finalize;

  props[PROP_MODEL] =
    g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_N_ITEMS] =
    g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tw_fresh_list_init (TwFreshList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->changed = g_hash_table_new (NULL, NULL);
}

/**
 * tw_fresh_list_new:
 * @model: (transfer none) (nullable): a list of objects
 *
 * Returns: (transfer full): the same list, that tells of changes inside of its items too
 */
TwFreshList *
tw_fresh_list_new (GListModel *model)
{
  return g_object_new (TW_TYPE_FRESH_LIST, "model", model, NULL);
}
