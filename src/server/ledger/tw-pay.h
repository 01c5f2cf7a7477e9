// SPDX-License-Identifier: GPL-3.0-or-later
/* Money that leaves a wallet: to another wallet at once, or set aside and over a rail. */
#pragma once

#include "server/ledger/tw-limits.h"
#include "server/ledger/tw-payments.h"

G_BEGIN_DECLS

/* What is to be paid. Texts that are not there are NULL. */
typedef struct
{
  const char *id; /* of the payment: the command's */
  const char *account_id;
  const char *intent; /* "" for what no command of the person stands for */
  TwPaymentKind kind;
  gint64 amount_fen;
  const char *memo;
  const char *payee_id;
  const char *payee_name;
  const char *payee_number; /* what tells this payee from others of the kind */
  const char *card_id;
  const char *standing_id;
  gboolean is_own; /* goes to the person's own card, @card_id: no limit counts it */
  TwFactor factor;
  gboolean again;
  /* Either to a wallet, */
  const char *to_account;
  /* or over a rail. */
  const TwRail *rail;
  JsonObject *request;
} TwPay;

gboolean tw_pay (TwTx *tx, TwJob *job, const TwPay *pay, TwObstacle *obstacle, GError **error);
gboolean tw_pay_end (TwJob *job, const TwPay *pay, const TwObstacle *obstacle);
TwFactor tw_pay_get_factor (TwJob *job);

gboolean
tw_pay_check_own (TwTx *tx, const TwPay *pay, TwOutgo *outgo, TwObstacle *obstacle, GError **error);
void tw_pay_foresee_person (TwLocks *locks, const char *account_id);
void tw_pay_lock (TwLocks *locks, const char *id, const char *account_id, const char *to_account);

extern const TwRail tw_credits_rail;

G_END_DECLS
