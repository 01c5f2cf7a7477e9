// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/sync/tw-blob-upload.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "protocol/tw-routes.h"

/* Small enough that little is sent twice over a bad line. */
#define PIECE_BYTES ((gsize) (256 * 1024))

/* How often the service may say that it stands elsewhere before it is given up. */
#define MAX_SURPRISES 3

G_STATIC_ASSERT (PIECE_BYTES <= TW_LIMIT_BLOB_CHUNK_BYTES);

typedef struct
{
  char *path;
  GBytes *content;
  gsize have; /* what the service has, in bytes */
  guint surprises;
} Upload;

static void look (GTask *task);

static void
upload_free (gpointer data)
{
  Upload *upload = data;

  g_free (upload->path);
  g_bytes_unref (upload->content);
  g_free (upload);
}

/* What went wrong was perhaps only that somebody else, or an earlier try, brought some of it. */
static void
on_trouble (GTask *task, GError *error)
{
  Upload *upload = g_task_get_task_data (task);
  gboolean elsewhere = g_error_matches (error, TW_ERROR, TW_ERROR_CONFLICT) ||
                       g_error_matches (error, TW_ERROR, TW_ERROR_REFUSED);

  if (elsewhere && ++upload->surprises <= MAX_SURPRISES)
    {
      g_error_free (error);
      look (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void send_piece (GTask *task);

static void
on_piece (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) answer =
    tw_transport_send_finish (TW_TRANSPORT (source), result, NULL, &error);
  gint64 have = tw_transport_get_number (result, "Upload-Offset");

  if (answer == NULL)
    on_trouble (task, error);
  else if (have <= (gint64) upload->have || have > (gint64) g_bytes_get_size (upload->content))
    on_trouble (task, g_error_new (TW_ERROR, TW_ERROR_CONFLICT, "The upload does not get on"));
  else
    {
      upload->have = (gsize) have;
      send_piece (task);
    }
}

static void
send_piece (GTask *task)
{
  Upload *upload = g_task_get_task_data (task);
  gsize size = g_bytes_get_size (upload->content);
  gsize length = MIN (PIECE_BYTES, size - upload->have);
  g_autoptr (GBytes) piece = NULL;
  g_autofree char *range = NULL;

  if (upload->have == size)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  piece = g_bytes_new_from_bytes (upload->content, upload->have, length);
  range = g_strdup_printf ("bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT,
                           upload->have, upload->have + length - 1, size);
  tw_transport_send_async (g_task_get_source_object (task), TW_ROAD_API, "PUT", upload->path, range,
                           piece, g_task_get_cancellable (task), on_piece, task);
}

/* The answer to HEAD has no body to say what is wrong: its status does. */
static void
on_state (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) answer =
    tw_transport_send_finish (TW_TRANSPORT (source), result, NULL, &error);
  gint64 have = tw_transport_get_number (result, "Upload-Offset");

  if (answer == NULL && tw_transport_get_status (result) != 404)
    {
      on_trouble (task, error);
      return;
    }
  g_clear_error (&error);
  upload->have =
    answer != NULL ? (gsize) CLAMP (have, 0, (gint64) g_bytes_get_size (upload->content)) : 0;
  send_piece (task);
}

static void
look (GTask *task)
{
  Upload *upload = g_task_get_task_data (task);

  tw_transport_send_async (g_task_get_source_object (task), TW_ROAD_API, "HEAD", upload->path, NULL,
                           NULL, g_task_get_cancellable (task), on_state, task);
}

/**
 * tw_blob_upload_async:
 * @transport: the road to the service, with a session
 * @hash: BLAKE2b-256 of @content, in hex: its name
 * @content: at most %TW_LIMIT_BLOB_BYTES
 * @cancellable: (nullable): stops it
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Brings @content to the service. It begins where an earlier upload of the same content ended:
 * after a failure, call it again.
 */
void
tw_blob_upload_async (TwTransport *transport,
                      const char *hash,
                      GBytes *content,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (transport, cancellable, callback, user_data);
  Upload *upload = g_new0 (Upload, 1);

  upload->path = g_strconcat (TW_ROUTE_BLOBS, hash, NULL);
  upload->content = g_bytes_ref (content);
  g_task_set_task_data (task, upload, upload_free);
  if (g_bytes_get_size (content) > TW_LIMIT_BLOB_BYTES)
    {
      g_task_return_new_error (task, TW_ERROR, TW_ERROR_TOO_LARGE,
                               _ ("This file is too large: at most %d MB fit."),
                               TW_LIMIT_BLOB_BYTES / 1024 / 1024);
      g_object_unref (task);
      return;
    }
  look (task);
}

/**
 * tw_blob_upload_finish:
 * @transport: the road to the service
 * @result: what the callback was given
 * @error: %TW_ERROR_TOO_LARGE, %TW_ERROR_UNREACHABLE (call again), what the service said, or
 * cancelled
 *
 * Returns: whether the service has all of it
 */
gboolean
tw_blob_upload_finish (TwTransport *transport, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
