// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-checkup-private.h"

#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "client/widgets/tw-bill-sum.h"
#include "model/tw-challenge.h"
#include "model/tw-wallet.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"

/**
 * TwCheckup:
 *
 * Why a payment failed, and what the program finds when it looks at everything again. It looks anew
 * whenever something changes: what was missing may be there by now.
 *
 * - changed: emitted when it may say something else than before
 */

G_DEFINE_FINAL_TYPE (TwCheckup, tw_checkup, G_TYPE_OBJECT)

static guint changed;

gint64
tw_checkup_get_amount_fen (TwCheckup *self)
{
  gint64 fen = 0;

  if (self->payment != NULL)
    return tw_payment_get_amount_fen (self->payment);
  if (tw_outgoing_get_body (self->outgoing) != NULL)
    g_variant_lookup (tw_outgoing_get_body (self->outgoing), "amount_fen", "x", &fen);
  return fen;
}

/* What fills the wallet, or is paid straight from a card, asks nothing of its balance. */
gboolean
tw_checkup_is_from_wallet (TwCheckup *self)
{
  const char *card_id = "";

  if (self->payment != NULL)
    return !tw_payment_comes_in (self->payment) &&
           !(tw_payment_get_kind (self->payment) == TW_PAYMENT_KIND_TAX &&
             *tw_payment_get_card_id (self->payment) != '\0');
  if (g_str_equal (tw_outgoing_get_kind (self->outgoing), TW_KIND_TAX_PAY) &&
      tw_outgoing_get_body (self->outgoing) != NULL)
    g_variant_lookup (tw_outgoing_get_body (self->outgoing), "card_id", "&s", &card_id);
  return *card_id == '\0' &&
         !g_str_equal (tw_outgoing_get_kind (self->outgoing), TW_KIND_WALLET_TOP_UP);
}

const char *
tw_checkup_get_bill_id (TwCheckup *self)
{
  const char *id = "";

  if (self->payment != NULL)
    return tw_payment_get_bill_id (self->payment);
  if (tw_outgoing_get_body (self->outgoing) != NULL)
    g_variant_lookup (tw_outgoing_get_body (self->outgoing), "bill_id", "&s", &id);
  return id;
}

TwBill *
tw_checkup_find_bill (TwCheckup *self)
{
  return (TwBill *) tw_object_list_find (tw_client_get_list (self->client, "bill"),
                                         tw_checkup_get_bill_id (self));
}

/* (transfer none) (nullable) */
TwPayee *
tw_checkup_find_payee (TwCheckup *self)
{
  const char *id = "";

  if (self->payment != NULL)
    id = tw_payment_get_payee_id (self->payment);
  else if (tw_outgoing_get_body (self->outgoing) != NULL)
    g_variant_lookup (tw_outgoing_get_body (self->outgoing), "payee_id", "&s", &id);
  return (TwPayee *) tw_object_list_find (tw_client_get_list (self->client, "payee"), id);
}

/* What is free in the wallet: reserved money is spoken for. */
gint64
tw_checkup_get_free_fen (TwCheckup *self)
{
  GListModel *wallets = G_LIST_MODEL (tw_client_get_list (self->client, "wallet"));
  g_autoptr (TwWallet) wallet = g_list_model_get_item (wallets, 0);

  return wallet != NULL ? tw_wallet_get_balance_fen (wallet) - tw_wallet_get_reserved_fen (wallet)
                        : 0;
}

/* What the bill asks for today may be more than what was tried. */
static gint64
wanted_fen (TwCheckup *self)
{
  TwBill *bill = tw_checkup_find_bill (self);

  if (bill != NULL && tw_bill_get_state (bill) == TW_BILL_STATE_DUE)
    return MAX (tw_checkup_get_amount_fen (self), tw_bill_sum_total_fen (bill, tw_clock_today ()));
  return tw_checkup_get_amount_fen (self);
}

/**
 * tw_checkup_get_words:
 * @self: a checkup
 *
 * Returns: (transfer none): what happened
 */
const char *
tw_checkup_get_words (TwCheckup *self)
{
  const char *words = self->outgoing != NULL ? tw_outgoing_get_words (self->outgoing) : NULL;

  return tw_refusal_get_words (self->code,
                               words != NULL && *words != '\0' ? words : _ ("It did not work."));
}

/**
 * tw_checkup_get_moved:
 * @self: a checkup
 *
 * Returns: (transfer none): whether money moved, in words
 */
const char *
tw_checkup_get_moved (TwCheckup *self)
{
  /* That a bill was taken back may be known before it is paid, or from the office's answer. */
  if (self->payment != NULL && g_strcmp0 (self->code, "bill_withdrawn") == 0)
    return tw_moved_get_words (TW_MOVED_BACK);
  return tw_moved_get_words (self->failure->moved);
}

/**
 * tw_checkup_get_missing_fen:
 * @self: a checkup
 *
 * Returns: what the wallet lacks for it, in fen; 0: nothing
 */
gint64
tw_checkup_get_missing_fen (TwCheckup *self)
{
  return tw_checkup_is_from_wallet (self)
           ? MAX (wanted_fen (self) - tw_checkup_get_free_fen (self), 0)
           : 0;
}

static gboolean
waits_for_code (TwCheckup *self)
{
  GListModel *challenges = G_LIST_MODEL (tw_client_get_list (self->client, "challenge"));

  for (guint i = 0; i < g_list_model_get_n_items (challenges); i++)
    {
      g_autoptr (TwChallenge) challenge = g_list_model_get_item (challenges, i);

      if (tw_challenge_get_state (challenge) == TW_CHALLENGE_STATE_WAITING)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_settled_elsewhere (TwCheckup *self)
{
  TwBill *bill = tw_checkup_find_bill (self);

  return self->failure->moved == TW_MOVED_EARLIER || self->failure->moved == TW_MOVED_UNKNOWN ||
         (*tw_checkup_get_bill_id (self) != '\0' &&
          (bill == NULL || tw_bill_get_state (bill) != TW_BILL_STATE_DUE));
}

/**
 * tw_checkup_get_remedy:
 * @self: a checkup
 *
 * Returns: (transfer none): the first thing that would help now: %TW_REMEDY_RECONNECT, or a remedy
 *   of protocol/tw-refusal.h
 */
const char *
tw_checkup_get_remedy (TwCheckup *self)
{
  const TwRefusal *row = tw_refusal_find (self->code);
  const char *remedy = self->outgoing != NULL ? tw_outgoing_get_remedy (self->outgoing) : NULL;

  if (remedy == NULL || *remedy == '\0')
    remedy = row != NULL ? row->remedy : TW_REMEDY_SUPPORT;
  if (tw_status_get_connection (tw_client_get_status (self->client)) == TW_CONNECTION_OFFLINE)
    return TW_REMEDY_RECONNECT;
  if (is_settled_elsewhere (self))
    return TW_REMEDY_NONE;
  if (tw_checkup_get_missing_fen (self) > 0)
    return TW_REMEDY_TOP_UP;
  if (self->looked_up && tw_checkup_find_payee (self) != NULL)
    {
      if (tw_payee_is_missing (tw_checkup_find_payee (self)))
        return TW_REMEDY_LOOK_AGAIN;
      if (g_strcmp0 (self->code, "payee_gone") == 0)
        return TW_REMEDY_RETRY;
    }
  /* What was missing is there by now, or nothing stands in the way any more. */
  return g_str_equal (remedy, TW_REMEDY_TOP_UP) ||
             (g_str_equal (remedy, TW_REMEDY_CODE) && !waits_for_code (self))
           ? TW_REMEDY_RETRY
           : remedy;
}

/**
 * tw_checkup_get_todo:
 * @self: a checkup
 *
 * Returns: (transfer none): what to do, in words that fit tw_checkup_get_remedy()
 */
const char *
tw_checkup_get_todo (TwCheckup *self)
{
  const char *remedy = tw_checkup_get_remedy (self);

  if (g_str_equal (remedy, TW_REMEDY_RECONNECT))
    return _ ("See to the connection first.");
  if (g_str_equal (remedy, TW_REMEDY_TOP_UP))
    return tw_failure_get_todo (tw_failure_find ("no_balance"));
  if (g_strcmp0 (self->code, "no_balance") == 0)
    return _ ("There is enough in your wallet now. Try again.");
  if (g_strcmp0 (self->code, "code_pending") == 0 && g_str_equal (remedy, TW_REMEDY_RETRY))
    return _ ("Nothing waits for a code any more. Try again.");
  return tw_failure_get_todo (self->failure);
}

static void
look_again (TwCheckup *self)
{
  g_signal_emit (self, changed, 0);
}

static void
on_looked_up (TwCheckup *self)
{
  self->looked_up = TRUE;
  look_again (self);
}

/* Whether the payee is still there, the other side is asked once. */
static void
look_up_payee (TwCheckup *self)
{
  TwPayee *payee = tw_checkup_find_payee (self);
  GVariantDict body;

  if (payee == NULL || self->failure->moved == TW_MOVED_UNKNOWN ||
      tw_status_get_connection (tw_client_get_status (self->client)) != TW_CONNECTION_ONLINE)
    return;
  self->lookup = tw_lookup_new (self->client);
  g_signal_connect_object (self->lookup, "found", G_CALLBACK (on_looked_up), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "missing", G_CALLBACK (on_looked_up), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lookup, "changed", G_CALLBACK (look_again), self,
                           G_CONNECT_SWAPPED);
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "payee_id", "s", tw_object_get_id (TW_OBJECT (payee)));
  tw_lookup_ask (self->lookup, &body);
}

static void
tw_checkup_dispose (GObject *object)
{
  TwCheckup *self = TW_CHECKUP (object);

  g_clear_object (&self->lookup);
  g_clear_object (&self->client);
  g_clear_object (&self->outgoing);
  g_clear_object (&self->payment);
  G_OBJECT_CLASS (tw_checkup_parent_class)->dispose (object);
}

static void
tw_checkup_class_init (TwCheckupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_checkup_dispose;
  changed = g_signal_new ("changed", TW_TYPE_CHECKUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
}

static void
tw_checkup_init (TwCheckup *self)
{
}

static const char *
find_code (TwOutgoing *outgoing, TwPayment *payment)
{
  if (payment != NULL)
    return tw_payment_get_reason (payment);
  if (tw_outgoing_get_state (outgoing) == TW_OUTGOING_STATE_EXPIRED)
    return "expired";
  return tw_outgoing_get_code (outgoing) != NULL ? tw_outgoing_get_code (outgoing) : "";
}

/**
 * tw_checkup_new:
 * @client: (transfer none): the program
 * @outgoing: (transfer none) (nullable): a command that was refused, or
 * @payment: (transfer none) (nullable): a payment that did not happen
 *
 * Returns: (transfer full): what the program finds of it, now and whenever something changes
 */
TwCheckup *
tw_checkup_new (TwClient *client, TwOutgoing *outgoing, TwPayment *payment)
{
  static const char *const looked_at[] = { "wallet", "bill", "challenge" };
  TwCheckup *self = g_object_new (TW_TYPE_CHECKUP, NULL);

  g_return_val_if_fail (outgoing != NULL || payment != NULL, self);

  self->client = g_object_ref (client);
  if (payment != NULL)
    self->payment = g_object_ref (payment);
  else
    self->outgoing = g_object_ref (outgoing);
  self->code = g_intern_string (find_code (outgoing, payment));
  self->failure = tw_failure_find (self->code);
  g_signal_connect_object (tw_client_get_status (client), "notify", G_CALLBACK (look_again), self,
                           G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (looked_at); i++)
    {
      TwObjectList *list = tw_client_get_list (client, looked_at[i]);

      g_signal_connect_object (list, "updated", G_CALLBACK (look_again), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (list, "items-changed", G_CALLBACK (look_again), self,
                               G_CONNECT_SWAPPED);
    }
  look_up_payee (self);
  return self;
}
