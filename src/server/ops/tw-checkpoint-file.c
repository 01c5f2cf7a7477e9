// SPDX-License-Identifier: GPL-3.0-or-later
/* The file that says how far the ledger had got, when a database is put beside it. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "server/ledger/tw-ledger.h"
#include "server/ops/tw-checkpoints.h"

/* Archives that were made in the same second. */
#define MAX_ARCHIVES 100

static TwSigner *
get_signer (TwKeys *keys)
{
  return tw_signer_new_from_seed (tw_key_peek (tw_keys_get (keys, TW_KEY_SIGN_CHECKPOINT)));
}

/**
 * tw_checkpoint_get_public_key:
 * @keys: the service's
 *
 * Returns: (transfer full): what its checkpoints are checked with
 */
char *
tw_checkpoint_get_public_key (TwKeys *keys)
{
  g_autoptr (TwSigner) signer = get_signer (keys);

  return tw_signer_get_public (signer);
}

/**
 * tw_checkpoint_check:
 * @db: a connection
 * @keys: the service's
 * @path: the checkpoint
 * @error: %TW_ERROR_DAMAGED when the database does not reach it, with what to do; or the database's
 *
 * Returns: whether people may be served from @db
 */
gboolean
tw_checkpoint_check (TwDb *db, TwKeys *keys, const char *path, GError **error)
{
  g_autofree char *public_key = tw_checkpoint_get_public_key (keys);
  g_autoptr (GError) why = NULL;

  if (tw_ledger_continues (db, path, public_key, &why))
    return TRUE;
  if (g_error_matches (why, TW_ERROR, TW_ERROR_DAMAGED))
    g_set_error (error, TW_ERROR, TW_ERROR_DAMAGED,
                 _ ("%s Put the newest copy back. If there is none, --accept-older goes on from "
                    "this one: what was done since is lost, and the checkpoint is kept beside."),
                 why->message);
  else
    g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static void
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/* Never over anything: a link fails where a rename would not. */
static char *
archive_file (const char *path, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (tw_clock_now_ms () / 1000);
  g_autofree char *at = g_date_time_format (now, "%Y%m%dT%H%M%SZ");

  for (int i = 0; i < MAX_ARCHIVES; i++)
    {
      g_autofree char *archive =
        i == 0 ? g_strdup_printf ("%s.%s", path, at) : g_strdup_printf ("%s.%s.%d", path, at, i);

      if (link (path, archive) == 0)
        {
          if (g_unlink (path) != 0)
            break;
          sync_folder_of (path);
          return g_steal_pointer (&archive);
        }
      if (errno != EEXIST)
        break;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_BUSY, _ ("The checkpoint %s can’t be moved away: %s"),
               path, g_strerror (errno));
  return NULL;
}

/**
 * tw_checkpoint_accept:
 * @db: a connection that may write, not in a transaction
 * @keys: the service's
 * @path: the checkpoint
 * @archive: (out) (nullable): where the one is kept that @db does not reach; %NULL when it does
 * @error: %TW_ERROR_BUSY when a file can't be written, or the database's
 *
 * Somebody has decided to go on from this database: the checkpoint tells of it from now on.
 *
 * Returns: whether it does
 */
gboolean
tw_checkpoint_accept (TwDb *db, TwKeys *keys, const char *path, char **archive, GError **error)
{
  g_autofree char *public_key = tw_checkpoint_get_public_key (keys);
  g_autoptr (TwSigner) signer = get_signer (keys);
  g_autoptr (GError) why = NULL;

  *archive = NULL;
  if (!tw_ledger_continues (db, path, public_key, &why))
    {
      if (!g_error_matches (why, TW_ERROR, TW_ERROR_DAMAGED))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      *archive = archive_file (path, error);
      if (*archive == NULL)
        return FALSE;
    }
  return tw_ledger_checkpoint (db, signer, path, error);
}
