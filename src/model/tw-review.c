// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-review.h"

/**
 * TwReview:
 *
 * An identity that waits for a decision.
 *
 * - account-id: whose
 * - name: the name
 * - id-number: masked
 * - state: pending until somebody decides
 * - reference: the confirmation of the registration
 * - asked-at-ms: since when it waits
 * - decided-by: the agent, or nothing
 */
struct _TwReview
{
  TwObject parent_instance;

  char *account_id;
  char *name;
  char *id_number;
  TwIdentityState state;
  char *reference;
  gint64 asked_at_ms;
  char *decided_by;
};

G_DEFINE_FINAL_TYPE (TwReview, tw_review, TW_TYPE_OBJECT)

static const TwField fields[] = {
  TW_FIELD_STRING (TwReview, account_id, "account-id"),
  TW_FIELD_STRING (TwReview, name, "name"),
  TW_FIELD_STRING (TwReview, id_number, "id-number"),
  TW_FIELD_ENUM (TwReview, state, "state", tw_identity_state_words),
  TW_FIELD_STRING (TwReview, reference, "reference"),
  TW_FIELD_INT64 (TwReview, asked_at_ms, "asked-at-ms"),
  TW_FIELD_STRING (TwReview, decided_by, "decided-by"),
};

static void
tw_review_class_init (TwReviewClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "review", fields, G_N_ELEMENTS (fields));
}

static void
tw_review_init (TwReview *self)
{
}

TW_DEFINE_GETTER (TwReview, tw_review, TW_IS_REVIEW, const char *, account_id)
TW_DEFINE_GETTER (TwReview, tw_review, TW_IS_REVIEW, const char *, name)
TW_DEFINE_GETTER (TwReview, tw_review, TW_IS_REVIEW, const char *, id_number)
TW_DEFINE_GETTER (TwReview, tw_review, TW_IS_REVIEW, TwIdentityState, state)
TW_DEFINE_GETTER (TwReview, tw_review, TW_IS_REVIEW, const char *, reference)
TW_DEFINE_GETTER (TwReview, tw_review, TW_IS_REVIEW, gint64, asked_at_ms)
TW_DEFINE_GETTER (TwReview, tw_review, TW_IS_REVIEW, const char *, decided_by)
