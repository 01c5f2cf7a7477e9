// SPDX-License-Identifier: GPL-3.0-or-later
/* Why a command is refused: a closed list. The service sends the code and the facts; the words are
 * the window's, in its language. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *code;
  const char *words;  /* for a person; not translated yet */
  const char *remedy; /* what a window can offer: see TW_REMEDY_* */
} TwRefusal;

#define TW_REMEDY_NONE "none"
#define TW_REMEDY_EDIT "edit"       /* go back to the form */
#define TW_REMEDY_TOP_UP "top_up"   /* fill the wallet */
#define TW_REMEDY_LOOK_AGAIN "look" /* what it was based on has changed */
#define TW_REMEDY_WAIT "wait"       /* something is under way */
#define TW_REMEDY_RETRY "retry"     /* a new attempt is safe */
#define TW_REMEDY_SIGN_IN "sign_in"
#define TW_REMEDY_SUPPORT "support"
#define TW_REMEDY_IDENTITY "identity" /* see where the identity check stands */
#define TW_REMEDY_CLOCK "clock"       /* set the computer's clock */
#define TW_REMEDY_CONFIRM "confirm"   /* the same again, with `again` in the body, if it is meant */
#define TW_REMEDY_CODE "code"         /* tell the code of the challenge that waits */

const TwRefusal *tw_refusal_find (const char *code);
const TwRefusal *tw_refusal_list (gsize *n_refusals);
const char *tw_refusal_get_words (const char *code, const char *fallback);

G_END_DECLS
