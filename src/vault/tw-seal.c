// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tw-vault.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-random.h"
#include "vault/tw-vault-private.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
G_STATIC_ASSERT (NONCE == TW_NONCE_BYTES);
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

typedef struct
{
  gsize length;
  guint8 data[];
} Plain;

static Plain *
plain_new (gsize length)
{
  Plain *plain = g_malloc (sizeof (Plain) + length);

  plain->length = length;
  return plain;
}

static void
plain_free (gpointer data)
{
  Plain *plain = data;

  sodium_memzero (plain->data, plain->length);
  g_free (plain);
}

/**
 * tw_secret_bytes_new:
 * @data: (array length=length): a secret; copied, and still the caller's to wipe
 * @length: how many bytes
 *
 * Returns: (transfer full): the bytes, wiped when the last reference goes
 */
GBytes *
tw_secret_bytes_new (const void *data, gsize length)
{
  Plain *plain = plain_new (length);

  memcpy (plain->data, data, length);
  return g_bytes_new_with_free_func (plain->data, length, plain_free, plain);
}

/**
 * tw_seal:
 * @key: the key
 * @data: (array length=length) (nullable): what to hide
 * @length: how many bytes
 * @context: (nullable): where the value belongs, like `account/ID/phone`; a sealed value put in
 *   another place does not open there
 *
 * Returns: (transfer full): nonce, ciphertext and tag: 40 bytes longer than @data
 */
GBytes *
tw_seal (TwKey *key, const void *data, gsize length, const char *context)
{
  guint8 *sealed = g_malloc (NONCE + length + TAG);

  if (context == NULL)
    context = "";
  tw_random_nonce (sealed);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + NONCE, NULL, data, length,
                                              (const guint8 *) context, strlen (context), NULL,
                                              sealed, tw_key_peek (key));
  return g_bytes_new_take (sealed, NONCE + length + TAG);
}

/**
 * tw_unseal:
 * @key: the key it was sealed with
 * @sealed: (array length=length): what tw_seal() returned
 * @length: how many bytes
 * @context: (nullable): the same context
 * @error: %TW_ERROR_DAMAGED; another key, another context and a flipped bit can't be told apart
 *
 * Returns: (transfer full) (nullable): the bytes, wiped when the last reference goes
 */
GBytes *
tw_unseal (TwKey *key, const void *sealed, gsize length, const char *context, GError **error)
{
  const guint8 *bytes = sealed;
  Plain *plain;

  if (context == NULL)
    context = "";
  if (length < NONCE + TAG)
    goto damaged;

  plain = plain_new (length - NONCE - TAG);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (plain->data, NULL, NULL, bytes + NONCE,
                                                  length - NONCE, (const guint8 *) context,
                                                  strlen (context), bytes, tw_key_peek (key)) == 0)
    return g_bytes_new_with_free_func (plain->data, plain->length, plain_free, plain);
  plain_free (plain);

damaged:
  g_set_error_literal (error, TW_ERROR, TW_ERROR_DAMAGED,
                       _ ("Stored data is damaged, or was made with another key."));
  return NULL;
}
