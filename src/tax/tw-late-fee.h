// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 tw_late_fee_fen (gint64 tax_fen, int due_day, int on_day);
gint64 tw_late_fee_part_fen (
  gint64 part_fen, int due_day, int on_day, gint64 rest_ufen, gint64 *rest_after_ufen);
gint64 tw_late_fee_per_day_fen (gint64 tax_fen, int on_day);
const char *tw_late_fee_get_source (int on_day);

G_END_DECLS
