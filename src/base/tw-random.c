// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define MAX_NONCES 64

/* For one thread. A fork that goes on without exec would use them a second time: there is none. */
typedef struct
{
  guint n_left;
  guint8 bytes[MAX_NONCES][TW_NONCE_BYTES];
} Nonces;

static _Thread_local Nonces nonces;

/**
 * tw_random_fill:
 * @bytes: (out caller-allocated) (array length=n): filled with random bytes, fit for keys
 * @n: how many
 *
 * Thread-safe. Ends the program where the system has none, as nothing may be done without.
 */
void
tw_random_fill (guint8 *bytes, gsize n)
{
  gsize have = 0;

  while (have < n)
    {
      gssize got = getrandom (bytes + have, n - have, 0);

      if (got > 0)
        have += (gsize) got;
      else if (errno != EINTR)
        g_error ("No random numbers from the system: %s", g_strerror (errno));
    }
}

/**
 * tw_random_nonce:
 * @nonce: (out caller-allocated): %TW_NONCE_BYTES that nobody had before
 *
 * For what is sealed, not for secrets: they are fetched many at a time, as each fetch is a call of
 * the kernel, and lie in memory until they are used. Thread-safe.
 */
void
tw_random_nonce (guint8 *nonce)
{
  if (nonces.n_left == 0)
    {
      tw_random_fill (nonces.bytes[0], sizeof nonces.bytes);
      nonces.n_left = MAX_NONCES;
    }
  memcpy (nonce, nonces.bytes[--nonces.n_left], TW_NONCE_BYTES);
}
