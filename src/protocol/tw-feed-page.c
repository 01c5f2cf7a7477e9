// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-feed-page.h"

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire.h"

static void
item_free (gpointer data)
{
  TwFeedItem *item = data;

  g_free (item->scope);
  g_free (item->type);
  g_free (item->id);
  g_clear_object (&item->object);
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

static JsonArray *
get_array (JsonObject *object, const char *name, gboolean needed, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  if (node != NULL || needed)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member '%s' is missing or not a list",
                 name);
  return NULL;
}

static gboolean
read_scopes (JsonObject *object, const char *name, GStrv *scopes, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = get_array (object, name, FALSE, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (json_node_get_value_type (node) != G_TYPE_STRING)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "A scope in '%s' is not a string", name);
          return FALSE;
        }
      g_strv_builder_add (builder, json_node_get_string (node));
    }
  g_strfreev (*scopes);
  *scopes = g_strv_builder_end (builder);
  return TRUE;
}

/* A type that this program does not know yet is passed over: the service may be newer. */
static gboolean
read_item (TwFeedPage *page, JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *scope, *type, *id;
  TwFeedItem *item;
  JsonNode *inner;
  gint64 seq;

  if (object == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "An item of the feed is not an object");
      return FALSE;
    }
  if ((scope = tw_json_get_string (object, "scope", error)) == NULL ||
      (type = tw_json_get_string (object, "type", error)) == NULL ||
      (id = tw_json_get_string (object, "id", error)) == NULL ||
      !tw_json_get_int (object, "seq", 0, G_MAXINT64, &seq, error))
    return FALSE;
  if (tw_wire_get_gtype (type) == G_TYPE_INVALID)
    return TRUE;
  item = tw_feed_item_new (scope, seq, type, id);
  g_ptr_array_add (page->items, item);
  if (json_object_get_boolean_member_with_default (object, "removed", FALSE))
    return TRUE;
  inner = json_object_get_member (object, "object");
  if (inner == NULL || !JSON_NODE_HOLDS_OBJECT (inner))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "An item of the feed has no object");
      return FALSE;
    }
  item->object = tw_wire_decode (type, json_node_get_object (inner), error);
  if (item->object != NULL && g_strcmp0 (tw_object_get_id (item->object), id) != 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "An item of the feed has two ids");
      return FALSE;
    }
  return item->object != NULL;
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
  g_autoptr (JsonNode) root = tw_json_parse (text, (gssize) length, error);
  g_autoptr (TwFeedPage) page = NULL;
  JsonObject *object;
  JsonArray *items;
  const char *cursor, *now;
  gint64 now_ms;

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "A page of the feed is an object");
      return NULL;
    }
  object = json_node_get_object (root);
  if ((cursor = tw_json_get_string (object, "cursor", error)) == NULL ||
      (now = tw_json_get_string (object, "now", error)) == NULL ||
      (items = get_array (object, "items", TRUE, error)) == NULL)
    return NULL;
  if (!tw_clock_parse_ms (now, &now_ms))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, "The member 'now' is not an RFC 3339 time");
      return NULL;
    }
  page = tw_feed_page_new (cursor, now_ms);
  page->more = json_object_get_boolean_member_with_default (object, "more", FALSE);
  if (!read_scopes (object, "gap", &page->gap, error) ||
      !read_scopes (object, "dropped", &page->dropped, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (items); i++)
    if (!read_item (page, json_array_get_element (items, i), error))
      return NULL;
  return g_steal_pointer (&page);
}
