// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_PRACTICE_PHONE (tw_practice_phone_get_type ())
G_DECLARE_FINAL_TYPE (TwPracticePhone, tw_practice_phone, TW, PRACTICE_PHONE, GObject)

TwPracticePhone *tw_practice_phone_new (TwClient *client, const char *counterpart_dir);

G_END_DECLS
