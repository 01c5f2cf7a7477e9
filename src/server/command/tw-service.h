// SPDX-License-Identifier: GPL-3.0-or-later
/* What the rooms of a running service share. */
#pragma once

#include "db/tw-db.h"
#include "server/command/tw-keys.h"
#include "server/command/tw-writer.h"
#include "server/feed/tw-feed-hub.h"
#include "server/feed/tw-readers.h"

G_BEGIN_DECLS

extern const char tw_command_schema[];

typedef struct _TwService TwService;

TwService *tw_service_new (
  const char *database_url, TwKeys *keys, const TwMigration *steps, gsize n_steps, GError **error);
void tw_service_stop (TwService *service);
void tw_service_free (TwService *service);

TwWriter *tw_service_get_writer (TwService *service);
TwFeedHub *tw_service_get_hub (TwService *service);
TwReaders *tw_service_get_readers (TwService *service);
TwKeys *tw_service_get_keys (TwService *service);
TwKey *tw_service_get_key (TwService *service, const char *purpose);
const char *tw_service_get_database_url (TwService *service);

/* Whether what is to be done by one process of several is ours to do just now. Ask each time. */
gboolean tw_service_is_leader (TwService *service);

char *tw_service_get_metrics (TwService *service);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwService, tw_service_free)

G_END_DECLS
