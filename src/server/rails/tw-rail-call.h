// SPDX-License-Identifier: GPL-3.0-or-later
/* One request to the other side, with a deadline. Private to the room. */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "vault/tw-vault.h"

G_BEGIN_DECLS

/* @status: of HTTP; 0: no answer. @answer: (nullable): what it said, when it was JSON */
typedef void (*TwRailCalled) (guint status, JsonObject *answer, gpointer user_data);

void tw_rails_count_unsigned (void);

SoupSession *tw_rail_session_new (const char *socket_path, TwKey *answer_key);
GCancellable *tw_rail_call (SoupSession *session,
                            TwKey *key,
                            const char *path,
                            const char *body,
                            guint timeout_ms,
                            TwRailCalled called,
                            gpointer user_data);

G_END_DECLS
