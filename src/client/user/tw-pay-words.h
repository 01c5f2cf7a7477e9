// SPDX-License-Identifier: GPL-3.0-or-later
/* What payees, cards and standing orders are called, and where they stand, in a few words. */
#pragma once

#include <gtk/gtk.h>

#include "model/tw-card.h"
#include "model/tw-payee.h"
#include "model/tw-standing.h"
#include "model/tw-wallet.h"

G_BEGIN_DECLS

char *tw_pay_words_payee (TwPayee *payee);
const char *tw_pay_words_payee_kind (TwPayee *payee);
gboolean tw_pay_words_payee_fits (TwPayee *payee, const char *folded);
char *tw_pay_words_card (TwCard *card);
const char *tw_pay_words_card_state (TwCard *card);
const char *tw_pay_words_standing_notice (TwStanding *standing);
char *tw_pay_words_limits (TwWallet *wallet, int today);

void tw_pay_words_bind_closures (GtkWidgetClass *klass);

G_END_DECLS
