// SPDX-License-Identifier: GPL-3.0-or-later
/* What comes over a socket first meets these: the JSON reader, the command decoder, the decoder of
 * each model type, the feed's. The first byte says which; what is taken must survive being written
 * and read again. */
#include <string.h>

#include "protocol/tw-command.h"
#include "protocol/tw-feed-page.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire-error.h"
#include "protocol/tw-wire.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const char *const types[] = { "account", "bill",   "customer", "message", "payment",
                                     "record",  "review", "ticket",   "wallet" };

static void
check_canonical (JsonNode *node)
{
  g_autofree char *text = tw_json_canonical (node);
  g_autoptr (JsonNode) again = tw_json_parse (text, -1, NULL);
  g_autofree char *text_again = NULL;

  g_assert_nonnull (again);
  text_again = tw_json_canonical (again);
  g_assert_cmpstr (text, ==, text_again);
}

static void
check_command (JsonObject *object)
{
  g_autoptr (TwCommand) command = tw_command_decode (object, NULL);
  g_autoptr (TwCommand) again = NULL;
  g_autoptr (JsonObject) encoded = NULL;
  g_autofree char *signing = NULL;
  g_autofree char *signing_again = NULL;
  g_autoptr (GError) error = NULL;

  if (command == NULL)
    return;
  encoded = tw_command_encode (command);
  again = tw_command_decode (encoded, &error);
  g_assert_no_error (error);
  signing = tw_command_get_signing_text (command, "account", "device");
  signing_again = tw_command_get_signing_text (again, "account", "device");
  g_assert_cmpstr (signing, ==, signing_again);
}

static void
check_object (const char *type, JsonObject *json)
{
  g_autoptr (TwObject) object = tw_wire_decode (type, json, NULL);
  g_autoptr (TwObject) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;
  g_autoptr (GError) error = NULL;

  if (object == NULL)
    return;
  text = tw_wire_encode_text (object);
  again = tw_wire_decode_text (type, text, &error);
  g_assert_no_error (error);
  text_again = tw_wire_encode_text (again);
  g_assert_cmpstr (text, ==, text_again);
}

static void
check_result (JsonObject *json)
{
  g_autoptr (TwResult) result = tw_result_decode (json, NULL);
  g_autoptr (JsonObject) encoded = NULL;

  if (result != NULL)
    encoded = tw_result_encode (result);
}

static void check_tokens (const TwJsonTokens *json, guint at, JsonNode *node);

static void
check_object_tokens (const TwJsonTokens *json, guint at, JsonObject *object)
{
  guint end = tw_json_tokens_get (json, at)->after, n = 0;

  for (guint name = at + 1; name < end; name = tw_json_tokens_get (json, name + 1)->after, n++)
    {
      g_autofree char *text = tw_json_tokens_dup_string (json, name);

      g_assert_cmpuint (tw_json_tokens_find (json, at, text), ==, name + 1);
      check_tokens (json, name + 1, json_object_get_member (object, text));
    }
  g_assert_cmpuint (n, ==, json_object_get_size (object));
}

static void
check_array_tokens (const TwJsonTokens *json, guint at, JsonArray *array)
{
  guint end = tw_json_tokens_get (json, at)->after, n = 0;

  for (guint item = at + 1; item < end; item = tw_json_tokens_get (json, item)->after)
    check_tokens (json, item, json_array_get_element (array, n++));
  g_assert_cmpuint (n, ==, json_array_get_length (array));
}

/* Our reader and json-glib's say the same. */
static void
check_tokens (const TwJsonTokens *json, guint at, JsonNode *node)
{
  g_autofree char *text = NULL;

  g_assert_nonnull (node);
  switch (tw_json_tokens_get (json, at)->type)
    {
    case TW_JSON_OBJECT:
      check_object_tokens (json, at, json_node_get_object (node));
      break;
    case TW_JSON_ARRAY:
      check_array_tokens (json, at, json_node_get_array (node));
      break;
    case TW_JSON_STRING:
      text = tw_json_tokens_dup_string (json, at);
      g_assert_cmpstr (text, ==, json_node_get_string (node));
      break;
    case TW_JSON_INTEGER:
      g_assert_cmpint (tw_json_tokens_get_integer (json, at), ==, json_node_get_int (node));
      break;
    case TW_JSON_TRUE:
    case TW_JSON_FALSE:
      g_assert_cmpint (tw_json_tokens_get (json, at)->type == TW_JSON_TRUE, ==,
                       json_node_get_boolean (node));
      break;
    case TW_JSON_NULL:
    default:
      g_assert_true (JSON_NODE_HOLDS_NULL (node));
    }
}

static void
check_feed_page (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFeedPage) page = tw_feed_page_decode (text, length, &error);

  g_assert_true ((page != NULL) != (error != NULL));
  for (guint i = 0; page != NULL && i < page->items->len; i++)
    {
      TwFeedItem *item = page->items->pdata[i];
      g_autoptr (TwObject) again = NULL;

      g_assert_true ((item->object != NULL) == (item->body != NULL));
      if (item->body == NULL)
        continue;
      again = tw_wire_decode_text (item->type, item->body, NULL);
      g_assert_nonnull (again);
    }
}

static void
check_node (const char *text, gsize length, JsonNode *node)
{
  g_auto (TwJsonTokens) json = { 0 };

  g_assert_true (tw_json_scan (&json, text, length, NULL));
  check_tokens (&json, 0, node);
  check_canonical (node);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint which;

  if (size < 1)
    return 0;
  which = data[0] % (G_N_ELEMENTS (types) + 5);
  /* A copy of its own length, so that a read past it is seen. */
  text = g_memdup2 (data + 1, size - 1);
  if (which == 0)
    {
      error = tw_wire_error_decode (400, text != NULL ? text : "", size - 1);
      g_assert_nonnull (error->message);
      return 0;
    }
  node = tw_json_parse (text != NULL ? text : "", (gssize) size - 1, &error);
  g_assert_true ((node != NULL) != (error != NULL));
  if (node == NULL)
    return 0;
  check_node (text, size - 1, node);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return 0;
  if (which <= 2)
    check_command (json_node_get_object (node));
  else if (which == 3)
    check_result (json_node_get_object (node));
  else if (which - 4 < G_N_ELEMENTS (types))
    check_object (types[which - 4], json_node_get_object (node));
  else
    check_feed_page (text, size - 1);
  return 0;
}
