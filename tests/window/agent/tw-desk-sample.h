// SPDX-License-Identifier: GPL-3.0-or-later
/* What a desk has on an ordinary day: one conversation in each state, two customers. */
#pragma once

#include "tw-window-test.h"

G_BEGIN_DECLS

#define TW_DESK_ME "desk-1"

void tw_desk_fill (TwFakeClient *client);
void tw_desk_set_up (Fixture *fixture, gconstpointer data);
void tw_desk_set_up_signed_out (Fixture *fixture, gconstpointer data);

TwObject *tw_desk_ticket (Fixture *fixture, const char *id);
void tw_desk_open (Fixture *fixture, guint queue, const char *id);

G_END_DECLS
