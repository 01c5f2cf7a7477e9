// SPDX-License-Identifier: GPL-3.0-or-later
/* What is to be known of a standing order at this moment: what the service says of it, held against
 * what is in the wallet now. */
#pragma once

#include "client/sync/tw-client.h"
#include "model/tw-standing.h"

G_BEGIN_DECLS

typedef struct
{
  TwStandingNotice notice;
  gint64 missing_fen; /* 0: nothing, or nobody knows */
} TwStandingOutlook;

TwStandingOutlook tw_standing_outlook_find (TwClient *client, TwStanding *standing);
char *tw_standing_outlook_describe (TwStanding *standing, TwStandingOutlook outlook);
gboolean tw_standing_outlook_can_pay (TwClient *client, TwStanding *standing);

gboolean
tw_standing_outlook_asks (TwClient *client, TwStanding *standing, TwStandingOutlook outlook);
void tw_standing_outlook_set_seen (TwClient *client, TwStanding *standing);

void tw_standing_outlook_go_pay (gpointer widget, TwClient *client, TwStanding *standing);
void tw_standing_outlook_go_top_up (gpointer widget, TwStandingOutlook outlook);

G_END_DECLS
