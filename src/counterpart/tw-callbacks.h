// SPDX-License-Identifier: GPL-3.0-or-later
/* Tells the service of outcomes without being asked: signed, tried a few times, and never counted
 * on by anybody. */
#pragma once

#include "counterpart/tw-faults.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

typedef struct _TwCallbacks TwCallbacks;

TwCallbacks *tw_callbacks_new (const char *where, TwKey *key, TwFaults *faults);
void tw_callbacks_tell (TwCallbacks *self, const char *path, const char *id, guint after_ms);
void tw_callbacks_free (TwCallbacks *self);

G_END_DECLS
