// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/cards/tw-cards-page.h"

#include <glib/gi18n-lib.h>

#include "client/user/tw-errand.h"
#include "client/user/tw-pay-words.h"
#include "client/user/tw-trouble.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"
#include "model/tw-card-form.h"
#include "protocol/tw-kinds.h"

/**
 * TwCardsPage:
 *
 * The person's bank cards, and one more to be bound. The number of a card is no draft.
 */
struct _TwCardsPage
{
  TwPage parent_instance;

  TwCardForm *form;
  TwFreshList *cards;
  GtkWidget *fields;
  TwTrouble *trouble;
  GtkWidget *bind;

  TwErrand *errand;
};

G_DEFINE_FINAL_TYPE (TwCardsPage, tw_cards_page, TW_TYPE_PAGE)

static void
on_bind (TwCardsPage *self)
{
  GVariantDict body;

  tw_trouble_tell (self->trouble, NULL, "");
  tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
  if (!tw_form_get_valid (TW_FORM (self->form)) || tw_errand_get_busy (self->errand))
    return;
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "number", "s", tw_form_get_value (TW_FORM (self->form), "number"));
  tw_errand_run (self->errand, TW_KIND_CARD_BIND, &body);
}

static void
on_done (TwCardsPage *self, TwOutgoing *outgoing)
{
  GVariant *result = tw_outgoing_get_result (outgoing);
  const char *id = tw_outgoing_get_id (outgoing);

  if (result != NULL)
    g_variant_lookup (result, "card_id", "&s", &id);
  tw_form_clear (TW_FORM (self->form));
  tw_page_go (self, "card", id);
}

static void
on_refused (TwCardsPage *self, const char *code, const char *words)
{
  tw_trouble_tell (self->trouble, code, words);
}

static void
on_changed (TwCardsPage *self)
{
  gtk_widget_set_sensitive (self->bind, !tw_errand_get_busy (self->errand));
}

static void
on_card_activated (TwCardsPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "card", tw_object_get_id (item));
}

static void
tw_cards_page_constructed (GObject *object)
{
  TwCardsPage *self = TW_CARDS_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_cards_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  self->errand = tw_errand_new (client);
  g_object_set (self->cards, "model", tw_client_get_list (client, "card"), NULL);
  g_signal_connect_object (self->errand, "done", G_CALLBACK (on_done), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "refused", G_CALLBACK (on_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
tw_cards_page_dispose (GObject *object)
{
  g_clear_object (&TW_CARDS_PAGE (object)->errand);
  G_OBJECT_CLASS (tw_cards_page_parent_class)->dispose (object);
}

static void
tw_cards_page_class_init (TwCardsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_cards_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_cards_page_dispose;

  g_type_ensure (TW_TYPE_CARD);
  g_type_ensure (TW_TYPE_CARD_FORM);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_TROUBLE);
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/cards.ui");
  gtk_widget_class_bind_template_child (widget_class, TwCardsPage, form);
  gtk_widget_class_bind_template_child (widget_class, TwCardsPage, cards);
  gtk_widget_class_bind_template_child (widget_class, TwCardsPage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwCardsPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwCardsPage, bind);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_card_activated);
  tw_pay_words_bind_closures (widget_class);
}

static void
tw_cards_page_init (TwCardsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
