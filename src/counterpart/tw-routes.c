// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-routes.h"

#include <string.h>

#include "counterpart/tw-bank-orders.h"
#include "counterpart/tw-bank.h"
#include "counterpart/tw-billing.h"
#include "counterpart/tw-office.h"
#include "counterpart/tw-register.h"
#include "counterpart/tw-sms.h"
#include "counterpart/tw-statement.h"

static JsonObject *
act_debit (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error)
{
  return tw_bank_debit (partners->db, body, refuse, error);
}

static JsonObject *
find_debit (TwPartners *partners, const char *id, GError **error)
{
  return tw_bank_find (partners->db, id, error);
}

static JsonObject *
act_payment (TwPartners *partners, JsonObject *body, gboolean refuse, GError **error)
{
  return tw_office_pay (partners->db, body, partners->confirm_ms, refuse, error);
}

static JsonObject *
find_payment (TwPartners *partners, const char *id, GError **error)
{
  return tw_office_find (partners->db, id, error);
}

static JsonObject *
answer_taxpayer (TwPartners *partners, const char *key, GError **error)
{
  return tw_office_get_taxpayer (partners->db, key, partners->seed, error);
}

/* What every partner answers, at /PARTY/…: so that somebody who has nothing to ask can see whether
 * they are there, */
static JsonObject *
answer_health (TwPartners *partners, const char *rest, GError **error)
{
  return json_object_new ();
}

/* @rest: PARTY/statements/DAY */
static char *
split_statement (const char *rest, const char **day)
{
  const char *slash = strchr (rest, '/');

  *day = strrchr (rest, '/') + 1;
  return g_strndup (rest, (gsize) (slash - rest));
}

/* and what their books of a day are. */
static JsonObject *
answer_statement (TwPartners *partners, const char *rest, GError **error)
{
  const char *day;
  g_autofree char *party = split_statement (rest, &day);

  return tw_statement_to_json (partners->db, party, day, error);
}

static char *
write_statement (TwPartners *partners, const char *rest, GError **error)
{
  const char *day;
  g_autofree char *party = split_statement (rest, &day);

  return tw_statement_to_xml (partners->db, party, day, error);
}

static const TwOrderRoute orders[] = {
  { "/bank/debits", act_debit, find_debit },
  { "/bank/credits", tw_bank_credit, tw_bank_find_credit },
  { "/bank/cards", tw_bank_take_card, tw_bank_find_card },
  { "/billers/payments", tw_billing_pay, tw_billing_find },
  { "/sms/messages", tw_sms_take, tw_sms_find },
  { "/office/payments", act_payment, find_payment },
};

static const TwQuestionRoute questions[] = {
  { "/office/taxpayers", answer_taxpayer, NULL },
  { "/bank/companies", tw_register_answer_company, NULL },
  { "/bank/merchants", tw_register_answer_merchant, NULL },
  { "/billers/customers", tw_billing_answer_customer, NULL },
  /* The last of these, as the others begin like it. */
  { "/billers", tw_billing_answer_list, NULL },
};

static const TwQuestionRoute health = { "health", answer_health, NULL };
static const TwQuestionRoute statements = { "statements", answer_statement, write_statement };

/* Whether a path is /PARTY/NAME, or that with @more parts after it. */
static gboolean
is_of_party (const char *path, const char *name, guint more)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  return g_strv_length (parts) == 3 + more && *parts[1] != '\0' && strcmp (parts[2], name) == 0;
}

/* @rest: what comes after the path and a slash; %NULL for the path alone. */
static gboolean
matches (const char *path, const char *route, const char **rest)
{
  gsize length = strlen (route);

  if (strncmp (path, route, length) != 0 || (path[length] != '\0' && path[length] != '/'))
    return FALSE;
  *rest = path[length] == '/' ? path + length + 1 : NULL;
  return TRUE;
}

const TwOrderRoute *
tw_routes_find_order (const char *path, const char **rest)
{
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    if (matches (path, orders[i].path, rest))
      return &orders[i];
  return NULL;
}

const TwQuestionRoute *
tw_routes_find_question (const char *path, const char **rest)
{
  *rest = path + 1;
  if (is_of_party (path, health.path, 0))
    return &health;
  if (is_of_party (path, statements.path, 1))
    return &statements;
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    if (matches (path, questions[i].path, rest))
      return &questions[i];
  return NULL;
}
