// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/tw-clock.h"
#include "base/tw-uuid.h"

#include <string.h>

#define N_THREADS 8
#define N_EACH 5000

static void
test_form (void)
{
  gint64 before = g_get_real_time () / 1000;
  g_autofree char *id = tw_uuid_new ();
  gint64 after = g_get_real_time () / 1000;

  g_assert_cmpuint (strlen (id), ==, TW_UUID_LENGTH);
  g_assert_true (tw_uuid_is_valid (id));
  g_assert_cmpint (tw_uuid_get_time_ms (id), >=, before);
  g_assert_cmpint (tw_uuid_get_time_ms (id), <=, after + 1);
}

static void
test_order (void)
{
  g_autofree char *last = tw_uuid_new ();

  /* More than the counter of one millisecond holds. */
  for (int i = 0; i < 100000; i++)
    {
      char *next = tw_uuid_new ();

      g_assert_cmpstr (last, <, next);
      g_free (last);
      last = next;
    }
}

static gpointer
make_many (gpointer data)
{
  char **made = g_new0 (char *, N_EACH + 1);

  for (int i = 0; i < N_EACH; i++)
    made[i] = tw_uuid_new ();
  return made;
}

static void
test_threads (void)
{
  GThread *threads[N_THREADS];
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int t = 0; t < N_THREADS; t++)
    threads[t] = g_thread_new ("uuid", make_many, NULL);
  for (int t = 0; t < N_THREADS; t++)
    {
      g_autofree char **made = g_thread_join (threads[t]);

      for (int i = 0; i < N_EACH; i++)
        g_assert_true (g_hash_table_add (seen, made[i]));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, N_THREADS * N_EACH);
}

/* An id's time is the machine's, also in a practice that moved its clock. */
static void
test_moved_clock (void)
{
  g_autofree char *id = NULL;

  tw_clock_set_offset_ms (G_GINT64_CONSTANT (86400000) * 365);
  id = tw_uuid_new ();
  tw_clock_set_offset_ms (0);
  g_assert_cmpint (ABS (tw_uuid_get_time_ms (id) - tw_clock_now_ms ()), <, 60000);
}

static void
test_time (void)
{
  g_assert_cmpint (tw_uuid_get_time_ms ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), ==,
                   G_GINT64_CONSTANT (1645557742000)); /* RFC 9562, A.6 */
  g_assert_cmpint (tw_uuid_get_time_ms ("00000000-0000-7000-8000-000000000000"), ==, 0);
  g_assert_cmpint (tw_uuid_get_time_ms ("ffffffff-ffff-7fff-bfff-ffffffffffff"), ==,
                   (G_GINT64_CONSTANT (1) << 48) - 1);
}

static void
test_invalid (void)
{
  static const char *const bad[] = {
    "",
    "x",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
    "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
    "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", /* version 4 */
    "017f22e2-79b0-7cc3-18c4-dc0c0c07398f", /* another variant */
    "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
    "017f22e279b07cc398c4dc0c0c07398f",
    "{017f22e2-79b0-7cc3-98c4-dc0c0c0739}",
    "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
    " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398\n",
    "00000000-0000-0000-0000-000000000000",
    "';drop table--7cc3-98c4-dc0c0c07398f",
    "０１７ｆ22e2-79b0-7cc3-98c4-dc0c0c07",
  };

  g_assert_false (tw_uuid_is_valid (NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("'%s'", bad[i]);
      g_assert_false (tw_uuid_is_valid (bad[i]));
    }
  g_assert_true (tw_uuid_is_valid ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
}

static void
test_make (void)
{
  const guint8 tail[TW_UUID_TAIL_BYTES] = { 0xfc, 0xc3, 0x58, 0xc4, 0xdc,
                                            0x0c, 0x0c, 0x07, 0x39, 0x8f };
  g_autofree char *uuid = tw_uuid_make (G_GINT64_CONSTANT (0x017f22e279b0), tail);

  g_assert_cmpstr (uuid, ==, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uuid/form", test_form);
  g_test_add_func ("/uuid/order", test_order);
  g_test_add_func ("/uuid/threads", test_threads);
  g_test_add_func ("/uuid/moved-clock", test_moved_clock);
  g_test_add_func ("/uuid/time", test_time);
  g_test_add_func ("/uuid/invalid", test_invalid);
  g_test_add_func ("/uuid/make", test_make);
  return g_test_run ();
}
