// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_SEVERAL_PAGE (tw_several_page_get_type ())
G_DECLARE_FINAL_TYPE (TwSeveralPage, tw_several_page, TW, SEVERAL_PAGE, TwPage)

G_END_DECLS
