// SPDX-License-Identifier: GPL-3.0-or-later
/* A desk whose books don't all agree with those of the bank and the office. */
#pragma once

#include "tw-window-test.h"

G_BEGIN_DECLS

void tw_money_fill (TwFakeClient *client);
TwObject *tw_money_difference (Fixture *fixture, const char *id);

/* A senior's window, with the page of all that open. */
void tw_money_set_up (Fixture *fixture, gconstpointer data);
void tw_money_set_senior (Fixture *fixture, gboolean senior);
GtkWidget *tw_money_page (Fixture *fixture);
GListModel *tw_money_shown (Fixture *fixture);
void tw_money_open_row (Fixture *fixture, const char *id);
/* (transfer none): what was asked last, or so many before it. */
TwOutgoing *tw_money_last_outgoing (Fixture *fixture, const char *kind, guint from_end);

G_END_DECLS
