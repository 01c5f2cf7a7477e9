// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-spoken.h"

#include <glib/gi18n-lib.h>

/**
 * TwSpoken:
 *
 * What a row of a list view is made of, together with what a screen reader says of the row: the row
 * itself is made by the list, and takes its name from here.
 *
 * - words: what is said
 */
struct _TwSpoken
{
  AdwBin parent_instance;

  char *words;
};

G_DEFINE_FINAL_TYPE (TwSpoken, tw_spoken, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_WORDS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/**
 * tw_spoken_name_parent:
 * @widget: what a row of a list view is made of
 * @words: what is said of the row
 */
void
tw_spoken_name_parent (GtkWidget *widget, const char *words)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                    -1);
}

/**
 * tw_spoken_name_peek_button:
 * @password_row: an #AdwPasswordEntryRow
 *
 * Names the button that shows what is typed: libadwaita 1.2 gives it a picture only.
 */
void
tw_spoken_name_peek_button (GtkWidget *password_row)
{
  for (GtkWidget *child = gtk_widget_get_first_child (password_row); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_BUTTON (child))
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Show what is typed"), -1);
    else
      tw_spoken_name_peek_button (child);
}

static void
on_parent (TwSpoken *self)
{
  if (self->words != NULL)
    tw_spoken_name_parent (GTK_WIDGET (self), self->words);
}

static void
tw_spoken_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_WORDS)
    g_value_set_string (value, TW_SPOKEN (object)->words);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tw_spoken_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TwSpoken *self = TW_SPOKEN (object);

  if (id != PROP_WORDS)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (g_strcmp0 (self->words, g_value_get_string (value)) == 0)
    return;
  g_free (self->words);
  self->words = g_value_dup_string (value);
  on_parent (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
tw_spoken_finalize (GObject *object)
{
  g_free (TW_SPOKEN (object)->words);
  G_OBJECT_CLASS (tw_spoken_parent_class)->finalize (object);
}

static void
tw_spoken_class_init (TwSpokenClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tw_spoken_get_property;
  object_class->set_property = tw_spoken_set_property;
  object_class->finalize = tw_spoken_finalize;
  props[PROP_WORDS] =
    g_param_spec_string ("words", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tw_spoken_init (TwSpoken *self)
{
  g_signal_connect (self, "notify::parent", G_CALLBACK (on_parent), NULL);
}
