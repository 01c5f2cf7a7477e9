// SPDX-License-Identifier: GPL-3.0-or-later
/* What a person wants next. It follows from the seed, the person, the number of the wish and what
 * the person sees, so that a client that was killed goes on where it was. */
#pragma once

#include <json-glib/json-glib.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

typedef struct
{
  const char *kind;
  char *mark;     /* tells this wish from every other one of the person, wherever it shows up */
  GVariant *body; /* (nullable): there is nothing of that kind to be wished for now */
  guint pause_ms; /* until the next one */
} TwWish;

TwWish *tw_wish_new (TwClient *client,
                     guint seed,
                     guint person,
                     guint n,
                     const char *const *payees,
                     JsonArray *messages);
TwWish *tw_wish_new_first (TwClient *client, guint person, JsonArray *messages, gboolean *ready);
TwWish *tw_wish_new_for_desk (TwClient *client, guint seed, guint person, guint n);
void tw_wish_free (TwWish *wish);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWish, tw_wish_free)

G_END_DECLS
