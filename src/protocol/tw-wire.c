// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/tw-error.h"
#include "model/tw-account.h"
#include "model/tw-bill.h"
#include "model/tw-biller.h"
#include "model/tw-card.h"
#include "model/tw-challenge.h"
#include "model/tw-customer.h"
#include "model/tw-difference.h"
#include "model/tw-message.h"
#include "model/tw-partner.h"
#include "model/tw-payee.h"
#include "model/tw-payment.h"
#include "model/tw-reconciliation.h"
#include "model/tw-record.h"
#include "model/tw-review.h"
#include "model/tw-standing.h"
#include "model/tw-ticket.h"
#include "model/tw-wallet.h"
#include "protocol/tw-json.h"

static const struct
{
  const char *name;
  GType (*get_type) (void);
  guint views; /* who sees it within an account's scope */
} types[] = {
  { "account", tw_account_get_type, TW_VIEW_OWNER },
  { "bill", tw_bill_get_type, TW_VIEW_OWNER | TW_VIEW_DESK },
  { "biller", tw_biller_get_type, 0 },
  { "card", tw_card_get_type, TW_VIEW_OWNER },
  { "challenge", tw_challenge_get_type, TW_VIEW_OWNER },
  { "customer", tw_customer_get_type, TW_VIEW_DESK },
  { "difference", tw_difference_get_type, 0 },
  { "message", tw_message_get_type, TW_VIEW_OWNER },
  { "partner", tw_partner_get_type, 0 },
  { "payee", tw_payee_get_type, TW_VIEW_OWNER },
  { "payment", tw_payment_get_type, TW_VIEW_OWNER | TW_VIEW_DESK },
  { "reconciliation", tw_reconciliation_get_type, 0 },
  { "record", tw_record_get_type, TW_VIEW_OWNER },
  { "review", tw_review_get_type, 0 },
  { "standing", tw_standing_get_type, TW_VIEW_OWNER },
  { "ticket", tw_ticket_get_type, TW_VIEW_OWNER },
  { "wallet", tw_wallet_get_type, TW_VIEW_OWNER | TW_VIEW_DESK },
};

/**
 * tw_wire_get_gtype:
 * @wire_type: the name of a type
 *
 * Returns: the class, or %G_TYPE_INVALID for a name that is not known
 */
GType
tw_wire_get_gtype (const char *wire_type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].name, wire_type) == 0)
      return types[i].get_type ();
  return G_TYPE_INVALID;
}

/**
 * tw_wire_type_is_in_view:
 * @wire_type: the name of a type
 * @view: who looks
 *
 * Returns: whether objects of the type in an account's scope are for their eyes
 */
gboolean
tw_wire_type_is_in_view (const char *wire_type, TwView view)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].name, wire_type) == 0)
      return (types[i].views & view) != 0;
  return FALSE;
}

/**
 * tw_wire_list_types:
 * @view: who looks
 *
 * Returns: (transfer full): the names in the view, each in single quotes, with commas between
 */
char *
tw_wire_list_types (TwView view)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].views & view)
      g_string_append_printf (out, "%s'%s'", out->len > 0 ? "," : "", types[i].name);
  return g_string_free (out, FALSE);
}

static void
wire_name (const char *property, char name[64])
{
  g_strlcpy (name, property, 64);
  g_strdelimit (name, "-", '_');
}

/* A field of an object, or its id. */
typedef struct
{
  char name[64];
  const TwField *field; /* NULL: the id */
} Member;

static int
compare_members (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Member *) a)->name, ((const Member *) b)->name);
}

static void
append_value (GString *out, const TwField *field, gpointer at)
{
  switch (field->type)
    {
    case TW_FIELD_STRING:
      tw_json_append_string (out, *(char **) at);
      break;
    case TW_FIELD_INT64:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, *(gint64 *) at);
      break;
    case TW_FIELD_BOOLEAN:
      g_string_append (out, *(gboolean *) at ? "true" : "false");
      break;
    case TW_FIELD_ENUM:
      tw_json_append_string (out, field->words[*(int *) at]);
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * tw_wire_append:
 * @out: where to
 * @object: a model object
 *
 * Writes its `id` and all its fields as canonical JSON.
 */
void
tw_wire_append (GString *out, TwObject *object)
{
  guint n;
  const TwField *fields = tw_object_get_fields (object, &n);
  g_autofree Member *members = g_new0 (Member, n + 1);

  g_strlcpy (members[n].name, "id", sizeof members[n].name);
  for (guint i = 0; i < n; i++)
    {
      wire_name (fields[i].name, members[i].name);
      members[i].field = &fields[i];
    }
  qsort (members, n + 1, sizeof *members, compare_members);
  for (guint i = 0; i <= n; i++)
    {
      const TwField *field = members[i].field;

      g_string_append_c (out, i > 0 ? ',' : '{');
      tw_json_append_string (out, members[i].name);
      g_string_append_c (out, ':');
      if (field == NULL)
        tw_json_append_string (out, tw_object_get_id (object));
      else
        append_value (out, field, G_STRUCT_MEMBER_P (object, field->offset));
    }
  g_string_append_c (out, '}');
}

/**
 * tw_wire_encode_text:
 * @object: a model object
 *
 * Returns: (transfer full): what tw_wire_append() writes
 */
char *
tw_wire_encode_text (TwObject *object)
{
  GString *out = g_string_sized_new (512);

  tw_wire_append (out, object);
  return g_string_free (out, FALSE);
}

static gboolean
decode_word (const TwField *field, const TwJsonTokens *json, guint at, int *word)
{
  for (int i = 0; field->words[i] != NULL; i++)
    if (tw_json_tokens_is (json, at, field->words[i]))
      {
        *word = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
decode_field (const TwField *field, const TwJsonTokens *json, guint at, gpointer into)
{
  TwJsonType type = tw_json_tokens_get (json, at)->type;

  switch (field->type)
    {
    case TW_FIELD_STRING:
      if (type != TW_JSON_STRING)
        return FALSE;
      g_free (*(char **) into);
      *(char **) into = tw_json_tokens_dup_string (json, at);
      return TRUE;
    case TW_FIELD_INT64:
      if (type != TW_JSON_INTEGER)
        return FALSE;
      *(gint64 *) into = tw_json_tokens_get_integer (json, at);
      return TRUE;
    case TW_FIELD_BOOLEAN:
      *(gboolean *) into = type == TW_JSON_TRUE;
      return type == TW_JSON_TRUE || type == TW_JSON_FALSE;
    case TW_FIELD_ENUM:
      return type == TW_JSON_STRING && decode_word (field, json, at, into);
    default:
      return FALSE;
    }
}

/* Whether a member's name is the field's: dashes there are underscores here. */
static gboolean
names_field (const TwJsonTokens *json, guint name, const TwField *field)
{
  const TwJsonToken *token = tw_json_tokens_get (json, name);
  const char *text = json->text + token->start;
  guint i;

  for (i = 0; i < token->length && field->name[i] != '\0'; i++)
    if (text[i] != (field->name[i] == '-' ? '_' : field->name[i]))
      return FALSE;
  return i == token->length && field->name[i] == '\0';
}

/* A word for something that this program does not know yet. */
static gboolean
is_new_word (const TwField *field, const TwJsonTokens *json, guint at)
{
  return field->type == TW_FIELD_ENUM && tw_json_tokens_get (json, at)->type == TW_JSON_STRING;
}

static gboolean
decode_members (TwObject *object, const TwJsonTokens *json, guint at, GError **error)
{
  guint n, end = tw_json_tokens_get (json, at)->after;
  const TwField *fields = tw_object_get_fields (object, &n);

  for (guint name = at + 1; name < end; name = tw_json_tokens_get (json, name + 1)->after)
    for (guint i = 0; i < n; i++)
      if (names_field (json, name, &fields[i]))
        {
          char wanted[64];

          if (decode_field (&fields[i], json, name + 1, tw_object_init_field (object, i)))
            break;
          wire_name (fields[i].name, wanted);
          g_set_error (
            error, TW_ERROR,
            is_new_word (&fields[i], json, name + 1) ? TW_ERROR_NOT_FOUND : TW_ERROR_INVALID,
            "The member '%s' of a %s is not right", wanted, tw_object_get_wire_type (object));
          return FALSE;
        }
  return TRUE;
}

/**
 * tw_wire_decode_tokens:
 * @wire_type: the name of the type
 * @json: JSON that was taken apart
 * @at: the token of the object
 * @error: %TW_ERROR_INVALID; %TW_ERROR_NOT_FOUND for a word that only a newer program knows
 *
 * Reads a model object. A field that is missing keeps its default and a member that is not known is
 * passed over, so that an older program can read a newer service; one of the wrong type is refused.
 *
 * Returns: (transfer full) (nullable): the object
 */
TwObject *
tw_wire_decode_tokens (const char *wire_type, const TwJsonTokens *json, guint at, GError **error)
{
  GType gtype = tw_wire_get_gtype (wire_type);
  g_autoptr (TwObject) result = NULL;
  g_autofree char *id = NULL;

  if (gtype == G_TYPE_INVALID)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "There is no type '%s'", wire_type);
      return NULL;
    }
  if (tw_json_tokens_get (json, at)->type != TW_JSON_OBJECT)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "A %s is a JSON object", wire_type);
      return NULL;
    }
  id = tw_json_tokens_dup_member (json, at, "id", error);
  if (id == NULL)
    return NULL;
  result = g_object_new (gtype, "id", id, NULL);
  return decode_members (result, json, at, error) ? g_steal_pointer (&result) : NULL;
}

/**
 * tw_wire_decode_text:
 * @wire_type: the name of the type
 * @text: its JSON
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the object, as tw_wire_decode_tokens()
 */
TwObject *
tw_wire_decode_text (const char *wire_type, const char *text, GError **error)
{
  g_auto (TwJsonTokens) json = { 0 };

  if (!tw_json_scan (&json, text, strlen (text), error))
    return NULL;
  return tw_wire_decode_tokens (wire_type, &json, 0, error);
}

/**
 * tw_wire_decode:
 * @wire_type: the name of the type
 * @object: its JSON, as part of something larger
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the object, as tw_wire_decode_tokens()
 */
TwObject *
tw_wire_decode (const char *wire_type, JsonObject *object, GError **error)
{
  g_autofree char *text = tw_json_canonical_object (object);

  return tw_wire_decode_text (wire_type, text, error);
}
