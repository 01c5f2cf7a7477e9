// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_REGISTER_PAGE (tw_register_page_get_type ())
G_DECLARE_FINAL_TYPE (TwRegisterPage, tw_register_page, TW, REGISTER_PAGE, TwPage)

G_END_DECLS
