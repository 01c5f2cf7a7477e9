// SPDX-License-Identifier: GPL-3.0-or-later
/* A row of the card table, opened; written and shown together. */
#pragma once

#include "server/ledger/tw-cards.h"

G_BEGIN_DECLS

char *tw_card_hash_number (TwTx *tx, const char *number);
gboolean tw_card_row_load (TwTx *tx, const char *id, TwCardRow **card, GError **error);
gboolean
tw_card_row_insert (TwTx *tx, const TwCardRow *card, const char *number_hash, GError **error);
gboolean tw_card_row_save (TwTx *tx, const TwCardRow *card, GError **error);

G_END_DECLS
