// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-patience.h"

/* Accounts that are remembered; before there are more, those that are as good as new are let go. */
#define SWEEP_AT 1024

typedef struct
{
  gint64 used;    /* refusals that were kept and have not been renewed yet */
  gint64 last_ms; /* monotonic: when @used was right */
} Entry;

struct _TwPatience
{
  GHashTable *entries; /* of Entry by account */
  GPtrArray *taken;    /* of char *: by the transaction that is under way */
  guint sweep_at;
};

/**
 * tw_patience_new:
 *
 * Several services on one database each have their own: what they keep together is bounded by their
 * number.
 *
 * Returns: (transfer full): with patience for everybody
 */
TwPatience *
tw_patience_new (void)
{
  TwPatience *patience = g_new0 (TwPatience, 1);

  patience->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  patience->taken = g_ptr_array_new_with_free_func (g_free);
  patience->sweep_at = SWEEP_AT;
  return patience;
}

void
tw_patience_free (TwPatience *patience)
{
  g_hash_table_unref (patience->entries);
  g_ptr_array_unref (patience->taken);
  g_free (patience);
}

static void
renew (Entry *entry, gint64 now_ms)
{
  gint64 renewed = (now_ms - entry->last_ms) / TW_PATIENCE_RENEW_MS;

  entry->used = MAX (0, entry->used - renewed);
  entry->last_ms = entry->used > 0 ? entry->last_ms + renewed * TW_PATIENCE_RENEW_MS : now_ms;
}

static gboolean
is_new_again (gpointer key, gpointer value, gpointer now_ms)
{
  Entry *entry = value;

  renew (entry, *(gint64 *) now_ms);
  return entry->used == 0;
}

/**
 * tw_patience_has:
 * @patience: the counts
 * @account: who asks
 * @now_ms: monotonic, milliseconds
 *
 * Returns: whether one more refusal may be kept for them
 */
gboolean
tw_patience_has (TwPatience *patience, const char *account, gint64 now_ms)
{
  Entry *entry = g_hash_table_lookup (patience->entries, account);

  if (entry == NULL)
    return TRUE;
  renew (entry, now_ms);
  return entry->used < TW_PATIENCE_REFUSALS;
}

/**
 * tw_patience_take:
 * @patience: the counts
 * @account: who was refused
 * @now_ms: monotonic, milliseconds
 *
 * Counts a refusal that is being kept.
 */
void
tw_patience_take (TwPatience *patience, const char *account, gint64 now_ms)
{
  Entry *entry = g_hash_table_lookup (patience->entries, account);

  if (entry == NULL)
    {
      if (g_hash_table_size (patience->entries) >= patience->sweep_at)
        {
          g_hash_table_foreach_remove (patience->entries, is_new_again, &now_ms);
          patience->sweep_at = MAX (SWEEP_AT, 2 * g_hash_table_size (patience->entries));
        }
      entry = g_new0 (Entry, 1);
      entry->last_ms = now_ms;
      g_hash_table_insert (patience->entries, g_strdup (account), entry);
    }
  entry->used++;
  g_ptr_array_add (patience->taken, g_strdup (account));
}

void
tw_patience_commit (TwPatience *patience)
{
  g_ptr_array_set_size (patience->taken, 0);
}

/* What was not kept after all was not taken: a batch that is run again is not counted twice. */
void
tw_patience_rollback (TwPatience *patience)
{
  for (guint i = 0; i < patience->taken->len; i++)
    {
      Entry *entry =
        g_hash_table_lookup (patience->entries, g_ptr_array_index (patience->taken, i));

      if (entry != NULL && entry->used > 0)
        entry->used--;
    }
  g_ptr_array_set_size (patience->taken, 0);
}
