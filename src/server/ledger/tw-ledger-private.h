// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/ledger/tw-ledger.h"

G_BEGIN_DECLS

/* Ids of accounts and transfers, and names of kinds. */
#define TW_LEDGER_MAX_ID_BYTES 128

/* What an entry's hash is over, beside its place in the chain. */
typedef struct
{
  const char *account_id;
  gint64 seq;
  gint64 number;
  const char *transfer_id;
  const char *kind;
  gint64 amount_fen;
  gint64 balance_after_fen;
  gint64 at_ms;
} TwEntry;

extern const guint8 tw_ledger_no_hash[TW_HASH_BYTES];

void tw_entry_hash (const TwEntry *entry, const guint8 prev[TW_HASH_BYTES], guint8 hash[TW_HASH_BYTES]);

char *tw_legs_to_text (const TwLeg *legs, guint n_legs);
gboolean tw_legs_from_text (const char *text, GArray *legs, GStringChunk *ids);

G_END_DECLS
