// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-ticket.h"

/**
 * TwTicket:
 *
 * One conversation with the desk.
 *
 * - customer-id: whose it is
 * - customer-name: their name
 * - subject: in the words of the customer
 * - state: whose turn it is
 * - about-type: payment, bill, record or nothing
 * - about-id: which one
 * - about-text: its tax, period and amount in fen, each in a line, as it was when the question was
 * asked
 * - assignee-id: the agent who has it, or nothing
 * - assignee-name: their name as customers see it
 * - reference: to quote
 * - created-at-ms: when it was opened
 * - last-at-ms: when something was said last
 * - last-by: who said it
 * - last-text: the beginning of it
 * - messages: how many there are
 * - rating: 1 to 5, 0: not rated
 * - rating-text: in the words of the customer
 */
struct _TwTicket
{
  TwObject parent_instance;

  char *customer_id;
  char *customer_name;
  char *subject;
  TwTicketState state;
  char *about_type;
  char *about_id;
  char *about_text;
  char *assignee_id;
  char *assignee_name;
  char *reference;
  gint64 created_at_ms;
  gint64 last_at_ms;
  TwAuthor last_by;
  char *last_text;
  gint64 messages;
  gint64 rating;
  char *rating_text;
};

G_DEFINE_FINAL_TYPE (TwTicket, tw_ticket, TW_TYPE_OBJECT)

static const char *const ticket_state_words[] = { "fresh", "open", "waiting", "resolved", NULL };
const char *const tw_author_words[] = { "customer", "agent", "program", NULL };

static const TwField fields[] = {
  TW_FIELD_STRING (TwTicket, customer_id, "customer-id"),
  TW_FIELD_STRING (TwTicket, customer_name, "customer-name"),
  TW_FIELD_STRING (TwTicket, subject, "subject"),
  TW_FIELD_ENUM (TwTicket, state, "state", ticket_state_words),
  TW_FIELD_STRING (TwTicket, about_type, "about-type"),
  TW_FIELD_STRING (TwTicket, about_id, "about-id"),
  TW_FIELD_STRING (TwTicket, about_text, "about-text"),
  TW_FIELD_STRING (TwTicket, assignee_id, "assignee-id"),
  TW_FIELD_STRING (TwTicket, assignee_name, "assignee-name"),
  TW_FIELD_STRING (TwTicket, reference, "reference"),
  TW_FIELD_INT64 (TwTicket, created_at_ms, "created-at-ms"),
  TW_FIELD_INT64 (TwTicket, last_at_ms, "last-at-ms"),
  TW_FIELD_ENUM (TwTicket, last_by, "last-by", tw_author_words),
  TW_FIELD_STRING (TwTicket, last_text, "last-text"),
  TW_FIELD_INT64 (TwTicket, messages, "messages"),
  TW_FIELD_INT64 (TwTicket, rating, "rating"),
  TW_FIELD_STRING (TwTicket, rating_text, "rating-text"),
};

static void
tw_ticket_class_init (TwTicketClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "ticket", fields, G_N_ELEMENTS (fields));
}

static void
tw_ticket_init (TwTicket *self)
{
}

TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, customer_id)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, customer_name)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, subject)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, TwTicketState, state)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, about_type)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, about_id)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, about_text)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, assignee_id)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, assignee_name)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, reference)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, gint64, created_at_ms)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, gint64, last_at_ms)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, TwAuthor, last_by)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, last_text)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, gint64, messages)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, gint64, rating)
TW_DEFINE_GETTER (TwTicket, tw_ticket, TW_IS_TICKET, const char *, rating_text)
