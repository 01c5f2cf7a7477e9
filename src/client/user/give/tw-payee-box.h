// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-payee.h"

G_BEGIN_DECLS

#define TW_TYPE_PAYEE_BOX (tw_payee_box_get_type ())
G_DECLARE_FINAL_TYPE (TwPayeeBox, tw_payee_box, TW, PAYEE_BOX, GtkBox)

void tw_payee_box_show (TwPayeeBox *self, TwClient *client, TwPayee *payee);

G_END_DECLS
