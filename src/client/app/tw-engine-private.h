// SPDX-License-Identifier: GPL-3.0-or-later
/* What the files of the engine share. Everything runs in the main thread. */
#pragma once

#include "client/app/tw-engine.h"
#include "client/store/tw-store.h"
#include "client/sync/tw-feed-reader.h"
#include "client/sync/tw-pump.h"
#include "client/sync/tw-transport.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

struct _TwEngine
{
  GObject parent_instance;

  char *folder;
  gboolean agent;
  TwKey *master;
  TwSigner *signer;
  char *device_id;

  TwStatus *status;
  GHashTable *lists;    /* name of a type -> TwObjectList */
  GListStore *outgoing; /* TwOutgoing */
  GHashTable *by_id;    /* id -> TwOutgoing of @outgoing */
  GHashTable *awaited;  /* ids of commands that are done, of which the feed brings what they made */

  TwTransport *transport;
  TwFeedReader *reader;
  TwPump *pump;
  guint taking;          /* batches that are being taken from the outbox */
  GHashTable *under_way; /* ids of commands that may have left */
  guint expiry;          /* source */
  gulong network;        /* handler */
  gboolean revoking;     /* an ended session is being told to the service */

  TwStore *device; /* what belongs to this computer: unfinished registrations, who was here last */
  GHashTable *device_meta;
  GHashTable *device_drafts;
  TwStore *store; /* (nullable): what belongs to the person */
  GHashTable *drafts;
  GHashTable *dirty; /* keys of @drafts that are not written yet */
  gboolean writing;
};

/* Names in the meta of the device's store */
#define TW_META_LAST "last"
#define TW_META_REGISTRATION "registration"
#define TW_META_REVOKE "revoke"
/* Names in the meta of a person's store */
#define TW_META_TOKEN "token"
#define TW_META_ACCOUNT "account"
#define TW_META_NAME "name"
#define TW_META_ROLE "role"

/* tw-engine-client.c */
void tw_engine_client_init (gpointer iface, gpointer data);

/* tw-engine-profile.c */
TwStore *tw_engine_make_store (TwEngine *self, const char *profile);
char *tw_engine_get_profile (TwEngine *self, const char *account_id);
gboolean tw_engine_enter (TwEngine *self, TwStore *store, TwStoreContents *contents);
void tw_engine_leave (TwEngine *self);
void tw_engine_set_device_meta (TwEngine *self, const char *name, const char *text);
void tw_engine_on_set_aside (
  TwStore *store, const char *path, guint saved, gboolean whole, gpointer user_data);
TwObjectList *tw_engine_get_list (TwEngine *self, const char *wire_type);

/* tw-engine-storage.c */
void tw_engine_storage_init (gpointer iface, gpointer data);

/* tw-engine-outgoing.c */
TwOutgoing *tw_engine_submit (
  TwEngine *self, const char *kind, const char *intent, GVariant *body, GError **error);
gboolean tw_engine_discard (TwEngine *self, const char *id);
void tw_engine_fill_outgoing (TwEngine *self, GPtrArray *stored);
void tw_engine_settle (TwEngine *self, TwResult *result);
void tw_engine_expire (TwEngine *self, const char *const *ids);
void tw_engine_note_arrival (TwEngine *self, const char *id);
void tw_engine_count_unsent (TwEngine *self);
void tw_engine_look_at_challenges (TwEngine *self);

/* tw-engine-session.c */
void tw_engine_sign_in_async (TwEngine *self,
                              const char *login,
                              const char *password,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
void tw_engine_sign_out (TwEngine *self);
void tw_engine_session_ended (TwEngine *self);
void tw_engine_revoke (TwEngine *self);

/* tw-engine-register.c */
void tw_engine_register_async (TwEngine *self,
                               GVariant *body,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* tw-engine-drafts.c */
const char *tw_engine_get_draft (TwEngine *self, const char *key);
void tw_engine_set_draft (TwEngine *self, const char *key, const char *text);
void tw_engine_flush_drafts (TwEngine *self);
void tw_engine_take_drafts (TwEngine *self, GHashTable *drafts);

G_END_DECLS
