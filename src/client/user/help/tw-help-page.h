// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_HELP_PAGE (tw_help_page_get_type ())
G_DECLARE_FINAL_TYPE (TwHelpPage, tw_help_page, TW, HELP_PAGE, TwPage)

G_END_DECLS
