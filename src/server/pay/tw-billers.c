// SPDX-License-Identifier: GPL-3.0-or-later
/* The billers' list: asked for once a day, and the same for everybody. */
#include <string.h>

#include "base/tw-text.h"
#include "model/tw-biller.h"
#include "protocol/tw-json.h"
#include "protocol/tw-wire.h"
#include "server/feed/tw-feed.h"
#include "server/pay/tw-payee-row.h"
#include "server/rails/tw-rails.h"

#define MAX_ID 32
#define MAX_DIGITS 20
#define MAX_BILLERS 500

static const TwRail list = {
  .name = "biller-list",
  .path = "/billers",
  .answer_kind = TW_KIND_BILLER_LIST,
  .is_whole = TRUE,
};

/* How long a customer number of theirs is; 0 for a biller that nobody knows. */
gboolean
tw_biller_load_digits (TwTx *tx, const char *id, gint64 *digits, GError **error)
{
  TwStmt *stmt =
    tw_db_query (tw_tx_db (tx), error, "SELECT digits FROM biller WHERE id = $1", "s", id);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *digits = step == TW_STEP_ROW ? tw_stmt_int64 (stmt, 0) : 0;
  tw_stmt_reset (stmt);
  return TRUE;
}

static gboolean
is_id (const char *id)
{
  return *id != '\0' && strlen (id) <= MAX_ID &&
         strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen (id);
}

/* What the biller is called; NULL for one that is not in the list any more. */
gboolean
tw_biller_load_name (TwTx *tx, const char *id, char **name, GError **error)
{
  TwStmt *stmt =
    tw_db_query (tw_tx_db (tx), error, "SELECT name FROM biller WHERE id = $1", "s", id);
  TwStep step;

  if (stmt == NULL || (step = tw_stmt_step (stmt, error)) == TW_STEP_ERROR)
    return FALSE;
  *name = step == TW_STEP_ROW ? g_strdup (tw_stmt_text (stmt, 0)) : NULL;
  tw_stmt_reset (stmt);
  return TRUE;
}

/* One that can't be read is left out; the others are no worse for it. */
static TwBiller *
read_biller (JsonNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwObject) object = NULL;
  TwBiller *biller;
  const char *id;

  if (JSON_NODE_HOLDS_OBJECT (node))
    object = tw_wire_decode ("biller", json_node_get_object (node), &error);
  if (object == NULL)
    {
      g_warning ("A biller can’t be read: %s", error != NULL ? error->message : "no object");
      return NULL;
    }
  biller = TW_BILLER (object);
  id = tw_object_get_id (object);
  if (!is_id (id) || !tw_text_check (tw_biller_get_name (biller), TW_TEXT_MAX_NAME, FALSE, NULL) ||
      tw_biller_get_digits (biller) < 1 || tw_biller_get_digits (biller) > MAX_DIGITS)
    {
      g_warning ("The biller %s makes no sense", id);
      return NULL;
    }
  return TW_BILLER (g_steal_pointer (&object));
}

/* What is the same as before is nobody's news. */
static gboolean
write_biller (TwTx *tx, TwBiller *biller, GError **error)
{
  if (!tw_db_run (tw_tx_db (tx), error,
                  "INSERT INTO biller (id, category, name, digits) VALUES ($1, $2, $3, $4) "
                  "ON CONFLICT (id) DO UPDATE SET category = excluded.category, "
                  "name = excluded.name, digits = excluded.digits "
                  "WHERE biller.category <> excluded.category OR biller.name <> excluded.name "
                  "OR biller.digits <> excluded.digits",
                  "sisi", tw_object_get_id (TW_OBJECT (biller)),
                  (gint64) tw_biller_get_category (biller), tw_biller_get_name (biller),
                  tw_biller_get_digits (biller)))
    return FALSE;
  if (tw_db_changes (tw_tx_db (tx)) > 0)
    tw_tx_publish (tx, TW_FEED_PUBLIC, TW_OBJECT (biller));
  return TRUE;
}

static gboolean
find_unlisted (TwTx *tx, GHashTable *listed, GPtrArray *unlisted, GError **error)
{
  TwStmt *stmt = tw_db_query (tw_tx_db (tx), error, "SELECT id FROM biller ORDER BY id", "");
  TwStep step = TW_STEP_ERROR;

  while (stmt != NULL && (step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    if (!g_hash_table_contains (listed, tw_stmt_text (stmt, 0)))
      g_ptr_array_add (unlisted, g_strdup (tw_stmt_text (stmt, 0)));
  return step == TW_STEP_DONE;
}

/* Nobody is to choose one that is not listed any more. */
static gboolean
withdraw_unlisted (TwTx *tx, GHashTable *listed, GError **error)
{
  g_autoptr (GPtrArray) unlisted = g_ptr_array_new_with_free_func (g_free);

  if (!find_unlisted (tx, listed, unlisted, error))
    return FALSE;
  for (guint i = 0; i < unlisted->len; i++)
    {
      const char *id = g_ptr_array_index (unlisted, i);

      if (!tw_db_run (tw_tx_db (tx), error, "DELETE FROM biller WHERE id = $1", "s", id))
        return FALSE;
      tw_tx_withdraw (tx, TW_FEED_PUBLIC, "biller", id);
    }
  return TRUE;
}

/* Answers %FALSE for what has no name to be known by. */
static gboolean
note_listed (GHashTable *listed, JsonNode *node)
{
  JsonNode *id = JSON_NODE_HOLDS_OBJECT (node)
                   ? json_object_get_member (json_node_get_object (node), "id")
                   : NULL;

  if (id == NULL || json_node_get_value_type (id) != G_TYPE_STRING ||
      !is_id (json_node_get_string (id)))
    return FALSE;
  g_hash_table_add (listed, (gpointer) json_node_get_string (id));
  return TRUE;
}

/* One that is listed and can't be read stays as it was. A list that is empty, or names somebody in
 * a way that can't be read, withdraws nobody. */
static gboolean
take_list (TwTx *tx, JsonArray *array, GError **error)
{
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean whole = json_array_get_length (array) > 0;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      g_autoptr (TwBiller) biller = i < MAX_BILLERS ? read_biller (node) : NULL;

      whole = note_listed (listed, node) && whole;
      if (biller != NULL && !write_biller (tx, biller, error))
        return FALSE;
    }
  return !whole || withdraw_unlisted (tx, listed, error);
}

/* Without an answer: to ask for it. */
static gboolean
ask (TwTx *tx, TwJob *job, GError **error)
{
  g_autoptr (JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "key", "list");
  return (!tw_rails_are_configured () || tw_rails_queue (tx, &list, tw_job_command (job)->id,
                                                         "system", "billers", request, error)) &&
         tw_job_done (job, NULL);
}

/* {} or {"op", "account_id", "answer"?} */
static gboolean
handle_list (TwTx *tx, TwJob *job, GError **error)
{
  JsonObject *body = tw_job_body (job);
  const char *op = tw_json_get_id (body, "op", NULL);
  JsonNode *answer = json_object_get_member (body, "answer");
  JsonNode *array = answer != NULL && JSON_NODE_HOLDS_OBJECT (answer)
                      ? json_object_get_member (json_node_get_object (answer), "billers")
                      : NULL;

  if (op == NULL)
    return ask (tx, job, error);
  if (array != NULL && JSON_NODE_HOLDS_ARRAY (array) &&
      !take_list (tx, json_node_get_array (array), error))
    return FALSE;
  return tw_rails_finish (tx, op, error) && tw_job_done (job, NULL);
}

void
tw_billers_init (void)
{
  tw_rails_add (&list);
  tw_handlers_add (TW_KIND_BILLER_LIST, handle_list, NULL, NULL);
}
