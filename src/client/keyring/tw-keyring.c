// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/keyring/tw-keyring.h"

#include "client/keyring/tw-keyring-private.h"

/**
 * tw_keyring_load_async:
 * @profile: which of this person's data folders
 * @cancellable: (nullable): to give up
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Asks the system's keyring for the client's secret. A locked keyring asks the person for its
 * password, and that may take as long as the person does, up to two minutes.
 */
void
tw_keyring_load_async (const char *profile,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tw_keyring_load_async);
  tw_keyring_run (TW_KEYRING_LOAD, profile, NULL, task);
}

/**
 * tw_keyring_load_finish:
 * @result: what the callback got
 * @error: %TW_ERROR_NOT_FOUND: no entry yet; %TW_ERROR_LOCKED: the password was not given;
 *   %TW_ERROR_WRONG_KEY: the entry is not a key of this profile; %TW_ERROR_UNREACHABLE: no keyring
 *   here; %TW_ERROR_BUSY: no answer in time; `G_IO_ERROR_CANCELLED`
 *
 * Returns: (transfer full) (nullable): %TW_KEYRING_SECRET_BYTES, wiped when they are freed
 */
GBytes *
tw_keyring_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * tw_keyring_store_async:
 * @profile: which of this person's data folders
 * @secret: %TW_KEYRING_SECRET_BYTES
 * @cancellable: (nullable): to give up
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Writes the client's secret into the default keyring, in place of one that is there.
 */
void
tw_keyring_store_async (const char *profile,
                        GBytes *secret,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task;

  g_return_if_fail (g_bytes_get_size (secret) == TW_KEYRING_SECRET_BYTES);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, tw_keyring_store_async);
  tw_keyring_run (TW_KEYRING_STORE, profile, secret, task);
}

/**
 * tw_keyring_store_finish:
 * @result: what the callback got
 * @error: as tw_keyring_load_finish(), but for %TW_ERROR_NOT_FOUND and %TW_ERROR_WRONG_KEY
 *
 * Returns: whether it is in the keyring
 */
gboolean
tw_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tw_keyring_clear_async:
 * @profile: which of this person's data folders
 * @cancellable: (nullable): to give up
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Removes the client's secret from the keyring. Without it, what is sealed with it stays closed.
 */
void
tw_keyring_clear_async (const char *profile,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tw_keyring_clear_async);
  tw_keyring_run (TW_KEYRING_CLEAR, profile, NULL, task);
}

/**
 * tw_keyring_clear_finish:
 * @result: what the callback got
 * @error: as tw_keyring_store_finish()
 *
 * Returns: whether the keyring holds none now; %TRUE too when there was none
 */
gboolean
tw_keyring_clear_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
