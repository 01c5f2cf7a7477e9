// SPDX-License-Identifier: GPL-3.0-or-later
/* Keys, sealing, signatures, passwords. Everything here is libsodium's; nothing is invented. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_KEY_BYTES 32
#define TW_HASH_BYTES 32
#define TW_SIGNATURE_BYTES 64
#define TW_SIGN_SEED_BYTES 32
#define TW_SIGN_PUBLIC_BYTES 32

/* A key in locked memory that is wiped when it is freed and left out of a core. */
typedef struct _TwKey TwKey;

gboolean tw_vault_init (GError **error);
void tw_vault_protect_process (void);

TwKey *tw_key_new_random (void);
TwKey *tw_key_new_from_bytes (const guint8 *bytes, gsize length, GError **error);
TwKey *tw_key_new_from_passphrase (const char *passphrase, const guint8 salt[16], GError **error);
TwKey *tw_key_derive (TwKey *master, const char *purpose);
TwKey *tw_key_file_open (const char *path, gboolean make, GError **error);
const guint8 *tw_key_peek (TwKey *key);
TwKey *tw_key_ref (TwKey *key);
void tw_key_unref (TwKey *key);

/* XChaCha20-Poly1305, random nonce in front. @context is authenticated, not stored. */
GBytes *tw_seal (TwKey *key, const void *data, gsize length, const char *context);
GBytes *
tw_unseal (TwKey *key, const void *sealed, gsize length, const char *context, GError **error);

/* Keyed BLAKE2b: finds a sealed value again without opening any. Hex, 64 characters. */
char *tw_keyed_hash (TwKey *key, const char *text);
GBytes *tw_keyed_hash_bytes (TwKey *key, const char *text);
void tw_hash (const void *data, gsize length, guint8 hash[TW_HASH_BYTES]);
char *tw_hash_hex (const void *data, gsize length);

/* Ed25519. Public keys and signatures travel as base64 without padding, URL alphabet. */
typedef struct _TwSigner TwSigner;
TwSigner *tw_signer_new (void);
TwSigner *tw_signer_new_from_seed (const guint8 seed[TW_SIGN_SEED_BYTES]);
const guint8 *tw_signer_peek_seed (TwSigner *signer);
char *tw_signer_get_public (TwSigner *signer);
char *tw_signer_sign (TwSigner *signer, const void *data, gsize length);
TwSigner *tw_signer_ref (TwSigner *signer);
void tw_signer_unref (TwSigner *signer);
gboolean
tw_signature_verify (const char *public_key, const char *signature, const void *data, gsize length);

/* Argon2id, 64 MiB, 3 passes: about 0.1 s. Never on a main loop. */
char *tw_password_hash (const char *password);
gboolean tw_password_verify (const char *hash, const char *password);
/* zxcvbn score 0 to 4; @inputs: (nullable): NULL-terminated, the person's own data */
int tw_password_score (const char *password, const char *const *inputs);

char *tw_token_new (void); /* 256 bits, base64 URL */
guint32 tw_random_below (guint32 bound);
char *tw_base64_encode (const void *data, gsize length);
GBytes *tw_base64_decode (const char *text);
gboolean tw_equal_constant_time (const char *a, const char *b);

/* Secrets that must pass through ordinary memory are at least wiped when they go. */
GBytes *tw_secret_bytes_new (const void *data, gsize length);
void tw_secret_free_text (char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwKey, tw_key_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSigner, tw_signer_unref)

G_END_DECLS
