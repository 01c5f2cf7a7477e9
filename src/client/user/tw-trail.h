// SPDX-License-Identifier: GPL-3.0-or-later
/* Where somebody has been in a window, and the way back and forth. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TwTrail TwTrail;

TwTrail *tw_trail_new (void);
void tw_trail_free (TwTrail *trail);
void tw_trail_go (TwTrail *trail, const char *page, const char *arg);
void tw_trail_replace (TwTrail *trail, const char *page, const char *arg);
gboolean tw_trail_step (TwTrail *trail, int by);
gboolean tw_trail_can_step (TwTrail *trail, int by);
const char *tw_trail_get_page (TwTrail *trail);
const char *tw_trail_get_arg (TwTrail *trail);
void tw_trail_clear (TwTrail *trail);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTrail, tw_trail_free)

G_END_DECLS
