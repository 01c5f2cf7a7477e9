// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/user/tw-checkup.h"

G_BEGIN_DECLS

#define TW_TYPE_FAILURE_BOX (tw_failure_box_get_type ())
G_DECLARE_FINAL_TYPE (TwFailureBox, tw_failure_box, TW, FAILURE_BOX, GtkBox)

void tw_failure_box_tell (TwFailureBox *self, TwCheckup *checkup);

G_END_DECLS
