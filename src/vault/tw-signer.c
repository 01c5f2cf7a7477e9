// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tw-vault.h"

#include <string.h>

#include "vault/tw-vault-private.h"

struct _TwSigner
{
  gatomicrefcount refs;
  guint8 *secret; /* seed and public key, as libsodium keeps them, in guarded memory */
  guint8 public_key[TW_SIGN_PUBLIC_BYTES];
};

/**
 * tw_signer_new_from_seed:
 * @seed: %TW_SIGN_SEED_BYTES; copied, and still the caller's to wipe
 *
 * Returns: (transfer full): the Ed25519 signer of that seed
 */
TwSigner *
tw_signer_new_from_seed (const guint8 seed[TW_SIGN_SEED_BYTES])
{
  TwSigner *signer = g_new0 (TwSigner, 1);

  G_STATIC_ASSERT (crypto_sign_SEEDBYTES == TW_SIGN_SEED_BYTES);
  G_STATIC_ASSERT (crypto_sign_PUBLICKEYBYTES == TW_SIGN_PUBLIC_BYTES);
  G_STATIC_ASSERT (crypto_sign_BYTES == TW_SIGNATURE_BYTES);

  g_atomic_ref_count_init (&signer->refs);
  signer->secret = tw_secret_alloc (crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair (signer->public_key, signer->secret, seed);
  return signer;
}

/**
 * tw_signer_new:
 *
 * Returns: (transfer full): a signer with a fresh random seed
 */
TwSigner *
tw_signer_new (void)
{
  guint8 seed[TW_SIGN_SEED_BYTES];
  TwSigner *signer;

  tw_vault_ensure ();
  randombytes_buf (seed, sizeof seed);
  signer = tw_signer_new_from_seed (seed);
  sodium_memzero (seed, sizeof seed);
  return signer;
}

/**
 * tw_signer_peek_seed:
 * @signer: a signer
 *
 * Returns: (transfer none): its %TW_SIGN_SEED_BYTES, valid as long as @signer, for the keyring
 */
const guint8 *
tw_signer_peek_seed (TwSigner *signer)
{
  /* libsodium's secret key starts with the seed. */
  return signer->secret;
}

/**
 * tw_signer_get_public:
 * @signer: a signer
 *
 * Returns: (transfer full): its public key, 43 characters of base64
 */
char *
tw_signer_get_public (TwSigner *signer)
{
  return tw_base64_encode (signer->public_key, sizeof signer->public_key);
}

/**
 * tw_signer_sign:
 * @signer: a signer
 * @data: (array length=length): what is signed
 * @length: how many bytes
 *
 * Returns: (transfer full): the signature, 86 characters of base64
 */
char *
tw_signer_sign (TwSigner *signer, const void *data, gsize length)
{
  guint8 signature[TW_SIGNATURE_BYTES];

  crypto_sign_detached (signature, NULL, data, length, signer->secret);
  return tw_base64_encode (signature, sizeof signature);
}

TwSigner *
tw_signer_ref (TwSigner *signer)
{
  g_atomic_ref_count_inc (&signer->refs);
  return signer;
}

void
tw_signer_unref (TwSigner *signer)
{
  if (!g_atomic_ref_count_dec (&signer->refs))
    return;
  tw_secret_free (signer->secret);
  g_free (signer);
}

static gboolean
decode_exactly (const char *text, guint8 *bytes, gsize length)
{
  gsize used = 0;

  /* One character more than fits is enough to refuse what is too long. */
  return sodium_base642bin (bytes, length, text, strnlen (text, length * 2), NULL, &used, NULL,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
         used == length;
}

/**
 * tw_signature_verify:
 * @public_key: (nullable): from tw_signer_get_public()
 * @signature: (nullable): from tw_signer_sign()
 * @data: (array length=length): what was signed
 * @length: how many bytes
 *
 * Allocates nothing: it is on the path of every command that moves money. Keys of small order and
 * signatures that are not in their one canonical form are refused by libsodium.
 *
 * Returns: whether @signature is of @data by @public_key; %FALSE too for what is not base64 of
 *   the right length
 */
gboolean
tw_signature_verify (const char *public_key, const char *signature, const void *data, gsize length)
{
  guint8 key_bytes[TW_SIGN_PUBLIC_BYTES];
  guint8 signature_bytes[TW_SIGNATURE_BYTES];

  tw_vault_ensure ();
  return public_key != NULL && signature != NULL &&
         decode_exactly (public_key, key_bytes, sizeof key_bytes) &&
         decode_exactly (signature, signature_bytes, sizeof signature_bytes) &&
         crypto_sign_verify_detached (signature_bytes, data, length, key_bytes) == 0;
}
