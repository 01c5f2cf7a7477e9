// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-object.h"

typedef struct
{
  char *id;
} TwObjectPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TwObject, tw_object, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static gpointer
member (TwObject *self, const TwField *field)
{
  return G_STRUCT_MEMBER_P (self, field->offset);
}

static void
get_field (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwObject *self = TW_OBJECT (object);
  const TwField *field = &TW_OBJECT_GET_CLASS (self)->fields[id - 1];

  switch (field->type)
    {
    case TW_FIELD_STRING:
      g_value_set_string (value, *(char **) member (self, field));
      break;
    case TW_FIELD_INT64:
      g_value_set_int64 (value, *(gint64 *) member (self, field));
      break;
    case TW_FIELD_BOOLEAN:
      g_value_set_boolean (value, *(gboolean *) member (self, field));
      break;
    case TW_FIELD_ENUM:
      g_value_set_int (value, *(int *) member (self, field));
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Returns whether the field has changed; does not notify. */
static gboolean
assign (TwObject *self, const TwField *field, const GValue *value)
{
  gpointer at = member (self, field);

  switch (field->type)
    {
    case TW_FIELD_STRING:
      {
        const char *text = g_value_get_string (value);

        if (g_strcmp0 (*(char **) at, text != NULL ? text : "") == 0)
          return FALSE;
        g_free (*(char **) at);
        *(char **) at = g_strdup (text != NULL ? text : "");
        return TRUE;
      }
    case TW_FIELD_INT64:
      if (*(gint64 *) at == g_value_get_int64 (value))
        return FALSE;
      *(gint64 *) at = g_value_get_int64 (value);
      return TRUE;
    case TW_FIELD_BOOLEAN:
      if (*(gboolean *) at == g_value_get_boolean (value))
        return FALSE;
      *(gboolean *) at = g_value_get_boolean (value);
      return TRUE;
    case TW_FIELD_ENUM:
      if (*(int *) at == g_value_get_int (value))
        return FALSE;
      *(int *) at = g_value_get_int (value);
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

static void
set_field (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  tw_object_set_field (TW_OBJECT (object), id - 1, value);
}

static void
tw_object_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwObjectPrivate *priv = tw_object_get_instance_private (TW_OBJECT (object));

  g_assert (id == PROP_ID);
  g_value_set_string (value, priv->id);
}

static void
tw_object_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TwObjectPrivate *priv = tw_object_get_instance_private (TW_OBJECT (object));

  g_assert (id == PROP_ID && priv->id == NULL);
  priv->id = g_value_dup_string (value);
  if (priv->id == NULL)
    priv->id = g_strdup ("");
}

static void
tw_object_constructed (GObject *object)
{
  TwObject *self = TW_OBJECT (object);
  TwObjectClass *klass = TW_OBJECT_GET_CLASS (self);

  for (guint i = 0; i < klass->n_fields; i++)
    if (klass->fields[i].type == TW_FIELD_STRING)
      {
        char **at = member (self, &klass->fields[i]);

        if (*at == NULL)
          *at = g_strdup ("");
      }
  G_OBJECT_CLASS (tw_object_parent_class)->constructed (object);
}

static void
tw_object_finalize (GObject *object)
{
  TwObject *self = TW_OBJECT (object);
  TwObjectPrivate *priv = tw_object_get_instance_private (self);
  TwObjectClass *klass = TW_OBJECT_GET_CLASS (self);

  for (guint i = 0; i < klass->n_fields; i++)
    if (klass->fields[i].type == TW_FIELD_STRING)
      g_free (*(char **) member (self, &klass->fields[i]));
  g_free (priv->id);
  G_OBJECT_CLASS (tw_object_parent_class)->finalize (object);
}

static void
tw_object_class_init (TwObjectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tw_object_get_property;
  object_class->set_property = tw_object_set_property;
  object_class->constructed = tw_object_constructed;
  object_class->finalize = tw_object_finalize;

  props[PROP_ID] = g_param_spec_string (
    "id", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tw_object_init (TwObject *self)
{
}

/**
 * tw_object_class_install_fields:
 * @klass: the class that is being initialized, a direct child of #TwObject
 * @wire_type: the name of the type on the wire
 * @fields: (array length=n_fields): static; the one definition of what the type holds
 * @n_fields: how many
 *
 * Gives @klass a property for each field, with notifications that are sent only on a change.
 */
void
tw_object_class_install_fields (TwObjectClass *klass,
                                const char *wire_type,
                                const TwField *fields,
                                guint n_fields)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  klass->wire_type = wire_type;
  klass->fields = fields;
  klass->n_fields = n_fields;
  klass->pspecs = g_new0 (GParamSpec *, n_fields + 1);
  object_class->get_property = get_field;
  object_class->set_property = set_field;

  for (guint i = 0; i < n_fields; i++)
    {
      GParamSpec *pspec = NULL;
      const char *name = fields[i].name;

      switch (fields[i].type)
        {
        case TW_FIELD_STRING:
          pspec = g_param_spec_string (name, NULL, NULL, "", flags);
          break;
        case TW_FIELD_INT64:
          pspec = g_param_spec_int64 (name, NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
          break;
        case TW_FIELD_BOOLEAN:
          pspec = g_param_spec_boolean (name, NULL, NULL, FALSE, flags);
          break;
        case TW_FIELD_ENUM:
          pspec = g_param_spec_int (name, NULL, NULL, 0,
                                    (int) g_strv_length ((char **) fields[i].words) - 1, 0, flags);
          break;
        default:
          g_assert_not_reached ();
        }
      klass->pspecs[i] = pspec;
      g_object_class_install_property (object_class, i + 1, pspec);
    }
}

/**
 * tw_object_get_id:
 * @self: an object
 *
 * Returns: (transfer none): its id, unique within its type; never changes
 */
const char *
tw_object_get_id (TwObject *self)
{
  TwObjectPrivate *priv = tw_object_get_instance_private (self);

  return priv->id;
}

/**
 * tw_object_get_wire_type:
 * @self: an object
 *
 * Returns: (transfer none): the name of its type on the wire
 */
const char *
tw_object_get_wire_type (TwObject *self)
{
  return TW_OBJECT_GET_CLASS (self)->wire_type;
}

/**
 * tw_object_get_fields:
 * @self: an object
 * @n_fields: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_fields): its fields
 */
const TwField *
tw_object_get_fields (TwObject *self, guint *n_fields)
{
  *n_fields = TW_OBJECT_GET_CLASS (self)->n_fields;
  return TW_OBJECT_GET_CLASS (self)->fields;
}

/**
 * tw_object_set_field:
 * @self: an object
 * @index: which of its fields
 * @value: of the field's type
 *
 * Returns: whether the value is another one now; the property was notified then
 */
gboolean
tw_object_set_field (TwObject *self, guint index, const GValue *value)
{
  TwObjectClass *klass = TW_OBJECT_GET_CLASS (self);

  g_return_val_if_fail (index < klass->n_fields, FALSE);

  if (!assign (self, &klass->fields[index], value))
    return FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), klass->pspecs[index]);
  return TRUE;
}

/**
 * tw_object_init_field:
 * @self: an object that nobody but its maker knows yet
 * @index: which of its fields
 *
 * Lets the maker of an object fill it without a notification to nobody.
 *
 * Returns: (transfer none): where the field is: a `char *` to be freed before it is replaced, a
 *   gint64, a gboolean, or an int that counts the words of an enumeration
 */
gpointer
tw_object_init_field (TwObject *self, guint index)
{
  TwObjectClass *klass = TW_OBJECT_GET_CLASS (self);

  g_assert (index < klass->n_fields);
  return member (self, &klass->fields[index]);
}

/**
 * tw_object_copy_fields:
 * @self: an object
 * @from: another of the same type
 *
 * Makes @self say what @from says. All changes are made first, then notified.
 *
 * Returns: whether anything changed
 */
gboolean
tw_object_copy_fields (TwObject *self, TwObject *from)
{
  TwObjectClass *klass = TW_OBJECT_GET_CLASS (self);
  gboolean changed = FALSE;

  g_return_val_if_fail (G_OBJECT_TYPE (self) == G_OBJECT_TYPE (from), FALSE);

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < klass->n_fields; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_value_init (&value, klass->pspecs[i]->value_type);
      get_field (G_OBJECT (from), i + 1, &value, NULL);
      changed |= tw_object_set_field (self, i, &value);
    }
  g_object_thaw_notify (G_OBJECT (self));
  return changed;
}
