// SPDX-License-Identifier: GPL-3.0-or-later
/* `tax-wallet assess FILE`: what a return comes to, without a service or a window. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int tw_verb_assess (int argc, char **argv);

G_END_DECLS
