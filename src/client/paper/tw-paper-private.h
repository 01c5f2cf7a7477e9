// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/paper/tw-paper.h"

G_BEGIN_DECLS

GtkPageSetup *tw_paper_make_page_setup (TwPaper *self);

G_END_DECLS
