// SPDX-License-Identifier: GPL-3.0-or-later
/* An entry's hash, and the legs of a transfer that is not posted yet as text. */
#include <string.h>

#include "base/tw-error.h"
#include "server/ledger/tw-ledger-private.h"

/* What the first entry of an account follows. */
const guint8 tw_ledger_no_hash[TW_HASH_BYTES] = { 0 };

typedef struct
{
  guint8 bytes[4 * (TW_LEDGER_MAX_ID_BYTES + 1) + 8 * 8 + TW_HASH_BYTES + 16];
  gsize length;
} Buffer;

/* Strings end with their zero and numbers have eight bytes, so that no two entries share a text.
 * What is longer than any of ours can only be read from a row that somebody has changed: its hash
 * won't fit, cut or not. */
static void
put_text (Buffer *buffer, const char *text)
{
  gsize length = strnlen (text, TW_LEDGER_MAX_ID_BYTES);

  memcpy (buffer->bytes + buffer->length, text, length);
  buffer->bytes[buffer->length + length] = '\0';
  buffer->length += length + 1;
}

static void
put_int (Buffer *buffer, gint64 value)
{
  guint64 big_endian = GUINT64_TO_BE ((guint64) value);

  memcpy (buffer->bytes + buffer->length, &big_endian, sizeof big_endian);
  buffer->length += sizeof big_endian;
}

void
tw_entry_hash (const TwEntry *entry, const guint8 prev[TW_HASH_BYTES], guint8 hash[TW_HASH_BYTES])
{
  Buffer buffer = { .length = 0 };

  put_text (&buffer, "tw-entry-1");
  put_text (&buffer, entry->account_id);
  put_int (&buffer, entry->seq);
  put_int (&buffer, entry->number);
  put_text (&buffer, entry->transfer_id);
  put_text (&buffer, entry->kind);
  put_int (&buffer, entry->amount_fen);
  put_int (&buffer, entry->balance_after_fen);
#ifdef TW_MUTANT_CHAIN_SKIPS_TIME
#include "base/tw-planted.h"
#else
  put_int (&buffer, entry->at_ms);
#endif
  memcpy (buffer.bytes + buffer.length, prev, TW_HASH_BYTES);
  buffer.length += TW_HASH_BYTES;
  tw_hash (buffer.bytes, buffer.length, hash);
}

char *
tw_legs_to_text (const TwLeg *legs, guint n_legs)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_legs; i++)
    g_string_append_printf (text, "%s %" G_GINT64_FORMAT "\n", legs[i].account_id,
                            legs[i].amount_fen);
  return g_string_free (text, FALSE);
}

/* @legs: of TwLeg, filled; their ids live in @ids. */
gboolean
tw_legs_from_text (const char *text, GArray *legs, GStringChunk *ids)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      char *space = strrchr (lines[i], ' ');
      TwLeg leg = { 0 };

      if (space == NULL ||
          !g_ascii_string_to_signed (space + 1, 10, G_MININT64, G_MAXINT64, &leg.amount_fen, NULL))
        return FALSE;
      *space = '\0';
      leg.account_id = g_string_chunk_insert (ids, lines[i]);
      g_array_append_val (legs, leg);
    }
  return legs->len >= 2 && legs->len <= TW_LEDGER_MAX_LEGS;
}

/* Whose books have what crosses a rail; what is between two rails, or ours alone, is in nobody's.
 */
static const struct
{
  const char *rail;
  const char *party;
} parties[] = {
  { TW_RAIL_BANK, "bank" },
  { TW_RAIL_CREDITS, "bank" },
  { TW_RAIL_OFFICE, "office" },
  { TW_RAIL_BILLERS, "billers" },
};

static gboolean
is_at (const char *account_id, const char *party)
{
  g_auto (GStrv) parts = g_strsplit (account_id, ":", 3);

  for (gsize i = 0; g_str_has_prefix (account_id, TW_LEDGER_CLEARING) && i < G_N_ELEMENTS (parties);
       i++)
    if (strcmp (parties[i].rail, parts[1]) == 0)
      return strcmp (parties[i].party, party) == 0;
  return FALSE;
}

/**
 * tw_ledger_sum_clearing:
 * @legs: what stands in `transfer.legs`
 * @party: a partner: the first part of its paths
 * @fen: (out): what the clearing accounts of its rails get by it; below zero: what they give
 *
 * Returns: whether there are any of them in it
 */
gboolean
tw_ledger_sum_clearing (const char *legs, const char *party, gint64 *fen)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (TwLeg));
  g_autoptr (GStringChunk) ids = g_string_chunk_new (256);
  gboolean any = FALSE;

  *fen = 0;
  if (!tw_legs_from_text (legs, all, ids))
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    {
      const TwLeg *leg = &g_array_index (all, TwLeg, i);

      if (!is_at (leg->account_id, party))
        continue;
      any = TRUE;
      *fen += leg->amount_fen;
    }
  return any;
}

/**
 * tw_ledger_find_crossing:
 * @legs: what stands in `transfer.legs`
 * @party: a partner: the first part of its paths
 * @wallet_id: a wallet
 * @clearing_id: (out): the clearing account of a rail of @party
 * @wallet_fen: (out): what @wallet_id gets by it; below zero: what it gives
 *
 * Returns: whether it moves money between these two and nobody else
 */
gboolean
tw_ledger_find_crossing (const char *legs,
                         const char *party,
                         const char *wallet_id,
                         char **clearing_id,
                         gint64 *wallet_fen)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (TwLeg));
  g_autoptr (GStringChunk) ids = g_string_chunk_new (256);
  const TwLeg *pair;

  if (!tw_legs_from_text (legs, all, ids) || all->len != 2)
    return FALSE;
  pair = (const TwLeg *) all->data;
  for (guint i = 0; i < 2; i++)
    if (strcmp (pair[i].account_id, wallet_id) == 0 && is_at (pair[1 - i].account_id, party))
      {
        *clearing_id = g_strdup (pair[1 - i].account_id);
        *wallet_fen = pair[i].amount_fen;
        return TRUE;
      }
  return FALSE;
}
