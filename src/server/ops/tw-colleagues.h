// SPDX-License-Identifier: GPL-3.0-or-later
/* Practice only: scripted colleagues, so that what takes two people can be finished by one. */
#pragma once

#include "server/command/tw-service.h"

G_BEGIN_DECLS

/* How long an identity waits until a colleague approves it. */
#define TW_COLLEAGUES_APPROVE_MS 4000
/* How long a question waits for the person who practises, until a colleague says that it was read.
 */
#define TW_COLLEAGUES_ANSWER_MS 90000

typedef struct _TwColleagues TwColleagues;

TwColleagues *tw_colleagues_new (TwService *service);
void tw_colleagues_free (TwColleagues *colleagues);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwColleagues, tw_colleagues_free)

G_END_DECLS
