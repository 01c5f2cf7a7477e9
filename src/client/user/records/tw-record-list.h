// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

#define TW_TYPE_RECORD_LIST (tw_record_list_get_type ())
G_DECLARE_FINAL_TYPE (TwRecordList, tw_record_list, TW, RECORD_LIST, GObject)

typedef enum
{
  TW_RECORD_LIST_READING,
  TW_RECORD_LIST_READY,
  TW_RECORD_LIST_FAILED,
} TwRecordListState;

TwRecordList *tw_record_list_new (TwClient *client);
void tw_record_list_ask (TwRecordList *self, const TwRecordQuery *query);
void tw_record_list_again (TwRecordList *self);
TwRecordListState tw_record_list_get_state (TwRecordList *self);
guint tw_record_list_get_total (TwRecordList *self);
gint64 tw_record_list_get_total_fen (TwRecordList *self);
gint64 tw_record_list_get_late_fee_fen (TwRecordList *self);
const TwRecordQuery *tw_record_list_get_query (TwRecordList *self);

void tw_record_list_read_all_async (TwRecordList *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GListModel *
tw_record_list_read_all_finish (TwRecordList *self, GAsyncResult *result, GError **error);

G_END_DECLS
