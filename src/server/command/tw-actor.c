// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-actor.h"

/**
 * tw_actor_new:
 * @role: one role
 * @account_id: "" for a guest
 * @device_id: the device that speaks
 * @public_key: (nullable): the device's key for signatures, base64
 * @name: (nullable): as others see it
 *
 * Returns: (transfer full): who asks; not changed after this, so that threads may share it
 */
TwActor *
tw_actor_new (TwRole role,
              const char *account_id,
              const char *device_id,
              const char *public_key,
              const char *name)
{
  TwActor *actor = g_new0 (TwActor, 1);

  g_atomic_ref_count_init (&actor->refs);
  actor->role = role;
  actor->account_id = g_strdup (account_id);
  actor->device_id = g_strdup (device_id);
  actor->public_key = g_strdup (public_key != NULL ? public_key : "");
  actor->name = g_strdup (name != NULL ? name : "");
  return actor;
}

TwActor *
tw_actor_ref (TwActor *actor)
{
  g_atomic_ref_count_inc (&actor->refs);
  return actor;
}

void
tw_actor_unref (TwActor *actor)
{
  if (!g_atomic_ref_count_dec (&actor->refs))
    return;
  g_free (actor->account_id);
  g_free (actor->device_id);
  g_free (actor->public_key);
  g_free (actor->name);
  g_free (actor);
}

/**
 * tw_actor_get_account_key:
 * @actor: who asks
 *
 * Returns: (transfer full): under what their commands are kept: the account, or for a guest, who
 * has none, the device
 */
char *
tw_actor_get_account_key (TwActor *actor)
{
  return actor->role == TW_ROLE_GUEST ? g_strconcat ("guest:", actor->device_id, NULL)
                                      : g_strdup (actor->account_id);
}
