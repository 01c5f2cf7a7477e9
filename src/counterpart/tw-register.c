// SPDX-License-Identifier: GPL-3.0-or-later
#include "counterpart/tw-register.h"

#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-practice-people.h"

typedef struct
{
  const char *number;
  const char *name;
} Row;

static const Row companies[] = {
  { TW_PRACTICE_COMPANY_CODE, "示例科技有限公司" },
  { "91310115MA00EXA02Q", "示例物业管理有限公司" },
  { "91440300MA00EXA03H", "示例装修工程有限公司" },
};

static const Row merchants[] = {
  { TW_PRACTICE_MERCHANT_NUMBER, "示例便利店" },
  { "88000002", "示例面馆" },
  { "88000003", "示例书店" },
  { "88000004", "示例药房" },
};

static const char *
find (const Row *rows, gsize n_rows, const char *number)
{
  for (gsize i = 0; i < n_rows; i++)
    if (strcmp (rows[i].number, number) == 0)
      return rows[i].name;
  return NULL;
}

const char *
tw_register_find_company (const char *code)
{
  return find (companies, G_N_ELEMENTS (companies), code);
}

const char *
tw_register_find_merchant (const char *number)
{
  return find (merchants, G_N_ELEMENTS (merchants), number);
}

static JsonObject *
answer (const char *name, GError **error)
{
  JsonObject *json;

  if (name == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND, "The register has no such number");
      return NULL;
    }
  json = json_object_new ();
  json_object_set_string_member (json, "name", name);
  return json;
}

JsonObject *
tw_register_answer_company (TwPartners *partners, const char *code, GError **error)
{
  return answer (tw_register_find_company (code), error);
}

JsonObject *
tw_register_answer_merchant (TwPartners *partners, const char *number, GError **error)
{
  return answer (tw_register_find_merchant (number), error);
}
