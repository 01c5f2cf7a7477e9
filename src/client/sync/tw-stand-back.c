// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-stand-back.h"

struct _TwStandBack
{
  GHashTable *until; /* id -> monotonic time, µs */
};

/**
 * tw_stand_back_new:
 *
 * Returns: (transfer full): nobody stands back
 */
TwStandBack *
tw_stand_back_new (void)
{
  TwStandBack *self = g_new0 (TwStandBack, 1);

  self->until = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
tw_stand_back_free (TwStandBack *self)
{
  g_hash_table_unref (self->until);
  g_free (self);
}

/**
 * tw_stand_back_add:
 * @self: who stands back
 * @id: one more
 * @ms: for how long, in milliseconds from now
 */
void
tw_stand_back_add (TwStandBack *self, const char *id, guint ms)
{
  gint64 *until = g_new (gint64, 1);

  *until = g_get_monotonic_time () + ms * G_GINT64_CONSTANT (1000);
  g_hash_table_replace (self->until, g_strdup (id), until);
}

void
tw_stand_back_forget (TwStandBack *self, const char *id)
{
  g_hash_table_remove (self->until, id);
}

/**
 * tw_stand_back_list:
 * @self: who stands back
 *
 * Forgets those whose time is over.
 *
 * Returns: (transfer full): the others
 */
GStrv
tw_stand_back_list (TwStandBack *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer id, until;

  g_hash_table_iter_init (&iter, self->until);
  while (g_hash_table_iter_next (&iter, &id, &until))
    if (*(gint64 *) until > g_get_monotonic_time ())
      g_strv_builder_add (ids, id);
    else
      g_hash_table_iter_remove (&iter);
  return g_strv_builder_end (ids);
}

gboolean
tw_stand_back_is_empty (TwStandBack *self)
{
  return g_hash_table_size (self->until) == 0;
}
