// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-details.h"

#include <glib/gi18n-lib.h>

#include "base/tw-money.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-measure.h"

/**
 * TwDetails:
 *
 * Names and values, one below the other. What is empty is left out. A list that says the same as
 * before is not touched, so that a selection in it lasts.
 */
struct _TwDetails
{
  AdwBin parent_instance;

  GtkWidget *list;
  GString *coming; /* name, value, T for a total; each ends in a zero byte */
  GString *shown;
};

G_DEFINE_FINAL_TYPE (TwDetails, tw_details, ADW_TYPE_BIN)

/* Room that a name and its value have beside each other in the narrowest window. */
#define NAME_CHARS 14
#define VALUE_CHARS 20

static GtkWidget *
make_label (const char *text, float xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  return label;
}

static GtkWidget *
make_row (const char *name, const char *value, gboolean total)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *left = make_label (name, 0);
  GtkWidget *right = make_label (value, 1);
  g_autofree char *spoken = g_strdup_printf (_ ("%s: %s"), name, value);

  gtk_widget_add_css_class (box, "tw-row");
  gtk_widget_add_css_class (left, total ? "heading" : "dim-label");
  gtk_widget_add_css_class (right, "numeric");
  if (total)
    gtk_widget_add_css_class (right, "heading");
  /* A name breaks between words only, and not before it has to; a reference breaks anywhere, but
   * only when both together do not fit. */
  gtk_label_set_natural_wrap_mode (GTK_LABEL (left), GTK_NATURAL_WRAP_NONE);
  gtk_widget_set_size_request (left, tw_measure_text (left, name, NAME_CHARS), -1);
  gtk_label_set_wrap_mode (GTK_LABEL (right), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_size_request (right, tw_measure_text (right, value, VALUE_CHARS), -1);
  gtk_label_set_selectable (GTK_LABEL (right), TRUE);
  gtk_label_set_justify (GTK_LABEL (right), GTK_JUSTIFY_RIGHT);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_box_append (GTK_BOX (box), left);
  gtk_box_append (GTK_BOX (box), right);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

static void
tw_details_finalize (GObject *object)
{
  TwDetails *self = TW_DETAILS (object);

  g_string_free (self->coming, TRUE);
  g_string_free (self->shown, TRUE);
  G_OBJECT_CLASS (tw_details_parent_class)->finalize (object);
}

static void
tw_details_class_init (TwDetailsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_details_finalize;
}

static void
tw_details_init (TwDetails *self)
{
  self->coming = g_string_new (NULL);
  self->shown = g_string_new (NULL);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  adw_bin_set_child (ADW_BIN (self), self->list);
}

/**
 * tw_details_begin:
 * @self: details
 *
 * Starts a new list; it is shown by tw_details_end().
 */
void
tw_details_begin (TwDetails *self)
{
  g_string_truncate (self->coming, 0);
}

static void
add (TwDetails *self, const char *name, const char *value, const char *mark)
{
  const char *parts[] = { name, value, mark };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_string_append_len (self->coming, parts[i], (gssize) strlen (parts[i]) + 1);
}

/**
 * tw_details_add:
 * @self: details that were begun
 * @name: what it is
 * @value: (nullable): the value; %NULL or "" leaves the line out
 */
void
tw_details_add (TwDetails *self, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    add (self, name, value, "");
}

/**
 * tw_details_add_amount:
 * @self: details that were begun
 * @name: what it is
 * @fen: an amount in fen
 */
void
tw_details_add_amount (TwDetails *self, const char *name, gint64 fen)
{
  g_autofree char *amount = tw_money_format (fen);

  add (self, name, amount, "");
}

/**
 * tw_details_add_total:
 * @self: details that were begun
 * @name: what it is
 * @fen: what the amounts above add up to, in fen
 */
void
tw_details_add_total (TwDetails *self, const char *name, gint64 fen)
{
  g_autofree char *amount = tw_money_format (fen);

  add (self, name, amount, "T");
}

/**
 * tw_details_end:
 * @self: details that were begun
 *
 * Shows what was added.
 */
void
tw_details_end (TwDetails *self)
{
  GtkWidget *child;

  if (g_string_equal (self->coming, self->shown))
    return;
  g_string_truncate (self->shown, 0);
  g_string_append_len (self->shown, self->coming->str, (gssize) self->coming->len);
  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (const char *p = self->shown->str; p < self->shown->str + self->shown->len;)
    {
      const char *value = p + strlen (p) + 1;
      const char *mark = value + strlen (value) + 1;

      gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (p, value, *mark != '\0'));
      p = mark + strlen (mark) + 1;
    }
}
