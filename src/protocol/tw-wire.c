// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-wire.h"

#include <string.h>

#include "base/tw-error.h"
#include "model/tw-account.h"
#include "model/tw-bill.h"
#include "model/tw-customer.h"
#include "model/tw-message.h"
#include "model/tw-payment.h"
#include "model/tw-record.h"
#include "model/tw-review.h"
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
  { "customer", tw_customer_get_type, TW_VIEW_DESK },
  { "message", tw_message_get_type, TW_VIEW_OWNER },
  { "payment", tw_payment_get_type, TW_VIEW_OWNER | TW_VIEW_DESK },
  { "record", tw_record_get_type, TW_VIEW_OWNER },
  { "review", tw_review_get_type, 0 },
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

/**
 * tw_wire_encode:
 * @object: a model object
 *
 * Returns: (transfer full): its `id` and all its fields
 */
JsonObject *
tw_wire_encode (TwObject *object)
{
  JsonObject *json = json_object_new ();
  guint n;
  const TwField *fields = tw_object_get_fields (object, &n);

  json_object_set_string_member (json, "id", tw_object_get_id (object));
  for (guint i = 0; i < n; i++)
    {
      gpointer at = G_STRUCT_MEMBER_P (object, fields[i].offset);
      char name[64];

      wire_name (fields[i].name, name);
      switch (fields[i].type)
        {
        case TW_FIELD_STRING:
          json_object_set_string_member (json, name, *(char **) at);
          break;
        case TW_FIELD_INT64:
          json_object_set_int_member (json, name, *(gint64 *) at);
          break;
        case TW_FIELD_BOOLEAN:
          json_object_set_boolean_member (json, name, *(gboolean *) at);
          break;
        case TW_FIELD_ENUM:
          json_object_set_string_member (json, name, fields[i].words[*(int *) at]);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  return json;
}

/**
 * tw_wire_encode_text:
 * @object: a model object
 *
 * Returns: (transfer full): its canonical JSON
 */
char *
tw_wire_encode_text (TwObject *object)
{
  g_autoptr (JsonObject) json = tw_wire_encode (object);

  return tw_json_canonical_object (json);
}

static gboolean
decode_field (const TwField *field, JsonNode *node, GValue *value)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  switch (field->type)
    {
    case TW_FIELD_STRING:
      if (type != G_TYPE_STRING)
        return FALSE;
      g_value_init (value, G_TYPE_STRING);
      g_value_set_string (value, json_node_get_string (node));
      return TRUE;
    case TW_FIELD_INT64:
      if (type != G_TYPE_INT64)
        return FALSE;
      g_value_init (value, G_TYPE_INT64);
      g_value_set_int64 (value, json_node_get_int (node));
      return TRUE;
    case TW_FIELD_BOOLEAN:
      if (type != G_TYPE_BOOLEAN)
        return FALSE;
      g_value_init (value, G_TYPE_BOOLEAN);
      g_value_set_boolean (value, json_node_get_boolean (node));
      return TRUE;
    case TW_FIELD_ENUM:
      if (type != G_TYPE_STRING)
        return FALSE;
      for (int i = 0; field->words[i] != NULL; i++)
        if (strcmp (field->words[i], json_node_get_string (node)) == 0)
          {
            g_value_init (value, G_TYPE_INT);
            g_value_set_int (value, i);
            return TRUE;
          }
      return FALSE;
    default:
      return FALSE;
    }
}

/**
 * tw_wire_decode:
 * @wire_type: the name of the type
 * @object: its JSON
 * @error: %TW_ERROR_INVALID
 *
 * Reads a model object. A field that is missing keeps its default and a member that is not known is
 * passed over, so that an older program can read a newer service; one of the wrong type is refused.
 *
 * Returns: (transfer full) (nullable): the object
 */
TwObject *
tw_wire_decode (const char *wire_type, JsonObject *object, GError **error)
{
  GType gtype = tw_wire_get_gtype (wire_type);
  g_autoptr (TwObject) result = NULL;
  const TwField *fields;
  const char *id;
  guint n;

  if (gtype == G_TYPE_INVALID)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "There is no type '%s'", wire_type);
      return NULL;
    }
  id = tw_json_get_string (object, "id", error);
  if (id == NULL)
    return NULL;
  result = g_object_new (gtype, "id", id, NULL);
  fields = tw_object_get_fields (result, &n);
  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;
      char name[64];
      JsonNode *node;

      wire_name (fields[i].name, name);
      node = json_object_get_member (object, name);
      if (node == NULL)
        continue;
      if (!decode_field (&fields[i], node, &value))
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' of a %s is not right",
                       name, wire_type);
          return NULL;
        }
      tw_object_set_field (result, i, &value);
    }
  return g_steal_pointer (&result);
}

/**
 * tw_wire_decode_text:
 * @wire_type: the name of the type
 * @text: its JSON
 * @error: %TW_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the object
 */
TwObject *
tw_wire_decode_text (const char *wire_type, const char *text, GError **error)
{
  g_autoptr (JsonNode) node = tw_json_parse (text, -1, error);

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "A %s is a JSON object", wire_type);
      return NULL;
    }
  return tw_wire_decode (wire_type, json_node_get_object (node), error);
}
