// SPDX-License-Identifier: GPL-3.0-or-later
/* Against the real gnome-keyring; run by tests/tools/with-keyring. */
#define SECRET_API_SUBJECT_TO_CHANGE /* secret_service_encode_dbus_secret() */
#include <libsecret/secret.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/tw-error.h"
#include "client/keyring/tw-keyring-private.h"
#include "client/keyring/tw-keyring.h"

typedef struct
{
  GAsyncResult *result;
} Wait;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Wait *) data)->result = g_object_ref (result);
}

static gboolean
on_deadline (gpointer data)
{
  g_test_fail_printf ("no answer from the keyring in time");
  abort ();
}

static GAsyncResult *
wait_for_result (Wait *wait)
{
  guint deadline = g_timeout_add_seconds (60, on_deadline, NULL);

  while (wait->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  return wait->result;
}

static GBytes *
load (const char *profile, GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tw_keyring_load_async (profile, NULL, on_done, &wait);
  result = wait_for_result (&wait);
  return tw_keyring_load_finish (result, error);
}

static gboolean
store (const char *profile, GBytes *secret, GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tw_keyring_store_async (profile, secret, NULL, on_done, &wait);
  result = wait_for_result (&wait);
  return tw_keyring_store_finish (result, error);
}

static gboolean
clear (const char *profile, GError **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tw_keyring_clear_async (profile, NULL, on_done, &wait);
  result = wait_for_result (&wait);
  return tw_keyring_clear_finish (result, error);
}

static GBytes *
make_secret (guint8 fill)
{
  guint8 bytes[TW_KEYRING_SECRET_BYTES];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (fill + i);
  return g_bytes_new (bytes, sizeof bytes);
}

static void
assert_stored (const char *profile, GBytes *secret)
{
  g_autoptr (GError) error = NULL;

  store (profile, secret, &error);
  g_assert_no_error (error);
}

static void
assert_load_fails (const char *profile, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (load (profile, &error));
  g_assert_error (error, TW_ERROR, code);
  g_test_message ("%s", error->message);
}

static void
assert_holds (const char *profile, GBytes *secret)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) loaded = load (profile, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (loaded, secret));
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  assert_load_fails ("missing", TW_ERROR_NOT_FOUND);
  g_assert_true (clear ("missing", &error));
  g_assert_no_error (error);
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) first = make_secret (0);
  g_autoptr (GBytes) second = make_secret (100);
  g_autoptr (GBytes) third = make_secret (200);
  g_autoptr (GError) error = NULL;

  assert_stored ("default", first);
  assert_stored ("profile 二", second);
  assert_holds ("default", first);
  assert_holds ("profile 二", second);
  /* Stored again, it is replaced, and of that profile alone. */
  assert_stored ("default", third);
  assert_holds ("default", third);
  assert_holds ("profile 二", second);
  clear ("default", &error);
  g_assert_no_error (error);
  assert_load_fails ("default", TW_ERROR_NOT_FOUND);
  assert_holds ("profile 二", second);
  clear ("profile 二", &error);
  g_assert_no_error (error);
}

static void
put_raw (const char *profile, const char *text, gssize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretValue) value = secret_value_new (text, length, "text/plain");

  secret_password_store_binary_sync (&tw_keyring_schema, SECRET_COLLECTION_DEFAULT, "raw", value,
                                     NULL, &error, "application", "org.taxwallet", "profile",
                                     profile, NULL);
  g_assert_no_error (error);
}

/* Whatever is in the entry's place that was not made for it. */
static void
test_wrong_content (void)
{
  static const char *const garbage[] = { "hunter2", "taxwallet1:", "taxwallet1:AAAA",
                                         "taxwallet1:not base64!", "taxwallet2:" };
  g_autoptr (GBytes) secret = make_secret (7);
  g_autofree char *right = tw_keyring_pack ("garbled", secret);
  g_autofree char *of_another = tw_keyring_pack ("another", secret);
  g_autofree char *longer = g_strconcat (right, "AAAA", NULL);
  g_autofree char *huge = g_strnfill (20000, 'A');
  gsize length = strlen (right);

  put_raw ("garbled", right, -1);
  assert_holds ("garbled", secret);
  for (gsize i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      put_raw ("garbled", garbage[i], -1);
      assert_load_fails ("garbled", TW_ERROR_WRONG_KEY);
    }
  put_raw ("garbled", "", 0);
  assert_load_fails ("garbled", TW_ERROR_WRONG_KEY);
  put_raw ("garbled", "\0\0\0", 3);
  assert_load_fails ("garbled", TW_ERROR_WRONG_KEY);
  put_raw ("garbled", of_another, -1);
  assert_load_fails ("garbled", TW_ERROR_WRONG_KEY);
  put_raw ("garbled", longer, -1);
  assert_load_fails ("garbled", TW_ERROR_WRONG_KEY);
  put_raw ("garbled", huge, -1);
  assert_load_fails ("garbled", TW_ERROR_WRONG_KEY);
  put_raw ("garbled", right, (gssize) length - 1);
  assert_load_fails ("garbled", TW_ERROR_WRONG_KEY);
  /* Storing mends it. */
  assert_stored ("garbled", secret);
  assert_holds ("garbled", secret);
  for (gsize i = 0; i < length; i++)
    {
      char was = right[i];
      g_autoptr (GError) error = NULL;

      right[i] = was == 'A' ? 'B' : 'A';
      g_assert_null (tw_keyring_unpack ("garbled", right, length, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_WRONG_KEY);
      right[i] = was;
    }
}

static void
lock_keyring (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service =
    secret_service_get_sync (SECRET_SERVICE_OPEN_SESSION, NULL, &error);
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_sync (
    service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &error);
  GList list = { collection, NULL, NULL };

  g_assert_no_error (error);
  g_assert_cmpint (secret_service_lock_sync (service, &list, NULL, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

/* By the way in that gnome-keyring keeps for programs which know the password. */
static void
unlock_keyring (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service =
    secret_service_get_sync (SECRET_SERVICE_OPEN_SESSION, NULL, &error);
  g_autoptr (SecretValue) password = secret_value_new ("test", -1, "text/plain");
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_sync (
    service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &error);
  g_autoptr (GVariant) done = g_dbus_connection_call_sync (
    g_dbus_proxy_get_connection (G_DBUS_PROXY (service)), "org.freedesktop.secrets",
    "/org/freedesktop/secrets", "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
    "UnlockWithMasterPassword",
    g_variant_new ("(o@(oayays))", g_dbus_proxy_get_object_path (G_DBUS_PROXY (collection)),
                   secret_service_encode_dbus_secret (service, password)),
    NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL, &error);

  g_assert_no_error (error);
}

/* No prompter is on this bus, so the keyring's question comes back as dismissed. */
static void
test_locked (void)
{
  g_autoptr (GBytes) secret = make_secret (50);
  g_autoptr (GError) error = NULL;

  assert_stored ("locked", secret);
  lock_keyring ();
  assert_load_fails ("locked", TW_ERROR_LOCKED);
  /* What was never there is missing, not locked. */
  assert_load_fails ("never stored", TW_ERROR_NOT_FOUND);
  g_assert_false (store ("locked", secret, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (clear ("locked", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LOCKED);

  unlock_keyring ();
  assert_holds ("locked", secret);
}

/* Does in the keyring's own dialog what a person would. */
static void
load_and_press (const char *how, Wait *wait)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) person = NULL;

  tw_keyring_load_async ("prompt", NULL, on_done, wait);
  person = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, g_getenv ("TW_PRESS"), "gcr-prompter",
                             how, NULL);
  g_assert_no_error (error);
  wait_for_result (wait);
  g_assert_true (g_subprocess_wait_check (person, NULL, &error));
  g_assert_no_error (error);
}

static void
test_prompt (void)
{
  g_autoptr (GBytes) secret = make_secret (9);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) loaded = NULL;
  Wait dismissed = { NULL }, answered = { NULL };

  assert_stored ("prompt", secret);
  lock_keyring ();

  load_and_press ("Escape", &dismissed);
  g_assert_null (tw_keyring_load_finish (dismissed.result, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LOCKED);
  g_clear_error (&error);

  load_and_press ("password", &answered);
  loaded = tw_keyring_load_finish (answered.result, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (loaded, secret));
  g_object_unref (dismissed.result);
  g_object_unref (answered.result);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) early = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  Wait wait = { NULL };

  tw_keyring_load_async ("default", cancellable, on_done, &wait);
  g_cancellable_cancel (cancellable);
  late = wait_for_result (&wait);
  g_assert_null (tw_keyring_load_finish (late, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  wait.result = NULL;
  tw_keyring_load_async ("default", cancellable, on_done, &wait);
  early = wait_for_result (&wait);
  g_assert_null (tw_keyring_load_finish (early, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A daemon that is stopped takes what it is sent and never answers. */
static void
test_no_answer (void)
{
  GPid daemon = (GPid) g_ascii_strtoll (g_getenv ("TW_KEYRING_PID"), NULL, 10);
  g_autoptr (GBytes) secret = make_secret (3);
  g_autoptr (GError) error = NULL;

  assert_stored ("slow", secret);
  tw_keyring_set_patience_ms (300, 300);
  kill (daemon, SIGSTOP);
  assert_load_fails ("slow", TW_ERROR_BUSY);
  g_assert_false (store ("slow", secret, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUSY);
  kill (daemon, SIGCONT);
  tw_keyring_set_patience_ms (10000, 120000);
  assert_holds ("slow", secret);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Until the bus has noticed, a question would still be taken, and end without an answer. */
static void
wait_for_bus_to_notice (void)
{
  gboolean vanished = FALSE;
  guint watch =
    g_bus_watch_name (G_BUS_TYPE_SESSION, "org.freedesktop.secrets", G_BUS_NAME_WATCHER_FLAGS_NONE,
                      NULL, on_vanished, &vanished, NULL);

  while (!vanished)
    g_main_context_iteration (NULL, TRUE);
  g_bus_unwatch_name (watch);
}

/* Last: the service goes away for good. */
static void
test_gone (void)
{
  GPid daemon = (GPid) g_ascii_strtoll (g_getenv ("TW_KEYRING_PID"), NULL, 10);

  kill (daemon, SIGKILL);
  wait_for_bus_to_notice ();
  assert_load_fails ("default", TW_ERROR_UNREACHABLE);
  assert_load_fails ("default", TW_ERROR_UNREACHABLE);
}

static void
test_none (void)
{
  g_autoptr (GBytes) secret = make_secret (3);
  g_autoptr (GError) error = NULL;

  assert_load_fails ("default", TW_ERROR_UNREACHABLE);
  g_assert_false (store ("default", secret, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_false (clear ("default", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_UNREACHABLE);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("TW_PRESS") != NULL)
    g_test_add_func ("/keyring/prompt", test_prompt);
  else if (g_getenv ("TW_KEYRING_PID") == NULL)
    g_test_add_func ("/keyring/none", test_none);
  else
    {
      g_test_add_func ("/keyring/1-missing", test_missing);
      g_test_add_func ("/keyring/2-round-trip", test_round_trip);
      g_test_add_func ("/keyring/3-wrong-content", test_wrong_content);
      g_test_add_func ("/keyring/4-locked", test_locked);
      g_test_add_func ("/keyring/5-cancelled", test_cancelled);
      g_test_add_func ("/keyring/6-no-answer", test_no_answer);
      g_test_add_func ("/keyring/7-gone", test_gone);
    }
  status = g_test_run ();
  secret_service_disconnect ();
  return status;
}
