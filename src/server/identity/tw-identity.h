// SPDX-License-Identifier: GPL-3.0-or-later
/* Who people are: accounts, the check of an identity, devices, sessions. */
#pragma once

#include "server/command/tw-tx.h"

G_BEGIN_DECLS

/* A session ends for good after this long; the person signs in again. */
#define TW_SESSION_LIFE_MS (12 * G_GINT64_CONSTANT (3600000))

#define TW_PASSWORD_MAX_CHARS 256
#define TW_PASSWORD_MIN_SCORE 3
#define TW_LOGIN_MAX_CHARS 64

extern const char tw_identity_schema[];
extern const char tw_identity_sealed_schema[];
extern const char tw_challenge_schema[];

void tw_identity_init (void);

char *tw_identity_login_canonical (const char *login);
char *tw_identity_hash_login (TwKey *lookup, const char *canonical);
char *tw_identity_get_taxpayer_key (TwDb *db, const char *account_id, GError **error);

gboolean tw_identity_add_agent (TwDb *db,
                                TwKey *column,
                                TwKey *lookup,
                                const char *login,
                                const char *name,
                                const char *password,
                                TwRole role,
                                char **account_id,
                                GError **error);

/**
 * TwSignIn:
 *
 * A password that was right: whose it is, and the device that is to be known from now on.
 */
typedef struct
{
  char *account_id;
  char *name;
  TwRole role;
  char *device_id;
  char *public_key;
  gint64 now_ms;
} TwSignIn;

TwSignIn *tw_sign_in_check (TwDb *db,
                            TwKey *column,
                            TwKey *lookup,
                            const char *login,
                            const char *password,
                            const char *device_id,
                            const char *public_key,
                            GError **error);
void tw_sign_in_free (TwSignIn *sign_in);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSignIn, tw_sign_in_free)

gboolean tw_device_check (const char *device_id, const char *public_key, GError **error);

/* Sessions: the token is known to the client alone; here its hash stands. */
char *tw_session_begin (TwTx *tx, const TwSignIn *sign_in, gint64 *expires_at_ms, GError **error);
gboolean tw_session_end (TwTx *tx, const char *token_hash, GError **error);
gboolean tw_session_exists (TwTx *tx, const char *account_id, gboolean *exists, GError **error);
GPtrArray *tw_session_expire (TwTx *tx, GError **error);
char *tw_session_hash (const char *token);
TwActor *tw_session_find (TwDb *db,
                          TwKey *column,
                          const char *token_hash,
                          gint64 now_ms,
                          gint64 *expires_at_ms,
                          GError **error);

G_END_DECLS
