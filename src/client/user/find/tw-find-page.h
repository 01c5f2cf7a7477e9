// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_FIND_PAGE (tw_find_page_get_type ())
G_DECLARE_FINAL_TYPE (TwFindPage, tw_find_page, TW, FIND_PAGE, TwPage)

G_END_DECLS
