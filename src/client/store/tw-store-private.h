// SPDX-License-Identifier: GPL-3.0-or-later
/* What the files of this room share. Everything here belongs to the store's own thread. */
#pragma once

#include "client/store/tw-store.h"
#include "db/tw-db.h"

G_BEGIN_DECLS

struct _TwStore
{
  GObject parent_instance;

  char *folder;
  char *path;
  TwKey *key;
  TwStoreTaxName tax_name;
  GMainContext *context; /* where answers and signals go */
  GThread *thread;
  GAsyncQueue *jobs;
  gboolean closing;  /* main thread only */
  gint key_is_right; /* atomic: see tw_store_trust_key() */

  /* the thread's own */
  TwDb *db;
  GPtrArray *texts; /* what tw_store_write_texts() is to write */
  char *totals_key; /* (nullable): the question that @totals answers */
  TwRecordPage *totals;
};

/* Every function that touches the database runs in its one thread. */
#define TW_STORE_ASSERT_THREAD(self) g_assert (g_thread_self () == (self)->thread)

/* One thing to do. @data is the task's data: the question and, after it, the answer. It may be
 * called twice, when the file was found damaged in between: it then begins anew. */
typedef gboolean (*TwStoreFunc) (TwStore *self, gpointer data, GError **error);

typedef enum
{
  TW_STORE_PLAIN, /* brings its own transaction, or needs none */
  TW_STORE_READ,
  TW_STORE_WRITE,
} TwStoreMode;

void tw_store_push (TwStore *self, TwStoreMode mode, TwStoreFunc func, GTask *task);

/* tw-store-file.c */
gboolean tw_store_open_file (TwStore *self, GError **error);
gboolean tw_store_set_aside (TwStore *self, GError **error);
gboolean tw_store_read_contents (TwStore *self, gpointer data, GError **error);
gboolean tw_store_put_meta (TwStore *self, const char *name, const char *text, GError **error);
gboolean tw_store_get_meta (TwStore *self, const char *name, char **text, GError **error);

/* tw-store-outbox.c */
GPtrArray *tw_store_read_outbox (TwDb *db, gboolean backwards, gboolean *whole, GError **error);
gboolean tw_store_insert_outgoing (TwDb *db, TwStoreOutgoing *outgoing, GError **error);

/* tw-store-record-index.c */
gboolean tw_store_index_record (TwStore *self, TwObject *object, GError **error);
gboolean tw_store_write_texts (TwStore *self, GError **error);
void tw_store_text_free (gpointer data);
gboolean tw_store_unindex_record (TwStore *self, const char *id, GError **error);
void tw_store_forget_totals (TwStore *self);

/* tw-store-schema.c */
extern const TwMigration tw_store_migrations[];
extern const gsize tw_store_n_migrations;

#define TW_STORE_META_CURSOR "cursor"
#define TW_STORE_META_AS_OF "as_of"
#define TW_STORE_META_WRITTEN_OVER "written_over" /* something new each time */

G_END_DECLS
