// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-practice.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/tw-error.h"
#include "base/tw-folder.h"
#include "protocol/tw-routes.h"

/* How long a private service may take until it answers: a first start makes its databases and the
 * sample person, on a slow machine under a sanitizer. */
#define START_TIMEOUT_MS 60000
#define POLL_MS 15

/**
 * TwPractice:
 *
 * The private service and counterpart of practice mode. Whoever comes first starts them; each
 * window holds a lease (a connection) on both, and they stop by themselves when the last one is
 * closed: a window that crashes lets go of its lease like any other.
 */
struct _TwPractice
{
  GObject parent_instance;

  char *data_dir;
  char *runtime_dir;     /* of the two below */
  char *socket_dir;      /* the service's */
  char *counterpart_dir; /* the counterpart's sockets */
  GMutex lock;           /* guards the leases: ensure() runs in a thread */
  GSocketConnection *leases[2];
};

G_DEFINE_FINAL_TYPE (TwPractice, tw_practice, G_TYPE_OBJECT)

static void
tw_practice_finalize (GObject *object)
{
  TwPractice *self = TW_PRACTICE (object);

  g_clear_object (&self->leases[0]);
  g_clear_object (&self->leases[1]);
  g_mutex_clear (&self->lock);
  g_free (self->data_dir);
  g_free (self->runtime_dir);
  g_free (self->socket_dir);
  g_free (self->counterpart_dir);
  G_OBJECT_CLASS (tw_practice_parent_class)->finalize (object);
}

static void
tw_practice_class_init (TwPracticeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_practice_finalize;
}

/* The path of a socket has 107 bytes at most; a deep runtime folder leaves too little. */
static char *
choose_runtime_dir (void)
{
  char *dir = g_build_filename (g_get_user_runtime_dir (), "tax-wallet", "practice", NULL);

  if (strlen (dir) + strlen ("/counterpart/counterpart.sock") <
      sizeof ((struct sockaddr_un *) 0)->sun_path)
    return dir;
  g_free (dir);
  return g_strdup_printf ("%s/tax-wallet-%u", g_get_tmp_dir (), (unsigned) getuid ());
}

static void
tw_practice_init (TwPractice *self)
{
  self->runtime_dir = choose_runtime_dir ();
  g_mutex_init (&self->lock);
  self->data_dir = g_build_filename (g_get_user_data_dir (), "tax-wallet", "practice", NULL);
  self->socket_dir = g_build_filename (self->runtime_dir, "service", NULL);
  self->counterpart_dir = g_build_filename (self->runtime_dir, "counterpart", NULL);
}

/**
 * tw_practice_new:
 *
 * Returns: (transfer full): practice mode, not started yet
 */
TwPractice *
tw_practice_new (void)
{
  return g_object_new (TW_TYPE_PRACTICE, NULL);
}

/**
 * tw_practice_get_socket_dir:
 * @self: practice mode
 *
 * Returns: (transfer none): the folder of the private service's sockets
 */
const char *
tw_practice_get_socket_dir (TwPractice *self)
{
  return self->socket_dir;
}

/**
 * tw_practice_get_counterpart_dir:
 * @self: practice mode
 *
 * Returns: (transfer none): the folder of the counterpart's socket
 */
const char *
tw_practice_get_counterpart_dir (TwPractice *self)
{
  return self->counterpart_dir;
}

/* A program of ours: where the environment says, beside this one in a build folder, or installed.
 */
static char *
find_program (const char *variable, const char *in_build, const char *name)
{
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *self_dir = self_path != NULL ? g_path_get_dirname (self_path) : g_strdup (".");
  g_autofree char *beside = g_build_filename (self_dir, "..", "..", in_build, NULL);
  g_autofree char *sibling = g_build_filename (self_dir, name, NULL);
  const char *told = g_getenv (variable);

  if (told != NULL)
    return g_strdup (told);
  if (g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  if (g_file_test (sibling, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&sibling);
  return g_find_program_in_path (name);
}

static GSocketConnection *
take_lease (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, TW_SOCKET_LEASE, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  return g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
}

/* A lease that the other side has closed is no lease. */
static gboolean
lease_holds (GSocketConnection *lease)
{
  GSocket *socket;

  if (lease == NULL)
    return FALSE;
  socket = g_socket_connection_get_socket (lease);
  return (g_socket_condition_check (socket, G_IO_IN | G_IO_HUP | G_IO_ERR) &
          (G_IO_IN | G_IO_HUP | G_IO_ERR)) == 0;
}

static GSubprocess *
spawn (GPtrArray *argv, const char *log_path, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);

  g_subprocess_launcher_set_stdout_file_path (launcher, log_path);
  g_subprocess_launcher_set_stderr_file_path (launcher, log_path);
  g_subprocess_launcher_set_cwd (launcher, "/");
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, error);
}

static void
add (GPtrArray *argv, char *argument)
{
  g_ptr_array_add (argv, argument);
}

static GPtrArray *
command_line (TwPractice *self, gboolean counterpart, GError **error)
{
  const char *name = counterpart ? "tax-wallet-counterpart" : "tax-wallet-server";
  const char *room = counterpart ? "counterpart" : "service";
  g_autofree char *database = g_strdup_printf ("sqlite:%s/%s/%s.db", self->data_dir, room, room);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  char *program = counterpart
                    ? find_program ("TW_COUNTERPART", "counterpart/tax-wallet-counterpart", name)
                    : find_program ("TW_SERVER", "server/tax-wallet-server", name);

  if (program == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_NOT_FOUND,
                   _ ("The program %s is missing. Install Tax Wallet again."), name);
      return NULL;
    }
  add (argv, program);
  if (!counterpart)
    {
      add (argv, g_strdup ("serve"));
      add (argv, g_strdup ("--practice"));
      add (argv, g_strdup ("--counterpart"));
      add (argv, g_build_filename (self->counterpart_dir, "counterpart.sock", NULL));
    }
  else
    {
      add (argv, g_strdup ("--callback"));
      add (argv, g_build_filename (self->socket_dir, TW_SOCKET_RAILS, NULL));
    }
  add (argv, g_strdup ("--socket-dir"));
  add (argv, g_strdup (counterpart ? self->counterpart_dir : self->socket_dir));
  add (argv, g_strdup ("--database"));
  add (argv, g_steal_pointer (&database));
  add (argv, g_strdup ("--keys"));
  add (argv, g_build_filename (self->data_dir, room, "keys", NULL));
  add (argv, g_strdup ("--lease"));
  g_ptr_array_add (argv, NULL);
  return g_steal_pointer (&argv);
}

/* The last line of a program that did not start says why. */
static char *
last_line (const char *log_path)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (log_path, &text, NULL, NULL))
    return g_strdup ("");
  g_strchomp (text);
  line = strrchr (text, '\n');
  return g_strdup (line != NULL ? line + 1 : text);
}

static GSocketConnection *
start (TwPractice *self, gboolean counterpart, GCancellable *cancellable, GError **error)
{
  const char *dir = counterpart ? self->counterpart_dir : self->socket_dir;
  const char *room = counterpart ? "counterpart" : "service";
  g_autofree char *home = g_build_filename (self->data_dir, room, NULL);
  g_autofree char *log_path = g_build_filename (home, "log", NULL);
  g_autoptr (GPtrArray) argv = command_line (self, counterpart, error);
  g_autoptr (GSubprocess) process = NULL;
  gint64 deadline = g_get_monotonic_time () + START_TIMEOUT_MS * G_GINT64_CONSTANT (1000);

  if (argv == NULL)
    return NULL;
  if (g_mkdir_with_parents (home, 0700) != 0 || g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_BUSY, _ ("The folder %s can't be made: %s"), home,
                   g_strerror (errno));
      return NULL;
    }
  process = spawn (argv, log_path, error);
  if (process == NULL)
    return NULL;
  while (g_get_monotonic_time () < deadline && !g_cancellable_is_cancelled (cancellable))
    {
      GSocketConnection *lease = take_lease (dir);

      if (lease != NULL)
        return lease;
      if (g_subprocess_get_identifier (process) == NULL)
        break; /* it has ended */
      g_usleep (POLL_MS * 1000);
    }
  {
    g_autofree char *why = last_line (log_path);

    g_set_error (error, TW_ERROR, TW_ERROR_UNREACHABLE,
                 _ ("The practice service did not start: %s"), why);
  }
  return NULL;
}

static gboolean
ensure_one (TwPractice *self, gboolean counterpart, GCancellable *cancellable, GError **error)
{
  GSocketConnection **lease = &self->leases[counterpart ? 0 : 1];

  if (lease_holds (*lease))
    return TRUE;
  g_clear_object (lease);
  *lease = take_lease (counterpart ? self->counterpart_dir : self->socket_dir);
  if (*lease == NULL)
    *lease = start (self, counterpart, cancellable, error);
  return *lease != NULL;
}

static void
ensure_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TwPractice *self = TW_PRACTICE (source);
  g_autofree char *lock_path = g_build_filename (self->data_dir, "lock", NULL);
  GError *error = NULL;
  gboolean ok;
  int fd;

  g_mkdir_with_parents (self->data_dir, 0700);
  fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_task_return_new_error (task, TW_ERROR, TW_ERROR_BUSY, _ ("The folder %s can't be used: %s"),
                               self->data_dir, g_strerror (errno));
      return;
    }
  /* Two windows that open at once must not start two services. */
  while (flock (fd, LOCK_EX) != 0 && errno == EINTR)
    ;
  g_mutex_lock (&self->lock);
  /* Before anything is said to whoever listens there. */
  ok = tw_folder_make_private (self->runtime_dir, &error) &&
       ensure_one (self, TRUE, cancellable, &error) &&
       ensure_one (self, FALSE, cancellable, &error);
  g_mutex_unlock (&self->lock);
  close (fd);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * tw_practice_ensure_async:
 * @self: practice mode
 * @cancellable: (nullable): stops waiting
 * @callback: called when both answer
 * @user_data: for @callback
 *
 * Takes a lease on the private service and its counterpart; starts what is not running.
 */
void
tw_practice_ensure_async (TwPractice *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_run_in_thread (task, ensure_in_thread);
}

/**
 * tw_practice_ensure_finish:
 * @self: practice mode
 * @result: what the callback was given
 * @error: %TW_ERROR_NOT_FOUND, %TW_ERROR_UNREACHABLE, %TW_ERROR_BUSY or %TW_ERROR_DENIED, in words
 *
 * Returns: whether both are there
 */
gboolean
tw_practice_ensure_finish (TwPractice *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
