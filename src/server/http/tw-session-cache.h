// SPDX-License-Identifier: GPL-3.0-or-later
/* Who stands behind a token, as far as it was asked before. Any thread. */
#pragma once

#include "server/command/tw-actor.h"

G_BEGIN_DECLS

/* How long a token is taken for what it was without asking the database again. */
#define TW_SESSION_CACHE_FRESH_MS 15000

typedef struct _TwSessionCache TwSessionCache;

TwSessionCache *tw_session_cache_new (void);
void tw_session_cache_free (TwSessionCache *cache);
TwActor *tw_session_cache_find (TwSessionCache *cache,
                                const char *token_hash,
                                gint64 now_ms,
                                gboolean *ended);
TwActor *tw_session_cache_add (TwSessionCache *cache,
                               const char *token_hash,
                               TwActor *actor,
                               gint64 expires_at_ms,
                               gint64 now_ms);
void tw_session_cache_forget (TwSessionCache *cache, const char *token_hash);
gint64 tw_session_cache_get_end (TwSessionCache *cache, const char *token_hash);
void tw_session_cache_end (TwSessionCache *cache, const char *token_hash, gint64 now_ms);

G_END_DECLS
