// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-challenge.h"

/**
 * TwChallenge:
 *
 * A command is held until the person has told the code that was sent to their phone. It has the
 * command's id.
 *
 * - state: what became of it
 * - kind: the kind of the command that is held
 * - device-id: the device that gave the command, and the only one that may answer
 * - phone: where the code went, its middle starred
 * - tries-left: how often a code may still be told
 * - sent-at-ms: when it was held
 * - expires-at-ms: until when it may be answered
 */
struct _TwChallenge
{
  TwObject parent_instance;

  TwChallengeState state;
  char *kind;
  char *device_id;
  char *phone;
  gint64 tries_left;
  gint64 sent_at_ms;
  gint64 expires_at_ms;
};

G_DEFINE_FINAL_TYPE (TwChallenge, tw_challenge, TW_TYPE_OBJECT)

static const char *const challenge_state_words[] = { "waiting", "answered", "expired",
                                                     "refused", "dropped",  NULL };

static const TwField fields[] = {
  TW_FIELD_ENUM (TwChallenge, state, "state", challenge_state_words),
  TW_FIELD_STRING (TwChallenge, kind, "kind"),
  TW_FIELD_STRING (TwChallenge, device_id, "device-id"),
  TW_FIELD_STRING (TwChallenge, phone, "phone"),
  TW_FIELD_INT64 (TwChallenge, tries_left, "tries-left"),
  TW_FIELD_INT64 (TwChallenge, sent_at_ms, "sent-at-ms"),
  TW_FIELD_INT64 (TwChallenge, expires_at_ms, "expires-at-ms"),
};

static void
tw_challenge_class_init (TwChallengeClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "challenge", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_challenge_init (TwChallenge *self)
{
}

TW_DEFINE_GETTER (TwChallenge, tw_challenge, TW_IS_CHALLENGE, TwChallengeState, state)
TW_DEFINE_GETTER (TwChallenge, tw_challenge, TW_IS_CHALLENGE, const char *, kind)
TW_DEFINE_GETTER (TwChallenge, tw_challenge, TW_IS_CHALLENGE, const char *, device_id)
TW_DEFINE_GETTER (TwChallenge, tw_challenge, TW_IS_CHALLENGE, const char *, phone)
TW_DEFINE_GETTER (TwChallenge, tw_challenge, TW_IS_CHALLENGE, gint64, tries_left)
TW_DEFINE_GETTER (TwChallenge, tw_challenge, TW_IS_CHALLENGE, gint64, sent_at_ms)
TW_DEFINE_GETTER (TwChallenge, tw_challenge, TW_IS_CHALLENGE, gint64, expires_at_ms)
