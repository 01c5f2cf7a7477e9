// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tw-vault.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "vault/tw-vault-private.h"

/* BLAKE2b's personalisation keeps the uses of one key apart: a derived key can never be met as
 * the keyed hash of the same text. Sixteen bytes each. */
static const guint8 DERIVE_PERSONAL[crypto_generichash_blake2b_PERSONALBYTES + 1] =
  "tw derive key v1";
static const guint8 LOOKUP_PERSONAL[crypto_generichash_blake2b_PERSONALBYTES + 1] =
  "tw keyed hash v1";

struct _TwKey
{
  gatomicrefcount refs;
  guint8 *bytes; /* TW_KEY_BYTES of guarded memory */
};

static TwKey *
key_new (void)
{
  TwKey *key = g_new0 (TwKey, 1);

  g_atomic_ref_count_init (&key->refs);
  key->bytes = tw_secret_alloc (TW_KEY_BYTES);
  return key;
}

/**
 * tw_key_new_random:
 *
 * Returns: (transfer full): a fresh key
 */
TwKey *
tw_key_new_random (void)
{
  TwKey *key = key_new ();

  randombytes_buf (key->bytes, TW_KEY_BYTES);
  return key;
}

/**
 * tw_key_new_from_bytes:
 * @bytes: (array length=length): the key; copied, and still the caller's to wipe
 * @length: must be %TW_KEY_BYTES
 * @error: %TW_ERROR_WRONG_KEY for another length
 *
 * Returns: (transfer full) (nullable): the key
 */
TwKey *
tw_key_new_from_bytes (const guint8 *bytes, gsize length, GError **error)
{
  TwKey *key;

  if (bytes == NULL || length != TW_KEY_BYTES)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_WRONG_KEY,
                           _ ("The key does not have the right length."));
      return NULL;
    }
  key = key_new ();
  memcpy (key->bytes, bytes, TW_KEY_BYTES);
  return key;
}

/**
 * tw_key_new_from_passphrase:
 * @passphrase: UTF-8, not empty
 * @salt: sixteen random bytes, kept beside what the key seals
 * @error: %TW_ERROR_INVALID, or %TW_ERROR_BUSY when there is no memory for it now
 *
 * Argon2id; takes about 0.1 s, or longer when others are at it. Never on a main loop.
 *
 * Returns: (transfer full) (nullable): the key
 */
TwKey *
tw_key_new_from_passphrase (const char *passphrase, const guint8 salt[16], GError **error)
{
  g_autoptr (TwKey) key = NULL;
  char *plain;
  int failed;

  G_STATIC_ASSERT (crypto_pwhash_argon2id_SALTBYTES == 16);

  plain = tw_secret_normalize (passphrase);
  if (plain == NULL || *plain == '\0')
    {
      tw_secret_free_text (plain);
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("Enter a passphrase."));
      return NULL;
    }
  key = key_new ();
  tw_argon_enter ();
  failed = crypto_pwhash (key->bytes, TW_KEY_BYTES, plain, strlen (plain), salt, TW_ARGON_PASSES,
                          TW_ARGON_MEMORY, crypto_pwhash_ALG_ARGON2ID13);
  tw_argon_leave ();
  tw_secret_free_text (plain);
  if (failed != 0)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY,
                           _ ("There is not enough free memory to open this with a passphrase. "
                              "Close something and try again."));
      return NULL;
    }
  return g_steal_pointer (&key);
}

static void
keyed_blake2b (TwKey *key, const guint8 *personal, const char *text, guint8 *out)
{
  crypto_generichash_blake2b_salt_personal (out, TW_KEY_BYTES, (const guint8 *) text, strlen (text),
                                            key->bytes, TW_KEY_BYTES, NULL, personal);
}

/**
 * tw_key_derive:
 * @master: the key that others come from
 * @purpose: what the new key is for, like `store` or `backup 2`
 *
 * Returns: (transfer full): the key of that purpose, always the same one; it tells nothing of
 *   @master or of the keys of other purposes
 */
TwKey *
tw_key_derive (TwKey *master, const char *purpose)
{
  TwKey *key = key_new ();

  keyed_blake2b (master, DERIVE_PERSONAL, purpose, key->bytes);
  return key;
}

/**
 * tw_keyed_hash:
 * @key: a key for look-ups of one kind
 * @text: what is looked up, already in its one canonical form
 *
 * Returns: (transfer full): keyed BLAKE2b-256 as 64 characters of lower-case hex
 */
char *
tw_keyed_hash (TwKey *key, const char *text)
{
  guint8 hash[TW_HASH_BYTES];
  char *hex = g_malloc (2 * TW_HASH_BYTES + 1);

  G_STATIC_ASSERT (TW_HASH_BYTES == TW_KEY_BYTES);
  keyed_blake2b (key, LOOKUP_PERSONAL, text, hash);
  return sodium_bin2hex (hex, 2 * TW_HASH_BYTES + 1, hash, sizeof hash);
}

/**
 * tw_keyed_hash_bytes:
 * @key: a key for look-ups of one kind
 * @text: what is looked up, already in its one canonical form
 *
 * Returns: (transfer full): what tw_keyed_hash() tells in hex, as %TW_HASH_BYTES bytes
 */
GBytes *
tw_keyed_hash_bytes (TwKey *key, const char *text)
{
  guint8 hash[TW_HASH_BYTES];

  keyed_blake2b (key, LOOKUP_PERSONAL, text, hash);
  return g_bytes_new (hash, sizeof hash);
}

/**
 * tw_key_peek:
 * @key: a key
 *
 * Returns: (transfer none): its %TW_KEY_BYTES, valid as long as @key; not to be copied into
 *   ordinary memory
 */
const guint8 *
tw_key_peek (TwKey *key)
{
  return key->bytes;
}

TwKey *
tw_key_ref (TwKey *key)
{
  g_atomic_ref_count_inc (&key->refs);
  return key;
}

void
tw_key_unref (TwKey *key)
{
  if (!g_atomic_ref_count_dec (&key->refs))
    return;
  tw_secret_free (key->bytes);
  g_free (key);
}
