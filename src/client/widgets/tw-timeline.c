// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-timeline.h"

#include <glib/gi18n-lib.h>

/**
 * TwTimeline:
 *
 * What happened, what happens now and what comes, from top to bottom.
 */
struct _TwTimeline
{
  GtkBox parent_instance;

  char *shown; /* what the children were made from */
};

G_DEFINE_FINAL_TYPE (TwTimeline, tw_timeline, GTK_TYPE_BOX)

/**
 * tw_step_new:
 * @state: whether it happened
 * @title: what
 * @detail: (nullable) (transfer full): a line about it
 *
 * Returns: (transfer full): a step
 */
TwStep *
tw_step_new (TwStepState state, const char *title, char *detail)
{
  TwStep *step = g_new0 (TwStep, 1);

  step->state = state;
  step->title = g_strdup (title);
  step->detail = detail;
  return step;
}

/**
 * tw_step_free:
 * @step: (transfer full): a step
 */
void
tw_step_free (TwStep *step)
{
  g_free (step->title);
  g_free (step->detail);
  g_free (step);
}

static const char *
state_words (TwStepState state)
{
  switch (state)
    {
    case TW_STEP_NOW:
      return _ ("under way");
    case TW_STEP_DONE:
      return _ ("done");
    case TW_STEP_FAILED:
      return _ ("did not happen");
    case TW_STEP_WRONG:
      return _ ("not in order");
    case TW_STEP_AHEAD:
    default:
      return _ ("not yet");
    }
}

/* An icon, and the class of its colour. */
static const char *
state_icon (TwStepState state, const char **css_class)
{
  switch (state)
    {
    case TW_STEP_DONE:
      *css_class = "success";
      return "emblem-ok-symbolic";
    case TW_STEP_FAILED:
      *css_class = "error";
      return "process-stop-symbolic";
    case TW_STEP_WRONG:
      *css_class = "warning";
      return "dialog-warning-symbolic";
    case TW_STEP_NOW:
    case TW_STEP_AHEAD:
    default:
      *css_class = "dim-label";
      return "content-loading-symbolic";
    }
}

static GtkWidget *
make_mark (TwStepState state)
{
  const char *css_class;
  const char *icon = state_icon (state, &css_class);
  GtkWidget *mark;

  if (state == TW_STEP_NOW)
    {
      mark = gtk_spinner_new ();
      gtk_spinner_start (GTK_SPINNER (mark));
    }
  else
    mark = gtk_image_new_from_icon_name (icon);
  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_widget_add_css_class (mark, css_class);
  return mark;
}

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_row (const TwStep *step)
{
  GtkWidget *row = g_object_new (GTK_TYPE_BOX, "spacing", 12, "accessible-role",
                                 GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = make_label (step->title, step->state == TW_STEP_NOW ? "heading" : NULL);
  g_autofree char *spoken =
    g_strdup_printf ("%s, %s%s%s", step->title, state_words (step->state),
                     step->detail != NULL ? ", " : "", step->detail != NULL ? step->detail : "");

  if (step->state == TW_STEP_AHEAD)
    gtk_widget_add_css_class (title, "dim-label");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), title);
  if (step->detail != NULL)
    {
      GtkWidget *detail = make_label (step->detail, "caption");

      gtk_widget_add_css_class (detail, "dim-label");
      gtk_label_set_selectable (GTK_LABEL (detail), TRUE);
      gtk_box_append (GTK_BOX (words), detail);
    }
  gtk_box_append (GTK_BOX (row), make_mark (step->state));
  gtk_box_append (GTK_BOX (row), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

static void
tw_timeline_finalize (GObject *object)
{
  g_free (TW_TIMELINE (object)->shown);
  G_OBJECT_CLASS (tw_timeline_parent_class)->finalize (object);
}

static void
tw_timeline_class_init (TwTimelineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_timeline_finalize;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LIST);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "tw-timeline");
}

static void
tw_timeline_init (TwTimeline *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
}

/**
 * tw_timeline_set_steps:
 * @self: a timeline
 * @steps: (transfer none) (element-type TwStep): what to show, in order
 *
 * Does nothing while they say the same as before.
 */
void
tw_timeline_set_steps (TwTimeline *self, GPtrArray *steps)
{
  g_autoptr (GString) key = g_string_new (NULL);
  GtkWidget *child;

  for (guint i = 0; i < steps->len; i++)
    {
      const TwStep *step = steps->pdata[i];

      g_string_append_printf (key, "%d %s\n%s\n", (int) step->state, step->title,
                              step->detail != NULL ? step->detail : "");
    }
  if (g_strcmp0 (self->shown, key->str) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (key->str);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), child);
  for (guint i = 0; i < steps->len; i++)
    gtk_box_append (GTK_BOX (self), make_row (steps->pdata[i]));
}
