// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-failure-box.h"

#include <glib/gi18n-lib.h>

#include "base/tw-money.h"
#include "client/widgets/tw-page.h"
#include "client/widgets/tw-timeline.h"
#include "protocol/tw-refusal.h"

/**
 * TwFailureBox:
 *
 * Why something did not happen, whether money moved, what to do, and a button that does it; below
 * that, what the program has looked at by itself.
 *
 * - again: emitted when the person wants to look and try once more: the page knows how
 */
struct _TwFailureBox
{
  GtkBox parent_instance;

  GtkLabel *words;
  GtkLabel *moved;
  GtkLabel *todo;
  GtkButton *help;
  GtkWidget *support;
  TwTimeline *steps;

  TwCheckup *checkup; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TwFailureBox, tw_failure_box, GTK_TYPE_BOX)

static guint again;

/* One remedy, one button; what only a person or time can mend has none. */
static const struct
{
  const char *remedy;
  const char *label;
} REMEDIES[] = {
  { TW_REMEDY_EDIT, N_ ("Change it") },
  { TW_REMEDY_TOP_UP, N_ ("Top up %s") },
  { TW_REMEDY_LOOK_AGAIN, N_ ("Look at it again") },
  { TW_REMEDY_RETRY, N_ ("Try again") },
  { TW_REMEDY_SIGN_IN, N_ ("Sign in again") },
  { TW_REMEDY_IDENTITY, N_ ("See your identity check") },
  { TW_REMEDY_CLOCK, N_ ("Try again") },
  { TW_REMEDY_CONFIRM, N_ ("Once more") },
  { TW_REMEDY_CODE, N_ ("Enter that code") },
  { TW_REMEDY_RECONNECT, N_ ("Connect now") },
};

static char *
label_for (const char *remedy, gint64 missing_fen)
{
  for (gsize i = 0; i < G_N_ELEMENTS (REMEDIES); i++)
    if (g_str_equal (REMEDIES[i].remedy, remedy))
      {
        if (g_str_equal (remedy, TW_REMEDY_TOP_UP))
          {
            g_autofree char *amount = tw_money_format (missing_fen);

            return g_strdup_printf (_ ("Top up %s"), amount);
          }
        return g_strdup (_ (REMEDIES[i].label));
      }
  return NULL;
}

static void
on_help_clicked (TwFailureBox *self)
{
  const char *remedy = tw_checkup_get_remedy (self->checkup);

  if (g_str_equal (remedy, TW_REMEDY_TOP_UP))
    {
      g_autofree char *fen =
        g_strdup_printf ("%" G_GINT64_FORMAT, tw_checkup_get_missing_fen (self->checkup));

      tw_page_go (self, "wallet", fen);
    }
  else if (g_str_equal (remedy, TW_REMEDY_CODE))
    tw_page_go (self, "home", "");
  else if (g_str_equal (remedy, TW_REMEDY_IDENTITY))
    tw_page_go (self, "account", "");
  else if (g_str_equal (remedy, TW_REMEDY_SIGN_IN))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.sign-out", NULL);
  else if (g_str_equal (remedy, TW_REMEDY_RECONNECT))
    gtk_widget_activate_action (GTK_WIDGET (self), "app.reconnect", NULL);
  else
    g_signal_emit (self, again, 0);
}

static void
on_support_clicked (TwFailureBox *self)
{
  g_autofree char *question = tw_checkup_make_question (self->checkup);

  tw_page_go (self, "ask", question);
}

static void
update (TwFailureBox *self)
{
  g_autoptr (GPtrArray) steps = tw_checkup_get_steps (self->checkup);
  g_autofree char *label =
    label_for (tw_checkup_get_remedy (self->checkup), tw_checkup_get_missing_fen (self->checkup));

  gtk_label_set_label (self->words, tw_checkup_get_words (self->checkup));
  gtk_label_set_label (self->moved, tw_checkup_get_moved (self->checkup));
  gtk_label_set_label (self->todo, tw_checkup_get_todo (self->checkup));
  tw_timeline_set_steps (self->steps, steps);
  gtk_widget_set_visible (GTK_WIDGET (self->help), label != NULL);
  if (label != NULL)
    gtk_button_set_label (self->help, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_label (self->words), -1);
}

static void
tw_failure_box_dispose (GObject *object)
{
  tw_failure_box_tell (TW_FAILURE_BOX (object), NULL);
  G_OBJECT_CLASS (tw_failure_box_parent_class)->dispose (object);
}

static void
tw_failure_box_class_init (TwFailureBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_failure_box_dispose;
  again = g_signal_new ("again", TW_TYPE_FAILURE_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 0);
  g_type_ensure (TW_TYPE_TIMELINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/failure-box.ui");
  gtk_widget_class_bind_template_child (widget_class, TwFailureBox, words);
  gtk_widget_class_bind_template_child (widget_class, TwFailureBox, moved);
  gtk_widget_class_bind_template_child (widget_class, TwFailureBox, todo);
  gtk_widget_class_bind_template_child (widget_class, TwFailureBox, help);
  gtk_widget_class_bind_template_child (widget_class, TwFailureBox, support);
  gtk_widget_class_bind_template_child (widget_class, TwFailureBox, steps);
  gtk_widget_class_bind_template_callback (widget_class, on_help_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_support_clicked);
}

static void
tw_failure_box_init (TwFailureBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_failure_box_tell:
 * @self: a failure box
 * @checkup: (transfer none) (nullable): what failed and what the program found; %NULL hides the box
 */
void
tw_failure_box_tell (TwFailureBox *self, TwCheckup *checkup)
{
  if (self->checkup == checkup)
    return;
  if (self->checkup != NULL)
    g_signal_handlers_disconnect_by_data (self->checkup, self);
  g_set_object (&self->checkup, checkup);
  gtk_widget_set_visible (GTK_WIDGET (self), checkup != NULL);
  if (checkup == NULL)
    return;
  g_signal_connect_object (checkup, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
