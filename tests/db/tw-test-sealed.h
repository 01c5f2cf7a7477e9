// SPDX-License-Identifier: GPL-3.0-or-later
/* A sealed database on a real file, for the cases of the VFS. */
#pragma once

#include "tw-test-db.h"

#define SECRET "Unmistakable-Plain-Text"
#define SECRET_ZH "绝密税务资料"

typedef struct
{
  char *folder;
  char *path;
  char *url;
  TwDb *db;
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = tw_test_folder_new ();
  f->path = g_build_filename (f->folder, "case.db", NULL);
  f->url = g_strconcat ("sqlite:", f->path, NULL);
  f->db = tw_test_open (f->url);
  tw_test_exec (f->db, "CREATE TABLE secret_table (id INTEGER PRIMARY KEY, text TEXT)");
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->db, tw_db_close);
  g_free (f->url);
  g_free (f->path);
  tw_test_folder_free (f->folder);
}

static inline void
fill (TwDb *db, int n)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_db_begin (db, &error));
  for (int i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%s %s %d", SECRET, SECRET_ZH, i);

      tw_assert_run (db, "INSERT INTO secret_table (text) VALUES ($1)", "s", text);
    }
  g_assert_true (tw_db_commit (db, &error));
  g_assert_no_error (error);
}

static inline void
assert_whole (TwDb *db, gint64 rows)
{
  g_autofree char *answer = tw_test_text (db, "PRAGMA integrity_check");

  g_assert_cmpstr (answer, ==, "ok");
  g_assert_cmpint (tw_test_number (db, "SELECT count(*) FROM secret_table"), ==, rows);
}
