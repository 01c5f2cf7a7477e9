// SPDX-License-Identifier: GPL-3.0-or-later
/* A request with commands, and its answer, as bytes. */
#pragma once

#include <gio/gio.h>

#include "protocol/tw-command.h"

G_BEGIN_DECLS

GBytes *
tw_command_batch_encode (GPtrArray *commands, const char *device_id, const char *public_key);
GPtrArray *tw_command_batch_read (GPtrArray *commands, GBytes *answer, GError **error);

G_END_DECLS
