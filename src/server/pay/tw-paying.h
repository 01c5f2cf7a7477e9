// SPDX-License-Identifier: GPL-3.0-or-later
/* Whom a person pays, and how: payees, billers, standing orders; what is cancelled and given back.
 */
#pragma once

#include "server/command/tw-service.h"
#include "server/command/tw-tx.h"

G_BEGIN_DECLS

extern const char tw_pay_schema[];
extern const char tw_pay_schema_2[];
extern const char tw_pay_schema_3[];
extern const char tw_standing_schema[];
extern const char tw_standing_schema_2[];
extern const char tw_standing_schema_3[];

void tw_paying_init (void);

G_END_DECLS
