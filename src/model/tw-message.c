// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-message.h"

/**
 * TwMessage:
 *
 * One thing said in a conversation.
 *
 * - ticket-id: the conversation
 * - author: who speaks
 * - author-id: their account
 * - author-name: their name as the other side sees it
 * - text: what was said
 * - internal: a note among agents
 * - at-ms: when
 */
struct _TwMessage
{
  TwObject parent_instance;

  char *ticket_id;
  TwAuthor author;
  char *author_id;
  char *author_name;
  char *text;
  gboolean internal;
  gint64 at_ms;
};

G_DEFINE_FINAL_TYPE (TwMessage, tw_message, TW_TYPE_OBJECT)

static const TwField fields[] = {
  TW_FIELD_STRING (TwMessage, ticket_id, "ticket-id"),
  TW_FIELD_ENUM (TwMessage, author, "author", tw_author_words),
  TW_FIELD_STRING (TwMessage, author_id, "author-id"),
  TW_FIELD_STRING (TwMessage, author_name, "author-name"),
  TW_FIELD_STRING (TwMessage, text, "text"),
  TW_FIELD_BOOLEAN (TwMessage, internal, "internal"),
  TW_FIELD_INT64 (TwMessage, at_ms, "at-ms"),
};

static void
tw_message_class_init (TwMessageClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "message", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_message_init (TwMessage *self)
{
}

TW_DEFINE_GETTER (TwMessage, tw_message, TW_IS_MESSAGE, const char *, ticket_id)
TW_DEFINE_GETTER (TwMessage, tw_message, TW_IS_MESSAGE, TwAuthor, author)
TW_DEFINE_GETTER (TwMessage, tw_message, TW_IS_MESSAGE, const char *, author_id)
TW_DEFINE_GETTER (TwMessage, tw_message, TW_IS_MESSAGE, const char *, author_name)
TW_DEFINE_GETTER (TwMessage, tw_message, TW_IS_MESSAGE, const char *, text)
TW_DEFINE_GETTER (TwMessage, tw_message, TW_IS_MESSAGE, gboolean, internal)
TW_DEFINE_GETTER (TwMessage, tw_message, TW_IS_MESSAGE, gint64, at_ms)
