// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-random.h"

#define N_THREADS 4
#define N_EACH 1000

/* Adds what it gets to a table of its own. */
static gpointer
take_nonces (gpointer data)
{
  GHashTable *taken = data;
  guint8 nonce[TW_NONCE_BYTES];

  for (guint i = 0; i < N_EACH; i++)
    {
      tw_random_nonce (nonce);
      g_hash_table_add (taken, g_base64_encode (nonce, sizeof nonce));
    }
  return NULL;
}

static void
test_no_nonce_twice (void)
{
  g_autoptr (GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable *taken[N_THREADS];
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    {
      taken[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      threads[i] = g_thread_new ("nonces", take_nonces, taken[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    {
      GHashTableIter iter;
      gpointer nonce;

      g_thread_join (threads[i]);
      g_hash_table_iter_init (&iter, taken[i]);
      while (g_hash_table_iter_next (&iter, &nonce, NULL))
        g_hash_table_add (all, nonce);
    }
  g_assert_cmpuint (g_hash_table_size (all), ==, N_THREADS * N_EACH);
  for (guint i = 0; i < N_THREADS; i++)
    g_hash_table_unref (taken[i]);
}

/* Each bit is set about as often as not: half of 4,000 times, give or take six deviations. */
static void
test_every_bit (void)
{
  guint set[TW_NONCE_BYTES * 8] = { 0 };
  guint8 nonce[TW_NONCE_BYTES];

  for (guint i = 0; i < 4000; i++)
    {
      tw_random_nonce (nonce);
      for (guint bit = 0; bit < G_N_ELEMENTS (set); bit++)
        set[bit] += nonce[bit / 8] >> bit % 8 & 1;
    }
  for (guint bit = 0; bit < G_N_ELEMENTS (set); bit++)
    {
      g_assert_cmpuint (set[bit], >, 1800);
      g_assert_cmpuint (set[bit], <, 2200);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/no-nonce-twice", test_no_nonce_twice);
  g_test_add_func ("/random/every-bit", test_every_bit);
  return g_test_run ();
}
