// SPDX-License-Identifier: GPL-3.0-or-later
/* Bank cards of a person. The bank sends a small amount to a card that is to be bound; who can read
 * it there can use the card. The number goes to the bank and is not kept: its token stands for it.
 */
#pragma once

#include "model/tw-card.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

/* How often the amount may be told, and how many cards may be asked for in a day: each costs us. */
#define TW_CARD_TRIES 3
#define TW_CARDS_A_DAY 5

typedef struct
{
  char *id;
  char *account_id;
  TwCardState state;
  char *bank;
  char *last_four;
  char *token; /* what the bank calls it; "" before it has said so */
  gint64 proof_fen;
  gint64 tries_left;
  char *reason;
  gint64 created_at_ms;
  gint64 bound_at_ms;
} TwCardRow;

void tw_card_row_free (TwCardRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCardRow, tw_card_row_free)

gboolean tw_card_load_bound (
  TwTx *tx, const char *id, const char *account_id, TwCardRow **card, GError **error);

void tw_cards_init (void);

G_END_DECLS
