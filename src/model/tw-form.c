// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-form.h"

#include <string.h>

/**
 * TwForm:
 *
 * Fields with what was typed, what that means, and what is wrong with it. A mistake is not told on
 * the first keystroke: only when the field was left, or has as many characters as a whole value.
 * Emptiness is told by tw_form_review() alone, when the person wants to go on.
 *
 * `field-changed::NAME` is emitted when the error or hint that NAME shows has changed, or its text
 * was set; `valid` is notified when all fields became fine, or no longer are.
 */
typedef struct
{
  char *text;    /* never NULL */
  char *value;   /* NULL: not acceptable */
  char *problem; /* why not; told or not */
  char *hint;
  char *refusal; /* what the service said of this very text */
  gboolean left;
  gboolean wanted; /* even emptiness is told */
} Slot;

typedef struct
{
  Slot *slots;
  gboolean valid;
} TwFormPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TwForm, tw_form, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_VALID,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint field_changed;

static void
wipe (char *text)
{
  if (text == NULL)
    return;
  explicit_bzero (text, strlen (text));
  g_free (text);
}

static int
index_of (TwForm *self, const char *field)
{
  TwFormClass *klass = TW_FORM_GET_CLASS (self);

  for (guint i = 0; i < klass->n_fields; i++)
    if (strcmp (klass->fields[i].name, field) == 0)
      return (int) i;
  g_error ("%s has no field “%s”", G_OBJECT_TYPE_NAME (self), field);
}

static Slot *
slot_of (TwForm *self, const char *field)
{
  TwFormPrivate *priv = tw_form_get_instance_private (self);

  return &priv->slots[index_of (self, field)];
}

static const char *
shown_error (const TwFormField *field, const Slot *slot)
{
  glong chars;

  if (slot->refusal != NULL)
    return slot->refusal;
  if (slot->problem == NULL || slot->wanted)
    return slot->problem;
  chars = g_utf8_strlen (slot->text, -1);
  if (chars == 0)
    return NULL;
  if (slot->left || (field->settled_chars > 0 && chars >= (glong) field->settled_chars))
    return slot->problem;
  return NULL;
}

/* Checks every field, as some look at others; returns nothing, tells what has changed. */
static void
check_all (TwForm *self, guint64 touched)
{
  TwFormPrivate *priv = tw_form_get_instance_private (self);
  TwFormClass *klass = TW_FORM_GET_CLASS (self);
  gboolean valid = TRUE;

  for (guint i = 0; i < klass->n_fields; i++)
    {
      const TwFormField *field = &klass->fields[i];
      Slot *slot = &priv->slots[i];
      g_autoptr (GError) error = NULL;
      g_autofree char *old_error = g_strdup (shown_error (field, slot));
      g_autofree char *old_hint = g_steal_pointer (&slot->hint);

      wipe (slot->value);
      g_clear_pointer (&slot->problem, g_free);
      slot->value = field->check (self, slot->text, &error);
      if (slot->value == NULL)
        slot->problem = g_strdup (error->message);
      else if (field->hint != NULL)
        slot->hint = field->hint (self, slot->value);
      valid = valid && slot->value != NULL && slot->refusal == NULL;
      if (g_strcmp0 (old_error, shown_error (field, slot)) != 0 ||
          g_strcmp0 (old_hint, slot->hint) != 0)
        touched |= G_GUINT64_CONSTANT (1) << i;
    }
  for (guint i = 0; i < klass->n_fields; i++)
    if (touched & (G_GUINT64_CONSTANT (1) << i))
      g_signal_emit (self, field_changed, g_quark_from_static_string (klass->fields[i].name),
                     klass->fields[i].name);
  if (valid == priv->valid)
    return;
  priv->valid = valid;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VALID]);
}

static void
tw_form_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwFormPrivate *priv = tw_form_get_instance_private (TW_FORM (object));

  if (id == PROP_VALID)
    g_value_set_boolean (value, priv->valid);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tw_form_constructed (GObject *object)
{
  TwForm *self = TW_FORM (object);
  TwFormPrivate *priv = tw_form_get_instance_private (self);
  TwFormClass *klass = TW_FORM_GET_CLASS (self);

  G_OBJECT_CLASS (tw_form_parent_class)->constructed (object);
  priv->slots = g_new0 (Slot, klass->n_fields);
  for (guint i = 0; i < klass->n_fields; i++)
    priv->slots[i].text = g_strdup ("");
  check_all (self, 0);
}

static void
tw_form_finalize (GObject *object)
{
  TwForm *self = TW_FORM (object);
  TwFormPrivate *priv = tw_form_get_instance_private (self);

  for (guint i = 0; i < TW_FORM_GET_CLASS (self)->n_fields; i++)
    {
      wipe (priv->slots[i].text);
      wipe (priv->slots[i].value);
      g_free (priv->slots[i].problem);
      g_free (priv->slots[i].hint);
      g_free (priv->slots[i].refusal);
    }
  g_free (priv->slots);
  G_OBJECT_CLASS (tw_form_parent_class)->finalize (object);
}

static void
tw_form_class_init (TwFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tw_form_get_property;
  object_class->constructed = tw_form_constructed;
  object_class->finalize = tw_form_finalize;

  props[PROP_VALID] =
    g_param_spec_boolean ("valid", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  field_changed =
    g_signal_new ("field-changed", TW_TYPE_FORM, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tw_form_init (TwForm *self)
{
}

/**
 * tw_form_class_install_fields:
 * @klass: the class that is being initialized
 * @fields: (array length=n_fields): static; at most 64
 * @n_fields: how many
 */
void
tw_form_class_install_fields (TwFormClass *klass, const TwFormField *fields, guint n_fields)
{
  g_assert (n_fields <= 64);
  klass->fields = fields;
  klass->n_fields = n_fields;
}

/**
 * tw_form_get_text:
 * @self: a form
 * @field: one of its fields
 *
 * Returns: (transfer none): what was typed
 */
const char *
tw_form_get_text (TwForm *self, const char *field)
{
  return slot_of (self, field)->text;
}

/**
 * tw_form_set_text:
 * @self: a form
 * @field: one of its fields
 * @text: what stands there now
 *
 * The field counts as not left any more when it is emptied, so that a fresh start is not blamed.
 */
void
tw_form_set_text (TwForm *self, const char *field, const char *text)
{
  int i = index_of (self, field);
  TwFormPrivate *priv = tw_form_get_instance_private (self);
  Slot *slot = &priv->slots[i];

  if (strcmp (slot->text, text) == 0)
    return;
  wipe (slot->text);
  slot->text = g_strdup (text);
  g_clear_pointer (&slot->refusal, g_free);
  if (*text == '\0')
    slot->left = FALSE;
  check_all (self, G_GUINT64_CONSTANT (1) << i);
}

/**
 * tw_form_get_value:
 * @self: a form
 * @field: one of its fields
 *
 * Returns: (transfer none) (nullable): what the text means, in its canonical form
 */
const char *
tw_form_get_value (TwForm *self, const char *field)
{
  return slot_of (self, field)->value;
}

/**
 * tw_form_get_error:
 * @self: a form
 * @field: one of its fields
 *
 * Returns: (transfer none) (nullable): the mistake to show at the field now
 */
const char *
tw_form_get_error (TwForm *self, const char *field)
{
  return shown_error (&TW_FORM_GET_CLASS (self)->fields[index_of (self, field)],
                      slot_of (self, field));
}

/**
 * tw_form_get_hint:
 * @self: a form
 * @field: one of its fields
 *
 * Returns: (transfer none) (nullable): what to say about a value that is fine
 */
const char *
tw_form_get_hint (TwForm *self, const char *field)
{
  return slot_of (self, field)->hint;
}

/**
 * tw_form_get_valid:
 * @self: a form
 *
 * Returns: whether every field is fine
 */
gboolean
tw_form_get_valid (TwForm *self)
{
  TwFormPrivate *priv = tw_form_get_instance_private (self);

  return priv->valid;
}

/**
 * tw_form_leave:
 * @self: a form
 * @field: the field that the person has left, or stopped typing in
 */
void
tw_form_leave (TwForm *self, const char *field)
{
  Slot *slot = slot_of (self, field);
  g_autofree char *before = g_strdup (tw_form_get_error (self, field));

  slot->left = *slot->text != '\0';
  if (g_strcmp0 (before, tw_form_get_error (self, field)) != 0)
    g_signal_emit (self, field_changed, g_quark_from_string (field), field);
}

/**
 * tw_form_review:
 * @self: a form
 *
 * The person wants to go on: from now on every mistake is told, emptiness too.
 *
 * Returns: (transfer none) (nullable): the first field that needs mending; %NULL when all are fine
 */
const char *
tw_form_review (TwForm *self)
{
  TwFormPrivate *priv = tw_form_get_instance_private (self);
  TwFormClass *klass = TW_FORM_GET_CLASS (self);
  const char *first = NULL;

  for (guint i = 0; i < klass->n_fields; i++)
    {
      Slot *slot = &priv->slots[i];
      const char *name = klass->fields[i].name;
      g_autofree char *before = g_strdup (shown_error (&klass->fields[i], slot));

      slot->wanted = TRUE;
      if (first == NULL && shown_error (&klass->fields[i], slot) != NULL)
        first = name;
      if (g_strcmp0 (before, shown_error (&klass->fields[i], slot)) != 0)
        g_signal_emit (self, field_changed, g_quark_from_static_string (name), name);
    }
  return first;
}

/**
 * tw_form_refuse:
 * @self: a form
 * @field: one of its fields
 * @words: what the service said of it
 *
 * Shows @words at the field until its text changes.
 */
void
tw_form_refuse (TwForm *self, const char *field, const char *words)
{
  int i = index_of (self, field);
  Slot *slot = slot_of (self, field);

  g_free (slot->refusal);
  slot->refusal = g_strdup (words);
  check_all (self, G_GUINT64_CONSTANT (1) << i);
}

/**
 * tw_form_check_again:
 * @self: a form
 *
 * Looks at every field once more, as what it is to be held against has changed.
 */
void
tw_form_check_again (TwForm *self)
{
  check_all (self, 0);
}

/**
 * tw_form_clear:
 * @self: a form
 *
 * Empties every field and forgets that any was left.
 */
void
tw_form_clear (TwForm *self)
{
  TwFormPrivate *priv = tw_form_get_instance_private (self);
  TwFormClass *klass = TW_FORM_GET_CLASS (self);
  guint64 touched = 0;

  for (guint i = 0; i < klass->n_fields; i++)
    {
      Slot *slot = &priv->slots[i];

      if (*slot->text != '\0' || shown_error (&klass->fields[i], slot) != NULL)
        touched |= G_GUINT64_CONSTANT (1) << i;
      wipe (slot->text);
      slot->text = g_strdup ("");
      g_clear_pointer (&slot->refusal, g_free);
      slot->left = slot->wanted = FALSE;
    }
  check_all (self, touched);
}

/**
 * tw_form_save:
 * @self: a form
 *
 * Returns: (transfer full) (nullable): what is typed, secrets apart, for a draft; %NULL: nothing is
 */
char *
tw_form_save (TwForm *self)
{
  TwFormPrivate *priv = tw_form_get_instance_private (self);
  TwFormClass *klass = TW_FORM_GET_CLASS (self);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) all = NULL;
  gboolean any = FALSE;

  for (guint i = 0; i < klass->n_fields; i++)
    if (!klass->fields[i].secret && *priv->slots[i].text != '\0')
      {
        g_variant_dict_insert (&dict, klass->fields[i].name, "s", priv->slots[i].text);
        any = TRUE;
      }
  all = g_variant_ref_sink (g_variant_dict_end (&dict));
  return any ? g_variant_print (all, FALSE) : NULL;
}

/**
 * tw_form_restore:
 * @self: a form
 * @saved: (nullable): what tw_form_save() gave
 *
 * Fills the fields. A draft of an older version, with other fields, fills what fits.
 */
void
tw_form_restore (TwForm *self, const char *saved)
{
  TwFormClass *klass = TW_FORM_GET_CLASS (self);
  g_autoptr (GVariant) all = NULL;

  if (saved != NULL)
    all = g_variant_parse (G_VARIANT_TYPE_VARDICT, saved, NULL, NULL, NULL);
  if (all == NULL)
    return;
  for (guint i = 0; i < klass->n_fields; i++)
    {
      const char *text = NULL;

      if (!klass->fields[i].secret && g_variant_lookup (all, klass->fields[i].name, "&s", &text))
        tw_form_set_text (self, klass->fields[i].name, text);
    }
}
