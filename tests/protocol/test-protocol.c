// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "model/tw-bill.h"
#include "model/tw-payment.h"
#include "protocol/tw-command.h"
#include "protocol/tw-json.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"
#include "protocol/tw-wire-error.h"
#include "protocol/tw-wire.h"

static void
assert_refused (const char *text, const char *words)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = tw_json_parse (text, -1, &error);

  g_assert_null (node);
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  if (strstr (error->message, words) == NULL)
    g_error ("'%s' should tell of '%s'", error->message, words);
}

static void
test_json_refuses (void)
{
  g_autofree char *deep = NULL;
  GString *nested = g_string_new (NULL);

  assert_refused ("", "not JSON");
  assert_refused ("{", "ends too early");
  assert_refused ("{}}", "where its value does");
  assert_refused ("{\"a\":1,\"a\":2}", "twice");
  assert_refused ("{\"a\":{\"b\":1,\"b\":1}}", "twice");
  assert_refused ("[{\"a\":1,\"c\":[{}],\"a\":2}]", "twice");
  assert_refused ("{\"\\u0061\":1}", "escape");
  assert_refused ("{\"a\":1.5}", "integer");
  assert_refused ("[[1e3]]", "integer");
  assert_refused ("{\"a\":1} // note", "where its value does");
  assert_refused ("{\"a\":\"b", "does not end");
  assert_refused ("{\"a\":\"b\nc\"}", "control character");
  assert_refused ("\"a\":1", "where its value does");
  /* What the library alone would take. */
  assert_refused ("{}{}", "where its value does");
  assert_refused ("{} x", "where its value does");
  assert_refused ("{'a':1}", "without a name");
  assert_refused ("{a:1}", "without a name");
  assert_refused ("{\"a\"=1}", "without a value");
  assert_refused ("{\"a\":1,}", "without a name");
  assert_refused ("[1,]", "no value");
  assert_refused ("[0x10]", "list in the JSON does not end");
  assert_refused ("[010]", "no value");
  assert_refused ("[+1]", "no value");
  assert_refused ("[True]", "no value");
  assert_refused ("[9223372036854775808]", "too large");
  assert_refused ("[\"\\ud800\"]", "escape");
  assert_refused ("[\"\\u0000\"]", "escape");
  assert_refused ("[\"\\x41\"]", "escape");
  assert_refused ("{\"a\":\"\xff\"}", "UTF-8");
  assert_refused ("nonsense", "no value");

  for (int i = 0; i < 10000; i++)
    g_string_append_c (nested, '[');
  for (int i = 0; i < 10000; i++)
    g_string_append_c (nested, ']');
  deep = g_string_free (nested, FALSE);
  assert_refused (deep, "too deeply");
}

static void
test_json_takes (void)
{
  static const char *const fine[] = {
    "{\"a\":1,\"b\":{\"a\":1},\"c\":[{\"a\":1},{\"a\":1}]}",
    "{\"a\":\"a\",\"b\":\"a:b\",\"c\":\"\\\"a\\\":1\"}",
    "[]",
    "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]",
    "{\"a\":\"http://x/y\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (fine); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = tw_json_parse (fine[i], -1, &error);

      g_assert_no_error (error);
      g_assert_nonnull (node);
    }
}

static void
test_json_canonical (void)
{
  g_autoptr (JsonNode) node =
    tw_json_parse (" { \"b\" : [ 1 , true , null , \"\\u4e2d\\n\\\"\\\\\\u0001\" ] , \"a\" : { "
                   "\"z\":-5, \"y\":\"\" } } ",
                   -1, NULL);
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *text = tw_json_canonical (node);
  g_autofree char *twice = NULL;

  g_assert_cmpstr (text, ==,
                   "{\"a\":{\"y\":\"\",\"z\":-5},\"b\":[1,true,null,\"中\\n\\\"\\\\\\u0001\"]}");
  again = tw_json_parse (text, -1, NULL);
  twice = tw_json_canonical (again);
  g_assert_cmpstr (text, ==, twice);
}

static void
test_json_members (void)
{
  static const char *const allowed[] = { "id", "n", "text", NULL };
  g_autoptr (JsonNode) node =
    tw_json_parse ("{\"id\":\"nope\",\"n\":12,\"text\":\"a\\u202eb\",\"more\":1}", -1, NULL);
  JsonObject *object = json_node_get_object (node);
  g_autoptr (GError) error = NULL;
  gint64 n;

  g_assert_false (tw_json_check_members (object, allowed, &error));
  g_assert_nonnull (strstr (error->message, "'more'"));
  g_clear_error (&error);
  g_assert_null (tw_json_get_id (object, "id", &error));
  g_assert_nonnull (strstr (error->message, "'id'"));
  g_clear_error (&error);
  g_assert_null (tw_json_get_string (object, "n", &error));
  g_clear_error (&error);
  g_assert_null (tw_json_get_text (object, "text", 10, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "text"));
  g_clear_error (&error);
  g_assert_true (tw_json_get_int (object, "n", 0, 12, &n, &error));
  g_assert_cmpint (n, ==, 12);
  g_assert_false (tw_json_get_int (object, "n", 0, 11, &n, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

/* A value for each field that no default has. */
static void
fill (TwObject *object, guint seed)
{
  guint n;
  const TwField *fields = tw_object_get_fields (object, &n);

  for (guint i = 0; i < n; i++)
    switch (fields[i].type)
      {
      case TW_FIELD_STRING:
        {
          g_autofree char *text = g_strdup_printf ("中文 \"%u\" \\ %u\n", seed, i);

          g_object_set (object, fields[i].name, text, NULL);
          break;
        }
      case TW_FIELD_INT64:
        g_object_set (object, fields[i].name, G_MAXINT64 - seed - i, NULL);
        break;
      case TW_FIELD_BOOLEAN:
        g_object_set (object, fields[i].name, TRUE, NULL);
        break;
      case TW_FIELD_ENUM:
      default:
        g_object_set (object, fields[i].name, 1, NULL);
      }
}

static void
test_wire_round_trip (void)
{
  static const char *const types[] = { "account", "bill",   "customer", "message", "payment",
                                       "record",  "review", "ticket",   "wallet" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (TwObject) object = g_object_new (tw_wire_get_gtype (types[i]), "id", "x:1", NULL);
      g_autoptr (TwObject) back = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      g_autofree char *again = NULL;

      fill (object, (guint) i);
      g_assert_cmpstr (tw_object_get_wire_type (object), ==, types[i]);
      text = tw_wire_encode_text (object);
      back = tw_wire_decode_text (types[i], text, &error);
      g_assert_no_error (error);
      again = tw_wire_encode_text (back);
      g_assert_cmpstr (text, ==, again);
      g_assert_false (tw_object_copy_fields (object, back));
    }
}

static void
test_wire_tolerates_and_refuses (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwObject) bill =
    tw_wire_decode_text ("bill", "{\"id\":\"1\",\"amount_fen\":5,\"from_the_future\":[1]}", &error);

  g_assert_no_error (error);
  g_assert_cmpint (tw_bill_get_amount_fen (TW_BILL (bill)), ==, 5);
  g_assert_cmpstr (tw_bill_get_period (TW_BILL (bill)), ==, "");

  g_assert_null (tw_wire_decode_text ("bill", "{\"id\":\"1\",\"amount_fen\":\"5\"}", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tw_wire_decode_text ("bill", "{\"id\":\"1\",\"state\":\"lost\"}", &error));
  g_clear_error (&error);
  g_assert_null (tw_wire_decode_text ("bill", "{\"amount_fen\":5}", &error));
  g_clear_error (&error);
  g_assert_null (tw_wire_decode_text ("bill", "[1]", &error));
  g_clear_error (&error);
  g_assert_null (tw_wire_decode_text ("ghost", "{\"id\":\"1\"}", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

static void
test_wire_views (void)
{
  g_autofree char *desk = tw_wire_list_types (TW_VIEW_DESK);

  /* The desk sees what it needs to help, never the conversation or the tax history unasked. */
  g_assert_true (tw_wire_type_is_in_view ("customer", TW_VIEW_DESK));
  g_assert_true (tw_wire_type_is_in_view ("payment", TW_VIEW_DESK));
  g_assert_false (tw_wire_type_is_in_view ("message", TW_VIEW_DESK));
  g_assert_false (tw_wire_type_is_in_view ("record", TW_VIEW_DESK));
  g_assert_false (tw_wire_type_is_in_view ("account", TW_VIEW_DESK));
  g_assert_false (tw_wire_type_is_in_view ("customer", TW_VIEW_OWNER));
  g_assert_false (tw_wire_type_is_in_view ("review", TW_VIEW_OWNER));
  g_assert_nonnull (strstr (desk, "'customer'"));
  g_assert_null (strstr (desk, "'record'"));
}

static TwCommand *
make_command (void)
{
  g_autoptr (JsonNode) body = tw_json_parse ("{\"b\":2,\"a\":\"x\"}", -1, NULL);
  g_autofree char *id = tw_uuid_new ();
  g_autofree char *intent = tw_uuid_new ();

  return tw_command_new (id, intent, TW_KIND_WALLET_TOP_UP, 1767225600123,
                         json_node_get_object (body));
}

static void
test_command_round_trip (void)
{
  g_autoptr (TwCommand) command = make_command ();
  g_autoptr (TwCommand) back = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  command->signature = g_strdup ("c2lnbmVk");
  object = tw_command_encode (command);
  back = tw_command_decode (object, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (back->id, ==, command->id);
  g_assert_cmpstr (back->intent, ==, command->intent);
  g_assert_cmpstr (back->kind, ==, command->kind);
  g_assert_cmpint (back->at_ms, ==, command->at_ms);
  g_assert_cmpstr (back->body_text, ==, "{\"a\":\"x\",\"b\":2}");
  g_assert_cmpstr (back->signature, ==, "c2lnbmVk");
}

static void
test_command_names_what_is_wrong (void)
{
  static const char *const members[] = { "id", "intent", "kind", "at", "body" };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autoptr (TwCommand) command = make_command ();
      g_autoptr (JsonObject) object = tw_command_encode (command);
      g_autoptr (GError) error = NULL;

      json_object_set_int_member (object, members[i], 7);
      g_assert_null (tw_command_decode (object, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, members[i]));
      g_clear_error (&error);
      json_object_remove_member (object, members[i]);
      g_assert_null (tw_command_decode (object, &error));
      g_assert_nonnull (strstr (error->message, members[i]));
    }
}

/* Whatever is changed, the signed text is another one: nothing can be moved to another command. */
static void
test_signing_text (void)
{
  g_autoptr (TwCommand) command = make_command ();
  g_autofree char *text = tw_command_get_signing_text (command, "account", "device");
  g_autofree char *other_account = tw_command_get_signing_text (command, "accounx", "device");
  g_autofree char *other_device = tw_command_get_signing_text (command, "account", "devicf");

  g_assert_cmpstr (text, !=, other_account);
  g_assert_cmpstr (text, !=, other_device);
  g_assert_true (g_str_has_prefix (text, "tax-wallet/command/1\n"));
  for (int part = 0; part < 5; part++)
    {
      g_autoptr (TwCommand) changed = make_command ();
      g_autofree char *now = NULL;

      g_free (changed->id);
      g_free (changed->intent);
      changed->id = part == 0 ? tw_uuid_new () : g_strdup (command->id);
      changed->intent = part == 1 ? tw_uuid_new () : g_strdup (command->intent);
      if (part == 2)
        {
          g_free (changed->kind);
          changed->kind = g_strdup (TW_KIND_TAX_PAY);
        }
      if (part == 3)
        changed->at_ms++;
      if (part == 4)
        changed->body_text[2]++;
      now = tw_command_get_signing_text (changed, "account", "device");
      g_assert_cmpstr (now, !=, text);
    }
}

static void
test_result_round_trip (void)
{
  g_autoptr (TwResult) result = tw_result_new ("id", TW_RESULT_REFUSED);
  g_autoptr (TwResult) back = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  result->code = g_strdup ("no_balance");
  result->remedy = g_strdup (TW_REMEDY_TOP_UP);
  result->result = json_object_new ();
  json_object_set_int_member (result->result, "missing_fen", 12);
  object = tw_result_encode (result);
  back = tw_result_decode (object, &error);
  g_assert_no_error (error);
  g_assert_cmpint (back->state, ==, TW_RESULT_REFUSED);
  g_assert_cmpstr (back->code, ==, "no_balance");
  g_assert_null (back->words);
  g_assert_cmpint (json_object_get_int_member (back->result, "missing_fen"), ==, 12);
  json_object_set_string_member (object, "state", "perhaps");
  g_assert_null (tw_result_decode (object, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

static void
test_tables (void)
{
  gsize n_kinds, n_refusals;
  const TwKind *kinds = tw_kind_list (&n_kinds);
  const TwRefusal *refusals = tw_refusal_list (&n_refusals);

  for (gsize i = 0; i < n_kinds; i++)
    {
      g_assert_true (tw_kind_find (kinds[i].name) == &kinds[i]);
      g_assert_cmpuint (kinds[i].roles, !=, 0);
      /* What moves money or access and comes over a socket is signed. */
      if (g_str_has_prefix (kinds[i].name, "wallet.") ||
          g_str_has_prefix (kinds[i].name, "tax.pay") ||
          g_str_has_prefix (kinds[i].name, "identity.") ||
          g_str_has_prefix (kinds[i].name, "account.") ||
          g_str_has_prefix (kinds[i].name, "payment.") ||
          (g_str_has_prefix (kinds[i].name, "card.") && kinds[i].roles != TW_ROLE_SYSTEM) ||
          strcmp (kinds[i].name, "challenge.answer") == 0 || kinds[i].step_up ||
          strcmp (kinds[i].name, "ticket.open") == 0 || strcmp (kinds[i].name, "ticket.close") == 0)
        g_assert_true (kinds[i].sign);
      /* So is what ends or changes what was signed: of all that a person asks for, only who is
       * looked up and what is written to the desk is not. */
      if (kinds[i].roles & TW_ROLE_USER)
        g_assert_true (kinds[i].sign || strcmp (kinds[i].name, "payee.check") == 0 ||
                       g_str_has_prefix (kinds[i].name, "ticket."));
      /* Money that was never sent is not sent without a new look. */
      if (g_str_has_prefix (kinds[i].name, "wallet.") ||
          g_str_has_prefix (kinds[i].name, "tax.pay"))
        g_assert_true (kinds[i].offline == TW_OFFLINE_REFUSE || kinds[i].ttl_s > 0);
      g_assert_cmpint (kinds[i].money, ==,
                       g_str_has_prefix (kinds[i].name, "wallet.") ||
                         strcmp (kinds[i].name, "tax.pay") == 0 ||
                         strcmp (kinds[i].name, "payment.refund") == 0);
      g_assert_true (kinds[i].sign || !kinds[i].money);
      if (kinds[i].roles == TW_ROLE_SYSTEM)
        g_assert_false (kinds[i].sign);
    }
  g_assert_null (tw_kind_find ("wallet.steal"));
  for (gsize i = 0; i < n_refusals; i++)
    {
      g_assert_true (tw_refusal_find (refusals[i].code) == &refusals[i]);
      g_assert_true (strlen (refusals[i].words) > 10);
      g_assert_nonnull (refusals[i].remedy);
    }
  g_assert_cmpstr (tw_refusal_get_words ("from_the_future", "said"), ==, "said");
  for (int role = 0; role < 5; role++)
    g_assert_cmpint (tw_role_from_name (tw_role_get_name ((TwRole) (1 << role))), ==, 1 << role);
  g_assert_cmpint (tw_role_from_name ("root"), ==, 0);
}

static void
test_errors (void)
{
  for (int code = TW_ERROR_INVALID; code <= TW_ERROR_INTERNAL; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (TW_ERROR, code, "secret detail");
      g_autofree char *body = tw_wire_error_encode (error);
      g_autoptr (GError) back =
        tw_wire_error_decode (tw_wire_error_get_status (code), body, strlen (body));

      g_assert_cmpuint (tw_wire_error_get_status (code), >=, 400);
      if (strcmp (tw_wire_error_get_name (code), "internal") == 0)
        g_assert_null (strstr (body, "secret detail"));
      else if (code == TW_ERROR_UNREACHABLE)
        {
          /* What lies behind the service is nobody's business. */
          g_assert_null (strstr (body, "secret detail"));
          g_assert_error (back, TW_ERROR, TW_ERROR_BUSY);
        }
      else
        g_assert_error (back, TW_ERROR, code);
    }
  {
    g_autoptr (GError) wait = NULL;
    g_autofree char *said = NULL;
    g_autofree char *nothing = tw_wire_error_say ("");
    g_autofree char *other_words = tw_wire_error_say ("Nobody has these words");
    g_autoptr (GError) proxy = tw_wire_error_decode (502, "<html>Bad Gateway</html>", 24);
    g_autoptr (GError) other = tw_wire_error_decode (404, "", 0);

    g_assert_error (proxy, TW_ERROR, TW_ERROR_UNREACHABLE);
    g_assert_error (other, TW_ERROR, TW_ERROR_INVALID);
    tw_wire_error_set_wait (&wait, 42);
    g_assert_error (wait, TW_ERROR, TW_ERROR_TOO_MANY);
    said = tw_wire_error_say (wait->message);
    g_assert_nonnull (strstr (said, "42"));
    g_assert_cmpstr (nothing, ==, "");
    g_assert_cmpstr (other_words, ==, "Nobody has these words");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/json/refuses", test_json_refuses);
  g_test_add_func ("/protocol/json/takes", test_json_takes);
  g_test_add_func ("/protocol/json/canonical", test_json_canonical);
  g_test_add_func ("/protocol/json/members", test_json_members);
  g_test_add_func ("/protocol/wire/round-trip", test_wire_round_trip);
  g_test_add_func ("/protocol/wire/tolerates-and-refuses", test_wire_tolerates_and_refuses);
  g_test_add_func ("/protocol/wire/views", test_wire_views);
  g_test_add_func ("/protocol/command/round-trip", test_command_round_trip);
  g_test_add_func ("/protocol/command/names-what-is-wrong", test_command_names_what_is_wrong);
  g_test_add_func ("/protocol/command/signing-text", test_signing_text);
  g_test_add_func ("/protocol/result/round-trip", test_result_round_trip);
  g_test_add_func ("/protocol/tables", test_tables);
  g_test_add_func ("/protocol/errors", test_errors);
  return g_test_run ();
}
