// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tw-vault.h"

#include <stdio.h>
#include <string.h>

#include "base/tw-error.h"

static TwKey *
counting_key (guint8 from)
{
  guint8 bytes[TW_KEY_BYTES];

  for (guint i = 0; i < TW_KEY_BYTES; i++)
    bytes[i] = (guint8) (from + i);
  return tw_key_new_from_bytes (bytes, sizeof bytes, NULL);
}

/* The values come from Python's hashlib.blake2b with these keys and personalisations. */
static void
test_derive (void)
{
  g_autoptr (TwKey) master = counting_key (0);
  g_autoptr (TwKey) store = tw_key_derive (master, "store");
  g_autoptr (TwKey) other = tw_key_derive (master, "stor");
  g_autofree char *lookup = tw_keyed_hash (master, "13800138000");
  g_autofree char *same_text = tw_keyed_hash (master, "store");
  char hex[2 * TW_KEY_BYTES + 1];

  for (guint i = 0; i < TW_KEY_BYTES; i++)
    snprintf (hex + 2 * i, 3, "%02x", tw_key_peek (store)[i]);
  g_assert_cmpstr (hex, ==, "e9c139ac8544e13bb417cfc74a3b9ed88fbdf2fabf5bcd1a0527aae630982a7f");
  g_assert_cmpstr (lookup, ==, "3451c82b0fabc80971be659f91aa240b6fd22991a23ea9506000f5145ffffb45");
  g_assert_cmpstr (same_text, !=, hex);
  g_assert_cmpint (memcmp (tw_key_peek (store), tw_key_peek (other), TW_KEY_BYTES), !=, 0);
}

static void
test_key_bytes (void)
{
  guint8 bytes[TW_KEY_BYTES] = { 7 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwKey) a = tw_key_new_random ();
  g_autoptr (TwKey) b = tw_key_new_random ();
  g_autoptr (TwKey) again = tw_key_ref (a);

  g_assert_null (tw_key_new_from_bytes (bytes, TW_KEY_BYTES - 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_WRONG_KEY);
  g_clear_error (&error);
  g_assert_null (tw_key_new_from_bytes (NULL, TW_KEY_BYTES, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_WRONG_KEY);
  g_assert_cmpint (memcmp (tw_key_peek (a), tw_key_peek (b), TW_KEY_BYTES), !=, 0);
  g_assert_true (tw_key_peek (a) == tw_key_peek (again));
}

/* The page of a key is marked to be left out of a core ("dd" in its flags). */
static void
test_key_not_in_core (void)
{
  g_autoptr (TwKey) key = tw_key_new_random ();
  gsize address = (gsize) tw_key_peek (key);
  g_autofree char *smaps = NULL;
  gboolean inside = FALSE, found = FALSE;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &smaps, NULL, NULL));
  for (char *line = strtok (smaps, "\n"); line != NULL; line = strtok (NULL, "\n"))
    {
      gsize from, to;

      if (sscanf (line, "%zx-%zx ", &from, &to) == 2)
        inside = from <= address && address < to;
      else if (inside && g_str_has_prefix (line, "VmFlags:"))
        found = strstr (line, " dd") != NULL;
    }
  g_assert_true (found);
}

static void
test_passphrase (void)
{
  static const guint8 salt[16] = "0123456789abcde";
  static const guint8 salt_b[16] = "0123456789abcdf";
  g_autoptr (GError) error = NULL;
  g_autoptr (TwKey) key = tw_key_new_from_passphrase ("山高水长 é", salt, NULL);
  g_autoptr (TwKey) same = tw_key_new_from_passphrase ("山高水长 e\xcc\x81", salt, NULL);
  g_autoptr (TwKey) salted = tw_key_new_from_passphrase ("山高水长 é", salt_b, NULL);
  g_autoptr (TwKey) other = tw_key_new_from_passphrase ("山高水长 e", salt, NULL);

  g_assert_cmpmem (tw_key_peek (key), TW_KEY_BYTES, tw_key_peek (same), TW_KEY_BYTES);
  g_assert_cmpint (memcmp (tw_key_peek (key), tw_key_peek (salted), TW_KEY_BYTES), !=, 0);
  g_assert_cmpint (memcmp (tw_key_peek (key), tw_key_peek (other), TW_KEY_BYTES), !=, 0);
  g_assert_null (tw_key_new_from_passphrase ("", salt, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tw_key_new_from_passphrase ("\xff", salt, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

/* draft-irtf-cfrg-xchacha-03, A.3.1: what others seal, this opens. */
static void
test_seal_vector (void)
{
  static const char plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you only "
                              "one tip for the future, sunscreen would be it.";
  static const char sealed_hex[] =
    "404142434445464748494a4b4c4d4e4f5051525354555657"
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda"
    "7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b23835"
    "65d3fff921f9664c97637da9768812f615c68b13b52e"
    "c0875924c1c7987947deafd8780acf49";
  static const char context[] = "\x50\x51\x52\x53\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7";
  guint8 sealed[sizeof sealed_hex / 2];
  g_autoptr (TwKey) key = counting_key (0x80);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) opened = NULL;

  for (gsize i = 0; i < sizeof sealed; i++)
    sealed[i] = (guint8) (g_ascii_xdigit_value (sealed_hex[2 * i]) << 4 |
                          g_ascii_xdigit_value (sealed_hex[2 * i + 1]));
  opened = tw_unseal (key, sealed, sizeof sealed, context, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), plain,
                   strlen (plain));
}

static void
assert_closed (TwKey *key, const void *sealed, gsize length, const char *context)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_unseal (key, sealed, length, context, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_DAMAGED);
}

static void
test_seal_tampered (void)
{
  static const char plain[] = "13800138000";
  g_autoptr (TwKey) key = tw_key_new_random ();
  g_autoptr (TwKey) other = tw_key_new_random ();
  g_autoptr (GBytes) first = tw_seal (key, plain, sizeof plain, "account/1/phone");
  g_autoptr (GBytes) second = tw_seal (key, plain, sizeof plain, "account/1/phone");
  gsize length = g_bytes_get_size (first);
  g_autofree guint8 *sealed = g_memdup2 (g_bytes_get_data (first, NULL), length);
  g_autoptr (GBytes) opened = tw_unseal (key, sealed, length, "account/1/phone", NULL);

  g_assert_cmpuint (length, ==, sizeof plain + 40);
  g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), plain, sizeof plain);
  g_assert_false (g_bytes_equal (first, second));
  for (gsize i = 0; i < length; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        sealed[i] ^= (guint8) (1 << bit);
        assert_closed (key, sealed, length, "account/1/phone");
        sealed[i] ^= (guint8) (1 << bit);
      }
  for (gsize shorter = 0; shorter < length; shorter++)
    assert_closed (key, sealed, shorter, "account/1/phone");
  assert_closed (key, sealed, length, "account/2/phone");
  assert_closed (key, sealed, length, "");
  assert_closed (key, sealed, length, NULL);
  assert_closed (other, sealed, length, "account/1/phone");
}

static void
test_seal_sizes (void)
{
  static const gsize sizes[] = { 0, 1, 15, 16, 17, 63, 64, 65, 4096, 1 << 20 };
  g_autoptr (TwKey) key = tw_key_new_random ();

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *plain = g_strnfill (sizes[i], 'x');
      g_autoptr (GBytes) sealed = tw_seal (key, sizes[i] > 0 ? plain : NULL, sizes[i], NULL);
      g_autoptr (GBytes) opened =
        tw_unseal (key, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), "", NULL);

      g_assert_nonnull (opened);
      g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), plain, sizes[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vault/key/derive", test_derive);
  g_test_add_func ("/vault/key/bytes", test_key_bytes);
  g_test_add_func ("/vault/key/not-in-core", test_key_not_in_core);
  g_test_add_func ("/vault/key/passphrase", test_passphrase);
  g_test_add_func ("/vault/seal/vector", test_seal_vector);
  g_test_add_func ("/vault/seal/tampered", test_seal_tampered);
  g_test_add_func ("/vault/seal/sizes", test_seal_sizes);
  return g_test_run ();
}
