// SPDX-License-Identifier: GPL-3.0-or-later
/* What a page may ask of the program: lists that stay true by themselves, commands that are written
 * down before they are sent, drafts that survive anything. No page knows a database, a socket or
 * JSON. The application's engine is behind it. */
#pragma once

#include <gio/gio.h>

#include "model/tw-object-list.h"
#include "model/tw-outgoing.h"
#include "model/tw-record-query.h"
#include "model/tw-status.h"

G_BEGIN_DECLS

#define TW_TYPE_CLIENT (tw_client_get_type ())
G_DECLARE_INTERFACE (TwClient, tw_client, TW, CLIENT, GObject)

struct _TwClientInterface
{
  GTypeInterface parent;

  TwStatus *(*get_status) (TwClient *self);
  TwObjectList *(*get_list) (TwClient *self, const char *wire_type);
  GListModel *(*get_outgoing) (TwClient *self);
  TwOutgoing *(*submit) (
    TwClient *self, const char *kind, const char *intent, GVariant *body, GError **error);
  gboolean (*discard) (TwClient *self, const char *command_id);

  void (*query_records_async) (TwClient *self,
                               const TwRecordQuery *query,
                               const char *after,
                               guint limit,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
  TwRecordPage *(*query_records_finish) (TwClient *self, GAsyncResult *result, GError **error);
  void (*get_object_async) (TwClient *self,
                            const char *wire_type,
                            const char *id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  TwObject *(*get_object_finish) (TwClient *self, GAsyncResult *result, GError **error);

  void (*register_async) (TwClient *self,
                          GVariant *body,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  char *(*register_finish) (TwClient *self, GAsyncResult *result, GError **error);
  void (*sign_in_async) (TwClient *self,
                         const char *login,
                         const char *password,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
  gboolean (*sign_in_finish) (TwClient *self, GAsyncResult *result, GError **error);
  void (*sign_out) (TwClient *self);

  const char *(*get_draft) (TwClient *self, const char *key);
  void (*set_draft) (TwClient *self, const char *key, const char *text);
};

/* Signals: "records-changed" (): the tax history has other lines than before; ask again.
 *          "message" (char *text): something to say in passing (a toast). */

TwStatus *tw_client_get_status (TwClient *self);
TwObjectList *tw_client_get_list (TwClient *self, const char *wire_type);
GListModel *tw_client_get_outgoing (TwClient *self);
TwOutgoing *tw_client_submit (
  TwClient *self, const char *kind, const char *intent, GVariant *body, GError **error);
gboolean tw_client_discard (TwClient *self, const char *command_id);
void tw_client_query_records_async (TwClient *self,
                                    const TwRecordQuery *query,
                                    const char *after,
                                    guint limit,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
TwRecordPage *tw_client_query_records_finish (TwClient *self, GAsyncResult *result, GError **error);
void tw_client_get_object_async (TwClient *self,
                                 const char *wire_type,
                                 const char *id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
TwObject *tw_client_get_object_finish (TwClient *self, GAsyncResult *result, GError **error);
void tw_client_register_async (TwClient *self,
                               GVariant *body,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
char *tw_client_register_finish (TwClient *self, GAsyncResult *result, GError **error);
void tw_client_sign_in_async (TwClient *self,
                              const char *login,
                              const char *password,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean tw_client_sign_in_finish (TwClient *self, GAsyncResult *result, GError **error);
void tw_client_sign_out (TwClient *self);
const char *tw_client_get_draft (TwClient *self, const char *key);
void tw_client_set_draft (TwClient *self, const char *key, const char *text);

G_END_DECLS
