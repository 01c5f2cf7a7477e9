// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-difference.h"

G_BEGIN_DECLS

#define TW_TYPE_DIFFERENCE_PANE (tw_difference_pane_get_type ())
G_DECLARE_FINAL_TYPE (TwDifferencePane, tw_difference_pane, TW, DIFFERENCE_PANE, AdwBin)

void tw_difference_pane_set_client (TwDifferencePane *self, TwClient *client);
void tw_difference_pane_show (TwDifferencePane *self, TwDifference *difference);
TwDifference *tw_difference_pane_get_difference (TwDifferencePane *self);

G_END_DECLS
