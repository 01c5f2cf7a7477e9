// SPDX-License-Identifier: GPL-3.0-or-later
/* Who lets others go first for a while. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TwStandBack TwStandBack;

TwStandBack *tw_stand_back_new (void);
void tw_stand_back_free (TwStandBack *self);
void tw_stand_back_add (TwStandBack *self, const char *id, guint ms);
void tw_stand_back_forget (TwStandBack *self, const char *id);
GStrv tw_stand_back_list (TwStandBack *self);
gboolean tw_stand_back_is_empty (TwStandBack *self);

G_END_DECLS
