// SPDX-License-Identifier: GPL-3.0-or-later
/* Practice only: the people who are there from the start. */
#pragma once

#include "server/command/tw-service.h"

G_BEGIN_DECLS

gboolean tw_sample_ensure (TwService *service, GError **error);

G_END_DECLS
