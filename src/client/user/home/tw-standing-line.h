// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/user/tw-standing-outlook.h"

G_BEGIN_DECLS

#define TW_TYPE_STANDING_LINE (tw_standing_line_get_type ())
G_DECLARE_FINAL_TYPE (TwStandingLine, tw_standing_line, TW, STANDING_LINE, GtkListBoxRow)

GtkWidget *tw_standing_line_new (TwClient *client, TwStanding *standing, TwStandingOutlook outlook);
TwStanding *tw_standing_line_get_standing (TwStandingLine *self);

G_END_DECLS
