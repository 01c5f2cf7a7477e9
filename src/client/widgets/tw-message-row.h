// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "model/tw-message.h"
#include "model/tw-outgoing.h"

G_BEGIN_DECLS

#define TW_TYPE_MESSAGE_ROW (tw_message_row_get_type ())
G_DECLARE_FINAL_TYPE (TwMessageRow, tw_message_row, TW, MESSAGE_ROW, AdwBin)

GtkWidget *tw_message_row_new (void);
void tw_message_row_show_message (TwMessageRow *self, TwMessage *message, gboolean own);
void tw_message_row_show_unsent (TwMessageRow *self, TwOutgoing *outgoing);
void tw_message_row_clear (TwMessageRow *self);

G_END_DECLS
