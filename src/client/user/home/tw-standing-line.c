// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/home/tw-standing-line.h"

#include <glib/gi18n-lib.h>

#include "base/tw-money.h"
#include "client/widgets/tw-page.h"

/**
 * TwStandingLine:
 *
 * A standing order that asks for attention: when it runs and for how much, what is missing, and the
 * one thing to do about it.
 */
struct _TwStandingLine
{
  GtkListBoxRow parent_instance;

  GtkLabel *name;
  GtkLabel *amount;
  GtkLabel *words;
  GtkButton *button;

  TwClient *client;
  TwStanding *standing;
  TwStandingOutlook outlook;
};

G_DEFINE_FINAL_TYPE (TwStandingLine, tw_standing_line, GTK_TYPE_LIST_BOX_ROW)

static void
on_clicked (TwStandingLine *self)
{
  if (tw_standing_outlook_can_pay (self->client, self->standing))
    tw_standing_outlook_go_pay (self, self->client, self->standing);
  else if (self->outlook.missing_fen > 0)
    tw_standing_outlook_go_top_up (self, self->outlook);
  else
    tw_page_go (self, "standing", tw_object_get_id (TW_OBJECT (self->standing)));
}

static void
tw_standing_line_dispose (GObject *object)
{
  g_clear_object (&TW_STANDING_LINE (object)->standing);
  g_clear_object (&TW_STANDING_LINE (object)->client);
  G_OBJECT_CLASS (tw_standing_line_parent_class)->dispose (object);
}

static void
tw_standing_line_class_init (TwStandingLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_standing_line_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/standing-line.ui");
  gtk_widget_class_bind_template_child (widget_class, TwStandingLine, name);
  gtk_widget_class_bind_template_child (widget_class, TwStandingLine, amount);
  gtk_widget_class_bind_template_child (widget_class, TwStandingLine, words);
  gtk_widget_class_bind_template_child (widget_class, TwStandingLine, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
tw_standing_line_init (TwStandingLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_standing_line_new:
 * @client: (transfer none): the program
 * @standing: (transfer none): an order
 * @outlook: of it
 *
 * Returns: (transfer floating): what is to be told of it at this moment
 */
GtkWidget *
tw_standing_line_new (TwClient *client, TwStanding *standing, TwStandingOutlook outlook)
{
  TwStandingLine *self = g_object_new (TW_TYPE_STANDING_LINE, NULL);
  g_autofree char *amount = tw_money_format (tw_standing_get_amount_fen (standing));
  g_autofree char *words = tw_standing_outlook_describe (standing, outlook);
  g_autofree char *lack = tw_money_format (outlook.missing_fen);
  g_autofree char *top_up = g_strdup_printf (_ ("Top up %s"), lack);

  self->client = g_object_ref (client);
  self->standing = g_object_ref (standing);
  self->outlook = outlook;
  gtk_label_set_label (self->name, tw_standing_get_payee_name (standing));
  gtk_label_set_label (self->amount, amount);
  gtk_label_set_label (self->words, words);
  gtk_button_set_label (self->button, tw_standing_outlook_can_pay (client, standing)
                                        ? _ ("Pay it now")
                                      : outlook.missing_fen > 0 ? top_up
                                                                : _ ("See it"));
  return GTK_WIDGET (self);
}

/**
 * tw_standing_line_get_standing:
 * @self: a line
 *
 * Returns: (transfer none): the order
 */
TwStanding *
tw_standing_line_get_standing (TwStandingLine *self)
{
  return self->standing;
}
