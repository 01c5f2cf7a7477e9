// SPDX-License-Identifier: GPL-3.0-or-later
/* One question to a partner for a thread that has nothing else to do. */
#include "server/rails/tw-rails-private.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "vault/tw-request.h"

typedef struct
{
  GMainLoop *loop;
  guint status;
  JsonObject *answer; /* (nullable) */
} Fetch;

static void
on_fetched (guint status, JsonObject *answer, gpointer data)
{
  Fetch *fetch = data;

  fetch->status = status;
  if (answer != NULL)
    fetch->answer = json_object_ref (answer);
  g_main_loop_quit (fetch->loop);
}

static void
fetch_in_context (const TwRailsSetup *setup, TwKey *shared, const char *path, Fetch *fetch)
{
  g_autoptr (TwKey) key = tw_key_derive (shared, TW_REQUEST_TO_PARTNER);
  g_autoptr (TwKey) theirs = tw_key_derive (shared, TW_REQUEST_FROM_PARTNER);
  g_autoptr (SoupSession) session = tw_rail_session_new (setup->socket_path, theirs);

  tw_rail_call (session, key, path, NULL, setup->timeout_ms, on_fetched, fetch);
  g_main_loop_run (fetch->loop);
  soup_session_abort (session);
}

/**
 * tw_rails_fetch:
 * @setup: how partners are reached
 * @path: what is asked, with a slash in front
 * @answer: (out) (transfer full): what was said
 * @error: %TW_ERROR_UNREACHABLE without an answer of JSON; as tw_key_file_open()
 *
 * Asks, signed, and waits. Any thread that has no main loop of its own.
 *
 * Returns: whether there is an answer
 */
gboolean
tw_rails_fetch (const TwRailsSetup *setup, const char *path, JsonObject **answer, GError **error)
{
  g_autoptr (TwKey) shared = tw_rails_open_key (setup, error);
  g_autoptr (GMainContext) context = NULL;
  Fetch fetch = { 0 };

  if (shared == NULL)
    return FALSE;
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  fetch.loop = g_main_loop_new (context, FALSE);
  fetch_in_context (setup, shared, path, &fetch);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  g_main_loop_unref (fetch.loop);
  if (fetch.status == SOUP_STATUS_OK && fetch.answer != NULL)
    {
      *answer = fetch.answer;
      return TRUE;
    }
  g_clear_pointer (&fetch.answer, json_object_unref);
  if (fetch.status == 0)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_UNREACHABLE, _ ("Nobody has answered."));
  else
    g_set_error (error, TW_ERROR, TW_ERROR_UNREACHABLE, _ ("The answer was HTTP %u."),
                 fetch.status);
  return FALSE;
}
