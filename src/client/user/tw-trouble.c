// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-trouble.h"

#include <glib/gi18n-lib.h>

#include "client/widgets/tw-page.h"

/**
 * TwTrouble:
 *
 * Words of trouble, and where there is something to do about it elsewhere, a button that leads
 * there. There is nothing to see without trouble.
 */
struct _TwTrouble
{
  GtkBox parent_instance;

  GtkLabel *words;
  GtkButton *help;

  const char *page; /* (nullable): where the button leads */
};

G_DEFINE_FINAL_TYPE (TwTrouble, tw_trouble, GTK_TYPE_BOX)

/* What is full, and where there is what can be used instead, or room be made. */
static const struct
{
  const char *code; /* of protocol/tw-refusal.h */
  const char *page;
  const char *label;
} WAYS[] = {
  { "many_lookups", "pay", N_ ("See your payees") },
  { "many_cards", "wallet", N_ ("Go to your wallet") },
  { "many_standing", "standings", N_ ("See your standing orders") },
};

static void
on_help_clicked (TwTrouble *self)
{
  if (self->page != NULL)
    tw_page_go (self, self->page, "");
}

static void
tw_trouble_class_init (TwTroubleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/trouble.ui");
  gtk_widget_class_bind_template_child (widget_class, TwTrouble, words);
  gtk_widget_class_bind_template_child (widget_class, TwTrouble, help);
  gtk_widget_class_bind_template_callback (widget_class, on_help_clicked);
}

static void
tw_trouble_init (TwTrouble *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_trouble_tell:
 * @self: what stands beside a form
 * @code: (nullable): a code of protocol/tw-refusal.h
 * @words: why, for a person; "" when there is no trouble any more
 */
void
tw_trouble_tell (TwTrouble *self, const char *code, const char *words)
{
  gboolean any = *words != '\0';

  self->page = NULL;
  for (gsize i = 0; any && i < G_N_ELEMENTS (WAYS); i++)
    if (g_strcmp0 (WAYS[i].code, code) == 0)
      {
        self->page = WAYS[i].page;
        gtk_button_set_label (self->help, _ (WAYS[i].label));
      }
  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->help), self->page != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), any);
}
