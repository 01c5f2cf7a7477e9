// SPDX-License-Identifier: GPL-3.0-or-later
/* The billers' list, as it comes from the other side: who is on it can be chosen, and nobody is
 * lost by a list that makes no sense. */
#include <string.h>

#include "base/tw-clock.h"
#include "tw-test-bank.h"
#include "tw-test-db.h"
#include "tw-test-money.h"

typedef struct
{
  TwTestMoney *t;
  TwTestBank *bank; /* in the place of the counterpart */
} Case;

static void
set_up (Case *c, gconstpointer data)
{
  g_autofree char *path = NULL;

  c->t = tw_test_money_new ();
  path = g_build_filename (c->t->folder, "c", "counterpart.sock", NULL);
  /* What the office has on the person has been asked. */
  tw_test_money_wait (c->t,
                      "SELECT count(*) FROM rail_op WHERE account_id = $1 AND next_at IS NOT NULL",
                      c->t->person->account_id, 0);
  tw_test_money_stop_counterpart (c->t);
  c->bank = tw_test_bank_new (path);
}

static void
tear_down (Case *c, gconstpointer data)
{
  tw_test_money_assert_sound (c->t);
  tw_test_money_stop_service (c->t);
  tw_test_bank_free (c->bank);
  tw_test_money_free (c->t);
}

#define RUN(c, kind, ...)                                                                          \
  tw_test_money_run ((c)->t, (c)->t->person, kind, NULL, NULL,                                     \
                     tw_test_money_body (__VA_ARGS__, NULL))

/* @answer: all that the other side says */
static void
take_answer (Case *c, const char *answer)
{
  g_autoptr (TwActor) system = tw_actor_new (TW_ROLE_SYSTEM, "system", "", "", "");

  tw_test_bank_say (c->bank, "GET", 200, answer);
  tw_assert_done (
    tw_test_money_run (c->t, system, TW_KIND_BILLER_LIST, NULL, NULL, json_object_new ()));
  tw_test_money_wait (c->t, "SELECT count(*) FROM rail_op WHERE rail = $1 AND next_at IS NOT NULL",
                      "biller-list", 0);
}

static void
take_list (Case *c, const char *list)
{
  g_autofree char *text = g_strconcat ("{\"billers\":[", list, "]}", NULL);

  take_answer (c, text);
}

/* What is said of a biller that can't be read is meant; nothing else may be wrong. */
static void
on_log (const char *domain, GLogLevelFlags level, const char *words, gpointer data)
{
  if (strstr (words, "makes no sense") == NULL &&
      strstr (words, "A biller can’t be read") == NULL &&
      (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL)))
    g_error ("%s", words);
}

#define BILLER(id, name)                                                                           \
  "{\"id\":\"" id "\",\"category\":\"water\",\"name\":\"" name "\",\"digits\":8}"
#define IN_FEED "SELECT count(*) FROM feed WHERE scope = 'public' AND type = 'biller' AND id = $1"
#define WRITTEN "SELECT max(seq) FROM feed WHERE scope = 'public' AND type = $1"

/* Who is listed no more can't be chosen any more; what is as it was is not told again. */
static void
test_billers (Case *c, gconstpointer data)
{
  TwTestMoney *t = c->t;
  gint64 written;

  take_list (c, BILLER ("water1", "A") "," BILLER ("water2", "B") "," BILLER ("water3", "C"));
  g_assert_cmpint (tw_test_money_number (t->db, IN_FEED, "water2"), ==, 1);
  written = tw_test_money_number (t->db, WRITTEN, "biller");
  /* The last one can't be read this time: it is listed all the same. */
  take_list (c, BILLER ("water1", "A") "," BILLER ("water2", "B") ",{\"id\":\"water3\"}");
  g_assert_cmpint (tw_test_money_number (t->db, WRITTEN, "biller"), ==, written);
  take_list (c, BILLER ("water1", "Another") "," BILLER ("water3", "C"));
  g_assert_cmpint (
    tw_test_money_number (t->db, "SELECT count(*) FROM biller WHERE id <> $1", "water1"), ==, 1);
  g_assert_cmpint (tw_test_money_number (t->db, WRITTEN, "biller"), >, written);
  g_assert_cmpint (tw_test_money_number (t->db, IN_FEED " AND removed = 1", "water2"), ==, 1);
  tw_assert_code (
    RUN (c, TW_KIND_PAYEE_CHECK, "biller_id", "s", "water2", "customer_number", "s", "12345678"),
    "invalid");
  tw_assert_done (
    RUN (c, TW_KIND_PAYEE_CHECK, "biller_id", "s", "water1", "customer_number", "s", "12345678"));
}

/* What says nothing of who is listed withdraws nobody; who can be read is taken all the same. */
static void
test_strange (Case *c, gconstpointer data)
{
  static const char *const answers[] = { "{}", "{\"billers\":null}", "{\"billers\":{}}",
                                         "{\"billers\":\"water1\"}", "{\"billers\":[]}" };
  static const char *const nameless[] = {
    "null",           "7", "\"water2\"", "[]", "{}", "{\"id\":7}", "{\"id\":null}", "{\"id\":\"\"}",
    "{\"id\":\"水\"}"
  };
  TwTestMoney *t = c->t;

  take_list (c, BILLER ("water1", "A") "," BILLER ("water2", "B"));
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      take_answer (c, answers[i]);
      g_assert_cmpint (
        tw_test_money_number (t->db, "SELECT count(*) FROM biller WHERE id <> $1", ""), ==, 2);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (nameless); i++)
    {
      g_autofree char *name = g_strdup_printf ("A%d", (int) i);
      g_autofree char *list = g_strdup_printf (BILLER ("water1", "%s") ",%s", name, nameless[i]);
      gint64 written = tw_test_money_number (t->db, WRITTEN, "biller");

      take_list (c, list);
      g_assert_cmpint (tw_test_money_number (t->db, WRITTEN, "biller"), >, written);
      g_assert_cmpint (tw_test_money_number (t->db, IN_FEED " AND removed = 0", "water2"), ==, 1);
    }
  take_list (c, BILLER ("water1", "A"));
  g_assert_cmpint (tw_test_money_number (t->db, IN_FEED " AND removed = 1", "water2"), ==, 1);
}

#define CASE(name, func) g_test_add ("/billers/" name, Case, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_default_handler (on_log, NULL);
  CASE ("listed", test_billers);
  CASE ("strange", test_strange);
  return g_test_run ();
}
