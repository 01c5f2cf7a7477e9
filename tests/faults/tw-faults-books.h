// SPDX-License-Identifier: GPL-3.0-or-later
/* What stands in the books of both sides. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

gboolean tw_faults_books_read (
  gboolean of_service, const char *database, const char *keys, JsonObject *books, GError **error);

G_END_DECLS
