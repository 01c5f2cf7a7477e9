// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_WRITER (tw_writer_get_type ())
G_DECLARE_FINAL_TYPE (TwWriter, tw_writer, TW, WRITER, AdwBin)

void tw_writer_set_draft (TwWriter *self, TwClient *client, const char *key);
char *tw_writer_get_text (TwWriter *self);
void tw_writer_set_text (TwWriter *self, const char *text);
void tw_writer_tell (TwWriter *self, const char *trouble);

G_END_DECLS
