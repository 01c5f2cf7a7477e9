// SPDX-License-Identifier: GPL-3.0-or-later
/* Requests between two machines that share a key: each carries an id of its own, the time, and a
 * signature (keyed BLAKE2b) over both, the method, the path and the body. The answer carries one
 * over the id of the request, the status and the body. */
#pragma once

#include "vault/tw-vault.h"

G_BEGIN_DECLS

#define TW_REQUEST_HEADER_ID "Tw-Request-Id"
#define TW_REQUEST_HEADER_AT "Tw-Request-At"
#define TW_REQUEST_HEADER_SIGNATURE "Tw-Signature"

/* Of the shared key; each direction has its own, so that nothing can be sent back as it came. */
#define TW_REQUEST_TO_PARTNER "rails/to-partner"
#define TW_REQUEST_FROM_PARTNER "rails/from-partner"

/* A request that is older, or from further ahead, is not taken. */
#define TW_REQUEST_WINDOW_MS (10 * 60 * 1000)

typedef struct
{
  const char *method;
  const char *path;      /* with the query */
  const char *id;        /* (nullable) */
  const char *at;        /* (nullable): milliseconds since 1970 UTC, in digits */
  const char *signature; /* (nullable) */
  const void *body;      /* (nullable): %NULL as an empty one */
  gsize length;
} TwRequest;

char *tw_request_sign (TwKey *key, const TwRequest *request);
char *tw_request_sign_answer (
  TwKey *key, const char *request_id, guint status, const void *body, gsize length);
gboolean tw_request_check_answer (TwKey *key,
                                  const char *request_id,
                                  guint status,
                                  const void *body,
                                  gsize length,
                                  const char *signature);

/* Who remembers what has been asked, so that an id stands for one request only. */
typedef struct _TwRequestGuard TwRequestGuard;

TwRequestGuard *tw_request_guard_new (TwKey *key);
gboolean tw_request_guard_check (TwRequestGuard *guard,
                                 const TwRequest *request,
                                 gint64 now_ms,
                                 GError **error);
guint tw_request_guard_get_size (TwRequestGuard *guard);
void tw_request_guard_recall (TwRequestGuard *guard,
                              const char *id,
                              const char *signature,
                              gint64 at_ms);
void tw_request_guard_free (TwRequestGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRequestGuard, tw_request_guard_free)

G_END_DECLS
