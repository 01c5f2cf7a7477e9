// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_USER_CHORES (tw_user_chores_get_type ())
G_DECLARE_FINAL_TYPE (TwUserChores, tw_user_chores, TW, USER_CHORES, GObject)

TwUserChores *tw_user_chores_new (TwClient *client);

G_END_DECLS
