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

/* A row of ledger_account while a transfer works on it. */
typedef struct
{
  const char *id;
  gboolean is_new; /* a clearing account that was never used before */
  gboolean has_floor;
  gint64 floor_fen;
  gint64 balance_fen;
  gint64 reserved_fen;
  gint64 incoming_fen;
  gint64 seq;
  guint8 head[TW_HASH_BYTES];
} TwLedgerAccount;

typedef enum
{
  TW_MOVE_NOW,     /* immediate */
  TW_MOVE_RESERVE, /* sets aside */
  TW_MOVE_POST,    /* what was set aside moves */
  TW_MOVE_VOID,    /* what was set aside is free again */
} TwMove;

extern const guint8 tw_ledger_no_hash[TW_HASH_BYTES];

void
tw_entry_hash (const TwEntry *entry, const guint8 prev[TW_HASH_BYTES], guint8 hash[TW_HASH_BYTES]);

extern const TwTable tw_ledger_account_table;
extern const TwTable tw_transfer_table;

gboolean
tw_ledger_account_load (TwDb *db, const char *id, TwLedgerAccount *account, GError **error);
gboolean tw_ledger_account_save (TwDb *db, const TwLedgerAccount *account, GError **error);
gboolean
tw_ledger_account_apply (TwLedgerAccount *account, TwMove move, gint64 amount_fen, GError **error);

char *tw_legs_to_text (const TwLeg *legs, guint n_legs);
gboolean tw_legs_from_text (const char *text, GArray *legs, GStringChunk *ids);

G_END_DECLS
