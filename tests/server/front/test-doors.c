// SPDX-License-Identifier: GPL-3.0-or-later
/* Who is let in: what is remembered of tokens, and of tries. */
#include "server/http/tw-session-cache.h"
#include "server/identity/tw-throttle.h"

#define NOW_MS G_GINT64_CONSTANT (1800000000000)
#define END_MS (NOW_MS + 3600000)

static void
add (TwSessionCache *cache, const char *token, TwRole role, gint64 now_ms, gboolean expected)
{
  g_autoptr (TwActor) asked = tw_actor_new (role, "a", "d", "", "A");
  g_autoptr (TwActor) actor = tw_session_cache_add (cache, token, asked, END_MS, now_ms);

  g_assert_cmpint (actor != NULL, ==, expected);
}

/* The role that is found; 0: nobody, and whether it has ended is as expected. */
static TwRole
find (TwSessionCache *cache, const char *token, gint64 now_ms, gboolean expected_end)
{
  gboolean ended;
  g_autoptr (TwActor) actor = tw_session_cache_find (cache, token, now_ms, &ended);

  g_assert_cmpint (ended, ==, expected_end);
  return actor != NULL ? actor->role : 0;
}

static void
test_remembers (void)
{
  TwSessionCache *cache = tw_session_cache_new ();

  g_assert_cmpint (find (cache, "t", NOW_MS, FALSE), ==, 0);
  add (cache, "t", TW_ROLE_AGENT, NOW_MS, TRUE);
  g_assert_cmpint (find (cache, "t", NOW_MS + 1, FALSE), ==, TW_ROLE_AGENT);
  g_assert_cmpint (find (cache, "t", END_MS, TRUE), ==, 0);
  tw_session_cache_free (cache);
}

/* Another process may have ended it, or its holder may be somebody else by now. */
static void
test_asks_again (void)
{
  const gint64 later_ms = NOW_MS + TW_SESSION_CACHE_FRESH_MS;
  TwSessionCache *cache = tw_session_cache_new ();

  add (cache, "t", TW_ROLE_SENIOR, NOW_MS, TRUE);
  g_assert_cmpint (find (cache, "t", later_ms - 1, FALSE), ==, TW_ROLE_SENIOR);
  g_assert_cmpint (find (cache, "t", later_ms, FALSE), ==, 0);
  g_assert_cmpint (find (cache, "t", NOW_MS - TW_SESSION_CACHE_FRESH_MS, FALSE), ==, 0);
  add (cache, "t", TW_ROLE_AGENT, later_ms, TRUE);
  g_assert_cmpint (find (cache, "t", later_ms + 1, FALSE), ==, TW_ROLE_AGENT);
  tw_session_cache_free (cache);
}

/* What was looked up before it ended does not bring it back. */
static void
test_stays_ended (void)
{
  TwSessionCache *cache = tw_session_cache_new ();

  add (cache, "t", TW_ROLE_USER, NOW_MS, TRUE);
  tw_session_cache_end (cache, "t", NOW_MS);
  add (cache, "t", TW_ROLE_USER, NOW_MS + 1, FALSE);
  g_assert_cmpint (find (cache, "t", NOW_MS + 1, TRUE), ==, 0);
  g_assert_cmpint (find (cache, "t", NOW_MS + TW_SESSION_CACHE_FRESH_MS, TRUE), ==, 0);
  tw_session_cache_free (cache);
}

/* Made-up names that were never judged, as when too many sign in at once, keep nobody else out. */
static void
test_names_that_were_not_judged (void)
{
  TwThrottle *throttle = tw_throttle_new ();

  for (int i = 0; i < 100001; i++)
    {
      char name[32];

      g_snprintf (name, sizeof name, "device %d", i);
      g_assert_cmpint (tw_throttle_try (throttle, name, NOW_MS), ==, 0);
      tw_throttle_forgive (throttle, name);
    }
  g_assert_cmpint (tw_throttle_try (throttle, "login somebody", NOW_MS), ==, 0);
  tw_throttle_free (throttle);
}

/* Nor do those that were tried and found wrong; and whoever has been guessed at waits on. */
static void
test_many_wrong_names (void)
{
  TwThrottle *throttle = tw_throttle_new ();
  char name[32];

  for (int i = 0; i < TW_THROTTLE_FREE_TRIES + 1; i++)
    tw_throttle_try (throttle, "login guessed", NOW_MS);
  for (int i = 0; i < 250000; i++)
    {
      g_snprintf (name, sizeof name, "device %d", i);
      g_assert_cmpint (tw_throttle_try (throttle, name, NOW_MS + i / 1000), ==, 0);
    }
  g_assert_cmpint (tw_throttle_try (throttle, "login somebody", NOW_MS + 250), ==, 0);
  g_assert_cmpint (tw_throttle_try (throttle, "login guessed", NOW_MS + 250), >, 0);
  /* The latest are still known, the first are not. */
  for (int i = 1; i < TW_THROTTLE_FREE_TRIES; i++)
    g_assert_cmpint (tw_throttle_try (throttle, name, NOW_MS + 250), ==, 0);
  g_assert_cmpint (tw_throttle_try (throttle, name, NOW_MS + 250), >, 0);
  tw_throttle_free (throttle);
}

static void
test_tries_are_counted (void)
{
  TwThrottle *throttle = tw_throttle_new ();

  for (int i = 0; i < TW_THROTTLE_FREE_TRIES; i++)
    g_assert_cmpint (tw_throttle_try (throttle, "login a", NOW_MS), ==, 0);
  g_assert_cmpint (tw_throttle_try (throttle, "login a", NOW_MS), ==, 2);
  tw_throttle_forgive (throttle, "login a");
  g_assert_cmpint (tw_throttle_try (throttle, "login a", NOW_MS), ==, 0);
  g_assert_cmpint (tw_throttle_try (throttle, "login a", NOW_MS), ==, 2);
  tw_throttle_forgive (throttle, "login b");
  g_assert_cmpint (tw_throttle_try (throttle, "login b", NOW_MS), ==, 0);
  tw_throttle_free (throttle);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/front/doors/remembers", test_remembers);
  g_test_add_func ("/front/doors/asks-again", test_asks_again);
  g_test_add_func ("/front/doors/stays-ended", test_stays_ended);
  g_test_add_func ("/front/doors/names-that-were-not-judged", test_names_that_were_not_judged);
  g_test_add_func ("/front/doors/many-wrong-names", test_many_wrong_names);
  g_test_add_func ("/front/doors/tries-are-counted", test_tries_are_counted);
  return g_test_run ();
}
