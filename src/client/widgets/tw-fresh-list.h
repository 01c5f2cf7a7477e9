// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TW_TYPE_FRESH_LIST (tw_fresh_list_get_type ())
G_DECLARE_FINAL_TYPE (TwFreshList, tw_fresh_list, TW, FRESH_LIST, GObject)

TwFreshList *tw_fresh_list_new (GListModel *model);

G_END_DECLS
