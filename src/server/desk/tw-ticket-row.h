// SPDX-License-Identifier: GPL-3.0-or-later
/* Tickets and messages in their tables. Private to the room. */
#pragma once

#include "model/tw-message.h"
#include "server/desk/tw-desk.h"

G_BEGIN_DECLS

TwTicket *tw_ticket_row_load (TwDb *db, TwKey *column, const char *id, GError **error);
gboolean tw_ticket_row_insert (TwTx *tx, TwTicket *ticket, GError **error);
gboolean tw_ticket_row_save (TwTx *tx, TwTicket *ticket, GError **error);

gboolean tw_message_row_exists (TwDb *db, const char *id, gboolean *exists, GError **error);
gboolean tw_message_row_add (TwTx *tx,
                             TwJob *job,
                             TwTicket *ticket,
                             TwAuthor author,
                             const char *text,
                             gboolean internal,
                             GError **error);
void tw_ticket_say (TwTicket *ticket, TwAuthor author, const char *text, gint64 at_ms);

gboolean tw_about_find (
  TwTx *tx, const char *account_id, const char *type, const char *id, char **text, GError **error);

char *tw_desk_read_text (
  JsonObject *body, const char *name, gsize max_chars, gboolean multiline, GError **error);
gboolean
tw_desk_load (TwTx *tx, TwJob *job, const char *const *members, TwTicket **ticket, GError **error);
gboolean tw_desk_lock (TwTx *tx, TwJob *job, TwLocks *locks, GError **error);

gboolean tw_ticket_ask (TwTx *tx, TwJob *job, GError **error);
gboolean tw_ticket_write (TwTx *tx, TwJob *job, GError **error);
gboolean tw_ticket_rate (TwTx *tx, TwJob *job, GError **error);
gboolean tw_ticket_reply (TwTx *tx, TwJob *job, GError **error);
gboolean tw_ticket_take (TwTx *tx, TwJob *job, GError **error);
gboolean tw_ticket_release (TwTx *tx, TwJob *job, GError **error);
gboolean tw_ticket_resolve (TwTx *tx, TwJob *job, GError **error);
gboolean tw_ticket_open (TwTx *tx, TwJob *job, GError **error);
gboolean tw_ticket_close (TwTx *tx, TwJob *job, GError **error);

G_END_DECLS
