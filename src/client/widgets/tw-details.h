// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TW_TYPE_DETAILS (tw_details_get_type ())
G_DECLARE_FINAL_TYPE (TwDetails, tw_details, TW, DETAILS, AdwBin)

void tw_details_begin (TwDetails *self);
void tw_details_add (TwDetails *self, const char *name, const char *value);
void tw_details_add_amount (TwDetails *self, const char *name, gint64 fen);
void tw_details_add_total (TwDetails *self, const char *name, gint64 fen);
void tw_details_end (TwDetails *self);

G_END_DECLS
