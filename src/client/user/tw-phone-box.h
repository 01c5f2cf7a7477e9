// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_PHONE_BOX (tw_phone_box_get_type ())
G_DECLARE_FINAL_TYPE (TwPhoneBox, tw_phone_box, TW, PHONE_BOX, GtkBox)

void tw_phone_box_watch (TwPhoneBox *self, TwClient *client);

G_END_DECLS
