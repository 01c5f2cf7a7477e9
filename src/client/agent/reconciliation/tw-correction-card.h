// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-difference.h"

G_BEGIN_DECLS

#define TW_TYPE_CORRECTION_CARD (tw_correction_card_get_type ())
G_DECLARE_FINAL_TYPE (TwCorrectionCard, tw_correction_card, TW, CORRECTION_CARD, AdwBin)

/* Signal: "decided" (gint64 amount_fen): a senior has confirmed that the money moves; over zero: to
 * the customer. */

void tw_correction_card_show (TwCorrectionCard *self, TwDifference *difference, gboolean is_asked);
void tw_correction_card_set_reason (TwCorrectionCard *self, const char *reason);

G_END_DECLS
