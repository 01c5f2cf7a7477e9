// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_CODE_BOX (tw_code_box_get_type ())
G_DECLARE_FINAL_TYPE (TwCodeBox, tw_code_box, TW, CODE_BOX, GtkBox)

void tw_code_box_watch (TwCodeBox *self, TwClient *client, TwOutgoing *outgoing);
TwOutgoing *tw_code_box_resubmit (TwClient *client, TwOutgoing *dropped);

G_END_DECLS
