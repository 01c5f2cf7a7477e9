// SPDX-License-Identifier: GPL-3.0-or-later
/* Who does what one of several processes does. Services in one process stand for several; real ones
 * are killed in the faults suite. */
#include <string.h>

#include "tw-test-core.h"

#define HOLDERS                                                                                    \
  "FROM pg_locks WHERE locktype = 'advisory' AND granted AND "                                     \
  "database = (SELECT oid FROM pg_database WHERE datname = current_database ())"

static gboolean
is_on_postgres (void)
{
  return g_getenv ("TW_TEST_POSTGRES") != NULL;
}

static void
wait_leader (TwService *service, TwService *or_other)
{
  gint64 end = g_get_monotonic_time () + TW_TEST_DEADLINE_MS * 1000;

  while (!tw_service_is_leader (service) && (or_other == NULL || !tw_service_is_leader (or_other)))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_thread_yield ();
    }
}

/* The only process leads from the start, with either engine. */
static void
test_alone (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *metrics = tw_service_get_metrics (core->service);

  g_assert_true (tw_service_is_leader (core->service));
  g_assert_nonnull (strstr (metrics, "\ntax_wallet_leader 1\n"));
}

static void
test_one_of_two (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *metrics = NULL;
  TwService *other;

  if (!is_on_postgres ())
    {
      g_test_skip ("One process serves a SQLite database");
      return;
    }
  other = tw_test_core_open (core->url, core->keys);
  g_assert_true (tw_service_is_leader (core->service));
  g_assert_false (tw_service_is_leader (other));
  metrics = tw_service_get_metrics (other);
  g_assert_nonnull (strstr (metrics, "\ntax_wallet_leader 0\n"));
  /* Who ends hands over. */
  g_clear_pointer (&core->service, tw_service_free);
  wait_leader (other, NULL);
  core->service = tw_test_core_open (core->url, core->keys);
  g_assert_false (tw_service_is_leader (core->service));
  tw_service_free (other);
}

/* With the connection goes the lead; soon one of them has it again, and not both. */
static void
test_lost_connection (TwTestCore *core, gconstpointer unused)
{
  TwService *other;

  if (!is_on_postgres ())
    {
      g_test_skip ("There is no connection to lose");
      return;
    }
  other = tw_test_core_open (core->url, core->keys);
  for (int i = 0; i < 5; i++)
    {
      TwService *led = tw_service_is_leader (core->service) ? core->service : other;
      gint64 end = g_get_monotonic_time () + TW_TEST_DEADLINE_MS * 1000;

      g_assert_cmpint (tw_test_number (core, "SELECT count(pg_terminate_backend (pid)) " HOLDERS),
                       ==, 1);
      while (tw_service_is_leader (led))
        g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) " HOLDERS), <=, 1);
      wait_leader (core->service, other);
      g_assert_cmpint (tw_test_number (core, "SELECT count(*) " HOLDERS), ==, 1);
      g_assert_true (tw_service_is_leader (core->service) != tw_service_is_leader (other));
    }
  tw_service_free (other);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/core/leader/" name, TwTestCore, NULL, tw_test_core_set_up, func,                   \
              tw_test_core_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("alone", test_alone);
  ADD ("one-of-two", test_one_of_two);
  ADD ("lost-connection", test_lost_connection);
  return g_test_run ();
}
