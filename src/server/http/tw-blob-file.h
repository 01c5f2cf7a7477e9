// SPDX-License-Identifier: GPL-3.0-or-later
/* One blob on the disk, as it is sealed there. Private to the store. */
#pragma once

#include "vault/tw-vault.h"

G_BEGIN_DECLS

/* How far a file has grown, by its outline: nothing but its head was opened. */
typedef struct
{
  gint64 size;    /* bytes of the content in all */
  gint64 have;    /* bytes of the content that are there */
  gint64 used;    /* bytes of the file that are whole records */
  guint n_pieces; /* records after the head */
} TwBlobOutline;

gboolean tw_blob_file_look (
  TwKey *key, const char *path, const char *name, TwBlobOutline *outline, GError **error);
gboolean tw_blob_file_append (TwKey *key,
                              const char *path,
                              const char *name,
                              TwBlobOutline *outline,
                              GBytes *piece,
                              GError **error);
GBytes *tw_blob_file_read (TwKey *key, const char *path, const char *name, GError **error);
gboolean tw_blob_file_finish (TwKey *key,
                              const char *part,
                              const char *path,
                              const char *name,
                              const char *hash,
                              GError **error);
gboolean tw_blob_set_io_error (GError **error, const char *doing);

G_END_DECLS
