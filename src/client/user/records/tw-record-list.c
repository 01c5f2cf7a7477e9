// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/records/tw-record-list.h"

#include "model/tw-record.h"

/**
 * TwRecordList:
 *
 * The part of the tax history that answers a question, read from the store page by page: when
 * somebody looks at the last lines that are here, the next ones are fetched.
 *
 * - changed: emitted when the state or the totals are others now
 */
struct _TwRecordList
{
  GObject parent_instance;

  TwClient *client;
  TwRecordQuery *query;
  GPtrArray *records;
  char *next; /* (nullable): where the next page starts */
  guint total;
  gint64 total_fen;
  gint64 late_fee_fen;
  TwRecordListState state;
  GCancellable *cancellable; /* (nullable): of the page that is being read */
  guint idle;
};

/* A page is more than fits on a screen; the next is fetched when so few lines are left. */
#define PAGE 100
#define AHEAD 40

/* What is read at once for paper. */
#define BIG_PAGE 1000

static guint changed;

static void read_page (TwRecordList *self, gboolean afresh);

static GType
get_item_type (GListModel *list)
{
  return TW_TYPE_RECORD;
}

static guint
get_n_items (GListModel *list)
{
  return TW_RECORD_LIST (list)->records->len;
}

static gboolean
on_idle (gpointer data)
{
  TwRecordList *self = data;

  self->idle = 0;
  if (self->cancellable == NULL && self->next != NULL && self->state == TW_RECORD_LIST_READY)
    read_page (self, FALSE);
  return G_SOURCE_REMOVE;
}

static gpointer
get_item (GListModel *list, guint position)
{
  TwRecordList *self = TW_RECORD_LIST (list);

  if (position >= self->records->len)
    return NULL;
  if (self->next != NULL && self->idle == 0 && position + AHEAD >= self->records->len)
    self->idle = g_idle_add (on_idle, self);
  return g_object_ref (self->records->pdata[position]);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TwRecordList,
                               tw_record_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* The first page takes the place of all that was there, in one change. */
static void
take_page (TwRecordList *self, TwRecordPage *page, gboolean afresh)
{
  guint removed = afresh ? self->records->len : 0;
  guint position = afresh ? 0 : self->records->len;

  if (afresh)
    g_ptr_array_set_size (self->records, 0);
  for (guint i = 0; i < page->records->len; i++)
    g_ptr_array_add (self->records, g_object_ref (page->records->pdata[i]));
  g_free (self->next);
  self->next = g_strdup (page->next);
  self->total = page->total;
  self->total_fen = page->total_fen;
  self->late_fee_fen = page->late_fee_fen;
  self->state = TW_RECORD_LIST_READY;
  if (removed > 0 || page->records->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, page->records->len);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) reading = data;
  TwRecordList *self = g_task_get_source_object (reading);
  gboolean afresh = GPOINTER_TO_INT (g_task_get_task_data (reading));
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecordPage) page =
    tw_client_query_records_finish (TW_CLIENT (source), result, &error);

  /* A newer question has taken its place, or nobody wants to know any more. */
  if (g_cancellable_is_cancelled (g_task_get_cancellable (reading)))
    return;
  g_clear_object (&self->cancellable);
  if (page != NULL)
    take_page (self, page, afresh);
  else
    self->state = TW_RECORD_LIST_FAILED;
  g_signal_emit (self, changed, 0);
}

static void
read_page (TwRecordList *self, gboolean afresh)
{
  GTask *reading;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  reading = g_task_new (self, self->cancellable, NULL, NULL);
  g_task_set_task_data (reading, GINT_TO_POINTER (afresh), NULL);
  tw_client_query_records_async (self->client, self->query, afresh ? NULL : self->next, PAGE,
                                 self->cancellable, on_page, reading);
}

static void
tw_record_list_dispose (GObject *object)
{
  TwRecordList *self = TW_RECORD_LIST (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_record_list_parent_class)->dispose (object);
}

static void
tw_record_list_finalize (GObject *object)
{
  TwRecordList *self = TW_RECORD_LIST (object);

  tw_record_query_free (self->query);
  g_ptr_array_unref (self->records);
  g_free (self->next);
  G_OBJECT_CLASS (tw_record_list_parent_class)->finalize (object);
}

static void
tw_record_list_class_init (TwRecordListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_record_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_record_list_finalize;
  changed = g_signal_new ("changed", TW_TYPE_RECORD_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
}

static void
tw_record_list_init (TwRecordList *self)
{
  self->records = g_ptr_array_new_with_free_func (g_object_unref);
  self->query = tw_record_query_new ();
}

/**
 * tw_record_list_new:
 * @client: (transfer none): where the records are
 *
 * Returns: (transfer full): a list that has not been asked anything yet
 */
TwRecordList *
tw_record_list_new (TwClient *client)
{
  TwRecordList *self = g_object_new (TW_TYPE_RECORD_LIST, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "records-changed", G_CALLBACK (tw_record_list_again), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * tw_record_list_ask:
 * @self: a list
 * @query: (transfer none): what it is to answer now
 *
 * What is there stays until the answer is.
 */
void
tw_record_list_ask (TwRecordList *self, const TwRecordQuery *query)
{
  TwRecordQuery *copy = tw_record_query_copy (query);

  tw_record_query_free (self->query);
  self->query = copy;
  tw_record_list_again (self);
}

/**
 * tw_record_list_again:
 * @self: a list
 *
 * Asks the same again, from the start.
 */
void
tw_record_list_again (TwRecordList *self)
{
  if (self->state == TW_RECORD_LIST_FAILED)
    self->state = TW_RECORD_LIST_READING;
  read_page (self, TRUE);
  g_signal_emit (self, changed, 0);
}

/**
 * tw_record_list_get_state:
 * @self: a list
 *
 * Returns: whether it has an answer
 */
TwRecordListState
tw_record_list_get_state (TwRecordList *self)
{
  return self->state;
}

/**
 * tw_record_list_get_total:
 * @self: a list
 *
 * Returns: how many records answer the question, whether they are here or not
 */
guint
tw_record_list_get_total (TwRecordList *self)
{
  return self->total;
}

/**
 * tw_record_list_get_total_fen:
 * @self: a list
 *
 * Returns: what they add up to, in fen, refunds counted against it
 */
gint64
tw_record_list_get_total_fen (TwRecordList *self)
{
  return self->total_fen;
}

/**
 * tw_record_list_get_late_fee_fen:
 * @self: a list
 *
 * Returns: what their late fees add up to, in fen
 */
gint64
tw_record_list_get_late_fee_fen (TwRecordList *self)
{
  return self->late_fee_fen;
}

/**
 * tw_record_list_get_query:
 * @self: a list
 *
 * Returns: (transfer none): what it answers
 */
const TwRecordQuery *
tw_record_list_get_query (TwRecordList *self)
{
  return self->query;
}

/* Reading all: its own question and its own list, so that the page goes on as it is. */
typedef struct
{
  TwRecordQuery *query;
  GListStore *all;
} ReadAll;

static void
read_all_free (gpointer data)
{
  ReadAll *read = data;

  tw_record_query_free (read->query);
  g_object_unref (read->all);
  g_free (read);
}

static void
on_big_page (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  ReadAll *read = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecordPage) page =
    tw_client_query_records_finish (TW_CLIENT (source), result, &error);

  if (page == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_list_store_splice (read->all, g_list_model_get_n_items (G_LIST_MODEL (read->all)), 0,
                       page->records->pdata, page->records->len);
  if (page->next == NULL || page->records->len == 0)
    {
      g_task_return_pointer (task, g_object_ref (read->all), g_object_unref);
      return;
    }
  tw_client_query_records_async (TW_CLIENT (source), read->query, page->next, BIG_PAGE,
                                 g_task_get_cancellable (task), on_big_page, g_object_ref (task));
}

/**
 * tw_record_list_read_all_async:
 * @self: a list
 * @cancellable: (nullable): stops it
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Reads everything that answers the question, for paper.
 */
void
tw_record_list_read_all_async (TwRecordList *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  ReadAll *read = g_new0 (ReadAll, 1);

  read->query = tw_record_query_copy (self->query);
  read->all = g_list_store_new (TW_TYPE_RECORD);
  g_task_set_task_data (task, read, read_all_free);
  tw_client_query_records_async (self->client, read->query, NULL, BIG_PAGE, cancellable,
                                 on_big_page, task);
}

/**
 * tw_record_list_read_all_finish:
 * @self: a list
 * @result: what the callback was given
 * @error: what went wrong
 *
 * Returns: (transfer full) (nullable): all of them
 */
GListModel *
tw_record_list_read_all_finish (TwRecordList *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
