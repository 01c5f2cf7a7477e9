// SPDX-License-Identifier: GPL-3.0-or-later
/* What the feed tells: everything once, in the order of commits, to those who may see it. */
#include <string.h>

#include "base/tw-error.h"
#include "model/tw-bill.h"
#include "model/tw-message.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire.h"
#include "tw-test-core.h"

typedef struct
{
  const char *scope;
  const char *id;
  const char *text; /* NULL: withdraw */
  int bill;         /* instead of a message */
  gboolean first;   /* nobody has heard of it */
} Word;

static gboolean
say (TwTx *tx, gpointer data, GError **error)
{
  const Word *word = data;

  for (; word->scope != NULL; word++)
    {
      g_autoptr (TwObject) object = NULL;

      if (word->text == NULL)
        {
          tw_tx_withdraw (tx, word->scope, word->bill ? "bill" : "message", word->id);
          continue;
        }
      object = word->bill
                 ? g_object_new (TW_TYPE_BILL, "id", word->id, NULL)
                 : g_object_new (TW_TYPE_MESSAGE, "id", word->id, "text", word->text, NULL);
      if (word->first)
        tw_tx_publish_first (tx, word->scope, object);
      else
        tw_tx_publish (tx, word->scope, object);
    }
  return TRUE;
}

#define SAY(core, ...)                                                                             \
  tw_test_call (core, say, (gpointer) (const Word[]){ __VA_ARGS__, { NULL, NULL, NULL, 0, FALSE } })

typedef struct
{
  gboolean grant;
  const char *account;
  const char *scope;
  int view;
} Grant;

static gboolean
give (TwTx *tx, gpointer data, GError **error)
{
  const Grant *grant = data;

  return grant->grant ? tw_tx_grant (tx, grant->account, grant->scope, grant->view, error)
                      : tw_tx_revoke (tx, grant->account, grant->scope, error);
}

static void
grant (TwTestCore *core, const char *account, const char *scope, int view)
{
  Grant data = { TRUE, account, scope, view };

  tw_test_call (core, give, &data);
}

static void
take_away (TwTestCore *core, const char *account, const char *scope)
{
  Grant data = { FALSE, account, scope, 0 };

  tw_test_call (core, give, &data);
}

/* One answer, as a line: "scope/type/id=text ..." with "-" for a tombstone, then gaps and drops. */
static char *
describe (TwFeedAnswer *page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = tw_json_parse (page->text, -1, &error);
  GString *out = g_string_new (NULL);
  static const char *const lists[] = { "gap", "dropped" };
  JsonObject *answer;
  JsonArray *items;

  g_assert_no_error (error);
  answer = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (answer, "cursor"), ==, page->cursor);
  items = json_object_get_array_member (answer, "items");
  g_assert_cmpuint (json_array_get_length (items), ==, page->n_items);
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      const char *id = json_object_get_string_member (item, "id");

      g_string_append_printf (out, "%s%s/%s", out->len > 0 ? " " : "",
                              json_object_get_string_member (item, "scope"), id);
      if (json_object_has_member (item, "removed"))
        g_string_append (out, "-");
      else if (strcmp (json_object_get_string_member (item, "type"), "message") == 0)
        g_string_append_printf (
          out, "=%s",
          json_object_get_string_member (json_object_get_object_member (item, "object"), "text"));
    }
  for (int l = 0; l < 2; l++)
    if (json_object_has_member (answer, lists[l]))
      {
        JsonArray *list = json_object_get_array_member (answer, lists[l]);

        for (guint i = 0; i < json_array_get_length (list); i++)
          g_string_append_printf (out, "%s%s:%s", out->len > 0 ? " " : "", lists[l],
                                  json_array_get_string_element (list, i));
      }
  g_string_append (out, page->more ? " more" : "");
  return g_string_free (out, FALSE);
}

static TwFeedAnswer *
read_feed (TwTestCore *core, TwRole role, const char *account, const char *cursor, guint limit)
{
  g_autoptr (TwActor) actor = tw_test_actor (core, role, account);
  g_autoptr (GError) error = NULL;
  TwReaders *readers = tw_service_get_readers (core->service);
  TwDb *db = tw_readers_borrow (readers, &error);
  TwFeedAnswer *page;

  g_assert_no_error (error);
  page = tw_feed_read (db, tw_service_get_key (core->service, TW_KEY_COLUMN), actor, cursor, limit,
                       &error);
  g_assert_no_error (error);
  tw_readers_return (readers, db);
  return page;
}

/* Reads on from @cursor and compares; moves the cursor. */
static void
expect (TwTestCore *core, TwRole role, const char *account, char **cursor, const char *line)
{
  g_autoptr (TwFeedAnswer) page = read_feed (core, role, account, *cursor, 100);
  g_autofree char *found = describe (page);

  g_assert_cmpstr (found, ==, line);
  g_assert_cmpint (page->news, ==, *line != '\0' || *cursor == NULL);
  g_free (*cursor);
  *cursor = g_strdup (page->cursor);
}

static void
test_last_word (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = NULL;

  SAY (core, { "account:a", "1", "one" }, { "account:a", "2", "two" }, { "account:a", "1", "uno" },
       { "account:b", "9", "secret" });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/2=two account:a/1=uno");
  expect (core, TW_ROLE_USER, "a", &cursor, "");
  SAY (core, { "account:a", "2", "zwei" });
  SAY (core, { "account:a", "3", "drei" });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/2=zwei account:a/3=drei");
  g_clear_pointer (&cursor, g_free);
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=uno account:a/2=zwei account:a/3=drei");
}

/* What is new is added without looking for what it replaces; after that it is like anything else.
 */
static void
test_first_word (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = NULL;

  SAY (core, { "account:a", "1", "one", FALSE, TRUE }, { "account:b", "1", "theirs", FALSE, TRUE },
       { "account:a", "1", "uno" }, { "account:a", "2", "two", FALSE, TRUE });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=uno account:a/2=two");
  SAY (core, { "account:a", "1", "eins" }, { "account:a", "3", "three" },
       { "account:a", "4", "four", FALSE, TRUE });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=eins account:a/3=three account:a/4=four");
  SAY (core, { "account:a", "4", NULL });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/4-");
}

/* What is for everybody is for every person and every agent, by no grant. */
static void
test_public (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *a = NULL, *b = NULL, *agent = NULL;

  SAY (core, { "public", "1", "all" }, { "account:a", "2", "one" });
  expect (core, TW_ROLE_USER, "a", &a, "account:a/2=one public/1=all");
  expect (core, TW_ROLE_USER, "b", &b, "public/1=all");
  expect (core, TW_ROLE_AGENT, "c", &agent, "public/1=all");
  SAY (core, { "public", "1", "more" });
  expect (core, TW_ROLE_USER, "b", &b, "public/1=more");
  expect (core, TW_ROLE_AGENT, "c", &agent, "public/1=more");
}

static void
test_tombstones (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = NULL, *late = NULL;

  SAY (core, { "account:a", "1", "one" }, { "account:a", "2", "two" });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=one account:a/2=two");
  SAY (core, { "account:a", "1", NULL });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1-");
  /* Who comes later never hears of it. */
  expect (core, TW_ROLE_USER, "a", &late, "account:a/2=two");
  SAY (core, { "account:a", "1", "again" });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=again");
}

static void
test_queues (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *agent = NULL, *senior = NULL, *user = NULL;

  SAY (core, { "queue:desk", "1", "t" }, { "queue:identity", "2", "r" });
  expect (core, TW_ROLE_AGENT, "x", &agent, "queue:desk/1=t");
  expect (core, TW_ROLE_SENIOR, "y", &senior, "queue:desk/1=t queue:identity/2=r");
  expect (core, TW_ROLE_USER, "z", &user, "");
  /* One's own scope, granted as well, is told once. */
  grant (core, "x", "queue:desk", 0);
  expect (core, TW_ROLE_AGENT, "x", &agent, "");
  g_clear_pointer (&agent, g_free);
  expect (core, TW_ROLE_AGENT, "x", &agent, "queue:desk/1=t");
}

static void
test_grants (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = NULL;

  SAY (core, { "ticket:7", "1", "hello" }, { "account:a", "2", "private" },
       { "account:a", "3", "", TRUE });
  expect (core, TW_ROLE_AGENT, "x", &cursor, "");
  grant (core, "x", "ticket:7", TW_VIEW_DESK);
  grant (core, "x", "account:a", TW_VIEW_DESK);
  /* The desk view of an account has its bills, not its messages. */
  expect (core, TW_ROLE_AGENT, "x", &cursor, "account:a/3 ticket:7/1=hello");
  grant (core, "x", "ticket:7", TW_VIEW_DESK); /* the same again is nothing new */
  expect (core, TW_ROLE_AGENT, "x", &cursor, "");
  take_away (core, "x", "ticket:7");
  SAY (core, { "ticket:7", "4", "unheard" });
  expect (core, TW_ROLE_AGENT, "x", &cursor, "dropped:ticket:7");
  expect (core, TW_ROLE_AGENT, "x", &cursor, "");
  grant (core, "x", "ticket:7", TW_VIEW_DESK);
  expect (core, TW_ROLE_AGENT, "x", &cursor, "ticket:7/1=hello ticket:7/4=unheard");
  /* Taken and given between two readings, it is another grant: the scope begins anew. */
  take_away (core, "x", "ticket:7");
  grant (core, "x", "ticket:7", TW_VIEW_DESK);
  expect (core, TW_ROLE_AGENT, "x", &cursor, "ticket:7/1=hello ticket:7/4=unheard gap:ticket:7");
}

/* What is not for the view is passed over, and does not come again. */
static void
test_view_moves_on (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = NULL;

  grant (core, "x", "account:a", TW_VIEW_DESK);
  SAY (core, { "account:a", "1", "", TRUE });
  expect (core, TW_ROLE_AGENT, "x", &cursor, "account:a/1");
  SAY (core, { "account:a", "2", "private" });
  expect (core, TW_ROLE_AGENT, "x", &cursor, "");
  SAY (core, { "account:a", "1", NULL, TRUE });
  expect (core, TW_ROLE_AGENT, "x", &cursor, "account:a/1-");
}

static void
test_pages (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  gboolean more = TRUE;
  int pages = 0;

  SAY (core, { "account:a", "1", "a" }, { "account:a", "2", "b" }, { "account:a", "3", "c" },
       { "account:a", "4", "d" }, { "ticket:1", "5", "e" });
  grant (core, "a", "ticket:1", TW_VIEW_OWNER);
  while (more)
    {
      g_autoptr (TwFeedAnswer) page = read_feed (core, TW_ROLE_USER, "a", cursor, 2);
      g_autofree char *line = describe (page);

      g_assert_cmpuint (page->n_items, <=, 2);
      g_string_append_printf (all, "[%s]", line);
      g_free (cursor);
      cursor = g_strdup (page->cursor);
      more = page->more;
      g_assert_cmpint (++pages, <, 10);
    }
  g_assert_cmpstr (all->str, ==,
                   "[account:a/1=a account:a/2=b more][account:a/3=c account:a/4=d more]"
                   "[ticket:1/5=e]");
}

static void
test_garbage (TwTestCore *core, gconstpointer unused)
{
  static const char *const bad[] = {
    "x",
    "....",
    "AAAA",
    "ZmVlZC8x",
    "\xff\xfe",
    "e30",
    "ZmVlZC8yCmZpcnN0",
    "ZmVlZC8xCmZpcnN0CmFjY291bnQ6YSAtMSAw", /* a position below zero */
  };

  SAY (core, { "account:a", "1", "one" });
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *cursor = g_strdup (bad[i]);

      expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=one gap:account:a gap:public");
      expect (core, TW_ROLE_USER, "a", &cursor, "");
    }
}

/* Somebody else's cursor shows nothing of theirs. */
static void
test_foreign_cursor (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = NULL;

  SAY (core, { "account:a", "1", "mine" }, { "account:b", "2", "yours" });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=mine");
  expect (core, TW_ROLE_USER, "b", &cursor, "account:b/2=yours dropped:account:a");
}

static void
test_restored (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *cursor = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwDb) db = NULL;

  SAY (core, { "account:a", "1", "one" }, { "account:a", "2", "two" });
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=one account:a/2=two");
  /* As in a copy from before the second one. */
  tw_test_exec (core, "DELETE FROM feed WHERE id = '2'");
  tw_test_exec (core, "UPDATE scope SET seq = 1 WHERE id = 'account:a'");
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=one gap:account:a");
  /* And where the counter has overtaken the cursor since, the epoch tells. */
  db = tw_db_open (core->url, tw_key_peek (tw_keys_get (core->keys, TW_KEY_SQLITE)), &error);
  g_assert_no_error (error);
  tw_feed_renew_epoch (db, &error);
  g_assert_no_error (error);
  expect (core, TW_ROLE_USER, "a", &cursor, "account:a/1=one gap:account:a gap:public");
}

static void
verify (TwTestCore *core, const char *expected)
{
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  TwReaders *readers = tw_service_get_readers (core->service);
  TwDb *db = tw_readers_borrow (readers, &error);

  g_assert_no_error (error);
  tw_feed_verify (db, tw_service_get_key (core->service, TW_KEY_COLUMN), report, &error);
  g_assert_no_error (error);
  tw_readers_return (readers, db);
  g_assert_cmpstr (report->str, ==, expected);
}

static void
test_verify (TwTestCore *core, gconstpointer unused)
{
  SAY (core, { "account:a", "1", "one" }, { "account:b", "2", "two" });
  verify (core, "");
  tw_test_exec (core, "UPDATE feed SET scope = 'account:c' WHERE id = '2'");
  verify (core, "feed: account:c has an object at 1, and its counter is at 0\n"
                "feed: the body of feed/account:c/message/2 does not open\n");
}

/* Bodies are sealed: nothing of them stands in the row. */
static void
test_sealed (TwTestCore *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  TwReaders *readers = tw_service_get_readers (core->service);
  TwDb *db = tw_readers_borrow (readers, &error);
  const guint8 *body;
  TwStmt *stmt;
  gsize length;

  SAY (core, { "account:a", "1", "needle" });
  stmt = tw_db_query (db, &error, "SELECT body FROM feed", "");
  g_assert_no_error (error);
  g_assert_cmpint (tw_stmt_step (stmt, &error), ==, TW_STEP_ROW);
  body = tw_stmt_blob (stmt, 0, &length);
  g_assert_cmpuint (length, >, 40);
  g_assert_null (memmem (body, length, "needle", 6));
  g_assert_null (memmem (body, length, "\"id\"", 4));
  tw_stmt_reset (stmt);
  tw_readers_return (readers, db);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/core/feed/" name, TwTestCore, NULL, tw_test_core_set_up, func,                     \
              tw_test_core_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("last-word", test_last_word);
  ADD ("first-word", test_first_word);
  ADD ("public", test_public);
  ADD ("tombstones", test_tombstones);
  ADD ("queues", test_queues);
  ADD ("grants", test_grants);
  ADD ("view-moves-on", test_view_moves_on);
  ADD ("pages", test_pages);
  ADD ("garbage", test_garbage);
  ADD ("foreign-cursor", test_foreign_cursor);
  ADD ("restored", test_restored);
  ADD ("verify", test_verify);
  ADD ("sealed", test_sealed);
  return g_test_run ();
}
