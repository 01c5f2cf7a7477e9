// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/give/tw-payee-box.h"

#include <glib/gi18n-lib.h>

#include "client/user/tw-code-box.h"
#include "client/user/tw-errand.h"
#include "client/user/tw-lookup.h"
#include "client/user/tw-pay-words.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-page.h"
#include "model/tw-alias-form.h"
#include "protocol/tw-kinds.h"

/**
 * TwPayeeBox:
 *
 * What can be done with a payee: kept, named, looked up once more, paid every month, let go.
 */
struct _TwPayeeBox
{
  GtkBox parent_instance;

  TwAliasForm *alias;
  TwCodeBox *code;
  GtkLabel *words;
  GtkButton *keep;
  GtkWidget *again_button;
  GtkWidget *monthly_child;
  GtkWidget *remove;

  TwClient *client; /* (nullable) */
  TwPayee *payee;   /* (nullable) */
  TwErrand *errand; /* (nullable) */
  TwLookup *lookup; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TwPayeeBox, tw_payee_box, GTK_TYPE_BOX)

static void
tell (TwPayeeBox *self, const char *words)
{
  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words), *words != '\0');
}

static void
run (TwPayeeBox *self, const char *kind, const char *alias)
{
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);

  tell (self, "");
  g_variant_dict_insert (&body, "payee_id", "s", tw_object_get_id (TW_OBJECT (self->payee)));
  if (alias != NULL)
    g_variant_dict_insert (&body, "alias", "s", alias);
  tw_errand_run (self->errand, kind, &body);
}

static void
on_keep (TwPayeeBox *self)
{
  gboolean saved = tw_payee_get_state (self->payee) == TW_PAYEE_STATE_SAVED;

  if (tw_form_review (TW_FORM (self->alias)) == NULL)
    run (self, saved ? TW_KIND_PAYEE_EDIT : TW_KIND_PAYEE_SAVE,
         tw_form_get_value (TW_FORM (self->alias), "alias"));
}

static void
on_look_up (TwPayeeBox *self)
{
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);

  tell (self, "");
  g_variant_dict_insert (&body, "payee_id", "s", tw_object_get_id (TW_OBJECT (self->payee)));
  tw_lookup_ask (self->lookup, &body);
}

static void
on_monthly (TwPayeeBox *self)
{
  g_autofree char *arg = g_strdup_printf ("payee\n%s", tw_object_get_id (TW_OBJECT (self->payee)));

  tw_page_go (self, "standing", arg);
}

static void
on_history (TwPayeeBox *self)
{
  g_autofree char *arg = g_strdup_printf ("payee\n%s", tw_object_get_id (TW_OBJECT (self->payee)));

  tw_page_go (self, "history", arg);
}

static void
on_remove_confirmed (TwPayeeBox *self, const char *response)
{
  if (g_str_equal (response, "remove") && self->payee != NULL)
    run (self, TW_KIND_PAYEE_REMOVE, NULL);
}

static void
on_remove (TwPayeeBox *self)
{
  g_autofree char *name = tw_pay_words_payee (self->payee);
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _ ("Remove %s?"), name);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _ ("Standing orders to this payee end. What you have paid stays in "
                                  "the history."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "remove",
                                    _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_confirmed), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_errand_done (TwPayeeBox *self, TwOutgoing *outgoing)
{
  const char *kind = tw_outgoing_get_kind (outgoing);

  if (g_str_equal (kind, TW_KIND_PAYEE_REMOVE))
    {
      tw_page_say (self, _ ("The payee has been removed"));
      gtk_widget_activate_action (GTK_WIDGET (self), "win.go-instead", "(ss)", "pay", "");
    }
  else
    tell (self, g_str_equal (kind, TW_KIND_PAYEE_SAVE) ? _ ("Kept among your payees.")
                                                       : _ ("The name has been saved."));
}

static void
on_errand_refused (TwPayeeBox *self, const char *code, const char *words)
{
  tell (self, words);
}

static void
on_errand_changed (TwPayeeBox *self)
{
  gboolean busy = tw_errand_get_busy (self->errand) || tw_lookup_get_busy (self->lookup);

  tw_code_box_watch (self->code, self->client, tw_errand_get_outgoing (self->errand));
  gtk_widget_set_sensitive (GTK_WIDGET (self->keep), !busy);
  gtk_widget_set_sensitive (self->remove, !busy);
  gtk_widget_set_sensitive (self->again_button, !busy);
}

static void
on_resend (TwPayeeBox *self)
{
  on_keep (self);
}

static void
on_found_again (TwPayeeBox *self)
{
  tell (self, _ ("Looked up: it is still there under this name."));
}

static void
on_missing_now (TwPayeeBox *self)
{
  tell (self, _ ("Looked up: there is nobody under this number any more."));
}

static void
on_lookup_refused (TwPayeeBox *self, const char *code, const char *words)
{
  tell (self, words);
}

static void
show_payee (TwPayeeBox *self)
{
  gboolean saved = tw_payee_get_state (self->payee) == TW_PAYEE_STATE_SAVED;

  gtk_button_set_label (self->keep, saved ? _ ("Save the name") : _ ("Keep this payee"));
  gtk_widget_set_visible (self->monthly_child, saved);
}

static void
let_go (TwPayeeBox *self)
{
  if (self->payee != NULL)
    g_signal_handlers_disconnect_by_data (self->payee, self);
  if (self->errand != NULL)
    g_signal_handlers_disconnect_by_data (self->errand, self);
  if (self->lookup != NULL)
    g_signal_handlers_disconnect_by_data (self->lookup, self);
  g_clear_object (&self->payee);
  g_clear_object (&self->errand);
  g_clear_object (&self->lookup);
  g_clear_object (&self->client);
}

static void
tw_payee_box_dispose (GObject *object)
{
  let_go (TW_PAYEE_BOX (object));
  G_OBJECT_CLASS (tw_payee_box_parent_class)->dispose (object);
}

static void
tw_payee_box_class_init (TwPayeeBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_payee_box_dispose;
  g_type_ensure (TW_TYPE_ALIAS_FORM);
  g_type_ensure (TW_TYPE_CODE_BOX);
  g_type_ensure (TW_TYPE_FORM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/payee-box.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPayeeBox, alias);
  gtk_widget_class_bind_template_child (widget_class, TwPayeeBox, code);
  gtk_widget_class_bind_template_child (widget_class, TwPayeeBox, words);
  gtk_widget_class_bind_template_child (widget_class, TwPayeeBox, keep);
  gtk_widget_class_bind_template_child (widget_class, TwPayeeBox, again_button);
  gtk_widget_class_bind_template_child (widget_class, TwPayeeBox, monthly_child);
  gtk_widget_class_bind_template_child (widget_class, TwPayeeBox, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
  gtk_widget_class_bind_template_callback (widget_class, on_resend);
  gtk_widget_class_bind_template_callback (widget_class, on_look_up);
  gtk_widget_class_bind_template_callback (widget_class, on_monthly);
  gtk_widget_class_bind_template_callback (widget_class, on_history);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
tw_payee_box_init (TwPayeeBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_payee_box_show:
 * @self: a payee box
 * @client: (transfer none): the program
 * @payee: (transfer none): a payee
 */
void
tw_payee_box_show (TwPayeeBox *self, TwClient *client, TwPayee *payee)
{
  let_go (self);
  self->client = g_object_ref (client);
  self->payee = g_object_ref (payee);
  self->errand = tw_errand_new (client);
  self->lookup = tw_lookup_new (client);
  g_signal_connect_object (payee, "notify", G_CALLBACK (show_payee), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "done", G_CALLBACK (on_errand_done), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "refused", G_CALLBACK (on_errand_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "changed", G_CALLBACK (on_errand_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "found", G_CALLBACK (on_found_again), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "missing", G_CALLBACK (on_missing_now), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "refused", G_CALLBACK (on_lookup_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "changed", G_CALLBACK (on_errand_changed), self,
                           G_CONNECT_SWAPPED);
  tell (self, "");
  tw_form_set_text (TW_FORM (self->alias), "alias", tw_payee_get_alias (payee));
  show_payee (self);
  on_errand_changed (self);
}
