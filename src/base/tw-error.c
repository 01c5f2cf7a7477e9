// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-error.h"

G_DEFINE_QUARK (tw - error - quark, tw_error)
