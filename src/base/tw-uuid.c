// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-uuid.h"

#include <string.h>

#include "base/tw-random.h"

/* Two ids made by one process sort in the order in which they were made: within a millisecond the
 * 12 bits after the version count up from a random start (RFC 9562, 6.2, method 1). */
static GMutex uuid_lock;
static gint64 last_ms;
static guint32 counter;

/**
 * tw_uuid_new:
 *
 * Makes a UUID of version 7: time first, so that ids made later sort later. The time is the
 * system's, never a moved clock's. Thread-safe.
 *
 * Returns: (transfer full): 36 characters in lower case
 */
char *
tw_uuid_new (void)
{
  guint8 tail[TW_UUID_TAIL_BYTES];
  gint64 ms;
  guint32 seq;

  tw_random_fill (tail, sizeof tail);
  ms = g_get_real_time () / 1000;

  g_mutex_lock (&uuid_lock);
  if (ms <= last_ms)
    {
      ms = last_ms;
      counter++;
      if (counter > 0xfff)
        {
          ms++;
          counter = 0;
        }
    }
  else
    counter = (guint32) (tail[0] & 0x07) << 8 | tail[1];
  last_ms = ms;
  seq = counter;
  g_mutex_unlock (&uuid_lock);

  tail[0] = (guint8) (seq >> 8);
  tail[1] = (guint8) seq;
  return tw_uuid_make (ms, tail);
}

/**
 * tw_uuid_make:
 * @time_ms: the time that it tells, in milliseconds since 1970 UTC
 * @tail: what tells it from others of that time; six of its bits give way to version and variant
 *
 * Returns: (transfer full): a UUID of version 7, the same for the same two
 */
char *
tw_uuid_make (gint64 time_ms, const guint8 tail[TW_UUID_TAIL_BYTES])
{
  guint8 b[16];

  for (int i = 0; i < 6; i++)
    b[i] = (guint8) (time_ms >> (40 - 8 * i));
  memcpy (b + 6, tail, TW_UUID_TAIL_BYTES);
  b[6] = 0x70 | (b[6] & 0x0f);
  b[8] = 0x80 | (b[8] & 0x3f);
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                          b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                          b[12], b[13], b[14], b[15]);
}

/**
 * tw_uuid_is_valid:
 * @text: (nullable): what claims to be an id
 *
 * Returns: whether @text is a UUID of version 7 in its canonical, lower-case form
 */
gboolean
tw_uuid_is_valid (const char *text)
{
  if (text == NULL || strlen (text) != TW_UUID_LENGTH)
    return FALSE;
  for (int i = 0; i < TW_UUID_LENGTH; i++)
    {
      char c = text[i];

      if (i == 8 || i == 13 || i == 18 || i == 23)
        {
          if (c != '-')
            return FALSE;
        }
      else if (!g_ascii_isdigit (c) && !(c >= 'a' && c <= 'f'))
        return FALSE;
    }
  return text[14] == '7' && strchr ("89ab", text[19]) != NULL;
}

/**
 * tw_uuid_get_time_ms:
 * @uuid: a valid UUID of version 7
 *
 * Returns: when it was made, in milliseconds since 1970 UTC
 */
gint64
tw_uuid_get_time_ms (const char *uuid)
{
  gint64 ms = 0;

  g_return_val_if_fail (tw_uuid_is_valid (uuid), 0);

  for (int i = 0; i < 13; i++)
    if (uuid[i] != '-')
      ms = ms << 4 | g_ascii_xdigit_value (uuid[i]);
  return ms;
}
