// SPDX-License-Identifier: GPL-3.0-or-later
/* The person's bound cards in a drop-down, behind what else can be chosen. */
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

guint tw_card_choice_fill (AdwComboRow *row, TwClient *client, const char *other);
char *tw_card_choice_get (AdwComboRow *row);

G_END_DECLS
