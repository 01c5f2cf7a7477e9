// SPDX-License-Identifier: GPL-3.0-or-later
/* Model objects as JSON. The fields of the class are the one definition; this walks them. */
#pragma once

#include <json-glib/json-glib.h>

#include "model/tw-object.h"
#include "protocol/tw-json-tokens.h"

G_BEGIN_DECLS

/**
 * TwView:
 * @TW_VIEW_OWNER: the person whom the scope belongs to
 * @TW_VIEW_DESK: an agent who has a ticket of theirs open
 *
 * Who looks at a scope: decides which types of object come along.
 */
typedef enum
{
  TW_VIEW_OWNER = 1 << 0,
  TW_VIEW_DESK = 1 << 1,
} TwView;

GType tw_wire_get_gtype (const char *wire_type);
gboolean tw_wire_type_is_in_view (const char *wire_type, TwView view);
char *tw_wire_list_types (TwView view);

void tw_wire_append (GString *out, TwObject *object);
char *tw_wire_encode_text (TwObject *object);
TwObject *tw_wire_decode (const char *wire_type, JsonObject *object, GError **error);
TwObject *
tw_wire_decode_tokens (const char *wire_type, const TwJsonTokens *json, guint at, GError **error);
TwObject *tw_wire_decode_text (const char *wire_type, const char *text, GError **error);

G_END_DECLS
