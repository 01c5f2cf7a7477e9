// SPDX-License-Identifier: GPL-3.0-or-later
/* Columns that the operators of the database must not read. */
#pragma once

#include "db/tw-db.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

GBytes *tw_column_seal (
  TwKey *key, const char *table, const char *id, const char *column, const char *text);
char *tw_column_open (TwKey *key,
                      const guint8 *sealed,
                      gsize length,
                      const char *table,
                      const char *id,
                      const char *column,
                      GError **error);
char *tw_column_read (TwKey *key,
                      TwStmt *stmt,
                      int index,
                      const char *table,
                      const char *id,
                      const char *column,
                      GError **error);
char *tw_column_read_moved (TwKey *key,
                            TwStmt *stmt,
                            int index,
                            int plain_index,
                            const char *table,
                            const char *id,
                            const char *column,
                            GError **error);

G_END_DECLS
