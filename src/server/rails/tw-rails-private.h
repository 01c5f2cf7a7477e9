// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rails/tw-rails.h"

G_BEGIN_DECLS

/* The names of TwRailState in commands. */
extern const char *const tw_rail_phases[];

G_END_DECLS
