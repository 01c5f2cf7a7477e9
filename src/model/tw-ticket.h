// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwTicketState:
 * @TW_TICKET_STATE_FRESH: nobody has it yet
 * @TW_TICKET_STATE_OPEN: an agent has it and it is their turn
 * @TW_TICKET_STATE_WAITING: it is the turn of the customer
 * @TW_TICKET_STATE_RESOLVED: solved, may be rated
 *
 * Whose turn it is.
 */
typedef enum
{
  TW_TICKET_STATE_FRESH,
  TW_TICKET_STATE_OPEN,
  TW_TICKET_STATE_WAITING,
  TW_TICKET_STATE_RESOLVED,
} TwTicketState;

/**
 * TwAuthor:
 * @TW_AUTHOR_CUSTOMER: the customer
 * @TW_AUTHOR_AGENT: an agent
 * @TW_AUTHOR_PROGRAM: the program itself
 *
 * Who speaks.
 */
typedef enum
{
  TW_AUTHOR_CUSTOMER,
  TW_AUTHOR_AGENT,
  TW_AUTHOR_PROGRAM,
} TwAuthor;

/* The words of TwAuthor on the wire. */
extern const char *const tw_author_words[];

#define TW_TYPE_TICKET (tw_ticket_get_type ())
G_DECLARE_FINAL_TYPE (TwTicket, tw_ticket, TW, TICKET, TwObject)

const char *tw_ticket_get_customer_id (TwTicket *self);
const char *tw_ticket_get_customer_name (TwTicket *self);
const char *tw_ticket_get_subject (TwTicket *self);
TwTicketState tw_ticket_get_state (TwTicket *self);
const char *tw_ticket_get_about_type (TwTicket *self);
const char *tw_ticket_get_about_id (TwTicket *self);
const char *tw_ticket_get_about_text (TwTicket *self);
const char *tw_ticket_get_assignee_id (TwTicket *self);
const char *tw_ticket_get_assignee_name (TwTicket *self);
const char *tw_ticket_get_reference (TwTicket *self);
gint64 tw_ticket_get_created_at_ms (TwTicket *self);
gint64 tw_ticket_get_last_at_ms (TwTicket *self);
TwAuthor tw_ticket_get_last_by (TwTicket *self);
const char *tw_ticket_get_last_text (TwTicket *self);
gint64 tw_ticket_get_messages (TwTicket *self);
gint64 tw_ticket_get_rating (TwTicket *self);
const char *tw_ticket_get_rating_text (TwTicket *self);

G_END_DECLS
