// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tw-wish.h"

G_BEGIN_DECLS

/* Each draw has its turn, whatever becomes of the others. */
typedef struct
{
  guint kind;
  guint which;
  guint amount;
  guint how;
  guint pause_ms;
} TwDraws;

/* What a wish is made from. */
typedef struct
{
  TwClient *client;
  const TwDraws *draws;
  const char *mark;
  const char *const *payees; /* accounts that may be given money */
  JsonArray *messages;       /* (nullable): on the person's phone, the newest last */
} TwWisher;

/* A wish of a kind: %NULL when there is nothing of that kind to be wished for now. */
typedef GVariant *(*TwWishMake) (const TwWisher *wisher, const char **kind);

/* tw-wish.c */
gpointer tw_wish_find (TwClient *client, const char *type, guint which, int state);

/* tw-wish-money.c */
GVariant *tw_wish_top_up (const TwWisher *wisher, guint n, const char **kind);
GVariant *tw_wish_transfer (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_pay (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_tax (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_withdraw (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_cancel (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_refund (const TwWisher *wisher, const char **kind);

/* tw-wish-things.c */
GVariant *tw_wish_card (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_payee (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_standing (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_challenge (const TwWisher *wisher, const char **kind);
GVariant *tw_wish_first (const TwWisher *wisher, guint person, const char **kind, gboolean *ready);

G_END_DECLS
