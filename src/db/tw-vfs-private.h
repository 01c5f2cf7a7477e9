// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/tw-vfs.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

G_BEGIN_DECLS

#define PAGE TW_VFS_PAGE_BYTES
#define RESERVED TW_VFS_RESERVED_BYTES
#define BODY (PAGE - RESERVED)

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define INNER_NONCE_BYTES crypto_aead_chacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define FILE_ID_BYTES 8
#define HEAD_BYTES 16 /* of page 1, in clear: the file's id and the key's check value */

#define NONCE_AT BODY
#define TAG_AT (NONCE_AT + NONCE_BYTES)
#define FILE_ID_AT (TAG_AT + TAG_BYTES)

G_STATIC_ASSERT (FILE_ID_AT + FILE_ID_BYTES == PAGE);

#define WAL_HEADER 32
#define FRAME_HEADER 24
#define FRAME (FRAME_HEADER + PAGE)

typedef enum
{
  KIND_MAIN,
  KIND_WAL,
  KIND_JOURNAL,
  N_KINDS,
} TwVfsKind;

typedef struct
{
  sqlite3_vfs base;
  sqlite3_vfs *root;
  EVP_CIPHER *cipher;
  guint8 *master; /* in locked memory */
  guint uses;
  char name[32];
} TwVfs;

typedef struct _TwVfsFile TwVfsFile;

/* SQLite allocates it, with the file of the layer below right behind it. */
struct _TwVfsFile
{
  sqlite3_file base;
  TwVfs *vfs;
  TwVfsKind kind;
  TwVfsFile *main; /* the database that a log or journal belongs to; itself for a database */

  /* A database only: */
  guint8 *keys; /* one for each kind, in locked memory */
  guint8 id[FILE_ID_BYTES];
  guint8 check[HEAD_BYTES - FILE_ID_BYTES];
  gboolean id_known;
  EVP_CIPHER_CTX *cipher;
  guint turns; /* how often the right to write into the log was taken or given back */

  /* A log or a journal only: the header that was written last, for the page that follows it. */
  gint64 header_at;
  guint8 header[FRAME_HEADER];
  gboolean header_waits; /* it has not been written yet */
  gint64 previous_at;
  gboolean previous_is_commit;
  guint turn;          /* a log: the turn in which all of that was written */
  gboolean recovering; /* the log's header was read just now, and frames are read in order */
};

/* What a page is authenticated together with. */
typedef struct
{
  TwVfsKind kind;
  guint32 number;
  guint32 commit_size; /* a log's frame: pages in the database after this commit, or 0 */
  gboolean starts;     /* a log's frame: the first one of a transaction */
} TwVfsPlace;

static inline sqlite3_file *
tw_vfs_real (TwVfsFile *file)
{
  return (sqlite3_file *) (file + 1);
}

static inline int
tw_vfs_real_read (TwVfsFile *file, void *data, int length, gint64 offset)
{
  sqlite3_file *real = tw_vfs_real (file);

  return real->pMethods->xRead (real, data, length, offset);
}

static inline int
tw_vfs_real_write (TwVfsFile *file, const void *data, int length, gint64 offset)
{
  sqlite3_file *real = tw_vfs_real (file);

  return real->pMethods->xWrite (real, data, length, offset);
}

static inline int
tw_vfs_real_size (TwVfsFile *file, gint64 *size)
{
  sqlite3_file *real = tw_vfs_real (file);
  sqlite3_int64 value = 0;
  int rc = real->pMethods->xFileSize (real, &value);

  *size = value;
  return rc;
}

static inline guint32
tw_vfs_get_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static inline void
tw_vfs_put_u32 (guint8 *bytes, guint32 value)
{
  bytes[0] = value >> 24;
  bytes[1] = value >> 16;
  bytes[2] = value >> 8;
  bytes[3] = value;
}

static inline gint64
tw_vfs_frame_at (gint64 frame)
{
  return WAL_HEADER + frame * FRAME;
}

/* tw-vfs.c */
void tw_vfs_forget_keys (TwVfsFile *file);

/* tw-vfs-page.c */
int tw_vfs_identify (TwVfsFile *main);
int tw_vfs_identify_or_create (TwVfsFile *main);
void
tw_vfs_page_seal (TwVfsFile *file, const TwVfsPlace *place, const guint8 *plain, guint8 *sealed);
gboolean
tw_vfs_page_open (TwVfsFile *file, const TwVfsPlace *place, const guint8 *sealed, guint8 *plain);
gboolean tw_vfs_page_starts (const guint8 *sealed);
gboolean tw_vfs_page_is_writable (const guint8 *plain, guint32 number);

/* tw-vfs-recovery.c */
int tw_vfs_read_log_header (TwVfsFile *file, guint8 *data);
int tw_vfs_recover_frame (TwVfsFile *file, guint8 *data, gint64 number);

/* tw-vfs-wal.c */
gboolean tw_vfs_open_frame (TwVfsFile *file, const guint8 *frame, guint8 *plain);
int tw_vfs_wal_read (TwVfsFile *file, void *data, int length, gint64 offset);
int tw_vfs_wal_flush (TwVfsFile *file);
int tw_vfs_wal_write (TwVfsFile *file, const void *data, int length, gint64 offset);

/* tw-vfs-file.c */
extern const sqlite3_io_methods tw_vfs_file_methods;

G_END_DECLS
