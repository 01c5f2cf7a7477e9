// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/find/tw-find-page.h"

#include <glib/gi18n-lib.h>

#include "client/user/tw-lookup.h"
#include "client/user/tw-pay-words.h"
#include "client/user/tw-trouble.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-list-card.h"
#include "client/widgets/tw-row.h"
#include "model/tw-biller.h"
#include "model/tw-payee-form.h"

/**
 * TwFindPage:
 *
 * Who is to be paid: looked up by a number, so that the name can be confirmed before anything
 * moves. The argument is `person`, `company` or `biller`. What is typed is kept for each of them.
 */
struct _TwFindPage
{
  TwPage parent_instance;

  TwPayeeForm *form;
  TwFreshList *payees;
  GtkCustomFilter *filter;
  GtkWidget *fields;
  GtkWidget *biller_box;
  AdwComboRow *biller;
  GtkWidget *no_billers;
  GtkWidget *person;
  GtkWidget *company;
  GtkWidget *customer;
  TwTrouble *trouble;
  GtkWidget *look_up;
  GtkWidget *spinner;

  GtkStringList *biller_names;
  TwLookup *lookup;
  TwPayeeKind kind;
  char *biller_id; /* (nullable): the one that was chosen last, listed or not */
  gboolean loading;
  gboolean filling; /* the list of billers */
};

G_DEFINE_FINAL_TYPE (TwFindPage, tw_find_page, TW_TYPE_PAGE)

static const struct
{
  const char *arg;
  const char *title;
  TwPayeeKind kind;
} WAYS[] = {
  { "person", N_ ("Pay a person"), TW_PAYEE_KIND_PERSON },
  { "company", N_ ("Pay a company"), TW_PAYEE_KIND_COMPANY },
  { "biller", N_ ("Pay for water, power, gas, phone"), TW_PAYEE_KIND_BILLER },
};

static const char *
get_draft_key (TwFindPage *self)
{
  static const char *const keys[] = { "find/person", "find/company", "find/merchant",
                                      "find/biller" };

  return keys[self->kind];
}

static TwBiller *
get_biller (TwFindPage *self)
{
  GListModel *billers =
    G_LIST_MODEL (tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "biller"));

  return g_list_model_get_item (billers, adw_combo_row_get_selected (self->biller));
}

static const char *
name_category (TwBiller *biller)
{
  switch (tw_biller_get_category (biller))
    {
    case TW_BILLER_CATEGORY_WATER:
      return _ ("Water");
    case TW_BILLER_CATEGORY_ELECTRICITY:
      return _ ("Electricity");
    case TW_BILLER_CATEGORY_GAS:
      return _ ("Gas");
    case TW_BILLER_CATEGORY_TELECOM:
    default:
      return _ ("Phone and internet");
    }
}

static void
want (TwFindPage *self)
{
  g_autoptr (TwBiller) biller = self->kind == TW_PAYEE_KIND_BILLER ? get_biller (self) : NULL;

  tw_payee_form_set_wanted (self->form, self->kind,
                            biller != NULL ? (int) tw_biller_get_digits (biller) : 0);
}

static void
note_biller (TwFindPage *self)
{
  g_autoptr (TwBiller) biller = get_biller (self);

  if (biller != NULL)
    {
      g_free (self->biller_id);
      self->biller_id = g_strdup (tw_object_get_id (TW_OBJECT (biller)));
    }
  adw_action_row_set_subtitle (
    ADW_ACTION_ROW (self->biller),
    biller == NULL ? _ ("The one that was chosen is not listed any more. Choose another one.")
                   : "");
}

static void
on_biller (TwFindPage *self)
{
  if (self->lookup == NULL || self->kind != TW_PAYEE_KIND_BILLER || self->filling)
    return;
  note_biller (self);
  want (self);
}

/* Others may have come before it, or gone. If it has gone itself, no other one is meant. */
static guint
find_chosen (TwFindPage *self, GListModel *billers)
{
  if (self->biller_id == NULL)
    return 0;
  for (guint i = 0; i < g_list_model_get_n_items (billers); i++)
    {
      g_autoptr (TwObject) biller = g_list_model_get_item (billers, i);

      if (g_str_equal (tw_object_get_id (biller), self->biller_id))
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

static void
fill_billers (TwFindPage *self)
{
  GListModel *billers =
    G_LIST_MODEL (tw_client_get_list (tw_page_get_client (TW_PAGE (self)), "biller"));
  guint n_billers = g_list_model_get_n_items (billers);
  gboolean wanted = self->kind == TW_PAYEE_KIND_BILLER;

  self->filling = TRUE;
  gtk_string_list_splice (self->biller_names, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (self->biller_names)), NULL);
  for (guint i = 0; i < n_billers; i++)
    {
      g_autoptr (TwBiller) biller = g_list_model_get_item (billers, i);

      gtk_string_list_take (self->biller_names, g_strdup_printf ("%s · %s", name_category (biller),
                                                                 tw_biller_get_name (biller)));
    }
  if (n_billers > 0)
    adw_combo_row_set_selected (self->biller, find_chosen (self, billers));
  self->filling = FALSE;
  note_biller (self);
  gtk_widget_set_visible (self->biller_box, wanted && n_billers > 0);
  gtk_widget_set_visible (self->customer, wanted && n_billers > 0);
  gtk_widget_set_visible (self->no_billers, wanted && n_billers == 0);
  gtk_widget_set_visible (self->look_up, !wanted || n_billers > 0);
  want (self);
}

static void
show_busy (TwFindPage *self)
{
  gboolean busy = tw_lookup_get_busy (self->lookup);

  gtk_widget_set_visible (self->spinner, busy);
  gtk_widget_set_sensitive (self->look_up, !busy);
}

static void
on_payee (TwFindPage *self, TwPayee *payee)
{
  tw_form_clear (TW_FORM (self->form));
  tw_page_go (self, "give", tw_object_get_id (TW_OBJECT (payee)));
}

static void
on_missing (TwFindPage *self)
{
  tw_form_refuse (TW_FORM (self->form), "to",
                  _ ("There is nobody under this number. Compare it once more."));
  gtk_widget_child_focus (self->fields, GTK_DIR_TAB_FORWARD);
}

static void
on_refused (TwFindPage *self, const char *code, const char *words)
{
  if (g_str_equal (code, "no_payee") || g_str_equal (code, "same_account") ||
      g_str_equal (code, "invalid"))
    tw_form_refuse (TW_FORM (self->form), "to", words);
  else
    tw_trouble_tell (self->trouble, code, words);
}

static void
on_look_up (TwFindPage *self)
{
  g_autoptr (TwBiller) biller = get_biller (self);
  GVariantDict body;

  tw_trouble_tell (self->trouble, NULL, "");
  tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
  if (self->kind == TW_PAYEE_KIND_BILLER && biller == NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->biller));
  if (!tw_form_get_valid (TW_FORM (self->form)) || !gtk_widget_get_sensitive (self->look_up) ||
      (self->kind == TW_PAYEE_KIND_BILLER && biller == NULL))
    return;
  g_variant_dict_init (&body, NULL);
  if (self->kind == TW_PAYEE_KIND_BILLER)
    {
      g_variant_dict_insert (&body, "biller_id", "s", tw_object_get_id (TW_OBJECT (biller)));
      g_variant_dict_insert (&body, "customer_number", "s",
                             tw_form_get_value (TW_FORM (self->form), "to"));
    }
  else
    g_variant_dict_insert (&body, "to", "s", tw_form_get_value (TW_FORM (self->form), "to"));
  tw_lookup_ask (self->lookup, &body);
}

static void
on_typed (TwFindPage *self)
{
  if (!self->loading)
    tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), get_draft_key (self),
                         tw_form_get_text (TW_FORM (self->form), "to"));
}

static void
on_payee_activated (TwFindPage *self, guint position, GtkListView *view)
{
  g_autoptr (TwObject) item =
    g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (view)), position);

  tw_page_go (self, "give", tw_object_get_id (item));
}

static gboolean
is_of_kind (gpointer item, gpointer data)
{
  TwFindPage *self = data;
  TwPayeeState state = tw_payee_get_state (item);

  return tw_payee_get_kind (item) == self->kind &&
         (state == TW_PAYEE_STATE_CHECKED || state == TW_PAYEE_STATE_SAVED);
}

static void
tw_find_page_show (TwPage *page, const char *arg)
{
  TwFindPage *self = TW_FIND_PAGE (page);
  gsize way = 0;
  const char *draft;

  for (gsize i = 0; i < G_N_ELEMENTS (WAYS); i++)
    if (g_str_equal (WAYS[i].arg, arg))
      way = i;
  self->kind = WAYS[way].kind;
  tw_page_set_title (page, _ (WAYS[way].title), NULL);
  gtk_widget_set_visible (self->person, self->kind == TW_PAYEE_KIND_PERSON);
  gtk_widget_set_visible (self->company, self->kind == TW_PAYEE_KIND_COMPANY);
  fill_billers (self);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  tw_trouble_tell (self->trouble, NULL, "");
  self->loading = TRUE;
  draft = tw_client_get_draft (tw_page_get_client (page), get_draft_key (self));
  tw_form_clear (TW_FORM (self->form));
  tw_form_set_text (TW_FORM (self->form), "to", draft != NULL ? draft : "");
  self->loading = FALSE;
  /* What is to be typed, also when the page was in front for another before. */
  gtk_widget_grab_focus (self->kind == TW_PAYEE_KIND_PERSON    ? self->person
                         : self->kind == TW_PAYEE_KIND_COMPANY ? self->company
                                                               : self->customer);
}

static void
tw_find_page_constructed (GObject *object)
{
  TwFindPage *self = TW_FIND_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_find_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  self->lookup = tw_lookup_new (client);
  self->biller_names = gtk_string_list_new (NULL);
  adw_combo_row_set_model (self->biller, G_LIST_MODEL (self->biller_names));
  gtk_custom_filter_set_filter_func (self->filter, is_of_kind, self, NULL);
  g_object_set (self->payees, "model", tw_client_get_list (client, "payee"), NULL);
  g_signal_connect_object (self->lookup, "found", G_CALLBACK (on_payee), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "missing", G_CALLBACK (on_missing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "refused", G_CALLBACK (on_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "changed", G_CALLBACK (show_busy), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "biller"), "items-changed",
                           G_CALLBACK (fill_billers), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form, "field-changed", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);
}

static void
tw_find_page_dispose (GObject *object)
{
  TwFindPage *self = TW_FIND_PAGE (object);

  g_clear_object (&self->lookup);
  g_clear_object (&self->biller_names);
  g_clear_pointer (&self->biller_id, g_free);
  G_OBJECT_CLASS (tw_find_page_parent_class)->dispose (object);
}

static void
tw_find_page_class_init (TwFindPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_find_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_find_page_dispose;
  TW_PAGE_CLASS (klass)->show = tw_find_page_show;

  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_TROUBLE);
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_LIST_CARD);
  g_type_ensure (TW_TYPE_ROW);
  g_type_ensure (TW_TYPE_PAYEE);
  g_type_ensure (TW_TYPE_PAYEE_FORM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/find.ui");
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, form);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, payees);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, filter);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, biller_box);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, biller);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, no_billers);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, person);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, company);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, customer);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, look_up);
  gtk_widget_class_bind_template_child (widget_class, TwFindPage, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_biller);
  gtk_widget_class_bind_template_callback (widget_class, on_look_up);
  gtk_widget_class_bind_template_callback (widget_class, on_payee_activated);
  tw_pay_words_bind_closures (widget_class);
}

static void
tw_find_page_init (TwFindPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
