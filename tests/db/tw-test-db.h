// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/tw-error.h"
#include "db/tw-db.h"

G_BEGIN_DECLS

extern const guint8 tw_test_key[TW_DB_KEY_BYTES];

#define tw_assert_run(db, ...)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) error_ = NULL;                                                              \
    gboolean done_ = tw_db_run (db, &error_, __VA_ARGS__);                                         \
    g_assert_no_error (error_);                                                                    \
    g_assert_true (done_);                                                                         \
  }                                                                                                \
  G_STMT_END

#define tw_assert_refused(db, code, ...)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) error_ = NULL;                                                              \
    gboolean done_ = tw_db_run (db, &error_, __VA_ARGS__);                                         \
    g_assert_error (error_, TW_ERROR, code);                                                       \
    g_assert_false (done_);                                                                        \
  }                                                                                                \
  G_STMT_END

char *tw_test_folder_new (void);
void tw_test_folder_free (char *path);
gint64 tw_test_number (TwDb *db, const char *sql);
char *tw_test_text (TwDb *db, const char *sql);
void tw_test_exec (TwDb *db, const char *sql);
TwDb *tw_test_open (const char *url);

/* A case of the interface: an empty database with the tables "item" and "part", on PostgreSQL if
 * TW_TEST_POSTGRES names one, else on SQLite. */
typedef struct
{
  char *folder;
  char *url;
  TwDb *db;
} TwTestCase;

gboolean tw_test_on_postgres (void);
void tw_test_add (const char *name, void (*run) (TwTestCase *, gconstpointer));

G_END_DECLS
