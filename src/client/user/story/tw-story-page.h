// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_STORY_PAGE (tw_story_page_get_type ())
G_DECLARE_FINAL_TYPE (TwStoryPage, tw_story_page, TW, STORY_PAGE, TwPage)

G_END_DECLS
