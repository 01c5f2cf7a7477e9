// SPDX-License-Identifier: GPL-3.0-or-later
/* Whether somebody is about to pay the same to the same payee once more, as far as this program
 * knows; the service looks too. */
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"
#include "model/tw-payment.h"

G_BEGIN_DECLS

char *
tw_double_find (TwClient *client, TwPaymentKind kind, const char *payee_id, gint64 amount_fen);

gboolean tw_double_is_asked (TwOutgoing *outgoing);
void tw_double_ask (
  GtkWidget *page, const char *like, gint64 amount_fen, GCallback on_response, gpointer self);

G_END_DECLS
