// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-payment-progress.h"

#include <glib/gi18n-lib.h>

#include "client/user/tw-code-box.h"
#include "client/user/tw-failure-box.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-timeline.h"

/**
 * TwPaymentProgress:
 *
 * How a payment gets on: from the command that was written down, over the payment that it became,
 * to its end; when its outcome is not known, that it is being asked for; and when it failed, why
 * and what would help.
 *
 * - again: emitted when the person wants to try once more
 * - changed: emitted when it is another step now
 */
struct _TwPaymentProgress
{
  AdwBin parent_instance;

  TwTimeline *timeline;
  TwCodeBox *code;
  TwFailureBox *failure;
  GtkWidget *unknown;
  GtkLabel *unknown_words;

  TwClient *client;     /* (nullable) */
  TwOutgoing *outgoing; /* (nullable) */
  TwPayment *payment;   /* (nullable) */
  TwCheckup *checkup;   /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TwPaymentProgress, tw_payment_progress, ADW_TYPE_BIN)

static guint again;
static guint changed;

/* One checkup for one failure: it looks again by itself. */
static void
tell_failure (TwPaymentProgress *self, gboolean failed)
{
  if (!failed)
    g_clear_object (&self->checkup);
  else if (self->checkup == NULL)
    self->checkup = tw_checkup_new (self->client, self->outgoing, self->payment);
  tw_failure_box_tell (self->failure, self->checkup);
}

static void
tell_unknown (TwPaymentProgress *self, const char *words)
{
  gtk_widget_set_visible (self->unknown, words != NULL);
  gtk_label_set_label (self->unknown_words, words != NULL ? words : "");
}

static void
show_payment (TwPaymentProgress *self)
{
  g_autoptr (GPtrArray) steps = tw_story_of_payment (self->payment);
  TwPaymentState state = tw_payment_get_state (self->payment);

  tw_timeline_set_steps (self->timeline, steps);
  tell_unknown (self,
                state == TW_PAYMENT_STATE_UNKNOWN
                  ? _ ("It is asked for again and again until it is known; you are told then. "
                       "You need not do anything. Please don’t pay a second time.")
                  : NULL);
  tell_failure (self, state == TW_PAYMENT_STATE_VOIDED);
}

/* What was sent and not answered may have been done or not: it is only ever repeated as it is. */
static void
show_outgoing (TwPaymentProgress *self)
{
  g_autoptr (GPtrArray) steps = tw_story_of_outgoing (self->outgoing);
  TwOutgoingState state = tw_outgoing_get_state (self->outgoing);
  TwStatus *status = tw_client_get_status (self->client);
  gboolean cut_off =
    state == TW_OUTGOING_STATE_SENT && tw_status_get_connection (status) == TW_CONNECTION_OFFLINE;

  tw_timeline_set_steps (self->timeline, steps);
  tell_unknown (self, cut_off
                        ? _ ("The connection broke before the answer came. The same request is "
                             "repeated by itself, so it can’t happen twice. Please don’t pay a "
                             "second time.")
                        : NULL);
  tell_failure (self, state == TW_OUTGOING_STATE_REFUSED || state == TW_OUTGOING_STATE_EXPIRED);
}

/* A command that was done has become the payment with its id, or with the id in its answer. */
static TwPayment *
find_payment (TwPaymentProgress *self)
{
  TwObjectList *payments = tw_client_get_list (self->client, "payment");
  GVariant *result = tw_outgoing_get_result (self->outgoing);
  const char *id = tw_outgoing_get_id (self->outgoing);

  if (result != NULL)
    g_variant_lookup (result, "payment_id", "&s", &id);
  return (TwPayment *) tw_object_list_find (payments, id);
}

static void
update (TwPaymentProgress *self)
{
  if (self->payment == NULL && self->outgoing != NULL)
    {
      TwPayment *payment = find_payment (self);

      if (payment != NULL)
        {
          self->payment = g_object_ref (payment);
          g_clear_object (&self->checkup);
          g_signal_connect_object (payment, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
        }
    }
  /* Its result has been seen once the payment stands here. */
  if (self->payment != NULL && self->outgoing != NULL &&
      tw_outgoing_get_state (self->outgoing) == TW_OUTGOING_STATE_DONE)
    {
      g_autoptr (TwOutgoing) done = g_steal_pointer (&self->outgoing);

      g_signal_handlers_disconnect_by_data (done, self);
      tw_client_discard (self->client, tw_outgoing_get_id (done));
    }
  tw_code_box_watch (self->code, self->client, self->outgoing);
  if (self->payment != NULL)
    show_payment (self);
  else if (self->outgoing != NULL)
    show_outgoing (self);
  g_signal_emit (self, changed, 0);
}

static void
on_again (TwPaymentProgress *self)
{
  g_signal_emit (self, again, 0);
}

/* The same wish once more, so that a new code is sent. */
static void
on_resend (TwPaymentProgress *self)
{
  g_autoptr (TwClient) client = g_object_ref (self->client);
  g_autoptr (TwOutgoing) old = g_object_ref (self->outgoing);
  g_autoptr (TwOutgoing) fresh = tw_code_box_resubmit (client, old);

  if (fresh == NULL)
    {
      update (self);
      return;
    }
  tw_payment_progress_watch (self, client, fresh);
}

static void
begin (TwPaymentProgress *self, TwClient *client)
{
  tw_payment_progress_clear (self);
  self->client = g_object_ref (client);
  g_signal_connect_object (tw_client_get_list (client, "payment"), "items-changed",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_status (client), "notify::connection", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
}

static void
tw_payment_progress_dispose (GObject *object)
{
  tw_payment_progress_clear (TW_PAYMENT_PROGRESS (object));
  G_OBJECT_CLASS (tw_payment_progress_parent_class)->dispose (object);
}

static void
tw_payment_progress_class_init (TwPaymentProgressClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_payment_progress_dispose;
  again = g_signal_new ("again", TW_TYPE_PAYMENT_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 0);
  changed = g_signal_new ("changed", TW_TYPE_PAYMENT_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                          NULL, G_TYPE_NONE, 0);
  g_type_ensure (TW_TYPE_TIMELINE);
  g_type_ensure (TW_TYPE_CODE_BOX);
  g_type_ensure (TW_TYPE_FAILURE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/payment-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPaymentProgress, timeline);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentProgress, code);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentProgress, failure);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentProgress, unknown);
  gtk_widget_class_bind_template_child (widget_class, TwPaymentProgress, unknown_words);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_resend);
}

static void
tw_payment_progress_init (TwPaymentProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_payment_progress_watch:
 * @self: a progress
 * @client: the program behind it
 * @outgoing: a command that moves money
 *
 * Shows what becomes of @outgoing.
 */
void
tw_payment_progress_watch (TwPaymentProgress *self, TwClient *client, TwOutgoing *outgoing)
{
  g_object_ref (outgoing);
  begin (self, client);
  self->outgoing = outgoing;
  g_signal_connect_object (outgoing, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (outgoing, "notify::held", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * tw_payment_progress_show:
 * @self: a progress
 * @client: the program behind it
 * @payment: a payment
 *
 * Shows how far @payment got.
 */
void
tw_payment_progress_show (TwPaymentProgress *self, TwClient *client, TwPayment *payment)
{
  g_object_ref (payment);
  begin (self, client);
  self->payment = payment;
  g_signal_connect_object (payment, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * tw_payment_progress_clear:
 * @self: a progress
 *
 * Shows nothing any more.
 */
void
tw_payment_progress_clear (TwPaymentProgress *self)
{
  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (tw_client_get_list (self->client, "payment"), self);
      g_signal_handlers_disconnect_by_data (tw_client_get_status (self->client), self);
    }
  if (self->outgoing != NULL)
    g_signal_handlers_disconnect_by_data (self->outgoing, self);
  if (self->payment != NULL)
    g_signal_handlers_disconnect_by_data (self->payment, self);
  g_clear_object (&self->client);
  g_clear_object (&self->outgoing);
  g_clear_object (&self->payment);
  g_clear_object (&self->checkup);
}

/**
 * tw_payment_progress_get_outgoing:
 * @self: a progress
 *
 * Returns: (transfer none) (nullable): the command whose result is not known to the person yet
 */
TwOutgoing *
tw_payment_progress_get_outgoing (TwPaymentProgress *self)
{
  return self->outgoing;
}

/**
 * tw_payment_progress_get_payment:
 * @self: a progress
 *
 * Returns: (transfer none) (nullable): the payment, once there is one
 */
TwPayment *
tw_payment_progress_get_payment (TwPaymentProgress *self)
{
  return self->payment;
}

/**
 * tw_payment_progress_find_live:
 * @client: the program
 * @kind: a kind of protocol/tw-kinds.h
 * @member: (nullable): a member of its body
 * @value: (nullable): and what it must say
 *
 * Returns: (transfer none) (nullable): the latest such command whose result the person has not seen
 */
TwOutgoing *
tw_payment_progress_find_live (TwClient *client,
                               const char *kind,
                               const char *member,
                               const char *value)
{
  GListModel *outgoing = tw_client_get_outgoing (client);

  for (guint i = g_list_model_get_n_items (outgoing); i > 0; i--)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (outgoing, i - 1);
      GVariant *body = tw_outgoing_get_body (item);
      const char *its_value = NULL;

      if (!g_str_equal (tw_outgoing_get_kind (item), kind))
        continue;
      if (member == NULL || (body != NULL && g_variant_lookup (body, member, "&s", &its_value) &&
                             g_str_equal (its_value, value)))
        return item; /* the list holds it */
    }
  return NULL;
}
