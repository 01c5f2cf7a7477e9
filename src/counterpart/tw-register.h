// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice register of companies and merchants. All of them are made up. */
#pragma once

#include "counterpart/tw-routes.h"

G_BEGIN_DECLS

const char *tw_register_find_company (const char *code);
const char *tw_register_find_merchant (const char *number);

JsonObject *tw_register_answer_company (TwPartners *partners, const char *code, GError **error);
JsonObject *tw_register_answer_merchant (TwPartners *partners, const char *number, GError **error);

G_END_DECLS
