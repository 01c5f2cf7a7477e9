// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/paper/tw-paper.h"

G_BEGIN_DECLS

void tw_paper_table_layout_fill (TwPaperInterface *iface);

G_END_DECLS
