// SPDX-License-Identifier: GPL-3.0-or-later
/* What a person sees of a transfer, and how it follows what becomes of an order on a rail. */
#pragma once

#include "model/tw-payment.h"
#include "server/ledger/tw-ledger.h"
#include "server/rails/tw-rails.h"

G_BEGIN_DECLS

/* A payment that a command has begun. */
typedef struct
{
  const char *id;          /* the payment's; most often the transfer's and the order's too */
  const char *transfer_id; /* (nullable): the transfer's, when it is another */
  const char *account_id;
  const char *intent;
  TwPaymentKind kind;
  TwPaymentState state;
  gint64 amount_fen;
  gint64 late_fee_fen;
  const char *title;
  const char *bill_id;
  const char *tax_type;
  const char *period;
  /* (nullable): */
  const char *payee_id;
  const char *payee_name;
  const char *card_id;
  const char *standing_id;
  const char *refunds;
} TwNewPayment;

/* What others are shown of a person; and whether it is known who they are. */
extern const TwTable tw_person_table;

gboolean tw_payments_start (TwTx *tx, const TwNewPayment *payment, GError **error);
gboolean tw_payments_receive (TwTx *tx,
                              const char *transfer_id,
                              const char *from,
                              const char *to,
                              gint64 amount_fen,
                              const char *memo,
                              const char *refunds,
                              GError **error);
char *tw_payments_received_id (const char *transfer_id);
char *tw_payments_read_masked_name (TwTx *tx, const char *account_id, GError **error);
gboolean
tw_payments_read_is_proved (TwTx *tx, const char *account_id, gboolean *is_proved, GError **error);
TwPayment *
tw_payments_load (TwTx *tx, const char *id, char **intent, char **transfer_id, GError **error);
gboolean tw_payments_save (TwTx *tx, TwPayment *payment, GError **error);
/* Told of payments that came to nothing, in the transaction; one for the process. */
typedef gboolean (*TwPaymentFailed) (TwTx *tx, TwPayment *payment, GError **error);
void tw_payments_set_on_failed (TwPaymentFailed func);

gboolean tw_payments_end (
  TwTx *tx, TwPayment *payment, const char *intent, const TwRailNews *news, GError **error);

TwPayment *tw_payments_tell (
  TwTx *tx, const TwRailOp *op, const TwRailNews *news, const char *refusal, GError **error);

G_END_DECLS
