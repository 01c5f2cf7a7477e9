// SPDX-License-Identifier: GPL-3.0-or-later
/* A desk whose books don't all agree with those of the bank and the office. */
#pragma once

#include "tw-window-test.h"

G_BEGIN_DECLS

void tw_money_fill (TwFakeClient *client);
TwObject *tw_money_difference (Fixture *fixture, const char *id);

G_END_DECLS
