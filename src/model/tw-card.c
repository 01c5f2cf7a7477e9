// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-card.h"

/**
 * TwCard:
 *
 * A bank card of the person.
 *
 * - state: how far it got
 * - bank: a code of base/tw-bank.h
 * - last-four: the last four digits
 * - tries-left: how often an amount may still be told
 * - reason: why it was refused: a code of protocol/tw-refusal.h, or nothing
 * - created-at-ms: when it was asked for
 * - bound-at-ms: since when it is theirs; 0: not yet
 */
struct _TwCard
{
  TwObject parent_instance;

  TwCardState state;
  char *bank;
  char *last_four;
  gint64 tries_left;
  char *reason;
  gint64 created_at_ms;
  gint64 bound_at_ms;
};

G_DEFINE_FINAL_TYPE (TwCard, tw_card, TW_TYPE_OBJECT)

static const char *const card_state_words[] = { "asking",  "proving", "bound",
                                                "refused", "unbound", NULL };

static const TwField fields[] = {
  TW_FIELD_ENUM (TwCard, state, "state", card_state_words),
  TW_FIELD_STRING (TwCard, bank, "bank"),
  TW_FIELD_STRING (TwCard, last_four, "last-four"),
  TW_FIELD_INT64 (TwCard, tries_left, "tries-left"),
  TW_FIELD_STRING (TwCard, reason, "reason"),
  TW_FIELD_INT64 (TwCard, created_at_ms, "created-at-ms"),
  TW_FIELD_INT64 (TwCard, bound_at_ms, "bound-at-ms"),
};

static void
tw_card_class_init (TwCardClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "card", fields, G_N_ELEMENTS (fields));
}

static void
tw_card_init (TwCard *self)
{
}

TW_DEFINE_GETTER (TwCard, tw_card, TW_IS_CARD, TwCardState, state)
TW_DEFINE_GETTER (TwCard, tw_card, TW_IS_CARD, const char *, bank)
TW_DEFINE_GETTER (TwCard, tw_card, TW_IS_CARD, const char *, last_four)
TW_DEFINE_GETTER (TwCard, tw_card, TW_IS_CARD, gint64, tries_left)
TW_DEFINE_GETTER (TwCard, tw_card, TW_IS_CARD, const char *, reason)
TW_DEFINE_GETTER (TwCard, tw_card, TW_IS_CARD, gint64, created_at_ms)
TW_DEFINE_GETTER (TwCard, tw_card, TW_IS_CARD, gint64, bound_at_ms)
