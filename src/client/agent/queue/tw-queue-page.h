// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-ticket.h"

G_BEGIN_DECLS

/* Number of the queues, in the order of the list and of Alt-1, Alt-2 ... */
#define TW_QUEUE_COUNT 5

#define TW_TYPE_QUEUE_PAGE (tw_queue_page_get_type ())
G_DECLARE_FINAL_TYPE (TwQueuePage, tw_queue_page, TW, QUEUE_PAGE, AdwBin)

/* Signal: "opened" (TwTicket *ticket). */

void tw_queue_page_set_client (TwQueuePage *self, TwClient *client);
void tw_queue_page_show_queue (TwQueuePage *self, guint queue);
guint tw_queue_page_get_queue (TwQueuePage *self);
void tw_queue_page_focus_search (TwQueuePage *self);
void tw_queue_page_select (TwQueuePage *self, TwTicket *ticket);

char *tw_queue_format_age (gpointer self, gint64 at_ms);
char *tw_queue_format_state (gpointer self, int state, const char *assignee);
char *tw_queue_format_spoken (
  gpointer self, const char *subject, const char *customer, const char *last, const char *state);

G_END_DECLS
