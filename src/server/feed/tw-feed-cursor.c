// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/feed/tw-feed-cursor.h"

#include <string.h>

#include "vault/tw-vault.h"

#define MAX_TEXT (64 * 1024)

/* The text inside: this line, the epoch, then `scope seq grant` a line. */
#define HEADER "feed/1"

TwFeedCursor *
tw_feed_cursor_new (const char *epoch)
{
  TwFeedCursor *cursor = g_new0 (TwFeedCursor, 1);

  cursor->epoch = g_strdup (epoch);
  cursor->positions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return cursor;
}

void
tw_feed_cursor_free (TwFeedCursor *cursor)
{
  if (cursor == NULL)
    return;
  g_free (cursor->epoch);
  g_hash_table_unref (cursor->positions);
  g_free (cursor);
}

void
tw_feed_cursor_set (TwFeedCursor *cursor, const char *scope, gint64 seq, gint64 grant)
{
  TwFeedPosition *position = g_new (TwFeedPosition, 1);

  position->seq = seq;
  position->grant = grant;
  g_hash_table_replace (cursor->positions, g_strdup (scope), position);
}

const TwFeedPosition *
tw_feed_cursor_get (TwFeedCursor *cursor, const char *scope)
{
  return g_hash_table_lookup (cursor->positions, scope);
}

/**
 * tw_feed_cursor_encode:
 * @cursor: a cursor
 *
 * Returns: (transfer full): its text for the client; the same positions give the same text
 */
char *
tw_feed_cursor_encode (TwFeedCursor *cursor)
{
  g_autoptr (GString) text = g_string_new (HEADER "\n");
  g_autoptr (GList) scopes = g_hash_table_get_keys (cursor->positions);

  g_string_append (text, cursor->epoch);
  scopes = g_list_sort (scopes, (GCompareFunc) strcmp);
  for (GList *l = scopes; l != NULL; l = l->next)
    {
      const TwFeedPosition *position = tw_feed_cursor_get (cursor, l->data);

      g_string_append_printf (text, "\n%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                              (const char *) l->data, position->seq, position->grant);
    }
  return tw_base64_encode (text->str, text->len);
}

static gboolean
decode_line (TwFeedCursor *cursor, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 4);
  guint64 seq, grant;

  if (g_strv_length (parts) != 3 || parts[0][0] == '\0' ||
      tw_feed_cursor_get (cursor, parts[0]) != NULL ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXINT64, &seq, NULL) ||
      !g_ascii_string_to_unsigned (parts[2], 10, 0, G_MAXINT64, &grant, NULL))
    return FALSE;
  tw_feed_cursor_set (cursor, parts[0], (gint64) seq, (gint64) grant);
  return TRUE;
}

/**
 * tw_feed_cursor_decode:
 * @text: what a client sent
 *
 * Returns: (transfer full) (nullable): the cursor; %NULL for anything that tw_feed_cursor_encode()
 * can't have made
 */
TwFeedCursor *
tw_feed_cursor_decode (const char *text)
{
  g_autoptr (TwFeedCursor) cursor = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *plain = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length;

  if (strlen (text) > MAX_TEXT || (bytes = tw_base64_decode (text)) == NULL)
    return NULL;
  length = g_bytes_get_size (bytes);
  if (!g_utf8_validate_len (g_bytes_get_data (bytes, NULL), length, NULL))
    return NULL;
  plain = g_strndup (g_bytes_get_data (bytes, NULL), length);
  lines = g_strsplit (plain, "\n", -1);
  if (g_strv_length (lines) < 2 || strcmp (lines[0], HEADER) != 0)
    return NULL;
  cursor = tw_feed_cursor_new (lines[1]);
  for (guint i = 2; lines[i] != NULL; i++)
    if (!decode_line (cursor, lines[i]))
      return NULL;
  return g_steal_pointer (&cursor);
}
