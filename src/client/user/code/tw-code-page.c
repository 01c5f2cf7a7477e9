// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/code/tw-code-page.h"

#include <glib/gi18n-lib.h>

#include "base/tw-pay-code.h"
#include "client/user/tw-lookup.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-fresh-list.h"
#include "client/widgets/tw-qr.h"
#include "model/tw-account.h"
#include "model/tw-amount-form.h"
#include "model/tw-payee-form.h"

/**
 * TwCodePage:
 *
 * Payment codes: somebody else's, read out of a picture, from the clipboard or typed, to pay them;
 * and the person's own, to be paid.
 */
struct _TwCodePage
{
  TwPage parent_instance;

  TwPayeeForm *form;
  TwAmountForm *asked;
  TwFreshList *accounts;
  GtkWidget *fields;
  GtkLabel *trouble;
  GtkWidget *look_up;
  GtkWidget *spinner;
  GtkWidget *own_box;
  GtkPicture *picture;
  GtkLabel *own;

  TwLookup *lookup;
  GtkFileChooserNative *chooser; /* (nullable): while it is open */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TwCodePage, tw_code_page, TW_TYPE_PAGE)

#define DRAFT_CODE "code/to"

static void
tell (TwCodePage *self, const char *words)
{
  gtk_label_set_label (self->trouble, words);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), *words != '\0');
}

static void
show_busy (TwCodePage *self)
{
  gboolean busy = tw_lookup_get_busy (self->lookup);

  gtk_widget_set_visible (self->spinner, busy);
  gtk_widget_set_sensitive (self->look_up, !busy);
}

static void
on_look_up (TwCodePage *self)
{
  GVariantDict body;

  tell (self, "");
  tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
  if (!tw_form_get_valid (TW_FORM (self->form)) || tw_lookup_get_busy (self->lookup))
    return;
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "to", "s", tw_form_get_value (TW_FORM (self->form), "to"));
  tw_lookup_ask (self->lookup, &body);
}

/* What was read is looked up at once: that is why it was read. */
static void
take (TwCodePage *self, const char *text)
{
  if (text == NULL)
    {
      tell (self, _ ("There is no payment code in this. Take one that shows the whole square, or "
                     "type the code."));
      return;
    }
  tw_form_set_text (TW_FORM (self->form), "to", text);
  on_look_up (self);
}

static void
on_payee (TwCodePage *self, TwPayee *payee)
{
  tw_form_clear (TW_FORM (self->form));
  tw_page_go (self, "give", tw_object_get_id (TW_OBJECT (payee)));
}

static void
on_missing (TwCodePage *self)
{
  tell (self, _ ("Nobody has this code any more. Ask for a new one."));
}

static void
on_refused (TwCodePage *self, const char *code, const char *words)
{
  tell (self, words);
}

static void
on_chosen (TwCodePage *self, int response, GtkFileChooserNative *chooser)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_autoptr (GError) error = NULL;
      g_autoptr (GdkTexture) picture = gdk_texture_new_from_file (file, &error);
      g_autofree char *text = picture != NULL ? tw_qr_read (picture) : NULL;

      if (picture == NULL)
        tell (self, _ ("This file can’t be read as a picture."));
      else
        take (self, text);
    }
  g_clear_object (&self->chooser);
}

static GtkFileChooser *
open_chooser (TwCodePage *self, const char *title, GtkFileChooserAction action, GCallback callback)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
    title, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", callback, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
  return GTK_FILE_CHOOSER (self->chooser);
}

static void
on_open (TwCodePage *self)
{
  GtkFileChooser *chooser =
    open_chooser (self, _ ("Open a Picture"), GTK_FILE_CHOOSER_ACTION_OPEN, G_CALLBACK (on_chosen));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
on_pasted_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwCodePage) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (!g_cancellable_is_cancelled (self->cancellable))
    take (self, text);
}

static void
on_pasted_picture (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwCodePage) self = data;
  g_autoptr (GdkTexture) picture =
    gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, NULL);
  g_autofree char *text = picture != NULL ? tw_qr_read (picture) : NULL;

  if (!g_cancellable_is_cancelled (self->cancellable))
    take (self, text);
}

static void
on_paste (TwCodePage *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE) ||
      gdk_content_formats_contain_mime_type (formats, "image/png"))
    gdk_clipboard_read_texture_async (clipboard, self->cancellable, on_pasted_picture,
                                      g_object_ref (self));
  else
    gdk_clipboard_read_text_async (clipboard, self->cancellable, on_pasted_text,
                                   g_object_ref (self));
}

static char *
get_own (TwCodePage *self)
{
  g_autoptr (TwAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), 0);

  return account != NULL ? tw_pay_code_make_for_reference (tw_account_get_reference (account),
                                                           tw_amount_form_get_fen (self->asked))
                         : NULL;
}

static void
show_own (TwCodePage *self)
{
  g_autofree char *code = get_own (self);
  g_autoptr (GdkTexture) picture = code != NULL ? tw_qr_draw (code) : NULL;

  gtk_widget_set_visible (self->own_box, code != NULL);
  if (code == NULL)
    return;
  gtk_label_set_label (self->own, code);
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (picture));
}

static void
on_copy (TwCodePage *self)
{
  g_autofree char *code = get_own (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), code);
  tw_page_say (self, _ ("Your payment code has been copied"));
}

static void
on_save_chosen (TwCodePage *self, int response, GtkFileChooserNative *chooser)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_autofree char *path = g_file_get_path (file);
      g_autofree char *code = get_own (self);
      g_autoptr (GdkTexture) picture = tw_qr_draw (code);

      tw_page_say (self, path != NULL && gdk_texture_save_to_png (picture, path)
                           ? _ ("Your payment code has been saved")
                           : _ ("It could not be saved there"));
    }
  g_clear_object (&self->chooser);
}

static void
on_save (TwCodePage *self)
{
  GtkFileChooser *chooser = open_chooser (
    self, _ ("Save as a Picture"), GTK_FILE_CHOOSER_ACTION_SAVE, G_CALLBACK (on_save_chosen));
  g_autofree char *name = g_strconcat (_ ("Payment code"), ".png", NULL);

  gtk_file_chooser_set_current_name (chooser, name);
}

static void
on_typed (TwCodePage *self)
{
  tw_client_set_draft (tw_page_get_client (TW_PAGE (self)), DRAFT_CODE,
                       tw_form_get_text (TW_FORM (self->form), "to"));
}

static void
tw_code_page_constructed (GObject *object)
{
  TwCodePage *self = TW_CODE_PAGE (object);
  TwClient *client;
  const char *draft;

  G_OBJECT_CLASS (tw_code_page_parent_class)->constructed (object);
  client = tw_page_get_client (TW_PAGE (self));
  self->lookup = tw_lookup_new (client);
  tw_payee_form_set_wanted (self->form, TW_PAYEE_KIND_MERCHANT, 0);
  g_signal_connect_object (self->lookup, "found", G_CALLBACK (on_payee), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "missing", G_CALLBACK (on_missing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "refused", G_CALLBACK (on_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "changed", G_CALLBACK (show_busy), self,
                           G_CONNECT_SWAPPED);
  g_object_set (self->accounts, "model", tw_client_get_list (client, "account"), NULL);
  draft = tw_client_get_draft (client, DRAFT_CODE);
  tw_form_set_text (TW_FORM (self->form), "to", draft != NULL ? draft : "");
  g_signal_connect_object (self->form, "field-changed", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->asked, "field-changed", G_CALLBACK (show_own), self,
                           G_CONNECT_SWAPPED);
  show_own (self);
}

static void
tw_code_page_dispose (GObject *object)
{
  TwCodePage *self = TW_CODE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->lookup);
  G_OBJECT_CLASS (tw_code_page_parent_class)->dispose (object);
}

static void
tw_code_page_finalize (GObject *object)
{
  g_object_unref (TW_CODE_PAGE (object)->cancellable);
  G_OBJECT_CLASS (tw_code_page_parent_class)->finalize (object);
}

static void
tw_code_page_class_init (TwCodePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = tw_code_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = tw_code_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_code_page_finalize;

  g_type_ensure (TW_TYPE_AMOUNT_FORM);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_FRESH_LIST);
  g_type_ensure (TW_TYPE_PAYEE_FORM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/code.ui");
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, form);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, asked);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, accounts);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, fields);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, look_up);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, own_box);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, picture);
  gtk_widget_class_bind_template_child (widget_class, TwCodePage, own);
  gtk_widget_class_bind_template_callback (widget_class, show_own);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_paste);
  gtk_widget_class_bind_template_callback (widget_class, on_look_up);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
tw_code_page_init (TwCodePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
