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
} TwNewPayment;

gboolean tw_payments_start (TwTx *tx, const TwNewPayment *payment, GError **error);
gboolean tw_payments_receive (TwTx *tx,
                              const char *transfer_id,
                              const char *from,
                              const char *to,
                              gint64 amount_fen,
                              const char *memo,
                              GError **error);
char *tw_payments_received_id (const char *transfer_id);

TwPayment *tw_payments_tell (
  TwTx *tx, const TwRailOp *op, const TwRailNews *news, const char *refusal, GError **error);

G_END_DECLS
