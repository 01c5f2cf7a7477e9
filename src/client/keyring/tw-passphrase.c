// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/keyring/tw-passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "client/keyring/tw-keyring.h"
#include "vault/tw-vault.h"

/* The file: a mark, the salt, the sealed secret, and a plain hash of all before it, which tells a
 * damaged file from a wrong passphrase. */
#define MARK "TWKEY1\r\n"
#define CONTEXT "tax wallet client key 1"

enum
{
  MARK_BYTES = 8,
  SALT_BYTES = 16,
  SEALED_BYTES = TW_KEYRING_SECRET_BYTES + 40,
  BODY_BYTES = MARK_BYTES + SALT_BYTES + SEALED_BYTES,
  FILE_BYTES = BODY_BYTES + TW_HASH_BYTES,
};

typedef struct
{
  char *path;
  char *folder;
  char *passphrase;
  char *new_passphrase;
  GBytes *secret;
} Job;

static Job *
job_new (const char *folder, const char *passphrase)
{
  Job *job = g_new0 (Job, 1);

  job->folder = g_strdup (folder);
  job->path = g_build_filename (folder, TW_PASSPHRASE_FILE, NULL);
  job->passphrase = g_strdup (passphrase);
  return job;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->folder);
  g_free (job->path);
  tw_secret_free_text (job->passphrase);
  tw_secret_free_text (job->new_passphrase);
  g_clear_pointer (&job->secret, g_bytes_unref);
  g_free (job);
}

static gboolean
set_file_error (GError **error, const char *path, int number)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, TW_ERROR, number == ENOENT ? TW_ERROR_NOT_FOUND : TW_ERROR_INTERNAL,
               number == ENOENT ? _ ("There is no key file “%s”.")
                                : _ ("The key file “%s” can't be used: %s."),
               shown, g_strerror (number));
  return FALSE;
}

static GBytes *
make_file (GBytes *secret, const char *passphrase, GError **error)
{
  guint8 file[FILE_BYTES];
  g_autoptr (TwKey) random = tw_key_new_random ();
  g_autoptr (TwKey) key = NULL;
  g_autoptr (GBytes) sealed = NULL;
  gsize length;
  const void *data = g_bytes_get_data (secret, &length);

  if (tw_password_score (passphrase, NULL) < TW_PASSPHRASE_LEAST_SCORE)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           _ ("This passphrase is too easy to guess. Four or five words that do "
                              "not belong together make a good one."));
      return NULL;
    }
  memcpy (file, MARK, MARK_BYTES);
  memcpy (file + MARK_BYTES, tw_key_peek (random), SALT_BYTES);
  key = tw_key_new_from_passphrase (passphrase, file + MARK_BYTES, error);
  if (key == NULL)
    return NULL;
  sealed = tw_seal (key, data, length, CONTEXT);
  g_assert (g_bytes_get_size (sealed) == SEALED_BYTES);
  memcpy (file + MARK_BYTES + SALT_BYTES, g_bytes_get_data (sealed, NULL), SEALED_BYTES);
  tw_hash (file, BODY_BYTES, file + BODY_BYTES);
  return g_bytes_new (file, sizeof file);
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;
  int number = errno;

  if (fd >= 0)
    close (fd);
  return synced ? TRUE : set_file_error (error, folder, number);
}

/* Whole or not at all, on disk before it returns. A file that is there is replaced only when the
 * caller says so: the only copy of a key must not go by mistake. */
static gboolean
write_file (Job *job, GBytes *file, gboolean replace, GError **error)
{
  g_autofree char *fresh = g_strdup_printf ("%s.XXXXXX", job->path);
  gsize length;
  const char *data = g_bytes_get_data (file, &length);
  int fd = g_mkstemp_full (fresh, O_WRONLY | O_CLOEXEC, 0600);
  gboolean written;
  int number;

  if (fd < 0)
    return set_file_error (error, fresh, errno);
  written = write (fd, data, length) == (gssize) length && fsync (fd) == 0;
  number = errno;
  close (fd);
  if (written)
    {
      written = (replace ? g_rename (fresh, job->path) : link (fresh, job->path)) == 0;
      number = errno;
    }
  if (!written || !replace)
    g_unlink (fresh);
  if (written)
    return sync_folder (job->folder, error);
  if (number != EEXIST)
    return set_file_error (error, job->path, number);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_REFUSED,
                       _ ("There is a key file already. Open it with its passphrase."));
  return FALSE;
}

static GBytes *
open_file (const char *path, const char *passphrase, GError **error)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (TwKey) key = NULL;
  guint8 hash[TW_HASH_BYTES];
  const guint8 *file;
  GBytes *secret;
  gsize length;

  if (!g_file_get_contents (path, &data, &length, &cause))
    {
      set_file_error (error, path,
                      g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? ENOENT : EIO);
      return NULL;
    }
  file = (const guint8 *) data;
  if (length == FILE_BYTES)
    tw_hash (file, BODY_BYTES, hash);
  if (length != FILE_BYTES || memcmp (file, MARK, MARK_BYTES) != 0 ||
      memcmp (hash, file + BODY_BYTES, TW_HASH_BYTES) != 0)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_DAMAGED,
                           _ ("The key file is damaged. Put back a copy of it if you have one."));
      return NULL;
    }
  key = tw_key_new_from_passphrase (passphrase, file + MARK_BYTES, error);
  if (key == NULL)
    return NULL;
  secret = tw_unseal (key, file + MARK_BYTES + SALT_BYTES, SEALED_BYTES, CONTEXT, NULL);
  if (secret == NULL)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_WRONG_KEY,
                         _ ("That is not the passphrase. Try again."));
  return secret;
}

static void
create_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GBytes) file = NULL;
  GError *error = NULL;

  file = make_file (job->secret, job->passphrase, &error);
  if (file != NULL && write_file (job, file, FALSE, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  GBytes *secret = open_file (job->path, job->passphrase, &error);

  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
change_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  g_autoptr (GBytes) file = NULL;

  job->secret = open_file (job->path, job->passphrase, &error);
  if (job->secret != NULL)
    file = make_file (job->secret, job->new_passphrase, &error);
  if (file != NULL && write_file (job, file, TRUE, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
run (Job *job,
     GTaskThreadFunc work,
     gpointer tag,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, work);
}

/**
 * tw_passphrase_exists:
 * @folder: the profile's data folder
 *
 * Returns: whether the profile's secret is kept in a file there
 */
gboolean
tw_passphrase_exists (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, TW_PASSPHRASE_FILE, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/**
 * tw_passphrase_create_async:
 * @folder: the profile's data folder, which exists
 * @secret: the secret, %TW_KEYRING_SECRET_BYTES
 * @passphrase: what shall open it
 * @cancellable: (nullable): to give up
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Seals the client's secret with a key from the passphrase (Argon2id) and writes it to
 * %TW_PASSPHRASE_FILE. The work is done in a thread.
 */
void
tw_passphrase_create_async (const char *folder,
                            GBytes *secret,
                            const char *passphrase,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Job *job;

  g_return_if_fail (g_bytes_get_size (secret) == TW_KEYRING_SECRET_BYTES);

  job = job_new (folder, passphrase);
  job->secret = g_bytes_ref (secret);
  run (job, create_in_thread, tw_passphrase_create_async, cancellable, callback, user_data);
}

/**
 * tw_passphrase_create_finish:
 * @result: what the callback got
 * @error: %TW_ERROR_INVALID: too easy to guess; %TW_ERROR_REFUSED: there is a file already, which
 *   stays; %TW_ERROR_BUSY: not enough memory now; %TW_ERROR_INTERNAL: the file can't be written
 *
 * Returns: whether it is on disk
 */
gboolean
tw_passphrase_create_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tw_passphrase_open_async:
 * @folder: the profile's data folder
 * @passphrase: what the person typed
 * @cancellable: (nullable): to give up
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Opens the file that tw_passphrase_create_async() made. The work is done in a thread.
 */
void
tw_passphrase_open_async (const char *folder,
                          const char *passphrase,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  run (job_new (folder, passphrase), open_in_thread, tw_passphrase_open_async, cancellable,
       callback, user_data);
}

/**
 * tw_passphrase_open_finish:
 * @result: what the callback got
 * @error: %TW_ERROR_WRONG_KEY: not the passphrase; %TW_ERROR_DAMAGED: the file is;
 *   %TW_ERROR_NOT_FOUND: there is none; %TW_ERROR_INVALID: an empty passphrase; %TW_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable): %TW_KEYRING_SECRET_BYTES, wiped when they are freed
 */
GBytes *
tw_passphrase_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * tw_passphrase_change_async:
 * @folder: the profile's data folder
 * @passphrase: the one that opens it now
 * @new_passphrase: the one that shall open it
 * @cancellable: (nullable): to give up
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * The secret stays the same, so nothing else needs sealing anew. The work is done in a thread.
 */
void
tw_passphrase_change_async (const char *folder,
                            const char *passphrase,
                            const char *new_passphrase,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Job *job = job_new (folder, passphrase);

  job->new_passphrase = g_strdup (new_passphrase);
  run (job, change_in_thread, tw_passphrase_change_async, cancellable, callback, user_data);
}

/**
 * tw_passphrase_change_finish:
 * @result: what the callback got
 * @error: those of tw_passphrase_open_finish() about the old one, those of
 *   tw_passphrase_create_finish() about the new one; the file is then as it was
 *
 * Returns: whether the new passphrase opens it now
 */
gboolean
tw_passphrase_change_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
