// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice bank and tax office behind one socket. */
#pragma once

#include "counterpart/tw-faults.h"
#include "db/tw-db.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

/* An order with the fault `late` is carried out after this: longer than the service waits. */
#define TW_COUNTERPART_LATE_MS 7000

typedef struct _TwCounterpart TwCounterpart;

TwCounterpart *tw_counterpart_new (TwDb *db, TwKey *key, guint seed, GError **error);
TwFaults *tw_counterpart_get_faults (TwCounterpart *self);
void tw_counterpart_set_times (TwCounterpart *self, guint confirm_ms, guint late_ms);
void tw_counterpart_set_callback (TwCounterpart *self, const char *where);
gboolean tw_counterpart_listen (TwCounterpart *self, const char *path, GError **error);
void tw_counterpart_free (TwCounterpart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCounterpart, tw_counterpart_free)

G_END_DECLS
