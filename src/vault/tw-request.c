// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/tw-request.h"

#include <string.h>

#include "base/tw-error.h"
#include "base/tw-uuid.h"

#define DOMAIN "tax-wallet/request/1"
#define ANSWER_DOMAIN "tax-wallet/answer/1"

/* What has been asked within the window, the oldest first. */
typedef struct
{
  char id[TW_UUID_LENGTH + 1];
  char *signature;
  gint64 at_ms;
} Seen;

struct _TwRequestGuard
{
  TwKey *key;
  GHashTable *by_id; /* of Seen */
  GQueue in_order;   /* of Seen, by when they came */
};

/**
 * tw_request_sign:
 * @key: of the direction
 * @request: with its id and time; its signature is not looked at
 *
 * Returns: (transfer full): the signature
 */
char *
tw_request_sign (TwKey *key, const TwRequest *request)
{
  g_autofree char *body = tw_hash_hex (request->body != NULL ? request->body : "",
                                       request->body != NULL ? request->length : 0);
  g_autofree char *text =
    g_strjoin ("\n", DOMAIN, request->method, request->path, request->id, request->at, body, NULL);

  return tw_keyed_hash (key, text);
}

/**
 * tw_request_sign_answer:
 * @key: of the direction of the answer
 * @request_id: which request it answers: as that is used once, so is the answer
 * @status: of HTTP
 * @body: (nullable): of the answer
 * @length: of @body, in bytes
 *
 * Returns: (transfer full): the signature
 */
char *
tw_request_sign_answer (
  TwKey *key, const char *request_id, guint status, const void *body, gsize length)
{
  g_autofree char *hash = tw_hash_hex (body != NULL ? body : "", body != NULL ? length : 0);
  g_autofree char *text =
    g_strdup_printf ("%s\n%s\n%u\n%s", ANSWER_DOMAIN, request_id, status, hash);

  return tw_keyed_hash (key, text);
}

/**
 * tw_request_check_answer:
 * @key: of the direction of the answer
 * @request_id: which request was sent
 * @status: of HTTP
 * @body: (nullable): of the answer
 * @length: of @body, in bytes
 * @signature: (nullable): as it came
 *
 * Returns: whether this is the answer of who has the key, to this request
 */
gboolean
tw_request_check_answer (TwKey *key,
                         const char *request_id,
                         guint status,
                         const void *body,
                         gsize length,
                         const char *signature)
{
  g_autofree char *wanted = tw_request_sign_answer (key, request_id, status, body, length);

  return signature != NULL && tw_equal_constant_time (wanted, signature);
}

/**
 * tw_request_guard_new:
 * @key: (transfer none): what the other side signs with
 *
 * Returns: (transfer full): a guard that has seen nothing yet
 */
TwRequestGuard *
tw_request_guard_new (TwKey *key)
{
  TwRequestGuard *guard = g_new0 (TwRequestGuard, 1);

  guard->key = tw_key_ref (key);
  guard->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&guard->in_order);
  return guard;
}

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_free (seen->signature);
  g_free (seen);
}

/**
 * tw_request_guard_free:
 * @guard: (transfer full) (nullable): a guard
 */
void
tw_request_guard_free (TwRequestGuard *guard)
{
  if (guard == NULL)
    return;
  g_hash_table_unref (guard->by_id);
  g_queue_clear_full (&guard->in_order, seen_free);
  tw_key_unref (guard->key);
  g_free (guard);
}

/**
 * tw_request_guard_get_size:
 * @guard: a guard
 *
 * Returns: how many requests it remembers
 */
guint
tw_request_guard_get_size (TwRequestGuard *guard)
{
  return g_hash_table_size (guard->by_id);
}

/* What is older than the window would be refused for its time alone. */
static void
forget_old (TwRequestGuard *guard, gint64 now_ms)
{
  Seen *seen;

  while ((seen = g_queue_peek_head (&guard->in_order)) != NULL &&
         seen->at_ms < now_ms - 2 * TW_REQUEST_WINDOW_MS)
    {
      g_hash_table_remove (guard->by_id, seen->id);
      seen_free (g_queue_pop_head (&guard->in_order));
    }
}

static gboolean
refuse (GError **error, TwError code, const char *words)
{
  g_set_error_literal (error, TW_ERROR, (int) code, words);
  return FALSE;
}

static void
keep (TwRequestGuard *guard, const char *id, const char *signature, gint64 at_ms)
{
  Seen *seen = g_new0 (Seen, 1);

  g_strlcpy (seen->id, id, sizeof seen->id);
  seen->signature = g_strdup (signature);
  seen->at_ms = at_ms;
  g_hash_table_insert (guard->by_id, seen->id, seen);
  g_queue_push_tail (&guard->in_order, seen);
}

/**
 * tw_request_guard_recall:
 * @guard: a guard that has not checked anything yet
 * @id: of a request that was taken before the process began
 * @signature: it had
 * @at_ms: when that was; the oldest first
 *
 * As if it had been taken by this guard.
 */
void
tw_request_guard_recall (TwRequestGuard *guard, const char *id, const char *signature, gint64 at_ms)
{
  if (!g_hash_table_contains (guard->by_id, id))
    keep (guard, id, signature, at_ms);
}

/* The same request may come again, as it does when its answer was lost; its id for another one may
 * not. */
static gboolean
remember (TwRequestGuard *guard, const TwRequest *request, gint64 now_ms, GError **error)
{
  Seen *seen = g_hash_table_lookup (guard->by_id, request->id);

  if (seen != NULL)
    return strcmp (seen->signature, request->signature) == 0 ||
           refuse (error, TW_ERROR_CHANGED, "This request id was used for another request");
  keep (guard, request->id, request->signature, now_ms);
  return TRUE;
}

/**
 * tw_request_guard_check:
 * @guard: a guard
 * @request: as it came
 * @now_ms: by the clock of the machine, which moving the practice clock does not touch
 * @error: %TW_ERROR_UNAUTHENTICATED for what is not signed, not signed so, or not of this time;
 *   %TW_ERROR_CHANGED for an id that stood for another request
 *
 * Returns: whether the request is from who has the key, and as they sent it
 */
gboolean
tw_request_guard_check (TwRequestGuard *guard,
                        const TwRequest *request,
                        gint64 now_ms,
                        GError **error)
{
  g_autofree char *wanted = NULL;
  gint64 at_ms;

  if (request->id == NULL || request->at == NULL || request->signature == NULL)
    return refuse (error, TW_ERROR_UNAUTHENTICATED, "The request is not signed");
  if (!tw_uuid_is_valid (request->id) ||
      !g_ascii_string_to_signed (request->at, 10, 0, G_MAXINT64, &at_ms, NULL))
    return refuse (error, TW_ERROR_UNAUTHENTICATED, "The request's id or time can't be read");
  wanted = tw_request_sign (guard->key, request);
  if (!tw_equal_constant_time (wanted, request->signature))
    return refuse (error, TW_ERROR_UNAUTHENTICATED, "The signature is not that of this request");
  if (at_ms < now_ms - TW_REQUEST_WINDOW_MS || at_ms > now_ms + TW_REQUEST_WINDOW_MS)
    return refuse (error, TW_ERROR_UNAUTHENTICATED,
                   "The request is not of this time: the two clocks differ");
  forget_old (guard, now_ms);
  return remember (guard, request, now_ms, error);
}
