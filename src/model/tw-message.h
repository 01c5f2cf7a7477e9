// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"
#include "model/tw-ticket.h"

G_BEGIN_DECLS

#define TW_TYPE_MESSAGE (tw_message_get_type ())
G_DECLARE_FINAL_TYPE (TwMessage, tw_message, TW, MESSAGE, TwObject)

const char *tw_message_get_ticket_id (TwMessage *self);
TwAuthor tw_message_get_author (TwMessage *self);
const char *tw_message_get_author_id (TwMessage *self);
const char *tw_message_get_author_name (TwMessage *self);
const char *tw_message_get_text (TwMessage *self);
gboolean tw_message_get_internal (TwMessage *self);
gint64 tw_message_get_at_ms (TwMessage *self);

G_END_DECLS
