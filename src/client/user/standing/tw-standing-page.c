// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/standing/tw-standing-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/user/tw-code-box.h"
#include "client/user/tw-errand.h"
#include "client/user/tw-pay-words.h"
#include "client/user/tw-standing-outlook.h"
#include "client/user/tw-trouble.h"
#include "client/widgets/tw-details.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-format.h"
#include "model/tw-standing-form.h"
#include "protocol/tw-kinds.h"

/**
 * TwStandingPage:
 *
 * One standing order: set, changed and ended. The argument is its id; or `payee`, and on the next
 * line the payee whom a new one is for.
 */
struct _TwStandingPage
{
  TwPage parent_instance;

  TwStandingForm *form;
  GtkStack *stack;
  TwDetails *details;
  GtkWidget *notice_box;
  GtkLabel *notice;
  GtkButton *top_up;
  GtkWidget *pay;
  GtkWidget *fields;
  GtkLabel *limits;
  TwTrouble *trouble;
  TwCodeBox *code;
  GtkButton *save;
  GtkWidget *end;
  GtkWidget *last;

  char *id;             /* "": a new one */
  char *payee_id;       /* of a new one */
  TwStanding *standing; /* (nullable) */
  TwErrand *errand;
  TwStandingOutlook outlook;
  gboolean loading;
};

G_DEFINE_FINAL_TYPE (TwStandingPage, tw_standing_page, TW_TYPE_PAGE)

static TwClient *
get_client (TwStandingPage *self)
{
  return tw_page_get_client (TW_PAGE (self));
}

static void
show_notice (TwStandingPage *self)
{
  gboolean can_pay = tw_standing_outlook_can_pay (get_client (self), self->standing);
  g_autofree char *words = NULL;
  g_autofree char *lack = NULL;
  g_autofree char *label = NULL;

  self->outlook = tw_standing_outlook_find (get_client (self), self->standing);
  words = tw_standing_outlook_describe (self->standing, self->outlook);
  lack = tw_money_format (self->outlook.missing_fen);
  label = g_strdup_printf (_ ("Top up %s"), lack);
  gtk_widget_set_visible (self->notice_box, *words != '\0');
  gtk_label_set_label (self->notice, words);
  gtk_button_set_label (self->top_up, label);
  gtk_widget_set_visible (GTK_WIDGET (self->top_up), !can_pay && self->outlook.missing_fen > 0);
  gtk_widget_set_visible (self->pay, can_pay);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    tw_standing_outlook_set_seen (get_client (self), self->standing);
}

static char *
name_payee (TwStandingPage *self)
{
  const char *id =
    self->standing != NULL ? tw_standing_get_payee_id (self->standing) : self->payee_id;
  TwObject *payee = tw_object_list_find (tw_client_get_list (get_client (self), "payee"), id);

  if (payee != NULL)
    return tw_pay_words_payee (TW_PAYEE (payee));
  return g_strdup (self->standing != NULL ? tw_standing_get_payee_name (self->standing) : "");
}

static void
update (TwStandingPage *self)
{
  gboolean fresh = self->standing == NULL;
  gboolean ended = !fresh && tw_standing_get_state (self->standing) == TW_STANDING_STATE_ENDED;
  gboolean busy = tw_errand_get_busy (self->errand);
  g_autofree char *payee = name_payee (self);
  g_autofree char *next =
    fresh || ended ? NULL : tw_format_day (tw_standing_get_next_day (self->standing));
  g_autofree char *last =
    fresh ? NULL : tw_format_time_ms (tw_standing_get_last_at_ms (self->standing));

  tw_page_set_title (TW_PAGE (self), payee, _ ("Standing order"));
  tw_details_begin (self->details);
  tw_details_add (self->details, C_ ("whom it is paid to", "To"), payee);
  tw_details_add (self->details, _ ("Next"), next != NULL ? next : "");
  tw_details_add (self->details, _ ("Last"), last != NULL ? last : "");
  tw_details_end (self->details);
  if (fresh)
    gtk_widget_set_visible (self->notice_box, FALSE);
  else
    show_notice (self);
  gtk_widget_set_visible (self->fields, !ended);
  gtk_button_set_label (self->save, fresh ? _ ("Set") : _ ("Save the change"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), !busy);
  gtk_widget_set_visible (self->end, !fresh && !ended);
  gtk_widget_set_sensitive (self->end, !busy);
  gtk_widget_set_visible (self->last,
                          !fresh && *tw_standing_get_last_payment_id (self->standing) != '\0');
}

static void
on_save (TwStandingPage *self)
{
  TwForm *form = TW_FORM (self->form);
  GVariantDict body;

  tw_trouble_tell (self->trouble, NULL, "");
  tw_form_row_focus_first_mistake (self->fields, form);
  if (!tw_form_get_valid (form) || tw_errand_get_busy (self->errand))
    return;
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "payee_id", "s",
                         self->standing != NULL ? tw_standing_get_payee_id (self->standing)
                                                : self->payee_id);
  g_variant_dict_insert (&body, "amount_fen", "x",
                         g_ascii_strtoll (tw_form_get_value (form, "amount"), NULL, 10));
  g_variant_dict_insert (&body, "day", "x",
                         g_ascii_strtoll (tw_form_get_value (form, "day"), NULL, 10));
  if (*tw_form_get_value (form, "memo") != '\0')
    g_variant_dict_insert (&body, "memo", "s", tw_form_get_value (form, "memo"));
  if (self->standing != NULL)
    g_variant_dict_insert (&body, "standing_id", "s", self->id);
  tw_errand_run (self->errand, TW_KIND_STANDING_SET, &body);
}

static void
on_resend (TwStandingPage *self)
{
  on_save (self);
}

static void
on_end_confirmed (TwStandingPage *self, const char *response)
{
  GVariantDict body;

  if (!g_str_equal (response, "end") || self->standing == NULL)
    return;
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "standing_id", "s", self->id);
  tw_errand_run (self->errand, TW_KIND_STANDING_END, &body);
}

static void
on_end (TwStandingPage *self)
{
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                            _ ("End this standing order?"), _ ("What was paid stays paid."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "end",
                                    _ ("_End It"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "end",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_end_confirmed), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_last (TwStandingPage *self)
{
  tw_page_go (self, "payment", tw_standing_get_last_payment_id (self->standing));
}

static void
on_top_up (TwStandingPage *self)
{
  tw_standing_outlook_go_top_up (self, self->outlook);
}

static void
on_pay (TwStandingPage *self)
{
  tw_standing_outlook_go_pay (self, get_client (self), self->standing);
}

static char *
get_draft_key (TwStandingPage *self)
{
  return g_strconcat ("standing/", *self->id != '\0' ? self->id : self->payee_id, NULL);
}

static void
on_typed (TwStandingPage *self)
{
  g_autofree char *key = NULL;
  g_autofree char *draft = NULL;

  if (self->loading)
    return;
  key = get_draft_key (self);
  draft = tw_form_save (TW_FORM (self->form));
  tw_client_set_draft (get_client (self), key, draft);
}

static void
on_done (TwStandingPage *self, TwOutgoing *outgoing)
{
  GVariant *result = tw_outgoing_get_result (outgoing);
  const char *id = tw_outgoing_get_id (outgoing);
  g_autofree char *key = get_draft_key (self);

  tw_client_set_draft (get_client (self), key, NULL);
  if (!g_str_equal (tw_outgoing_get_kind (outgoing), TW_KIND_STANDING_SET))
    return;
  tw_page_say (self, _ ("The standing order has been set"));
  if (self->standing != NULL)
    return;
  if (result != NULL)
    g_variant_lookup (result, "standing_id", "&s", &id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.go-instead", "(ss)", "standing", id);
}

static void
on_refused (TwStandingPage *self, const char *code, const char *words)
{
  tw_trouble_tell (self->trouble, code, words);
}

static void
on_errand_changed (TwStandingPage *self)
{
  tw_code_box_watch (self->code, get_client (self), tw_errand_get_outgoing (self->errand));
  if (gtk_widget_get_mapped (GTK_WIDGET (self->details)))
    update (self);
}

static void
fill_form (TwStandingPage *self)
{
  TwForm *form = TW_FORM (self->form);
  g_autofree char *key = get_draft_key (self);

  self->loading = TRUE;
  tw_form_clear (form);
  if (self->standing != NULL)
    {
      g_autofree char *amount = tw_money_format_plain (tw_standing_get_amount_fen (self->standing));
      g_autofree char *day = g_strdup_printf ("%d", (int) tw_standing_get_day (self->standing));

      tw_form_set_text (form, "amount", amount);
      tw_form_set_text (form, "day", day);
      tw_form_set_text (form, "memo", tw_standing_get_memo (self->standing));
    }
  tw_form_restore (form, tw_client_get_draft (get_client (self), key));
  self->loading = FALSE;
}

static void
find_standing (TwStandingPage *self)
{
  TwClient *client = get_client (self);
  TwObject *standing = *self->id != '\0'
                         ? tw_object_list_find (tw_client_get_list (client, "standing"), self->id)
                         : NULL;
  TwObject *payee = tw_object_list_find (tw_client_get_list (client, "payee"), self->payee_id);

  gtk_stack_set_visible_child_name (self->stack,
                                    standing != NULL || payee != NULL ? "standing" : "gone");
  if (standing == NULL && payee == NULL)
    return;
  if (self->standing != NULL)
    g_signal_handlers_disconnect_by_data (self->standing, self);
  g_clear_object (&self->standing);
  if (standing != NULL)
    {
      self->standing = TW_STANDING (g_object_ref (standing));
      g_signal_connect_object (standing, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  fill_form (self);
  update (self);
}

/* What could not be paid may have been paid by hand. */
static void
on_payments_changed (TwStandingPage *self)
{
  if (self->standing != NULL)
    show_notice (self);
}

static void
on_standings_changed (TwStandingPage *self)
{
  if (*self->id != '\0' && self->standing == NULL)
    find_standing (self);
}

static void
tw_standing_page_show (TwPage *page, const char *arg)
{
  TwStandingPage *self = TW_STANDING_PAGE (page);
  g_autofree char *most = tw_money_format (TW_STANDING_MOST_FEN);
  g_autofree char *limits = g_strdup_printf (
    /* Translators: an amount */
    _ ("Up to %s each time; the limits of your wallet count too."), most);
  gboolean fresh = g_str_has_prefix (arg, "payee\n");

  g_free (self->id);
  g_free (self->payee_id);
  self->id = g_strdup (fresh ? "" : arg);
  self->payee_id = g_strdup (fresh ? arg + strlen ("payee\n") : "");
  if (self->standing != NULL)
    g_signal_handlers_disconnect_by_data (self->standing, self);
  g_clear_object (&self->standing);
  tw_trouble_tell (self->trouble, NULL, "");
  gtk_label_set_label (self->limits, limits);
  tw_page_set_title (page, _ ("Standing order"), NULL);
  find_standing (self);
}

static void
tw_standing_page_map (GtkWidget *widget)
{
  TwStandingPage *self = TW_STANDING_PAGE (widget);

  GTK_WIDGET_CLASS (tw_standing_page_parent_class)->map (widget);
  if (self->standing != NULL)
    tw_standing_outlook_set_seen (get_client (self), self->standing);
}

static void
tw_standing_page_constructed (GObject *object)
{
  TwStandingPage *self = TW_STANDING_PAGE (object);
  TwClient *client;

  G_OBJECT_CLASS (tw_standing_page_parent_class)->constructed (object);
  client = get_client (self);
  self->errand = tw_errand_new (client);
  g_signal_connect_object (self->errand, "done", G_CALLBACK (on_done), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "refused", G_CALLBACK (on_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "changed", G_CALLBACK (on_errand_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "standing"), "items-changed",
                           G_CALLBACK (on_standings_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "payment"), "items-changed",
                           G_CALLBACK (on_payments_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "payment"), "updated",
                           G_CALLBACK (on_payments_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form, "field-changed", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);
}

static void
tw_standing_page_dispose (GObject *object)
{
  g_clear_object (&TW_STANDING_PAGE (object)->standing);
  g_clear_object (&TW_STANDING_PAGE (object)->errand);
  G_OBJECT_CLASS (tw_standing_page_parent_class)->dispose (object);
}

static void
tw_standing_page_finalize (GObject *object)
{
  g_free (TW_STANDING_PAGE (object)->id);
  g_free (TW_STANDING_PAGE (object)->payee_id);
  G_OBJECT_CLASS (tw_standing_page_parent_class)->finalize (object);
}

static void
tw_standing_page_class_init (TwStandingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_standing_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_standing_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_standing_page_finalize;
  TW_PAGE_CLASS (klass)->show = tw_standing_page_show;
  widget_class->map = tw_standing_page_map;

  g_type_ensure (TW_TYPE_CODE_BOX);
  g_type_ensure (TW_TYPE_DETAILS);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_TROUBLE);
  g_type_ensure (TW_TYPE_STANDING_FORM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/standing.ui");
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, form);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, details);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, notice_box);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, notice);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, top_up);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, pay);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, limits);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, code);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, save);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, end);
  gtk_widget_class_bind_template_child (widget_class, TwStandingPage, last);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_resend);
  gtk_widget_class_bind_template_callback (widget_class, on_end);
  gtk_widget_class_bind_template_callback (widget_class, on_last);
  gtk_widget_class_bind_template_callback (widget_class, on_top_up);
  gtk_widget_class_bind_template_callback (widget_class, on_pay);
}

static void
tw_standing_page_init (TwStandingPage *self)
{
  self->id = g_strdup ("");
  self->payee_id = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}
