// SPDX-License-Identifier: GPL-3.0-or-later
/* Carries orders out, well or as badly as was asked for. */
#pragma once

#include <libsoup/soup.h>

#include "counterpart/tw-callbacks.h"
#include "counterpart/tw-routes.h"

G_BEGIN_DECLS

typedef struct
{
  TwPartners partners;
  TwFaults faults;
  TwCallbacks *callbacks; /* (nullable) */
  guint late_ms;
  GHashTable *late; /* of guint: sources that will carry out an order */
} TwOrders;

void tw_orders_init (TwOrders *self, TwDb *db, guint seed);
void tw_orders_clear (TwOrders *self);
void tw_orders_take (TwOrders *self,
                     SoupServerMessage *message,
                     const TwOrderRoute *route,
                     JsonObject *body);

/* Takes @json or @error. */
void tw_answer (SoupServerMessage *message, JsonObject *json, GError *error);
void tw_answer_text (SoupServerMessage *message, guint status, const char *type, char *text);
void tw_answer_sign_with (SoupServerMessage *message, TwKey *key);
void tw_answer_nothing (SoupServerMessage *message);

G_END_DECLS
