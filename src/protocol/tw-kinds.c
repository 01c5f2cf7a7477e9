// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-kinds.h"

#include <string.h>

#define USER TW_ROLE_USER
#define DESK (TW_ROLE_AGENT | TW_ROLE_SENIOR)
#define SENIOR (TW_ROLE_SENIOR | TW_ROLE_SYSTEM)
#define SYSTEM TW_ROLE_SYSTEM

/* clang-format off */
static const TwKind kinds[] = {
  /* name                      roles           sign   money  step-up without a network   ttl in s */
  { TW_KIND_ACCOUNT_REGISTER,  TW_ROLE_GUEST,  TRUE,  FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
  { TW_KIND_IDENTITY_DECIDE,   SENIOR,         TRUE,  FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
  { TW_KIND_DIFFERENCE_EXPLAIN, TW_ROLE_SENIOR, TRUE, FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
  { TW_KIND_DIFFERENCE_CORRECT, TW_ROLE_SENIOR, TRUE, FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
  { TW_KIND_RECONCILE_ASK,     TW_ROLE_SENIOR, TRUE,  FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
  { TW_KIND_WALLET_TOP_UP,     USER,           TRUE,  TRUE,  FALSE,   TW_OFFLINE_WAIT,    600 },
  { TW_KIND_WALLET_TRANSFER,   USER,           TRUE,  TRUE,  TRUE,    TW_OFFLINE_WAIT,    600 },
  { TW_KIND_WALLET_PAY,         USER,           TRUE,  TRUE,  TRUE,     TW_OFFLINE_WAIT,     600 },
  { TW_KIND_WALLET_WITHDRAW,    USER,           TRUE,  TRUE,  TRUE,     TW_OFFLINE_WAIT,     600 },
  { TW_KIND_PAYEE_CHECK,        USER,           FALSE, FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_PAYEE_SAVE,         USER,           TRUE,  FALSE, TRUE,     TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_PAYEE_EDIT,         USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_WAIT,     0 },
  { TW_KIND_PAYEE_REMOVE,       USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_WAIT,     0 },
  { TW_KIND_CARD_BIND,          USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_CARD_PROVE,         USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_CARD_UNBIND,        USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_STANDING_SET,       USER,           TRUE,  FALSE, TRUE,     TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_STANDING_END,       USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_WAIT,     0 },
  { TW_KIND_PAYMENT_CANCEL,     USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_PAYMENT_REFUND,     USER,           TRUE,  TRUE,  FALSE,    TW_OFFLINE_WAIT,     600 },
  { TW_KIND_CHALLENGE_ANSWER,   USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_CHALLENGE_DROP,     USER,           TRUE,  FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_TAX_PAY,           USER,           TRUE,  TRUE,  FALSE,   TW_OFFLINE_WAIT,    600 },
  { TW_KIND_TICKET_ASK,        USER,           FALSE, FALSE, FALSE,   TW_OFFLINE_WAIT,    0 },
  { TW_KIND_TICKET_WRITE,      USER,           FALSE, FALSE, FALSE,   TW_OFFLINE_WAIT,    0 },
  { TW_KIND_TICKET_RATE,       USER,           FALSE, FALSE, FALSE,   TW_OFFLINE_WAIT,    0 },
  { TW_KIND_TICKET_OPEN,       DESK,           TRUE,  FALSE, FALSE,   TW_OFFLINE_WAIT,    60 },
  { TW_KIND_TICKET_CLOSE,      DESK,           TRUE,  FALSE, FALSE,   TW_OFFLINE_WAIT,    0 },
  { TW_KIND_TICKET_TAKE,       DESK | SYSTEM,  FALSE, FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
  { TW_KIND_TICKET_RELEASE,    DESK | SYSTEM,  FALSE, FALSE, FALSE,   TW_OFFLINE_WAIT,    0 },
  { TW_KIND_TICKET_REPLY,      DESK | SYSTEM,  FALSE, FALSE, FALSE,   TW_OFFLINE_WAIT,    0 },
  { TW_KIND_TICKET_RESOLVE,    DESK | SYSTEM,  FALSE, FALSE, FALSE,   TW_OFFLINE_WAIT,    0 },
  { TW_KIND_RAIL_SETTLE,       SYSTEM,         FALSE, FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
  { TW_KIND_RAIL_CONFIRM,      SYSTEM,         FALSE, FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
  { TW_KIND_PAYEE_FOUND,        SYSTEM,         FALSE, FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_PAYEE_FORGET,       SYSTEM,         FALSE, FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_BILLER_LIST,        SYSTEM,         FALSE, FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_STANDING_RUN,       SYSTEM,         FALSE, FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_STANDING_WARN,      SYSTEM,         FALSE, FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_CHALLENGE_END,      SYSTEM,         FALSE, FALSE, FALSE,    TW_OFFLINE_REFUSE,   0 },
  { TW_KIND_TAX_ISSUE,         SYSTEM,         FALSE, FALSE, FALSE,   TW_OFFLINE_REFUSE,  0 },
};
/* clang-format on */

static const struct
{
  TwRole role;
  const char *name;
} roles[] = {
  { TW_ROLE_GUEST, "guest" },   { TW_ROLE_USER, "user" },     { TW_ROLE_AGENT, "agent" },
  { TW_ROLE_SENIOR, "senior" }, { TW_ROLE_SYSTEM, "system" },
};

/**
 * tw_kind_find:
 * @name: the name of a kind of command
 *
 * Returns: (transfer none) (nullable): its row
 */
const TwKind *
tw_kind_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      return &kinds[i];
  return NULL;
}

/**
 * tw_kind_list:
 * @n_kinds: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_kinds): all rows
 */
const TwKind *
tw_kind_list (gsize *n_kinds)
{
  *n_kinds = G_N_ELEMENTS (kinds);
  return kinds;
}

/**
 * tw_role_get_name:
 * @role: one role
 *
 * Returns: (transfer none): its name on the wire and in the database
 */
const char *
tw_role_get_name (TwRole role)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (roles[i].role == role)
      return roles[i].name;
  g_return_val_if_reached ("guest");
}

/**
 * tw_role_from_name:
 * @name: (nullable): a name
 *
 * Returns: the role; a name that is not known is nobody's: 0
 */
TwRole
tw_role_from_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_strcmp0 (roles[i].name, name) == 0)
      return roles[i].role;
  return (TwRole) 0;
}
