// SPDX-License-Identifier: GPL-3.0-or-later
/* Which bank has given out a card, by the digits that it begins with. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *tw_bank_find_by_card (const char *card_number);
const char *tw_bank_get_name (const char *code);

G_END_DECLS
