// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

#include "protocol/tw-kinds.h"

G_BEGIN_DECLS

/* Who asks. Immutable once made; shared between threads. */
typedef struct
{
  gatomicrefcount refs;
  char *account_id; /* "" for a guest */
  char *device_id;
  char *public_key; /* the device's, base64 */
  char *name;       /* as others see it */
  TwRole role;
} TwActor;

TwActor *tw_actor_new (TwRole role,
                       const char *account_id,
                       const char *device_id,
                       const char *public_key,
                       const char *name);
TwActor *tw_actor_ref (TwActor *actor);
void tw_actor_unref (TwActor *actor);
char *tw_actor_get_account_key (TwActor *actor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwActor, tw_actor_unref)

G_END_DECLS
