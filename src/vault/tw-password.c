// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tw-vault.h"

#include <string.h>
#include <zxcvbn.h>

#include "vault/tw-vault-private.h"

/* Two at a time use both the memory and the cores of a small machine; the rest wait their turn. */
#define ARGON_AT_ONCE 2

/* zxcvbn takes time with the cube of the length; past this many bytes there is nothing to add. */
#define SCORE_MAX_BYTES 100

/* What is common here and missing from zxcvbn's English lists. */
static const char *const COMMON[] = {
  "woaini",   "woaini1314", "woaini520", "5201314", "1314520",  "aini1314",  "nihao",
  "qq123456", "wo123456",   "mima",      "mima123", "zhongguo", "beijing",   "shanghai",
  "jiayou",   "kaixin",     "xingfu",    "baobei",  "wangyi",   "taxwallet", "shuiwu",
};

static GMutex argon_lock;
static GCond argon_free;
static guint argon_running;

void
tw_argon_enter (void)
{
  g_mutex_lock (&argon_lock);
  while (argon_running >= ARGON_AT_ONCE)
    g_cond_wait (&argon_free, &argon_lock);
  argon_running++;
  g_mutex_unlock (&argon_lock);
}

void
tw_argon_leave (void)
{
  g_mutex_lock (&argon_lock);
  argon_running--;
  g_cond_signal (&argon_free);
  g_mutex_unlock (&argon_lock);
}

/**
 * tw_password_hash:
 * @password: UTF-8
 *
 * Argon2id with a random salt, two calls at a time, others wait. Never on a main loop.
 *
 * Returns: (transfer full) (nullable): the hash with its parameters, as text; %NULL when
 *   @password is not UTF-8 or there is no memory for it now
 */
char *
tw_password_hash (const char *password)
{
  char *plain = tw_secret_normalize (password);
  char hash[crypto_pwhash_STRBYTES];
  int failed;

  if (plain == NULL)
    return NULL;
  tw_vault_ensure ();
  tw_argon_enter ();
  failed = crypto_pwhash_str_alg (hash, plain, strlen (plain), TW_ARGON_PASSES, TW_ARGON_MEMORY,
                                  crypto_pwhash_ALG_ARGON2ID13);
  tw_argon_leave ();
  tw_secret_free_text (plain);
  return failed == 0 ? g_strdup (hash) : NULL;
}

/**
 * tw_password_verify:
 * @hash: from tw_password_hash()
 * @password: what was typed
 *
 * Takes as long as tw_password_hash(). Never on a main loop.
 *
 * Returns: whether @password is the one; %FALSE too for a @hash that is none
 */
gboolean
tw_password_verify (const char *hash, const char *password)
{
  char padded[crypto_pwhash_STRBYTES] = { 0 };
  char *plain;
  int failed;

  /* libsodium reads a hash as a full-sized buffer, and a text from a database may be any size. */
  if (hash == NULL || g_strlcpy (padded, hash, sizeof padded) >= sizeof padded)
    return FALSE;
  plain = tw_secret_normalize (password);
  if (plain == NULL)
    return FALSE;
  tw_vault_ensure ();
  tw_argon_enter ();
  failed = crypto_pwhash_str_verify (padded, plain, strlen (plain));
  tw_argon_leave ();
  tw_secret_free_text (plain);
  return failed == 0;
}

static void
add_word (GPtrArray *words, const char *word, gsize length)
{
  if (length >= 3)
    g_ptr_array_add (words, g_ascii_strdown (word, (gssize) length));
}

/* An input counts whole, in its parts (`li.wei@example.com`), and, where it is a number, in the
 * pieces that people take from it: a birthday, the last digits. */
static void
add_input (GPtrArray *words, const char *input)
{
  gsize length = strlen (input);

  add_word (words, input, length);
  for (const char *p = input; *p != '\0';)
    {
      gsize part = 0;

      while (p[part] != '\0' && (g_ascii_isalnum (p[part]) || (guchar) p[part] >= 0x80))
        part++;
      if (part > 0 && part < length)
        add_word (words, p, part);
      p += part;
      if (*p != '\0')
        p++;
    }
  if (length < 8 || strspn (input, "0123456789") < length - 1)
    return;
  for (gsize tail = 4; tail <= 8; tail++)
    add_word (words, input + length - tail, tail);
  if (length == 18)
    {
      add_word (words, input + 6, 8);
      add_word (words, input + 8, 6);
      add_word (words, input + 6, 4);
      add_word (words, input + 10, 4);
    }
}

/**
 * tw_password_score:
 * @password: what the person proposes
 * @inputs: (nullable): %NULL-terminated, the person's own data (name, ID number, phone, e-mail),
 *   which counts as known to an attacker
 *
 * zxcvbn's estimate; about 0.1 ms for a usual password, 6 ms at worst.
 *
 * Returns: 0 (guessed at once) to 4 (strong); 3 is the least to accept
 */
int
tw_password_score (const char *password, const char *const *inputs)
{
  /* zxcvbn's own limits of guesses, 10^3, 10^6, 10^8 and 10^10, in bits. */
  static const double limits[] = { 9.966, 19.932, 26.576, 33.220 };
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  char head[SCORE_MAX_BYTES + 1];
  double bits;
  int score = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (COMMON); i++)
    g_ptr_array_add (words, g_strdup (COMMON[i]));
  for (gsize i = 0; inputs != NULL && inputs[i] != NULL; i++)
    add_input (words, inputs[i]);
  g_ptr_array_add (words, NULL);

  g_strlcpy (head, password, sizeof head);
  bits = ZxcvbnMatch (head, (const char **) words->pdata, NULL);
  sodium_memzero (head, sizeof head);
  while (score < (int) G_N_ELEMENTS (limits) && bits >= limits[score])
    score++;
  return score;
}
