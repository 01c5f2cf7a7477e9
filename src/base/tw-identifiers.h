// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *tw_resident_id_check (const char *text, int today, GError **error);
int tw_resident_id_get_birthday (const char *id_number);
char *tw_resident_id_make (int region, int birthday, int sequence);
gboolean tw_credit_code_check (const char *text, GError **error);
gboolean tw_bank_card_check (const char *text, GError **error);
char *tw_phone_check (const char *text, GError **error);
char *tw_email_check (const char *text, GError **error);

G_END_DECLS
