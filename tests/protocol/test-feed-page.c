// SPDX-License-Identifier: GPL-3.0-or-later
/* The feed's answers, read without a tree: what is taken, what is kept as it came, what is refused.
 */
#include <string.h>

#include "base/tw-error.h"
#include "model/tw-record.h"
#include "protocol/tw-feed-page.h"
#include "protocol/tw-json-tokens.h"

#define REST "\"cursor\":\"c\",\"now\":\"2026-11-24T10:00:00.000Z\""

static TwFeedPage *
decode (const char *text)
{
  g_autoptr (GError) error = NULL;
  TwFeedPage *page = tw_feed_page_decode (text, strlen (text), &error);

  g_assert_no_error (error);
  return page;
}

static void
assert_refused (const char *text, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_feed_page_decode (text, strlen (text), &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  if (strstr (error->message, words) == NULL)
    g_error ("'%s' should tell of '%s'", error->message, words);
}

static void
test_items (void)
{
  g_autoptr (TwFeedPage) page = decode (
    "{\"items\":["
    "{\"id\":\"r1\",\"scope\":\"account:a\",\"seq\":7,\"type\":\"record\",\"object\":"
    "{ \"id\":\"r1\",\"year\":2025,\"title\":\"\\u4e2d\\ud83d\\ude00\\n\\\"/\\u00e9\","
    "\"kind\":\"refund\",\"amount_fen\":-9223372036854775808,\"later\":[1,{\"x\":null}]}},"
    "{\"id\":\"b\",\"scope\":\"account:a\",\"seq\":8,\"type\":\"bill\",\"removed\":true},"
    "{\"id\":\"p\",\"scope\":\"account:a\",\"seq\":9,\"type\":\"payment\",\"object\":"
    "{\"id\":\"p\",\"kind\":\"from the future\"}},"
    "{\"id\":\"g\",\"scope\":\"account:a\",\"seq\":10,\"type\":\"ghost\",\"object\":{}}],"
    "\"gap\":[\"account:a\",\"queue:desk\"],\"dropped\":[\"ticket:1\"],\"more\":true," REST "}");
  TwFeedItem *item = page->items->pdata[0];
  TwRecord *record = TW_RECORD (item->object);

  /* A type from the future is passed over, and a word. */
  g_assert_cmpuint (page->items->len, ==, 2);
  g_assert_cmpint (item->seq, ==, 7);
  g_assert_cmpstr (item->scope, ==, "account:a");
  g_assert_cmpstr (item->type, ==, "record");
  g_assert_cmpstr (tw_record_get_title (record), ==, "中😀\n\"/é");
  g_assert_cmpint (tw_record_get_year (record), ==, 2025);
  g_assert_cmpint (tw_record_get_kind (record), ==, TW_RECORD_KIND_REFUND);
  g_assert_cmpint (tw_record_get_amount_fen (record), ==, G_MININT64);
  g_assert_cmpstr (tw_record_get_payer (record), ==, "");
  /* What a newer service tells is kept for a newer program. */
  g_assert_true (g_str_has_prefix (item->body, "{ \"id\":\"r1\""));
  g_assert_true (g_str_has_suffix (item->body, "\"later\":[1,{\"x\":null}]}"));
  item = page->items->pdata[1];
  g_assert_null (item->object);
  g_assert_null (item->body);
  g_assert_cmpstr (page->gap[0], ==, "account:a");
  g_assert_cmpstr (page->gap[1], ==, "queue:desk");
  g_assert_cmpuint (g_strv_length (page->gap), ==, 2);
  g_assert_cmpuint (g_strv_length (page->dropped), ==, 1);
  g_assert_true (page->more);
  g_assert_cmpstr (page->cursor, ==, "c");
  g_assert_cmpint (page->now_ms, ==, G_GINT64_CONSTANT (1795514400000));
}

static void
test_refused (void)
{
  assert_refused ("[]", "is an object");
  assert_refused ("{\"items\":[],\"now\":\"2026-11-24T10:00:00.000Z\"}", "'cursor'");
  assert_refused ("{\"items\":[],\"cursor\":\"c\",\"now\":\"today\"}", "'now'");
  assert_refused ("{" REST "}", "'items'");
  assert_refused ("{\"items\":{}," REST "}", "'items'");
  assert_refused ("{\"items\":[7]," REST "}", "not an object");
  assert_refused ("{\"items\":[{\"type\":\"bill\",\"id\":\"b\",\"seq\":1}]," REST "}", "'scope'");
  assert_refused (
    "{\"items\":[{\"scope\":\"s\",\"type\":\"bill\",\"id\":\"b\",\"seq\":-1}]," REST "}", "number");
  assert_refused (
    "{\"items\":[{\"scope\":\"s\",\"type\":\"bill\",\"id\":\"b\",\"seq\":\"1\"}]," REST "}",
    "number");
  assert_refused ("{\"items\":[{\"scope\":\"s\",\"type\":\"bill\",\"id\":\"b\",\"seq\":1}]," REST
                  "}",
                  "no object");
  assert_refused ("{\"items\":[{\"scope\":\"s\",\"type\":\"bill\",\"id\":\"b\",\"seq\":1,"
                  "\"object\":{\"id\":\"c\"}}]," REST "}",
                  "two ids");
  assert_refused ("{\"items\":[{\"scope\":\"s\",\"type\":\"bill\",\"id\":\"b\",\"seq\":1,"
                  "\"object\":{\"id\":\"b\",\"amount_fen\":true}}]," REST "}",
                  "'amount_fen'");
  assert_refused ("{\"items\":[],\"gap\":[1]," REST "}", "'gap'");
  assert_refused ("{\"items\":[],\"dropped\":\"a\"," REST "}", "'dropped'");
  assert_refused ("{\"items\":[]," REST "}x", "where its value does");
}

/* Few names are compared with each other, many are kept in a table: neither lets one pass twice. */
static void
test_many_names (void)
{
  for (guint n = 2; n < 100; n++)
    for (guint twice = 0; twice < n; twice += 7)
      {
        g_autoptr (GString) text = g_string_new ("{");
        g_auto (TwJsonTokens) json = { 0 };
        g_auto (TwJsonTokens) again = { 0 };
        g_autoptr (GError) error = NULL;

        for (guint i = 0; i < n; i++)
          g_string_append_printf (text, "%s\"m%u\":[{\"m1\":%u}]", i > 0 ? "," : "", i, i);
        g_string_append_c (text, '}');
        g_assert_true (tw_json_scan (&json, text->str, text->len, &error));
        g_assert_no_error (error);
        g_assert_cmpuint (tw_json_tokens_get (&json, 0)->after, ==, 1 + n * 5);
        g_assert_cmpuint (tw_json_tokens_find (&json, 0, "m1"), ==, 7);
        g_assert_cmpuint (tw_json_tokens_find (&json, 0, "m"), ==, 0);
        g_string_truncate (text, text->len - 1);
        g_string_append_printf (text, ",\"m%u\":0}", twice);
        g_assert_false (tw_json_scan (&again, text->str, text->len, &error));
        g_assert_nonnull (strstr (error->message, "twice"));
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed-page/items", test_items);
  g_test_add_func ("/feed-page/refused", test_refused);
  g_test_add_func ("/json/many-names", test_many_names);
  return g_test_run ();
}
