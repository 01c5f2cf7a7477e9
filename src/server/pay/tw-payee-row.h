// SPDX-License-Identifier: GPL-3.0-or-later
/* A row of the payee table, opened; written and shown together. Private to the room. */
#pragma once

#include "model/tw-payee.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

/* One that was looked up and not kept is forgotten after so long. */
#define TW_PAYEE_LIFE_MS (24 * G_GINT64_CONSTANT (3600000))

typedef struct
{
  char *id;
  char *account_id;
  TwPayeeState state;
  TwPayeeKind kind;
  char *number; /* a phone, a reference, a credit code, a merchant's or a customer's number */
  char *name;
  char *alias;
  char *to_account;
  char *biller_id;
  gint64 asked_fen;
  gint64 created_at_ms;
  gint64 verified_at_ms; /* when it was last found; 0: never */
  gint64 asked_at_ms;    /* when it was last looked up, */
  gint64 checked_at_ms;  /* and when it was last known what came of that: earlier: it is not yet */
} TwPayeeRow;

TwPayeeRow *tw_payee_row_new (const char *id, const char *account_id, TwPayeeKind kind);
void tw_payee_row_free (TwPayeeRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPayeeRow, tw_payee_row_free)

gboolean tw_payee_row_load (TwTx *tx, const char *id, TwPayeeRow **payee, GError **error);
gboolean tw_payee_row_find (TwTx *tx, const TwPayeeRow *like, TwPayeeRow **payee, GError **error);
gboolean tw_payee_row_insert (TwTx *tx, const TwPayeeRow *payee, GError **error);
gboolean tw_payee_row_save (TwTx *tx, const TwPayeeRow *payee, GError **error);
gboolean tw_payee_row_delete (TwTx *tx, const TwPayeeRow *payee, GError **error);

gboolean tw_payee_row_note_lookup (
  TwTx *tx, const TwPayeeRow *payee, gint64 since_ms, gint64 limit, gboolean *many, GError **error);

/* The person's own, or %NULL and the job is refused `not_found`. */
gboolean
tw_payee_row_load_own (TwTx *tx, TwJob *job, const char *id, TwPayeeRow **payee, GError **error);

/* What a person calls them: the alias, or the name. */
const char *tw_payee_row_get_shown (const TwPayeeRow *payee);

/* Whether nobody was there when it was looked up last, though it may be kept. */
gboolean tw_payee_row_is_missing (const TwPayeeRow *payee);

gboolean tw_payee_check_handle (TwTx *tx, TwJob *job, GError **error);
gboolean tw_payee_found_handle (TwTx *tx, TwJob *job, GError **error);
gboolean tw_payee_ask (TwTx *tx, TwJob *job, const TwPayeeRow *payee, GError **error);
void tw_payee_add_rails (void);
void tw_payee_add_commands (void);

void tw_wallet_pay_init (void);

void tw_billers_init (void);
void tw_undo_init (void);
gboolean tw_biller_load_digits (TwTx *tx, const char *id, gint64 *digits, GError **error);
gboolean tw_biller_load_name (TwTx *tx, const char *id, char **name, GError **error);

G_END_DECLS
