// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TW_TYPE_REFUSAL_BOX (tw_refusal_box_get_type ())
G_DECLARE_FINAL_TYPE (TwRefusalBox, tw_refusal_box, TW, REFUSAL_BOX, GtkBox)

void tw_refusal_box_tell (
  TwRefusalBox *self, const char *code, const char *words, const char *remedy, gint64 missing_fen);

G_END_DECLS
