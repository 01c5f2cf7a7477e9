// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "model/tw-status.h"

G_BEGIN_DECLS

#define TW_TYPE_READING (tw_reading_get_type ())
G_DECLARE_FINAL_TYPE (TwReading, tw_reading, TW, READING, AdwBin)

void tw_reading_set_status (TwReading *self, TwStatus *status);

G_END_DECLS
