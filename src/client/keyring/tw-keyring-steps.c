// SPDX-License-Identifier: GPL-3.0-or-later
/* The way of one call through the Secret Service: find, unlock where it is locked, use. */
#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "client/keyring/tw-keyring-private.h"
#include "client/keyring/tw-keyring.h"
#include "vault/tw-vault.h"

/* How long the keyring may take to answer by itself, and how long while it asks a person. */
static guint answer_patience_ms = 10 * 1000;
static guint person_patience_ms = 120 * 1000;

/* One call. It is finished once; what libsecret still brings after a timeout is dropped. Every
 * pending step holds a reference. */
typedef struct
{
  TwKeyringAim aim;
  char *profile;
  GBytes *secret;
  GHashTable *attributes;
  GTask *task;               /* NULL when finished */
  GCancellable *cancellable; /* ours; the caller's and the timeout both end here */
  gulong caller_id;
  GSource *timeout;
  gboolean asking; /* the keyring asks the person for its password */
  SecretService *service;
  GList *items;
} Op;

static void
op_clear (gpointer data)
{
  Op *op = data;

  g_free (op->profile);
  g_clear_pointer (&op->secret, g_bytes_unref);
  g_hash_table_unref (op->attributes);
  g_clear_object (&op->cancellable);
  g_clear_object (&op->service);
  g_list_free_full (op->items, g_object_unref);
}

static void
op_unref (Op *op)
{
  g_rc_box_release_full (op, op_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Op, op_unref)

/* The step that is done hands its reference over: one that goes on takes another. */
static gpointer
again (Op *op)
{
  return g_rc_box_acquire (op);
}

static void
stop_waiting (Op *op)
{
  if (op->timeout == NULL)
    return;
  g_source_destroy (op->timeout);
  g_clear_pointer (&op->timeout, g_source_unref);
}

/* Returns the task, for the one who answers it; NULL when it has been answered. */
static GTask *
finish (Op *op)
{
  GTask *task = g_steal_pointer (&op->task);

  if (task == NULL)
    return NULL;
  stop_waiting (op);
  g_cancellable_disconnect (g_task_get_cancellable (task), op->caller_id);
  return task;
}

static void
finish_with (Op *op, GError *ours)
{
  g_autoptr (GTask) task = finish (op);

  if (task != NULL)
    g_task_return_error (task, ours);
  else
    g_error_free (ours);
}

static void
finish_failed (Op *op, GError *cause)
{
  GError *ours = NULL;

  /* While it asks, libsecret reports a dismissed question as a cancellation of its own. */
  if (op->asking && !g_cancellable_is_cancelled (op->cancellable) &&
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (cause);
      cause = g_error_new_literal (SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "dismissed");
    }
  tw_keyring_take_error (&ours, cause);
  finish_with (op, ours);
}

static void
finish_locked (Op *op)
{
  finish_with (op,
               g_error_new_literal (TW_ERROR, TW_ERROR_LOCKED,
                                    _ ("The keyring stayed locked, because its password was not "
                                       "given. Unlock it and try again.")));
}

static gboolean
on_patience_over (gpointer data)
{
  Op *op = data;

  again (op);
  finish_with (op, g_error_new_literal (TW_ERROR, TW_ERROR_BUSY,
                                        _ ("The keyring does not answer. Try again in a moment.")));
  g_cancellable_cancel (op->cancellable);
  op_unref (op);
  return G_SOURCE_REMOVE;
}

static void
wait_for (Op *op, gboolean person)
{
  stop_waiting (op);
  op->asking = person;
  op->timeout = g_timeout_source_new (person ? person_patience_ms : answer_patience_ms);
  g_source_set_callback (op->timeout, on_patience_over, op, NULL);
  g_source_attach (op->timeout, g_task_get_context (op->task));
}

/* --- the last step of each aim --- */

static void
on_secret_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Op) op = data;
  g_autoptr (SecretValue) value = NULL;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  GBytes *secret;
  const char *text;
  gsize length = 0;

  if (!secret_item_load_secret_finish (SECRET_ITEM (source), result, &error))
    {
      finish_failed (op, error);
      return;
    }
  value = secret_item_get_secret (SECRET_ITEM (source));
  text = value != NULL ? secret_value_get (value, &length) : NULL;
  secret = tw_keyring_unpack (op->profile, text, length, &error);
  if (secret == NULL)
    {
      finish_with (op, error);
      return;
    }
  task = finish (op);
  if (task != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) g_bytes_unref);
  else
    g_bytes_unref (secret);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Op) op = data;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  if (!secret_service_store_finish (op->service, result, &error))
    {
      finish_failed (op, error);
      return;
    }
  task = finish (op);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
store (Op *op)
{
  char *text = tw_keyring_pack (op->profile, op->secret);
  g_autoptr (SecretValue) value = secret_value_new (text, -1, "text/plain");
  g_autofree char *label = g_strdup_printf (_ ("Tax Wallet: key of the profile “%s”"), op->profile);

  tw_secret_free_text (text);
  secret_service_store (op->service, &tw_keyring_schema, op->attributes, SECRET_COLLECTION_DEFAULT,
                        label, value, op->cancellable, on_stored, again (op));
}

static void delete_next (Op *op);

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Op) op = data;
  GError *error = NULL;

  if (!secret_item_delete_finish (SECRET_ITEM (source), result, &error) &&
      !g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT))
    {
      finish_failed (op, error);
      return;
    }
  g_clear_error (&error);
  delete_next (op);
}

static void
delete_next (Op *op)
{
  if (op->items == NULL)
    {
      g_autoptr (GTask) task = finish (op);

      if (task != NULL)
        g_task_return_boolean (task, TRUE);
      return;
    }
  else
    {
      g_autoptr (SecretItem) item = op->items->data;

      op->items = g_list_delete_link (op->items, op->items);
      secret_item_delete (item, op->cancellable, on_deleted, again (op));
    }
}

static void
use (Op *op)
{
  if (op->task == NULL)
    return;
  /* A keyring that does not exist yet is made now, and its password is the person's to choose. */
  wait_for (op, op->aim == TW_KEYRING_STORE && op->items == NULL);
  switch (op->aim)
    {
    case TW_KEYRING_LOAD:
      secret_item_load_secret (op->items->data, op->cancellable, on_secret_loaded, again (op));
      break;
    case TW_KEYRING_STORE:
      store (op);
      break;
    case TW_KEYRING_CLEAR:
      delete_next (op);
      break;
    }
}

/* --- unlocking --- */

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Op) op = data;
  GError *error = NULL;
  int count = secret_service_unlock_finish (op->service, result, NULL, &error);

  if (error != NULL)
    finish_failed (op, error);
  else if (count == 0)
    finish_locked (op);
  else
    use (op);
}

static gboolean
any_locked (GList *objects)
{
  for (GList *l = objects; l != NULL; l = l->next)
    if (SECRET_IS_ITEM (l->data) ? secret_item_get_locked (l->data)
                                 : secret_collection_get_locked (l->data))
      return TRUE;
  return FALSE;
}

static void
unlock_and_use (Op *op)
{
  if (op->task == NULL)
    return;
  if (!any_locked (op->items))
    {
      use (op);
      return;
    }
  wait_for (op, TRUE);
  secret_service_unlock (op->service, op->items, op->cancellable, on_unlocked, again (op));
}

/* --- finding --- */

static int
compare_items (gconstpointer a, gconstpointer b)
{
  SecretItem *first = (SecretItem *) a, *second = (SecretItem *) b;
  guint64 first_time = secret_item_get_modified (first);
  guint64 second_time = secret_item_get_modified (second);

  /* The open ones first, so that nobody is asked for a password without need; then the newest. */
  if (secret_item_get_locked (first) != secret_item_get_locked (second))
    return secret_item_get_locked (first) ? 1 : -1;
  return first_time < second_time ? 1 : first_time > second_time ? -1 : 0;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Op) op = data;
  GError *error = NULL;

  op->items = secret_service_search_finish (op->service, result, &error);
  if (error != NULL)
    {
      finish_failed (op, error);
      return;
    }
  if (op->aim == TW_KEYRING_LOAD && op->items == NULL)
    {
      finish_failed (
        op, g_error_new_literal (SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT, "nothing found"));
      return;
    }
  op->items = g_list_sort (op->items, compare_items);
  if (op->aim == TW_KEYRING_LOAD)
    {
      g_list_free_full (op->items->next, g_object_unref);
      op->items->next = NULL;
    }
  unlock_and_use (op);
}

static void
on_collection (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Op) op = data;
  GError *error = NULL;
  SecretCollection *collection = secret_collection_for_alias_finish (result, &error);

  if (error != NULL)
    {
      finish_failed (op, error);
      return;
    }
  if (collection != NULL)
    op->items = g_list_prepend (NULL, collection);
  unlock_and_use (op);
}

static void
on_service (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Op) op = data;
  GError *error = NULL;

  op->service = secret_service_get_finish (result, &error);
  if (op->service == NULL)
    finish_failed (op, error);
  else if (op->task == NULL)
    return;
  else if (op->aim == TW_KEYRING_STORE)
    secret_collection_for_alias (op->service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                 op->cancellable, on_collection, again (op));
  else
    secret_service_search (op->service, &tw_keyring_schema, op->attributes, SECRET_SEARCH_ALL,
                           op->cancellable, on_found, again (op));
}

static void
on_caller_cancelled (GCancellable *caller, gpointer data)
{
  g_cancellable_cancel (data);
}

/* Does what @aim says and answers @task, which it takes. */
void
tw_keyring_run (TwKeyringAim aim, const char *profile, GBytes *secret, GTask *task)
{
  g_autoptr (Op) op = g_rc_box_new0 (Op);

  op->aim = aim;
  op->profile = g_strdup (profile);
  op->secret = secret != NULL ? g_bytes_ref (secret) : NULL;
  op->attributes = secret_attributes_build (&tw_keyring_schema, "application", "org.taxwallet",
                                            "profile", profile, NULL);
  op->task = task;
  op->cancellable = g_cancellable_new ();
  wait_for (op, FALSE);
  if (g_task_get_cancellable (task) != NULL)
    op->caller_id =
      g_cancellable_connect (g_task_get_cancellable (task), G_CALLBACK (on_caller_cancelled),
                             g_object_ref (op->cancellable), g_object_unref);
  secret_service_get (SECRET_SERVICE_OPEN_SESSION, op->cancellable, on_service, again (op));
}

/* For the tests: how long to wait for the keyring, and for a person. */
void
tw_keyring_set_patience_ms (guint answer_ms, guint person_ms)
{
  answer_patience_ms = answer_ms;
  person_patience_ms = person_ms;
}
