// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tw-error.h"
#include "server/http/tw-listener-private.h"

#define SOCKET_MODE 0660

/* A socket file that nobody answers on is left over from a crash. */
static gboolean
clear_path (const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) probe =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  struct stat info;

  if (probe == NULL)
    return FALSE;
  if (lstat (path, &info) != 0)
    return TRUE;
  if (!S_ISSOCK (info.st_mode) || g_socket_connect (probe, address, NULL, NULL))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_BUSY, _ ("Something else already uses %s."), path);
      return FALSE;
    }
  if (g_unlink (path) != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_DENIED, "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/**
 * tw_listener_make_socket:
 * @path: where, in the file system
 * @error: %TW_ERROR_BUSY, %TW_ERROR_INVALID
 *
 * The mode is there before the name is: nobody can slip in between.
 *
 * Returns: (transfer full) (nullable): a socket that listens, with mode 0660
 */
GSocket *
tw_listener_make_socket (const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (strlen (path) >= 108)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                   _ ("The path of the socket is too long: %s. Choose a shorter folder."), path);
      return NULL;
    }
  if (!clear_path (path, error))
    return NULL;
  address = g_unix_socket_address_new (path);
  socket =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (socket == NULL)
    return NULL;
  if (fchmod (g_socket_get_fd (socket), SOCKET_MODE) != 0 ||
      !g_socket_bind (socket, address, FALSE, error))
    return NULL;
  g_socket_set_listen_backlog (socket, 1024);
  if (chmod (path, SOCKET_MODE) != 0 || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}
