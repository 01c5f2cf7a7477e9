// SPDX-License-Identifier: GPL-3.0-or-later
/* In the place of PostgreSQL, for a program that keeps files only: the library behind it brings
 * some thirty others along, which a window would load at every start. */
#include "db/tw-db-private.h"

#include "base/tw-error.h"

TwDb *
tw_db_postgres_open (const char *conninfo, gboolean read_only, GError **error)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "This program keeps its data in files");
  return NULL;
}
