// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-code-box.h"

#include <glib/gi18n-lib.h>

#include "client/user/tw-errand.h"
#include "client/user/tw-phone-box.h"
#include "client/widgets/tw-form-row.h"
#include "client/widgets/tw-format.h"
#include "client/widgets/tw-reveal.h"
#include "model/tw-challenge.h"
#include "model/tw-code-form.h"
#include "protocol/tw-kinds.h"

/**
 * TwCodeBox:
 *
 * Asks for the code that a command is held for. It shows itself when the command is held, and goes
 * when it is not any more.
 *
 * - shown: emitted when it appears or goes
 * - resend: emitted when the command has been dropped so that the same can be asked for anew, which
 *   sends a new code
 */
struct _TwCodeBox
{
  GtkBox parent_instance;

  TwCodeForm *form;
  GtkLabel *words;
  GtkWidget *fields;
  TwPhoneBox *phone;
  GtkWidget *confirm;
  GtkWidget *others;
  GtkWidget *busy;
  GtkLabel *trouble;

  TwClient *client;       /* (nullable) */
  TwOutgoing *outgoing;   /* (nullable) */
  TwChallenge *challenge; /* (nullable) */
  TwErrand *errand;       /* (nullable) */
  gboolean wants_new_code;
  gboolean answered;
};

G_DEFINE_FINAL_TYPE (TwCodeBox, tw_code_box, GTK_TYPE_BOX)

static guint shown;
static guint resend;

static void
tell (TwCodeBox *self, const char *trouble)
{
  gtk_label_set_label (self->trouble, trouble != NULL ? trouble : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), trouble != NULL);
}

static void
show_words (TwCodeBox *self)
{
  g_autofree char *until = tw_format_moment_ms (tw_challenge_get_expires_at_ms (self->challenge));
  g_autofree char *words = g_strdup_printf (
    /* Translators: a phone number with stars in it, then a time of today */
    _ ("To make sure that it is you, six digits were sent to %s. They are good until %s."),
    tw_challenge_get_phone (self->challenge), until);

  gtk_label_set_label (self->words, words);
}

static void
update (TwCodeBox *self)
{
  gboolean held =
    self->challenge != NULL && self->outgoing != NULL && !tw_outgoing_is_settled (self->outgoing) &&
    (self->answered || tw_challenge_get_state (self->challenge) == TW_CHALLENGE_STATE_WAITING);
  gboolean busy = self->answered || (self->errand != NULL && tw_errand_get_busy (self->errand));
  gboolean appears = held != gtk_widget_get_visible (GTK_WIDGET (self));

  if (held)
    show_words (self);
  gtk_widget_set_visible (self->busy, busy);
  gtk_widget_set_sensitive (self->fields, !busy);
  gtk_widget_set_sensitive (self->confirm, !busy);
  gtk_widget_set_sensitive (self->others, !busy);
  gtk_widget_set_visible (GTK_WIDGET (self), held);
  if (!appears)
    return;
  g_signal_emit (self, shown, 0);
  /* A box on a page that is not in front must not take the keyboard. */
  if (held && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      gtk_widget_grab_focus (gtk_widget_get_first_child (self->fields));
      tw_reveal (GTK_WIDGET (self));
    }
  else if (!held)
    tw_form_clear (TW_FORM (self->form));
}

/* The challenge has the id of the command that it holds. */
static void
find_challenge (TwCodeBox *self)
{
  TwObject *found = tw_object_list_find (tw_client_get_list (self->client, "challenge"),
                                         tw_outgoing_get_id (self->outgoing));

  if (found != NULL && self->challenge == NULL)
    {
      self->challenge = TW_CHALLENGE (g_object_ref (found));
      g_signal_connect_object (found, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
on_outgoing_state (TwCodeBox *self)
{
  if (self->wants_new_code && tw_outgoing_is_settled (self->outgoing) &&
      tw_outgoing_get_state (self->outgoing) != TW_OUTGOING_STATE_DONE)
    {
      self->wants_new_code = FALSE;
      g_signal_emit (self, resend, 0);
      return;
    }
  update (self);
}

static void
on_refused (TwCodeBox *self, const char *code, const char *words, TwOutgoing *outgoing)
{
  gint64 tries_left = 0;
  GVariant *result = outgoing != NULL ? tw_outgoing_get_result (outgoing) : NULL;

  self->wants_new_code = FALSE;
  if (g_str_equal (code, "wrong_code"))
    {
      g_autofree char *left = NULL;
      g_autofree char *all = NULL;

      if (result != NULL)
        g_variant_lookup (result, "tries_left", "x", &tries_left);
      left = g_strdup_printf (
        ngettext ("%d try is left.", "%d tries are left.", (gulong) tries_left), (int) tries_left);
      /* Translators: two sentences, one after the other */
      all = tries_left > 0 ? g_strdup_printf (_ ("%s %s"), words, left) : g_strdup (words);
      tw_form_refuse (TW_FORM (self->form), "code", all);
      update (self);
      gtk_widget_grab_focus (gtk_widget_get_first_child (self->fields));
    }
  else
    tell (self, words);
}

static void
on_done (TwCodeBox *self, TwOutgoing *outgoing)
{
  if (g_str_equal (tw_outgoing_get_kind (outgoing), TW_KIND_CHALLENGE_ANSWER))
    self->answered = TRUE;
}

static void
run (TwCodeBox *self, const char *kind, const char *code)
{
  GVariantDict body = G_VARIANT_DICT_INIT (NULL);

  tell (self, NULL);
  g_variant_dict_insert (&body, "challenge_id", "s",
                         tw_object_get_id (TW_OBJECT (self->challenge)));
  if (code != NULL)
    g_variant_dict_insert (&body, "code", "s", code);
  tw_errand_run (self->errand, kind, &body);
}

static void
on_confirm (TwCodeBox *self)
{
  tw_form_row_focus_first_mistake (self->fields, TW_FORM (self->form));
  if (tw_form_get_valid (TW_FORM (self->form)))
    run (self, TW_KIND_CHALLENGE_ANSWER, tw_form_get_value (TW_FORM (self->form), "code"));
}

static void
on_new_code (TwCodeBox *self)
{
  self->wants_new_code = TRUE;
  run (self, TW_KIND_CHALLENGE_DROP, NULL);
}

static void
on_drop (TwCodeBox *self)
{
  run (self, TW_KIND_CHALLENGE_DROP, NULL);
}

static void
let_go (TwCodeBox *self)
{
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (tw_client_get_list (self->client, "challenge"), self);
  if (self->outgoing != NULL)
    g_signal_handlers_disconnect_by_data (self->outgoing, self);
  if (self->challenge != NULL)
    g_signal_handlers_disconnect_by_data (self->challenge, self);
  if (self->errand != NULL)
    g_signal_handlers_disconnect_by_data (self->errand, self);
  g_clear_object (&self->client);
  g_clear_object (&self->outgoing);
  g_clear_object (&self->challenge);
  g_clear_object (&self->errand);
  self->wants_new_code = self->answered = FALSE;
}

static void
tw_code_box_dispose (GObject *object)
{
  let_go (TW_CODE_BOX (object));
  G_OBJECT_CLASS (tw_code_box_parent_class)->dispose (object);
}

static void
tw_code_box_class_init (TwCodeBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_code_box_dispose;
  shown = g_signal_new ("shown", TW_TYPE_CODE_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 0);
  resend = g_signal_new ("resend", TW_TYPE_CODE_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                         G_TYPE_NONE, 0);
  g_type_ensure (TW_TYPE_CODE_FORM);
  g_type_ensure (TW_TYPE_FORM_ROW);
  g_type_ensure (TW_TYPE_PHONE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/code-box.ui");
  gtk_widget_class_bind_template_child (widget_class, TwCodeBox, form);
  gtk_widget_class_bind_template_child (widget_class, TwCodeBox, words);
  gtk_widget_class_bind_template_child (widget_class, TwCodeBox, fields);
  gtk_widget_class_bind_template_child (widget_class, TwCodeBox, phone);
  gtk_widget_class_bind_template_child (widget_class, TwCodeBox, confirm);
  gtk_widget_class_bind_template_child (widget_class, TwCodeBox, others);
  gtk_widget_class_bind_template_child (widget_class, TwCodeBox, busy);
  gtk_widget_class_bind_template_child (widget_class, TwCodeBox, trouble);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm);
  gtk_widget_class_bind_template_callback (widget_class, on_new_code);
  gtk_widget_class_bind_template_callback (widget_class, on_drop);
}

static void
tw_code_box_init (TwCodeBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The message comes later, and moves the rest down. */
  g_signal_connect_object (self->phone, "notify::visible", G_CALLBACK (tw_reveal), self,
                           G_CONNECT_SWAPPED);
}

/**
 * tw_code_box_watch:
 * @self: a code box
 * @client: (transfer none): the program
 * @outgoing: (transfer none) (nullable): a command that may be held; %NULL: none any more
 */
void
tw_code_box_watch (TwCodeBox *self, TwClient *client, TwOutgoing *outgoing)
{
  gboolean dropped = self->wants_new_code && self->outgoing != NULL &&
                     tw_outgoing_is_settled (self->outgoing) &&
                     tw_outgoing_get_state (self->outgoing) != TW_OUTGOING_STATE_DONE;

  if (self->outgoing == outgoing)
    return;
  let_go (self);
  tell (self, NULL);
  if (outgoing == NULL)
    {
      update (self);
      /* Who holds the command may have heard before this box that it was dropped. */
      if (dropped)
        g_signal_emit (self, resend, 0);
      return;
    }
  self->client = g_object_ref (client);
  self->outgoing = g_object_ref (outgoing);
  self->errand = tw_errand_new (client);
  g_signal_connect_object (outgoing, "notify::state", G_CALLBACK (on_outgoing_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "challenge"), "items-changed",
                           G_CALLBACK (find_challenge), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "done", G_CALLBACK (on_done), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "refused", G_CALLBACK (on_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  tw_phone_box_watch (self->phone, client);
  find_challenge (self);
}

/**
 * tw_code_box_resubmit:
 * @client: (transfer none): the program
 * @dropped: (transfer none): a command that was dropped so that a new code is sent
 *
 * Asks for the same once more.
 *
 * Returns: (transfer full) (nullable): the command in its place; %NULL when it could not be asked
 * for
 */
TwOutgoing *
tw_code_box_resubmit (TwClient *client, TwOutgoing *dropped)
{
  TwOutgoing *fresh =
    tw_client_submit (client, tw_outgoing_get_kind (dropped), tw_outgoing_get_intent (dropped),
                      tw_outgoing_get_body (dropped), NULL);

  if (fresh != NULL)
    tw_client_discard (client, tw_outgoing_get_id (dropped));
  return fresh;
}
