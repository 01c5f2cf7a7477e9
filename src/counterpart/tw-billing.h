// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice billers: water, electricity, gas, telecom. All of them are made up. */
#pragma once

#include "counterpart/tw-routes.h"

G_BEGIN_DECLS

#define TW_BILLING_PARTY "billers"

JsonObject *tw_billing_answer_list (TwPartners *partners, const char *rest, GError **error);
JsonObject *tw_billing_answer_customer (TwPartners *partners, const char *rest, GError **error);
JsonObject *
tw_billing_pay (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error);
JsonObject *tw_billing_find (TwPartners *partners, const char *id, GError **error);

G_END_DECLS
