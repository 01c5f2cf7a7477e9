// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "model/tw-object-list.h"
#include "model/tw-status.h"

G_BEGIN_DECLS

#define TW_TYPE_STATUS_BAR (tw_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (TwStatusBar, tw_status_bar, TW, STATUS_BAR, GtkBox)

void tw_status_bar_set_status (TwStatusBar *self, TwStatus *status);
void tw_status_bar_set_partners (TwStatusBar *self, TwObjectList *partners);

G_END_DECLS
