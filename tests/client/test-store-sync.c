// SPDX-License-Identifier: GPL-3.0-or-later
/* A disk that says no only when it is to make durable what it has taken already: what was told not
 * to be saved is not found at the next start either. */
#include <errno.h>
#include <gmodule.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "protocol/tw-kinds.h"
#include "tw-store-test.h"

static gint to_fail; /* atomic: the next one */

int fdatasync (int fd);

/* In the place of the C library's, for SQLite too. */
G_MODULE_EXPORT int
fdatasync (int fd)
{
  if (g_atomic_int_compare_and_exchange (&to_fail, 1, 0))
    {
      errno = EIO;
      return -1;
    }
  return (int) syscall (SYS_fdatasync, fd);
}

static void
copy_all (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *data = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      if (g_str_has_suffix (name, "-shm") || g_file_test (source, G_FILE_TEST_IS_DIR))
        continue;
      g_assert_true (g_file_get_contents (source, &data, &length, &error));
      g_assert_true (g_file_set_contents (target, data, (gssize) length, &error));
    }
}

static void
test_not_saved (void)
{
  g_autofree char *folder = tw_test_folder_new (), *later = tw_test_folder_new ();
  TwCommand *command = tw_test_command_new (TW_KIND_TICKET_WRITE);
  g_autoptr (TwStoreContents) empty = NULL;
  g_autoptr (TwStoreContents) found = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  TwStore *store = NULL, *next = NULL;

  empty = tw_test_store_open (folder, &store);
  g_atomic_int_set (&to_fail, 1);
  tw_store_write_down_async (store, command, tw_test_take_result, &slot);
  result = tw_test_wait_result (&slot);
  g_assert_false (tw_store_finish (store, result, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (g_atomic_int_get (&to_fail), ==, 0);
  g_clear_object (&result);

  /* The program dies now: this is what the next one finds. */
  copy_all (folder, later);
  found = tw_test_store_open (later, &next);
  g_assert_cmpuint (found->outgoing->len, ==, 0);
  tw_test_store_close (next);
  tw_test_store_close (store);
  tw_test_folder_remove (g_steal_pointer (&folder));
  tw_test_folder_remove (g_steal_pointer (&later));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/not-saved", test_not_saved);
  return g_test_run ();
}
