// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tw-vault.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "vault/tw-vault-private.h"

#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static gboolean
start (void)
{
  static gsize once = 0;
  static gboolean ready = FALSE;

  if (g_once_init_enter (&once))
    {
      ready = sodium_init () >= 0;
      g_once_init_leave (&once, 1);
    }
  return ready;
}

/**
 * tw_vault_init:
 * @error: %TW_ERROR_INTERNAL when the library can't start, which means no source of randomness
 *
 * Starts the cryptography. Everything here starts it by itself; a program calls this first so that
 * a machine without randomness is told in words and not by an abort.
 *
 * Returns: whether it started
 */
gboolean
tw_vault_init (GError **error)
{
  if (start ())
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INTERNAL,
                       _ ("The cryptography library can't start on this computer."));
  return FALSE;
}

void
tw_vault_ensure (void)
{
  if (!start ())
    g_error ("libsodium can't start");
}

/* Guarded, locked, left out of a core, and wiped by tw_secret_free(). Locking is best effort: it
 * is refused quietly where RLIMIT_MEMLOCK is used up. */
gpointer
tw_secret_alloc (gsize length)
{
  gpointer secret;

  tw_vault_ensure ();
  secret = sodium_malloc (length);
  if (secret == NULL)
    g_error ("no memory for a secret of %" G_GSIZE_FORMAT " bytes", length);
  return secret;
}

void
tw_secret_free (gpointer secret)
{
  sodium_free (secret);
}

/**
 * tw_secret_free_text:
 * @text: (transfer full) (nullable): a passphrase or the like, wiped and freed
 */
void
tw_secret_free_text (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

/* The same words typed by two input methods are one passphrase. NULL for what is not UTF-8; free
 * with tw_secret_free_text(). */
char *
tw_secret_normalize (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return NULL;
  return g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

/**
 * tw_base64_encode:
 * @data: (array length=length): bytes
 * @length: how many
 *
 * Returns: (transfer full): base64 in the URL alphabet without padding
 */
char *
tw_base64_encode (const void *data, gsize length)
{
  gsize room = sodium_base64_encoded_len (length, BASE64);
  char *text = g_malloc (room);

  return sodium_bin2base64 (text, room, data, length, BASE64);
}

/**
 * tw_base64_decode:
 * @text: base64 in the URL alphabet without padding
 *
 * Strict: a stray character, padding, or bits left over at the end are refused, so that one value
 * has one text.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL when @text is not base64
 */
GBytes *
tw_base64_decode (const char *text)
{
  gsize length = strlen (text);
  gsize room = length / 4 * 3 + 3;
  gsize used = 0;
  g_autofree guint8 *data = g_malloc (room);

  if (sodium_base642bin (data, room, text, length, NULL, &used, NULL, BASE64) != 0)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), used);
}

/**
 * tw_token_new:
 *
 * Returns: (transfer full): 256 random bits as 43 characters of base64
 */
char *
tw_token_new (void)
{
  guint8 bytes[32];
  char *token;

  tw_vault_ensure ();
  randombytes_buf (bytes, sizeof bytes);
  token = tw_base64_encode (bytes, sizeof bytes);
  sodium_memzero (bytes, sizeof bytes);
  return token;
}

/**
 * tw_random_below:
 * @bound: over zero
 *
 * Returns: a number from 0 to @bound - 1, each as likely as the others
 */
guint32
tw_random_below (guint32 bound)
{
  tw_vault_ensure ();
  return randombytes_uniform (bound);
}

/**
 * tw_hash:
 * @data: (array length=length) (nullable): bytes
 * @length: how many
 * @hash: (out): BLAKE2b-256 of them
 *
 * For contents that are not secret. What is secret and short needs tw_keyed_hash().
 */
void
tw_hash (const void *data, gsize length, guint8 hash[TW_HASH_BYTES])
{
  tw_vault_ensure ();
  crypto_generichash (hash, TW_HASH_BYTES, data, length, NULL, 0);
}

/**
 * tw_hash_hex:
 * @data: (array length=length) (nullable): bytes
 * @length: how many
 *
 * Returns: (transfer full): tw_hash() in 64 characters of lower-case hex
 */
char *
tw_hash_hex (const void *data, gsize length)
{
  guint8 hash[TW_HASH_BYTES];
  char *hex = g_malloc (2 * TW_HASH_BYTES + 1);

  tw_hash (data, length, hash);
  return sodium_bin2hex (hex, 2 * TW_HASH_BYTES + 1, hash, sizeof hash);
}

/**
 * tw_equal_constant_time:
 * @a: (nullable): one text
 * @b: (nullable): the other
 *
 * Compares secrets. The time taken tells their lengths and nothing else.
 *
 * Returns: whether both are there and equal
 */
gboolean
tw_equal_constant_time (const char *a, const char *b)
{
  gsize length;

  if (a == NULL || b == NULL)
    return FALSE;
  length = strlen (a);
  return length == strlen (b) && sodium_memcmp (a, b, length) == 0;
}
