// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-routes.h"
#include "server/http/tw-http-private.h"

#define SWEEP_S 3600

typedef struct
{
  char *hash;
  gint64 offset;
  gint64 size;
  GBytes *piece;
  TwBlobState state;
  GBytes *content;
} Blob;

static void
blob_free (gpointer data)
{
  Blob *blob = data;

  g_clear_pointer (&blob->piece, g_bytes_unref);
  g_clear_pointer (&blob->content, g_bytes_unref);
  g_free (blob->hash);
  g_free (blob);
}

/* "bytes FROM-TO/SIZE", digits only. */
static gboolean
parse_range (const char *text, gint64 *from, gint64 *to, gint64 *size)
{
  g_auto (GStrv) parts = NULL;
  gint64 *values[] = { from, to, size };

  if (text == NULL || !g_str_has_prefix (text, "bytes "))
    return FALSE;
  parts = g_strsplit_set (text + strlen ("bytes "), "-/", -1);
  if (g_strv_length (parts) != G_N_ELEMENTS (values))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    if (strspn (parts[i], "0123456789") != strlen (parts[i]) ||
        !g_ascii_string_to_signed (parts[i], 10, 0, G_MAXINT64, values[i], NULL))
      return FALSE;
  return TRUE;
}

/* Without a Content-Range the body is the whole. */
static gboolean
read_piece (TwRequest *request, Blob *blob, GError **error)
{
  const char *range = tw_request_get_header (request, "Content-Range");
  gint64 length, to;

  blob->piece = tw_request_get_body (request);
  length = (gint64) g_bytes_get_size (blob->piece);
  blob->size = length;
  if (range != NULL && (!parse_range (range, &blob->offset, &to, &blob->size) ||
                        blob->offset > to || to >= blob->size || to - blob->offset + 1 != length))
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID,
                           "The Content-Range is not right: bytes FROM-TO/SIZE");
      return FALSE;
    }
  if (length == 0)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "There is nothing in it");
      return FALSE;
    }
  if (blob->size > TW_LIMIT_BLOB_BYTES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_TOO_LARGE, "A file has at most %d bytes",
                   TW_LIMIT_BLOB_BYTES);
      return FALSE;
    }
  return TRUE;
}

static void
set_offsets (TwRequest *request, const TwBlobState *state)
{
  g_autofree char *have = g_strdup_printf ("%" G_GINT64_FORMAT, state->have);
  g_autofree char *size = g_strdup_printf ("%" G_GINT64_FORMAT, state->size);

  tw_request_set_header (request, "Upload-Offset", have);
  tw_request_set_header (request, "Upload-Length", size);
}

static void
run_put (TwWork *work)
{
  Blob *blob = work->data;

  tw_blob_append (work->http->blobs, work->actor->account_id, blob->hash, blob->offset, blob->size,
                  blob->piece, &blob->state, &work->error);
}

static void
put_done (TwWork *work)
{
  Blob *blob = work->data;
  g_autoptr (JsonObject) answer = NULL;

  set_offsets (work->request, &blob->state);
  if (work->error != NULL)
    {
      tw_request_fail (work->request, work->error);
      return;
    }
  answer = json_object_new ();
  json_object_set_int_member (answer, "have", blob->state.have);
  json_object_set_int_member (answer, "size", blob->state.size);
  json_object_set_boolean_member (answer, "complete", blob->state.complete);
  tw_request_reply_text (work->request, 200, TW_MEDIA_JSON, tw_json_canonical_object (answer));
}

static void
run_head (TwWork *work)
{
  Blob *blob = work->data;

  tw_blob_get_state (work->http->blobs, work->actor->account_id, blob->hash, &blob->state,
                     &work->error);
}

static void
head_done (TwWork *work)
{
  Blob *blob = work->data;

  set_offsets (work->request, &blob->state);
  tw_request_reply (work->request, 200, NULL, NULL);
}

static void
run_get (TwWork *work)
{
  Blob *blob = work->data;

  blob->content =
    tw_blob_read (work->http->blobs, work->actor->account_id, blob->hash, &work->error);
}

static void
get_done (TwWork *work)
{
  Blob *blob = work->data;

  tw_request_set_header (work->request, "Content-Disposition", "attachment");
  tw_request_reply (work->request, 200, "application/octet-stream", blob->content);
}

static void
start (TwHttp *http,
       TwRequest *request,
       TwActor *actor,
       void (*run) (TwWork *),
       void (*done) (TwWork *),
       gboolean with_piece)
{
  const char *hash = tw_request_get_path (request) + strlen (TW_ROUTE_BLOBS);
  g_autoptr (GError) error = NULL;
  Blob *blob = g_new0 (Blob, 1);
  TwWork *work;

  blob->hash = g_strdup (hash);
  if (!tw_blob_check_hash (hash))
    g_set_error_literal (&error, TW_ERROR, TW_ERROR_INVALID,
                         "A file is named by the hash of its content, 64 hex digits");
  else if (with_piece)
    read_piece (request, blob, &error);
  if (error != NULL)
    {
      blob_free (blob);
      tw_request_fail (request, error);
      return;
    }
  work = tw_work_new (http, request, actor);
  work->data = blob;
  work->free_data = blob_free;
  work->run = run;
  work->done = done;
  work->own_errors = with_piece;
  tw_work_push (work, http->io_pool);
}

void
tw_http_put_blob (TwHttp *http, TwRequest *request, TwActor *actor)
{
  start (http, request, actor, run_put, put_done, TRUE);
}

void
tw_http_head_blob (TwHttp *http, TwRequest *request, TwActor *actor)
{
  start (http, request, actor, run_head, head_done, FALSE);
}

void
tw_http_get_blob (TwHttp *http, TwRequest *request, TwActor *actor)
{
  start (http, request, actor, run_get, get_done, FALSE);
}

static void
sweep_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  tw_blob_store_sweep (((TwHttp *) data)->blobs);
  g_task_return_boolean (task, TRUE);
}

static gboolean
sweep (gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, tw_http_ref (data), (GDestroyNotify) tw_http_unref);
  g_task_run_in_thread (task, sweep_in_thread);
  return G_SOURCE_CONTINUE;
}

/* Now, and then every hour: uploads that were given up don't stay. */
void
tw_http_start_sweeping (TwHttp *http)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  http->sweeper = g_timeout_source_new_seconds (SWEEP_S);
  g_source_set_callback (http->sweeper, sweep, http, NULL);
  g_source_attach (http->sweeper, context);
  sweep (http);
}
