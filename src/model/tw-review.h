// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-account.h"
#include "model/tw-object.h"

G_BEGIN_DECLS

#define TW_TYPE_REVIEW (tw_review_get_type ())
G_DECLARE_FINAL_TYPE (TwReview, tw_review, TW, REVIEW, TwObject)

const char *tw_review_get_account_id (TwReview *self);
const char *tw_review_get_name (TwReview *self);
const char *tw_review_get_id_number (TwReview *self);
TwIdentityState tw_review_get_state (TwReview *self);
const char *tw_review_get_reference (TwReview *self);
gint64 tw_review_get_asked_at_ms (TwReview *self);
const char *tw_review_get_decided_by (TwReview *self);

G_END_DECLS
