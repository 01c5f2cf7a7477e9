// SPDX-License-Identifier: GPL-3.0-or-later
/* The practice phone: every message to every number arrives here. */
#pragma once

#include "counterpart/tw-routes.h"

G_BEGIN_DECLS

JsonObject *tw_sms_take (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error);
JsonObject *tw_sms_find (TwPartners *partners, const char *id, GError **error);
JsonObject *tw_sms_answer_phone (TwPartners *partners, const char *phone, GError **error);
gboolean
tw_sms_write (TwDb *db, const char *id, const char *phone, const char *text, GError **error);

G_END_DECLS
