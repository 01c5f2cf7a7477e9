// SPDX-License-Identifier: GPL-3.0-or-later
/* metrics: asks a running service over its socket. */
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-routes.h"
#include "server/ops/tw-ops.h"

#define TIMEOUT_S 10

static GBytes *
ask (const char *socket_dir, GError **error)
{
  g_autofree char *path = g_build_filename (socket_dir, TW_SOCKET_API, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (SoupSession) session =
    soup_session_new_with_options ("remote-connectable", address, "timeout", TIMEOUT_S, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", "http://localhost" TW_ROUTE_METRICS);
  g_autoptr (GError) local = NULL;
  GBytes *bytes = soup_session_send_and_read (session, message, NULL, &local);

  if (bytes != NULL && soup_message_get_status (message) == SOUP_STATUS_OK)
    return bytes;
  g_set_error (error, TW_ERROR, TW_ERROR_UNREACHABLE, _ ("No service answers at %s: %s"), path,
               local != NULL ? local->message : soup_message_get_reason_phrase (message));
  g_clear_pointer (&bytes, g_bytes_unref);
  return NULL;
}

/* The lines `name value`, as one object; values stay as they are written. */
static void
print_json (const char *text)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *out = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *space = strrchr (lines[i], ' ');

      if (space == NULL || lines[i][0] == '#')
        continue;
      *space = '\0';
      json_object_set_string_member (object, lines[i], space + 1);
    }
  out = tw_json_canonical_object (object);
  g_print ("%s\n", out);
}

gboolean
tw_verb_metrics (const TwOpsOptions *options, TwExit *code, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  if (options->socket_dir == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("--socket-dir is needed."));
      return FALSE;
    }
  bytes = ask (options->socket_dir, error);
  if (bytes == NULL)
    return FALSE;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (options->json)
    print_json (text);
  else
    g_print ("%s", text);
  return TRUE;
}
