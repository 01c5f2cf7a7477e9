// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Each TwError's name and HTTP status; {"error": {"code": NAME, "message": "..."}} on the wire. */
const char *tw_wire_error_get_name (int code);
guint tw_wire_error_get_status (int code);
int tw_wire_error_from_name (const char *name);
char *tw_wire_error_encode (const GError *error);
void tw_wire_error_set_wait (GError **error, int wait_s);
char *tw_wire_error_say (const char *words);
GError *tw_wire_error_decode (guint status, const char *body, gsize length);

G_END_DECLS
