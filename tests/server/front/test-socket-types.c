// SPDX-License-Identifier: GPL-3.0-or-later
/* Two threads that make a type of sockets at the same time can wait for each other for ever, so all
 * are there before the rails' thread begins. This is a program of its own: nobody else makes them.
 */
#include <libsoup/soup.h>

#include "tw-test-core.h"
#include "server/rails/tw-rails.h"

static void
test_made_before (TwTestCore *core, gconstpointer unused)
{
  g_autofree char *socket = g_build_filename (core->folder, "nobody.sock", NULL);
  const TwRailsSetup setup = { .socket_path = socket, .timeout_ms = 1000 };
  g_autoptr (GError) error = NULL;
  TwRails *rails;

  /* The rails themselves make no server without a path to listen on. */
  g_assert_null (g_type_class_peek (SOUP_TYPE_SERVER));
  rails = tw_rails_new (core->service, &setup, &error);
  g_assert_no_error (error);
  g_assert_nonnull (g_type_class_peek (SOUP_TYPE_SERVER));
  g_assert_nonnull (g_type_class_peek (G_TYPE_SOCKET));
  tw_rails_free (rails);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/rails/socket-types", TwTestCore, NULL, tw_test_core_set_up, test_made_before,
              tw_test_core_tear_down);
  return g_test_run ();
}
