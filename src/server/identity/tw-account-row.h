// SPDX-License-Identifier: GPL-3.0-or-later
/* A row of the account table, opened. Private to the room. */
#pragma once

#include "model/tw-account.h"
#include "server/identity/tw-identity.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;
  TwRole role;
  char *reference;
  char *name;
  char *id_number;
  char *phone;
  char *email;
  char *password; /* its hash */
  TwIdentityState identity;
  char *identity_reason;
  char *decided_by;
  gint64 created_at_ms;
  gint64 checked_at_ms;
} TwAccountRow;

void tw_account_row_free (TwAccountRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwAccountRow, tw_account_row_free)

gboolean tw_account_row_insert (TwDb *db,
                                TwKey *column,
                                TwKey *lookup,
                                const TwAccountRow *row,
                                const char *login,
                                GError **error);
TwAccountRow *tw_account_row_load (TwDb *db, TwKey *column, const char *id, GError **error);
void tw_account_row_publish (TwTx *tx, const TwAccountRow *row);

char *tw_identity_hash_id_number (TwKey *lookup, const char *id_number);
gboolean
tw_identity_exists (TwDb *db, const char *sql, const char *value, gboolean *exists, GError **error);
char *tw_identity_make_reference (TwDb *db, TwKey *lookup, const char *id, GError **error);
gboolean tw_device_check_key (
  TwDb *db, const char *account_id, const char *device_id, const char *public_key, GError **error);
gboolean tw_device_put (TwDb *db,
                        const char *account_id,
                        const char *device_id,
                        const char *public_key,
                        gint64 now_ms,
                        GError **error);

gboolean tw_register_handle (TwTx *tx, TwJob *job, GError **error);
void tw_register_prepare (TwJob *job);
gboolean tw_decide_handle (TwTx *tx, TwJob *job, GError **error);

G_END_DECLS
