// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-payment-news.h"

#include <glib/gi18n-lib.h>

#include "base/tw-money.h"
#include "client/user/tw-story.h"
#include "protocol/tw-failure.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"

/**
 * TwPaymentNews:
 *
 * Knows of every payment whose outcome somebody is waiting for without being able to do anything:
 * what the other side has not answered, and what was cut off from the service; and tells when it
 * has come to its end, whatever page is in front.
 *
 * - news (char *id, char *title, char *words, char *page, char *arg): emitted once for each; @page
 *   and @arg are where it stands
 */
struct _TwPaymentNews
{
  GObject parent_instance;

  TwClient *client;
  GHashTable *asked_for; /* ids of payments whose outcome was not known when last looked at */
  GHashTable *cut_off;   /* ids of commands that were written down or sent without a connection */
};

G_DEFINE_FINAL_TYPE (TwPaymentNews, tw_payment_news, G_TYPE_OBJECT)

static guint news;

static void
tell_payment (TwPaymentNews *self, TwPayment *payment)
{
  gboolean posted = tw_payment_get_state (payment) == TW_PAYMENT_STATE_POSTED;
  const char *id = tw_object_get_id (TW_OBJECT (payment));
  const char *reason = tw_payment_get_reason (payment);
  g_autofree char *title = tw_story_payment_title (payment);
  g_autofree char *amount = tw_money_format (tw_payment_get_amount_fen (payment));
  g_autofree char *heading =
    g_strdup_printf (posted ? _ ("%s went through") : _ ("%s did not go through"), amount);
  g_autofree char *words =
    posted
      ? g_steal_pointer (&title)
      : g_strdup_printf ("%s\n%s", title, tw_moved_get_words (tw_failure_find (reason)->moved));

  g_signal_emit (self, news, 0, id, heading, words, "payment", id);
}

static void
look_at_payments (TwPaymentNews *self)
{
  GListModel *payments = G_LIST_MODEL (tw_client_get_list (self->client, "payment"));

  for (guint i = 0; i < g_list_model_get_n_items (payments); i++)
    {
      g_autoptr (TwPayment) payment = g_list_model_get_item (payments, i);
      TwPaymentState state = tw_payment_get_state (payment);
      const char *id = tw_object_get_id (TW_OBJECT (payment));

      if (state == TW_PAYMENT_STATE_UNKNOWN)
        g_hash_table_add (self->asked_for, g_strdup (id));
      else if (state >= TW_PAYMENT_STATE_POSTED && g_hash_table_remove (self->asked_for, id))
        tell_payment (self, payment);
    }
}

static gboolean
is_money (TwOutgoing *outgoing)
{
  const TwKind *kind = tw_kind_find (tw_outgoing_get_kind (outgoing));

  return kind != NULL && kind->money;
}

static void
tell_outgoing (TwPaymentNews *self, TwOutgoing *outgoing)
{
  const char *code = tw_outgoing_get_state (outgoing) == TW_OUTGOING_STATE_EXPIRED
                       ? "expired"
                       : tw_outgoing_get_code (outgoing);
  g_autofree char *title = tw_story_outgoing_title (outgoing);
  g_autofree char *heading = g_strdup_printf (_ ("%s did not happen"), title);
  const char *words =
    tw_refusal_get_words (code != NULL ? code : "", tw_outgoing_get_words (outgoing));
  const char *arg;
  const char *page = tw_story_outgoing_place (outgoing, &arg);

  g_signal_emit (self, news, 0, tw_outgoing_get_id (outgoing), heading, words != NULL ? words : "",
                 page, arg);
}

static void
on_state (TwPaymentNews *self, GParamSpec *pspec, TwOutgoing *outgoing)
{
  TwOutgoingState state = tw_outgoing_get_state (outgoing);

  if (!tw_outgoing_is_settled (outgoing) ||
      !g_hash_table_remove (self->cut_off, tw_outgoing_get_id (outgoing)))
    return;
  /* What was done becomes a payment, which has its own story. */
  if (state != TW_OUTGOING_STATE_DONE)
    tell_outgoing (self, outgoing);
}

static void
note (TwPaymentNews *self, TwOutgoing *outgoing)
{
  if (is_money (outgoing) && !tw_outgoing_is_settled (outgoing) &&
      tw_status_get_connection (tw_client_get_status (self->client)) != TW_CONNECTION_ONLINE)
    g_hash_table_add (self->cut_off, g_strdup (tw_outgoing_get_id (outgoing)));
}

static void
on_connection (TwPaymentNews *self)
{
  GListModel *outgoing = tw_client_get_outgoing (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (outgoing); i++)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (outgoing, i);

      note (self, item);
    }
}

static void
on_outgoing (TwPaymentNews *self, guint position, guint removed, guint added, GListModel *model)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (model, i);

      note (self, item);
      g_signal_handlers_disconnect_by_func (item, on_state, self);
      g_signal_connect_object (item, "notify::state", G_CALLBACK (on_state), self,
                               G_CONNECT_SWAPPED);
    }
}

static void
tw_payment_news_dispose (GObject *object)
{
  g_clear_object (&TW_PAYMENT_NEWS (object)->client);
  G_OBJECT_CLASS (tw_payment_news_parent_class)->dispose (object);
}

static void
tw_payment_news_finalize (GObject *object)
{
  TwPaymentNews *self = TW_PAYMENT_NEWS (object);

  g_hash_table_unref (self->asked_for);
  g_hash_table_unref (self->cut_off);
  G_OBJECT_CLASS (tw_payment_news_parent_class)->finalize (object);
}

static void
tw_payment_news_class_init (TwPaymentNewsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_payment_news_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_payment_news_finalize;
  news =
    g_signal_new ("news", TW_TYPE_PAYMENT_NEWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  5, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

static void
tw_payment_news_init (TwPaymentNews *self)
{
  self->asked_for = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cut_off = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * tw_payment_news_new:
 * @client: (transfer none): the program
 *
 * Returns: (transfer full): somebody who tells for as long as they are held
 */
TwPaymentNews *
tw_payment_news_new (TwClient *client)
{
  TwPaymentNews *self = g_object_new (TW_TYPE_PAYMENT_NEWS, NULL);
  TwObjectList *payments = tw_client_get_list (client, "payment");
  GListModel *outgoing = tw_client_get_outgoing (client);

  self->client = g_object_ref (client);
  g_signal_connect_object (payments, "updated", G_CALLBACK (look_at_payments), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (payments, "items-changed", G_CALLBACK (look_at_payments), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (outgoing, "items-changed", G_CALLBACK (on_outgoing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_status (client), "notify::connection",
                           G_CALLBACK (on_connection), self, G_CONNECT_SWAPPED);
  look_at_payments (self);
  on_outgoing (self, 0, 0, g_list_model_get_n_items (outgoing), outgoing);
  return self;
}
