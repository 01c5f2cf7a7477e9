// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_CODE_PAGE (tw_code_page_get_type ())
G_DECLARE_FINAL_TYPE (TwCodePage, tw_code_page, TW, CODE_PAGE, TwPage)

G_END_DECLS
