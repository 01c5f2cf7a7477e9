// SPDX-License-Identifier: GPL-3.0-or-later
/* What the files of the story share. */
#pragma once

#include "client/user/tw-story.h"

G_BEGIN_DECLS

/* Whom it is sent to, and how that is said: by the bank, by the tax office, or by who sends a bill
 * for what they deliver. */
typedef struct
{
  const char *sent;
  const char *asking;
  const char *being_asked;
  const char *reference;
} TwStoryRail;

TwStoryRail tw_story_get_rail (TwPayment *payment);

G_END_DECLS
