// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-feed-page.h"

#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-json-tokens.h"
#include "protocol/tw-wire.h"

static void
item_free (gpointer data)
{
  TwFeedItem *item = data;

  g_free (item->scope);
  g_free (item->type);
  g_free (item->id);
  g_clear_object (&item->object);
  g_free (item->body);
  g_free (item);
}

/**
 * tw_feed_item_new:
 * @scope: which scope brings it
 * @seq: the scope's number of this version
 * @type: the type's name on the wire
 * @id: the object's id
 *
 * Returns: (transfer full): an item that tells of a removal until an object is put into it
 */
TwFeedItem *
tw_feed_item_new (const char *scope, gint64 seq, const char *type, const char *id)
{
  TwFeedItem *item = g_new0 (TwFeedItem, 1);

  item->scope = g_strdup (scope);
  item->seq = seq;
  item->type = g_strdup (type);
  item->id = g_strdup (id);
  return item;
}

/**
 * tw_feed_item_take_object:
 * @item: an item that tells of a removal
 * @object: (transfer full): what it brings instead
 * @body: (transfer full): its JSON
 */
void
tw_feed_item_take_object (TwFeedItem *item, TwObject *object, char *body)
{
  g_assert (item->object == NULL);
  item->object = object;
  item->body = body;
}

/**
 * tw_feed_page_new:
 * @cursor: where the feed goes on after this page
 * @now_ms: the service's time, milliseconds since 1970 UTC
 *
 * Returns: (transfer full): a page without items
 */
TwFeedPage *
tw_feed_page_new (const char *cursor, gint64 now_ms)
{
  TwFeedPage *page = g_new0 (TwFeedPage, 1);

  page->cursor = g_strdup (cursor);
  page->now_ms = now_ms;
  page->items = g_ptr_array_new_with_free_func (item_free);
  page->gap = g_new0 (char *, 1);
  page->dropped = g_new0 (char *, 1);
  return page;
}

/**
 * tw_feed_page_free:
 * @page: (nullable) (transfer full): a page
 */
void
tw_feed_page_free (TwFeedPage *page)
{
  if (page == NULL)
    return;
  g_free (page->cursor);
  g_ptr_array_unref (page->items);
  g_strfreev (page->gap);
  g_strfreev (page->dropped);
  g_free (page);
}

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, words);
  return FALSE;
}

/* The token of a list; 0 when it is not there, or with @error when it is something else. */
static guint
find_list (const TwJsonTokens *json, const char *name, gboolean needed, GError **error)
{
  guint at = tw_json_tokens_find (json, 0, name);

  if (at > 0 && tw_json_tokens_get (json, at)->type == TW_JSON_ARRAY)
    return at;
  if (at > 0 || needed)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' is missing or not a list",
                 name);
  return 0;
}

static gboolean
is_true (const TwJsonTokens *json, guint object, const char *name)
{
  guint at = tw_json_tokens_find (json, object, name);

  return at > 0 && tw_json_tokens_get (json, at)->type == TW_JSON_TRUE;
}

static gboolean
read_scopes (const TwJsonTokens *json, const char *name, GStrv *scopes, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint list = find_list (json, name, FALSE, &local);
  guint end = list > 0 ? tw_json_tokens_get (json, list)->after : 0;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint at = list + 1; at < end; at = tw_json_tokens_get (json, at)->after)
    {
      g_autofree char *scope = NULL;

      if (tw_json_tokens_get (json, at)->type != TW_JSON_STRING)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "A scope in '%s' is not a string", name);
          return FALSE;
        }
      scope = tw_json_tokens_dup_string (json, at);
      g_strv_builder_add (builder, scope);
    }
  g_strfreev (*scopes);
  *scopes = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_object (TwFeedItem *item, const TwJsonTokens *json, guint at, GError **error)
{
  g_autoptr (TwObject) object = NULL;
  const TwJsonToken *token;

  if (at == 0 || tw_json_tokens_get (json, at)->type != TW_JSON_OBJECT)
    return refuse (error, "An item of the feed has no object");
  object = tw_wire_decode_tokens (item->type, json, at, error);
  if (object == NULL)
    return FALSE;
  if (strcmp (tw_object_get_id (object), item->id) != 0)
    return refuse (error, "An item of the feed has two ids");
  token = tw_json_tokens_get (json, at);
  tw_feed_item_take_object (item, g_steal_pointer (&object),
                            g_strndup (json->text + token->start, token->length));
  return TRUE;
}

/* A type that this program does not know yet is passed over, and so is an object with a word that
 * it does not know: the service may be newer. */
static gboolean
read_item (TwFeedPage *page, const TwJsonTokens *json, guint at, GError **error)
{
  g_autofree char *scope = NULL;
  g_autofree char *type = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) local = NULL;
  TwFeedItem *item;
  guint seq;

  if (tw_json_tokens_get (json, at)->type != TW_JSON_OBJECT)
    return refuse (error, "An item of the feed is not an object");
  if ((scope = tw_json_tokens_dup_member (json, at, "scope", error)) == NULL ||
      (type = tw_json_tokens_dup_member (json, at, "type", error)) == NULL ||
      (id = tw_json_tokens_dup_member (json, at, "id", error)) == NULL)
    return FALSE;
  seq = tw_json_tokens_find (json, at, "seq");
  if (seq == 0 || tw_json_tokens_get (json, seq)->type != TW_JSON_INTEGER ||
      tw_json_tokens_get_integer (json, seq) < 0)
    return refuse (error, "An item of the feed has no number");
  if (tw_wire_get_gtype (type) == G_TYPE_INVALID)
    return TRUE;
  item = tw_feed_item_new (scope, tw_json_tokens_get_integer (json, seq), type, id);
  g_ptr_array_add (page->items, item);
  if (is_true (json, at, "removed") ||
      read_object (item, json, tw_json_tokens_find (json, at, "object"), &local))
    return TRUE;
  if (g_error_matches (local, TW_ERROR, TW_ERROR_NOT_FOUND))
    {
      g_ptr_array_set_size (page->items, (int) page->items->len - 1);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
read_items (TwFeedPage *page, const TwJsonTokens *json, GError **error)
{
  guint list = find_list (json, "items", TRUE, error);

  if (list == 0)
    return FALSE;
  for (guint at = list + 1; at < tw_json_tokens_get (json, list)->after;
       at = tw_json_tokens_get (json, at)->after)
    if (!read_item (page, json, at, error))
      return FALSE;
  return TRUE;
}

/**
 * tw_feed_page_decode:
 * @text: the answer to `GET /v1/feed`
 * @length: its length in bytes
 * @error: %TW_ERROR_INVALID
 *
 * Reads a page of the feed. May run in any thread.
 *
 * Returns: (transfer full) (nullable): the page
 */
TwFeedPage *
tw_feed_page_decode (const char *text, gsize length, GError **error)
{
  g_auto (TwJsonTokens) json = { 0 };
  g_autoptr (TwFeedPage) page = NULL;
  g_autofree char *cursor = NULL;
  g_autofree char *now = NULL;
  gint64 now_ms;

  if (!tw_json_scan (&json, text, length, error))
    return NULL;
  if (tw_json_tokens_get (&json, 0)->type != TW_JSON_OBJECT)
    {
      refuse (error, "A page of the feed is an object");
      return NULL;
    }
  if ((cursor = tw_json_tokens_dup_member (&json, 0, "cursor", error)) == NULL ||
      (now = tw_json_tokens_dup_member (&json, 0, "now", error)) == NULL)
    return NULL;
  if (!tw_clock_parse_ms (now, &now_ms))
    {
      refuse (error, "The member 'now' is not an RFC 3339 time");
      return NULL;
    }
  page = tw_feed_page_new (cursor, now_ms);
  page->more = is_true (&json, 0, "more");
  if (!read_scopes (&json, "gap", &page->gap, error) ||
      !read_scopes (&json, "dropped", &page->dropped, error) || !read_items (page, &json, error))
    return NULL;
  return g_steal_pointer (&page);
}
