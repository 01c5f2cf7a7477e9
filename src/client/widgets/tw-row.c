// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-row.h"

#include "client/widgets/tw-measure.h"

/**
 * TwRow:
 *
 * What stands in one line of any list: an icon, what it is, a line about it, an amount, and where
 * it stands. The list's own row gets a name for a screen reader from it, as GTK 4.8 gives it none.
 *
 * - tone: "", "success", "warning", "error" or "accent": how the caption is to be felt
 */
struct _TwRow
{
  GtkBox parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkLabel *value;
  GtkLabel *caption;

  char *icon_name;
  char *tone;
};

G_DEFINE_FINAL_TYPE (TwRow, tw_row, GTK_TYPE_BOX)

/* So much of the caption stands in one line, however long the words beside it are. */
#define CAPTION_CHARS 12

enum
{
  PROP_0,
  PROP_ICON_NAME,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_VALUE,
  PROP_CAPTION,
  PROP_TONE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
name_the_row (TwRow *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  GString *spoken = g_string_new (NULL);
  GtkLabel *parts[] = { self->title, self->subtitle, self->value, self->caption };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      const char *text = gtk_label_get_label (parts[i]);

      if (*text != '\0')
        g_string_append_printf (spoken, "%s%s", spoken->len > 0 ? ", " : "", text);
    }
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    spoken->str, -1);
  g_string_free (spoken, TRUE);
}

static gboolean
set_label (TwRow *self, GtkLabel *label, const GValue *value)
{
  const char *text = g_value_get_string (value);

  if (text == NULL)
    text = "";
  if (g_strcmp0 (gtk_label_get_label (label), text) == 0)
    return FALSE;
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
  if (label == self->caption)
    gtk_widget_set_size_request (GTK_WIDGET (label),
                                 tw_measure_text (GTK_WIDGET (label), text, CAPTION_CHARS), -1);
  name_the_row (self);
  return TRUE;
}

static gboolean
set_tone (TwRow *self, const char *tone)
{
  if (g_strcmp0 (self->tone, tone) == 0)
    return FALSE;
  if (self->tone != NULL && *self->tone != '\0')
    gtk_widget_remove_css_class (GTK_WIDGET (self->caption), self->tone);
  g_free (self->tone);
  self->tone = g_strdup (tone);
  if (tone != NULL && *tone != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self->caption), tone);
  return TRUE;
}

static gboolean
set_icon_name (TwRow *self, const char *icon_name)
{
  if (g_strcmp0 (self->icon_name, icon_name) == 0)
    return FALSE;
  g_free (self->icon_name);
  self->icon_name = g_strdup (icon_name);
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon_name != NULL && *icon_name != '\0');
  return TRUE;
}

static void
tw_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwRow *self = TW_ROW (object);

  switch (id)
    {
    case PROP_ICON_NAME:
      g_value_set_string (value, self->icon_name);
      break;
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_label (self->title));
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, gtk_label_get_label (self->subtitle));
      break;
    case PROP_VALUE:
      g_value_set_string (value, gtk_label_get_label (self->value));
      break;
    case PROP_CAPTION:
      g_value_set_string (value, gtk_label_get_label (self->caption));
      break;
    case PROP_TONE:
      g_value_set_string (value, self->tone);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tw_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TwRow *self = TW_ROW (object);
  gboolean changed = FALSE;

  switch (id)
    {
    case PROP_ICON_NAME:
      changed = set_icon_name (self, g_value_get_string (value));
      break;
    case PROP_TITLE:
      changed = set_label (self, self->title, value);
      break;
    case PROP_SUBTITLE:
      changed = set_label (self, self->subtitle, value);
      break;
    case PROP_VALUE:
      changed = set_label (self, self->value, value);
      break;
    case PROP_CAPTION:
      changed = set_label (self, self->caption, value);
      break;
    case PROP_TONE:
      changed = set_tone (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
on_parent (TwRow *self)
{
  name_the_row (self);
}

static void
tw_row_finalize (GObject *object)
{
  TwRow *self = TW_ROW (object);

  g_free (self->icon_name);
  g_free (self->tone);
  G_OBJECT_CLASS (tw_row_parent_class)->finalize (object);
}

static void
tw_row_class_init (TwRowClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tw_row_get_property;
  object_class->set_property = tw_row_set_property;
  object_class->finalize = tw_row_finalize;

  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, "", flags);
  props[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, "", flags);
  props[PROP_CAPTION] = g_param_spec_string ("caption", NULL, NULL, "", flags);
  props[PROP_TONE] = g_param_spec_string ("tone", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/widgets/row.ui");
  gtk_widget_class_bind_template_child (widget_class, TwRow, icon);
  gtk_widget_class_bind_template_child (widget_class, TwRow, title);
  gtk_widget_class_bind_template_child (widget_class, TwRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TwRow, value);
  gtk_widget_class_bind_template_child (widget_class, TwRow, caption);
}

static void
tw_row_init (TwRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::parent", G_CALLBACK (on_parent), NULL);
}

/**
 * tw_row_new:
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
tw_row_new (void)
{
  return g_object_new (TW_TYPE_ROW, NULL);
}
