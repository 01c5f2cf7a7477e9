// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TW_TYPE_OPENING (tw_opening_get_type ())
G_DECLARE_FINAL_TYPE (TwOpening, tw_opening, TW, OPENING, GObject)

/* Signal: "opened" (GBytes *secret): 64 bytes, the client's master key and the device's seed. */

TwOpening *tw_opening_new (GtkApplication *app, const char *profile, const char *folder);
void tw_opening_start (TwOpening *self);
void tw_opening_key_does_not_fit (TwOpening *self);
void tw_opening_done (TwOpening *self);

G_END_DECLS
