// SPDX-License-Identifier: GPL-3.0-or-later
/* A question to the wallet's own history. */
#pragma once

#include "model/tw-payment.h"

G_BEGIN_DECLS

/* A kind as a bit of TwPaymentQuery.kinds */
#define TW_PAYMENT_KIND_BIT(kind) (1u << (kind))

typedef struct
{
  gint64 from_ms;   /* made at this time or later; 0: any */
  gint64 before_ms; /* made before this time; 0: any */
  guint kinds;      /* TW_PAYMENT_KIND_BIT(); 0: all */
  char *payee_id;   /* (nullable): to this payee */
  char *text;       /* (nullable): folded: has this in what it says */
} TwPaymentQuery;

void tw_payment_query_clear (TwPaymentQuery *query);
void tw_payment_query_set_text (TwPaymentQuery *query, const char *text);
gboolean tw_payment_query_is_any (const TwPaymentQuery *query);
gboolean tw_payment_query_fits (const TwPaymentQuery *query, TwPayment *payment, const char *said);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwPaymentQuery, tw_payment_query_clear)

G_END_DECLS
