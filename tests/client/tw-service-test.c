// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-service-test.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "protocol/tw-routes.h"

struct _TwTestService
{
  char *folder;
  char *sockets;
  GSubprocess *counterpart;
  GSubprocess *service;
};

static char *
find_program (const char *path)
{
  const char *build = g_getenv ("TW_BUILDDIR");

  g_assert_nonnull (build);
  return g_build_filename (build, "src", path, NULL);
}

/* However the test ends, what it started ends with it. */
static void
end_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
spawn (const char *const *argv, const char *log)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_set_flags (launcher, G_SUBPROCESS_FLAGS_STDERR_MERGE);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

static gboolean
answers (gpointer data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (data);
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);

  return connection != NULL;
}

static void
wait_for_socket (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  tw_test_wait_or_fail (answers, path, path);
}

void
tw_test_service_start (TwTestService *service)
{
  g_autofree char *program = find_program ("server/tax-wallet-server");
  g_autofree char *counterpart = g_build_filename (service->folder, "counterpart.sock", NULL);
  g_autofree char *database = g_strdup_printf ("sqlite:%s/service.db", service->folder);
  g_autofree char *keys = g_build_filename (service->folder, "keys", NULL);
  g_autofree char *log = g_build_filename (service->folder, "service.log", NULL);
  const char *const argv[] = {
    program, "serve",      "--practice", "--counterpart", counterpart,      "--keys",
    keys,    "--database", database,     "--socket-dir",  service->sockets, NULL
  };

  g_assert_null (service->service);
  service->service = spawn (argv, log);
  wait_for_socket (service->sockets, TW_SOCKET_API);
  wait_for_socket (service->sockets, TW_SOCKET_FEED);
}

static void
end_process (GSubprocess **process, int signal)
{
  g_autoptr (GError) error = NULL;

  if (*process == NULL)
    return;
  g_subprocess_send_signal (*process, signal);
  g_subprocess_wait (*process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (process);
}

void
tw_test_service_stop (TwTestService *service)
{
  end_process (&service->service, SIGTERM);
}

void
tw_test_service_kill (TwTestService *service)
{
  end_process (&service->service, SIGKILL);
}

/* Starts both, with the sample people of a practice service. */
TwTestService *
tw_test_service_new (void)
{
  TwTestService *service = g_new0 (TwTestService, 1);
  g_autofree char *program = find_program ("counterpart/tax-wallet-counterpart");
  g_autofree char *database = NULL;
  g_autofree char *keys = NULL;
  g_autofree char *log = NULL;

  service->folder = tw_test_folder_new ();
  service->sockets = g_build_filename (service->folder, "s", NULL);
  g_assert_no_errno (g_mkdir (service->sockets, 0700));
  database = g_strdup_printf ("sqlite:%s/counterpart.db", service->folder);
  keys = g_build_filename (service->folder, "counterpart-keys", NULL);
  log = g_build_filename (service->folder, "counterpart.log", NULL);
  {
    const char *const argv[] = { program,  "--socket-dir", service->folder, "--database", database,
                                 "--keys", keys,           "--confirm-ms",  "50",         NULL };

    service->counterpart = spawn (argv, log);
  }
  wait_for_socket (service->folder, "counterpart.sock");
  tw_test_service_start (service);
  return service;
}

const char *
tw_test_service_get_sockets (TwTestService *service)
{
  return service->sockets;
}

const char *
tw_test_service_get_folder (TwTestService *service)
{
  return service->folder;
}

void
tw_test_service_free (TwTestService *service)
{
  end_process (&service->service, SIGTERM);
  end_process (&service->counterpart, SIGTERM);
  tw_test_folder_remove (service->folder);
  g_free (service->sockets);
  g_free (service);
}

TwTestPerson *
tw_test_person_new (const char *sockets, gboolean agent)
{
  TwTestPerson *person = g_new0 (TwTestPerson, 1);
  guint8 bytes[TW_ENGINE_SECRET_BYTES];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) g_random_int ();
  person->secret = g_bytes_new (bytes, sizeof bytes);
  person->folder = tw_test_folder_new ();
  person->sockets = g_strdup (sockets);
  person->agent = agent;
  person->messages = g_ptr_array_new_with_free_func (g_free);
  tw_test_person_open (person);
  return person;
}

static void
on_message (TwEngine *engine, const char *text, TwTestPerson *person)
{
  g_ptr_array_add (person->messages, g_strdup (text));
}

void
tw_test_person_open (TwTestPerson *person)
{
  g_autoptr (TwTransport) transport = tw_transport_new_local (person->sockets);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;

  g_assert_null (person->engine);
  person->engine = tw_engine_new (person->folder, transport, person->secret, person->agent, TRUE);
  person->client = TW_CLIENT (person->engine);
  person->status = tw_client_get_status (person->client);
  g_signal_connect (person->engine, "message", G_CALLBACK (on_message), person);
  tw_engine_open_async (person->engine, NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  tw_engine_open_finish (person->engine, result, &error);
  g_assert_no_error (error);
}

void
tw_test_person_close (TwTestPerson *person)
{
  tw_engine_close (person->engine);
  person->client = NULL;
  person->status = NULL;
  /* What was cancelled still comes back, and holds on to the engine until then. */
  while (G_OBJECT (person->engine)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (person->engine);
  person->engine = NULL;
}

gboolean
tw_test_person_sign_in (TwTestPerson *person,
                        const char *login,
                        const char *password,
                        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;

  tw_client_sign_in_async (person->client, login, password, NULL, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  return tw_client_sign_in_finish (person->client, result, error);
}

void
tw_test_person_free (TwTestPerson *person)
{
  if (person->engine != NULL)
    tw_test_person_close (person);
  tw_test_folder_remove (person->folder);
  g_bytes_unref (person->secret);
  g_ptr_array_unref (person->messages);
  g_free (person->sockets);
  g_free (person);
}

typedef struct
{
  GListModel *list;
  gboolean (*is_it) (gpointer object, gpointer data);
  gpointer data;
  TwObject *found;
} Search;

static gboolean
find_object (gpointer data)
{
  Search *search = data;

  for (guint i = 0; i < g_list_model_get_n_items (search->list); i++)
    {
      g_autoptr (TwObject) object = g_list_model_get_item (search->list, i);

      if (search->is_it == NULL || search->is_it (object, search->data))
        {
          search->found = object;
          return TRUE;
        }
    }
  return FALSE;
}

/* Answers (transfer none) an object that the list holds. */
TwObject *
tw_test_person_wait_object (TwTestPerson *person,
                            const char *type,
                            gboolean (*is_it) (gpointer object, gpointer data),
                            gpointer data,
                            const char *what)
{
  Search search = { .list = G_LIST_MODEL (tw_client_get_list (person->client, type)),
                    .is_it = is_it,
                    .data = data };

  tw_test_wait_or_fail (find_object, &search, what);
  return search.found;
}

TwOutgoing *
tw_test_person_submit (TwTestPerson *person, const char *kind, GVariant *body)
{
  g_autoptr (GError) error = NULL;
  TwOutgoing *outgoing = tw_client_submit (person->client, kind, NULL, body, &error);

  g_assert_no_error (error);
  return outgoing;
}

static gboolean
is_settled (gpointer data)
{
  return tw_outgoing_is_settled (data);
}

void
tw_test_wait_settled (TwOutgoing *outgoing, TwOutgoingState state)
{
  tw_test_wait_or_fail (is_settled, outgoing, tw_outgoing_get_kind (outgoing));
  if (tw_outgoing_get_state (outgoing) != state)
    g_error ("%s ended as %d with %s: %s", tw_outgoing_get_kind (outgoing),
             tw_outgoing_get_state (outgoing), tw_outgoing_get_code (outgoing),
             tw_outgoing_get_words (outgoing));
}

typedef struct
{
  gpointer object;
  const char *property;
  gint64 value;
} Expected;

static gboolean
has_value (gpointer data)
{
  Expected *expected = data;
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) number = G_VALUE_INIT;

  g_object_get_property (expected->object, expected->property, &value);
  g_value_init (&number, G_TYPE_INT64);
  g_assert_true (g_value_transform (&value, &number));
  return g_value_get_int64 (&number) == expected->value;
}

void
tw_test_wait_int (gpointer object, const char *property, gint64 value)
{
  Expected expected = { object, property, value };

  tw_test_wait_or_fail (has_value, &expected, property);
}

void
tw_test_wait_boolean (gpointer object, const char *property, gboolean value)
{
  tw_test_wait_int (object, property, value);
}
