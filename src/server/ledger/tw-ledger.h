// SPDX-License-Identifier: GPL-3.0-or-later
/* The ledger: accounts, and transfers of two or more entries that sum to zero. An account with a
 * floor never goes below it, not even by what is only reserved. Each entry carries the hash of the
 * one before in its account, and a number that counts through the whole ledger, so that a
 * checkpoint kept elsewhere can say what had been written when.
 *
 * All functions work inside the caller's transaction and decide before they write. Errors:
 * TW_ERROR_REFUSED (the balance is too small), TW_ERROR_NOT_FOUND (no such account or transfer),
 * TW_ERROR_CONFLICT (the transfer went another way before), TW_ERROR_INVALID (not a transfer), or
 * the database's own. */
#pragma once

#include "db/tw-db-rows.h"
#include "server/command/tw-tx.h"
#include "server/ledger/tw-limits.h"

G_BEGIN_DECLS

extern const char tw_ledger_schema[];
extern const char tw_ledger_schema_2[];
extern const char tw_ledger_schema_3[];
extern const char tw_ledger_parts_schema[];    /* PostgreSQL's */
extern const char tw_ledger_payments_schema[]; /* PostgreSQL's */

/* Entries of one transfer. */
#define TW_LEDGER_MAX_LEGS 8
/* Clearing accounts of one rail: no row is everybody's. */
#define TW_LEDGER_SHARDS 64

/* What their ids begin with. */
#define TW_LEDGER_CLEARING "clearing:"
#define TW_LEDGER_HOUSE "house:"

/* Accounts of the house: what cards are proved with, and what is between a bank and the office. */
#define TW_HOUSE_PROOFS "proofs"
#define TW_HOUSE_CARDS "cards"

#define TW_RAIL_BANK "bank"
#define TW_RAIL_OFFICE "office"
#define TW_RAIL_CREDITS "credits"
#define TW_RAIL_BILLERS "billers"
#define TW_RAIL_CARD_DEBITS "card-debits"

/* One account's part in a transfer. The three balances are set by the ledger: as they are after it.
 */
typedef struct
{
  const char *account_id; /* the ledger's: "wallet:…", "clearing:bank:17" */
  gint64 amount_fen;      /* what it gets; below zero: what it gives */
  gint64 balance_fen;
  gint64 reserved_fen;
  gint64 incoming_fen;
} TwLeg;

typedef struct
{
  const char *id; /* UUIDv7 */
  const char *kind;
  TwLeg *legs;
  guint n_legs;
} TwTransfer;

/* Says that an account of the ledger will be needed. It is not locked: who writes has the turn. */
void tw_ledger_foresee (TwLocks *locks, const char *id);

gboolean tw_ledger_open_account (
  TwDb *db, const char *id, const char *owner, const gint64 *floor_fen, GError **error);
gboolean tw_ledger_transfer (TwDb *db, gint64 now_ms, TwTransfer *transfer, GError **error);
gboolean tw_ledger_reserve (TwDb *db, gint64 now_ms, TwTransfer *transfer, GError **error);
gboolean tw_ledger_post (TwDb *db, gint64 now_ms, const char *transfer_id, GError **error);
gboolean tw_ledger_void (TwDb *db, gint64 now_ms, const char *transfer_id, GError **error);

gboolean tw_ledger_sum_clearing (const char *legs, const char *party, gint64 *fen);
gboolean tw_ledger_find_crossing (const char *legs,
                                  const char *party,
                                  const char *wallet_id,
                                  char **clearing_id,
                                  gint64 *wallet_fen);

char *tw_ledger_wallet_id (const char *account_id);
char *tw_ledger_clearing_id (const char *rail, const char *owner);
char *tw_ledger_house_id (const char *name, const char *owner);

/* Makes wallet.top_up, wallet.transfer and the bank known to the writer. */
void tw_ledger_init (void);

/* A person's wallet: what it shows goes to the scope of its owner. */
gboolean tw_ledger_open_wallet (TwTx *tx, const char *account_id, GError **error);
gboolean tw_ledger_publish_wallet (TwTx *tx, const char *account_id, GError **error);
gboolean tw_ledger_publish_leg (
  TwTx *tx, const char *account_id, const TwLeg *leg, const TwOutgo *known, GError **error);

/* Recomputes everything from the entries; what is wrong is added to @report, a line each. */
gboolean tw_ledger_verify (TwDb *db, gboolean *sound, GString *report, GError **error);

/* A signed statement of how far the ledger had got, kept outside of the database. */
gboolean tw_ledger_checkpoint (TwDb *db, TwSigner *signer, const char *path, GError **error);
gboolean tw_ledger_count_entries (TwDb *db, gint64 *n_entries, GError **error);
gboolean tw_ledger_continues (TwDb *db, const char *path, const char *public_key, GError **error);
gboolean tw_ledger_verify_checkpoint (TwDb *db,
                                      const char *path,
                                      const char *public_key,
                                      gboolean *sound,
                                      GString *report,
                                      GError **error);

G_END_DECLS
