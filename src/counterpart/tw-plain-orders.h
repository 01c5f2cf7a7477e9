// SPDX-License-Identifier: GPL-3.0-or-later
/* Orders of partners that say yes or no at once: each is kept with its answer, and carried out once
 * for an id. */
#pragma once

#include "counterpart/tw-routes.h"

G_BEGIN_DECLS

/* One kind of them. */
typedef struct
{
  const char *party;    /* whose books: TwBookEntry */
  const char *route;    /* the kind's name in the books */
  const char *prefix;   /* of its references */
  gboolean moves_money; /* it has an `amount_fen`, which goes from the service */
  /* In a transaction: does it, or sets @reason. @reference: (inout) what is answered. */
  gboolean (*act) (
    TwPartners *partners, JsonObject *body, const char **reason, char **reference, GError **error);
} TwPlainOrder;

JsonObject *tw_plain_order_take (const TwPlainOrder *kind,
                                 TwPartners *partners,
                                 JsonObject *body,
                                 gboolean refuse,
                                 GError **error);
JsonObject *tw_plain_order_find (const TwPlainOrder *kind,
                                 TwPartners *partners,
                                 const char *id,
                                 GError **error);

G_END_DECLS
