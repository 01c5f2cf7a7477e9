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
  const char *id; /* the payment's, the transfer's and the order's */
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

TwPayment *tw_payments_tell (
  TwTx *tx, const TwRailOp *op, const TwRailNews *news, const char *refusal, GError **error);

G_END_DECLS
