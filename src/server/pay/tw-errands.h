// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/command/tw-service.h"

G_BEGIN_DECLS

/* What the service does by itself when its time has come: codes that nobody told, payees that
 * nobody kept, the billers' list, standing orders. Each is a command whose id follows from what it
 * is about, so that it is done once however often it is asked for, by however many services. */
typedef struct _TwErrands TwErrands;

TwErrands *tw_errands_new (TwService *service);
void tw_errands_free (TwErrands *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwErrands, tw_errands_free)

G_END_DECLS
