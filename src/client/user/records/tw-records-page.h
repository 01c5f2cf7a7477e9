// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/widgets/tw-page.h"

G_BEGIN_DECLS

#define TW_TYPE_RECORDS_PAGE (tw_records_page_get_type ())
G_DECLARE_FINAL_TYPE (TwRecordsPage, tw_records_page, TW, RECORDS_PAGE, TwPage)

G_END_DECLS
