// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tw-vault.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/tw-error.h"

static GBytes *
from_hex (const char *hex)
{
  gsize length = strlen (hex) / 2;
  guint8 *bytes = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    bytes[i] =
      (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (bytes, length);
}

static char *
base64_of_hex (const char *hex)
{
  g_autoptr (GBytes) bytes = from_hex (hex);

  return tw_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* RFC 4648, section 10, in the URL alphabet and without padding. */
static void
test_base64 (void)
{
  static const char *const vectors[][2] = {
    { "", "" },           { "f", "Zg" },          { "fo", "Zm8" },          { "foo", "Zm9v" },
    { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff", "-_8" }
  };
  static const char *const wrong[] = { "Zg==", "Zg=", "Z",     "Zh", "Zm9\n",
                                       "Z m8", "+/8", "Zm9v!", "é" };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = tw_base64_encode (vectors[i][0], strlen (vectors[i][0]));
      g_autoptr (GBytes) bytes = tw_base64_decode (vectors[i][1]);

      g_assert_cmpstr (text, ==, vectors[i][1]);
      g_assert_nonnull (bytes);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), vectors[i][0],
                       strlen (vectors[i][0]));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (tw_base64_decode (wrong[i]));
}

static void
test_token (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++)
    {
      char *token = tw_token_new ();
      g_autoptr (GBytes) bytes = tw_base64_decode (token);

      g_assert_cmpuint (strlen (token), ==, 43);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, 32);
      g_assert_true (g_hash_table_add (seen, token));
    }
}

/* BLAKE2b-256, as other programs compute it. */
static void
test_hash (void)
{
  g_autofree char *empty = tw_hash_hex (NULL, 0);
  g_autofree char *abc = tw_hash_hex ("abc", 3);

  g_assert_cmpstr (empty, ==, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  g_assert_cmpstr (abc, ==, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void
test_equal (void)
{
  g_assert_true (tw_equal_constant_time ("secret", "secret"));
  g_assert_true (tw_equal_constant_time ("", ""));
  g_assert_false (tw_equal_constant_time ("secret", "secreu"));
  g_assert_false (tw_equal_constant_time ("secret", "secre"));
  g_assert_false (tw_equal_constant_time ("", "s"));
  g_assert_false (tw_equal_constant_time (NULL, NULL));
  g_assert_false (tw_equal_constant_time ("secret", NULL));
}

/* RFC 8032, section 7.1, tests 1 to 3: seed, public key, message, signature. */
static const char *const RFC_8032[][4] = {
  { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
    "6bd25bf5f0595bbe24655141438e7a100b" },
  { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d"
    "8c387b2eaeb4302aeeb00d291612bb0c00" },
  { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6"
    "594a7c15e9716ed28dc027beceea1ec40a" },
};

static void
test_signer_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (RFC_8032); i++)
    {
      g_autoptr (GBytes) seed = from_hex (RFC_8032[i][0]);
      g_autoptr (GBytes) message = from_hex (RFC_8032[i][2]);
      g_autofree char *public_wanted = base64_of_hex (RFC_8032[i][1]);
      g_autofree char *signature_wanted = base64_of_hex (RFC_8032[i][3]);
      g_autoptr (TwSigner) signer = tw_signer_new_from_seed (g_bytes_get_data (seed, NULL));
      gsize length;
      const guint8 *data = g_bytes_get_data (message, &length);
      g_autofree char *public_key = tw_signer_get_public (signer);
      g_autofree char *signature = tw_signer_sign (signer, data, length);

      g_assert_cmpstr (public_key, ==, public_wanted);
      g_assert_cmpstr (signature, ==, signature_wanted);
      g_assert_cmpmem (tw_signer_peek_seed (signer), TW_SIGN_SEED_BYTES,
                       g_bytes_get_data (seed, NULL), g_bytes_get_size (seed));
      g_assert_true (tw_signature_verify (public_key, signature, data, length));
    }
}

/* Every changed character of key, signature and message is refused, and so is every wrong size. */
static void
test_signature_tampered (void)
{
  g_autoptr (TwSigner) signer = tw_signer_new ();
  g_autoptr (TwSigner) other = tw_signer_new ();
  g_autofree char *public_key = tw_signer_get_public (signer);
  g_autofree char *other_key = tw_signer_get_public (other);
  char message[] = "pay 100.00 to the tax office";
  gsize length = sizeof message - 1;
  g_autofree char *signature = tw_signer_sign (signer, message, length);
  g_autofree char *padded = g_strconcat (signature, "==", NULL);
  g_autofree char *longer = g_strconcat (signature, "AAAA", NULL);
  g_autofree char *huge = g_strnfill (1000000, 'A');

  g_assert_true (tw_signature_verify (public_key, signature, message, length));
  g_assert_false (tw_signature_verify (other_key, signature, message, length));
  g_assert_false (tw_signature_verify (public_key, signature, message, length - 1));
  g_assert_false (tw_signature_verify (public_key, padded, message, length));
  g_assert_false (tw_signature_verify (public_key, longer, message, length));
  g_assert_false (tw_signature_verify (public_key, huge, message, length));
  g_assert_false (tw_signature_verify (huge, signature, message, length));
  g_assert_false (tw_signature_verify (signature, public_key, message, length));
  g_assert_false (tw_signature_verify ("", "", message, length));
  g_assert_false (tw_signature_verify (NULL, signature, message, length));
  g_assert_false (tw_signature_verify (public_key, NULL, message, length));
  for (gsize i = 0; i < length; i++)
    {
      message[i] ^= 1;
      g_assert_false (tw_signature_verify (public_key, signature, message, length));
      message[i] ^= 1;
    }
  for (gsize i = 0; signature[i] != '\0'; i++)
    {
      char was = signature[i];

      signature[i] = was == 'A' ? 'B' : 'A';
      g_assert_false (tw_signature_verify (public_key, signature, message, length));
      signature[i] = '*';
      g_assert_false (tw_signature_verify (public_key, signature, message, length));
      signature[i] = was;
    }
  for (gsize i = 0; public_key[i] != '\0'; i++)
    {
      char was = public_key[i];

      public_key[i] = was == 'A' ? 'B' : 'A';
      g_assert_false (tw_signature_verify (public_key, signature, message, length));
      public_key[i] = was;
    }
  g_assert_true (tw_signature_verify (public_key, signature, message, length));
}

/* Keys of small order verify anything in a careless implementation. */
static void
test_signature_small_order (void)
{
  g_autofree char *zero_key = g_strnfill (43, 'A');
  g_autofree char *one_key =
    base64_of_hex ("0100000000000000000000000000000000000000000000000000000000000000");
  g_autofree char *zero_signature = g_strnfill (86, 'A');
  g_autofree char *one_signature =
    base64_of_hex ("0100000000000000000000000000000000000000000000000000000000000000"
                   "0000000000000000000000000000000000000000000000000000000000000000");

  g_assert_false (tw_signature_verify (zero_key, zero_signature, "x", 1));
  g_assert_false (tw_signature_verify (one_key, one_signature, "x", 1));
}

static void
test_password (void)
{
  g_autofree char *hash = tw_password_hash ("正确的 horse battery é");
  g_autofree char *again = tw_password_hash ("正确的 horse battery é");
  g_autofree char *huge = g_strnfill (10000, 'a');

  g_assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=65536,t=3,p=1$"));
  g_assert_cmpstr (hash, !=, again);
  g_assert_true (tw_password_verify (hash, "正确的 horse battery é"));
  /* The same letters composed another way, as another input method sends them. */
  g_assert_true (tw_password_verify (hash, "正确的 horse battery e\xcc\x81"));
  g_assert_false (tw_password_verify (hash, "正确的 horse battery e"));
  g_assert_false (tw_password_verify (hash, ""));
  g_assert_false (tw_password_verify (hash, "\xff\xfe"));
  g_assert_null (tw_password_hash ("\xff\xfe"));
  g_assert_false (tw_password_verify (NULL, "x"));
  g_assert_false (tw_password_verify ("", "x"));
  g_assert_false (tw_password_verify ("plain", "plain"));
  g_assert_false (tw_password_verify (huge, "x"));
  hash[strlen (hash) - 2] ^= 1;
  g_assert_false (tw_password_verify (hash, "正确的 horse battery é"));
}

static gpointer
hash_one (gpointer data)
{
  g_autofree char *hash = tw_password_hash ("one of many");

  g_assert_true (tw_password_verify (hash, "one of many"));
  return NULL;
}

static guint64
read_status_kib (const char *field)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, field);
  g_assert_nonnull (line);
  return g_ascii_strtoull (line + strlen (field), NULL, 10);
}

/* Eight at once would need 512 MiB; the peak shows that two were let in at a time. */
static void
test_password_queue (void)
{
  GThread *threads[8];
  guint64 before_kib = read_status_kib ("VmRSS:");

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("hash", hash_one, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (read_status_kib ("VmHWM:"), <, before_kib + 3 * 64 * 1024);
}

static void
test_password_score (void)
{
  static const char *const weak[] = {
    "",           "123456",  "password", "qwertyui", "a123456",   "111111111111", "abcdefgh",
    "woaini1314", "5201314", "P@ssw0rd", "20240101", "iloveyou1", "taxwallet",    "88888888",
  };
  static const char *const strong[] = {
    "correct horse battery staple",
    "vK7#pq2Lw!xz",
    "青山一道同云雨 明月何曾是两乡",
    "uR9-tulip-79-magnet",
  };
  static const char *const inputs[] = {
    "张晓明", "Zhang Xiaoming", "11010519491231002X", "13800138000", "xm.zhangwei@example.com", NULL
  };
  static const char *const own[] = { "xm.zhangwei@example.com", "xiaoming1949",
                                     "zhangwei19491231",        "13800138000",
                                     "11010519491231002x",      "Xiaoming31002X",
                                     "ZhangXiaoming",           "张晓明" };
  g_autofree char *huge = g_strnfill (10000000, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (weak); i++)
    {
      g_test_message ("%s", weak[i]);
      g_assert_cmpint (tw_password_score (weak[i], NULL), <=, 1);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (strong); i++)
    {
      g_test_message ("%s", strong[i]);
      g_assert_cmpint (tw_password_score (strong[i], inputs), >=, 3);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_test_message ("%s", own[i]);
      g_assert_cmpint (tw_password_score (own[i], inputs), <=, 2);
    }
  /* It is their being the person's own that makes them weak. */
  g_assert_cmpint (tw_password_score ("13800138000", NULL), >,
                   tw_password_score ("13800138000", inputs));
  g_assert_cmpint (tw_password_score ("xm.zhangwei@example.com", NULL), >=, 3);
  /* A pasted megabyte takes no longer than a long password. */
  g_assert_cmpint (tw_password_score (huge, inputs), <=, 4);
}

static void
test_process (void)
{
  struct rlimit limit;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }
  tw_vault_protect_process ();
  g_assert_cmpint (getrlimit (RLIMIT_CORE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, 0);
  g_assert_cmpuint (limit.rlim_max, ==, 0);
  g_assert_cmpint (prctl (PR_GET_DUMPABLE), ==, 0);
  prctl (PR_SET_DUMPABLE, 1); /* or who looks for leaks could not look */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (tw_vault_init (NULL));
  g_test_add_func ("/vault/base64", test_base64);
  g_test_add_func ("/vault/token", test_token);
  g_test_add_func ("/vault/hash", test_hash);
  g_test_add_func ("/vault/equal", test_equal);
  g_test_add_func ("/vault/signer/rfc-8032", test_signer_vectors);
  g_test_add_func ("/vault/signer/tampered", test_signature_tampered);
  g_test_add_func ("/vault/signer/small-order", test_signature_small_order);
  g_test_add_func ("/vault/password/hash", test_password);
  g_test_add_func ("/vault/password/queue", test_password_queue);
  g_test_add_func ("/vault/password/score", test_password_score);
  g_test_add_func ("/vault/process", test_process);
  return g_test_run ();
}
