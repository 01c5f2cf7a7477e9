// SPDX-License-Identifier: GPL-3.0-or-later
/* Orders that may need a person: written down, counted, said once. An order goes on being asked for
 * meanwhile, and is out of trouble when an answer moves it. */
#include <glib/gi18n-lib.h>

#include "server/rails/tw-rails-private.h"

static const char *const codes[] = {
  [TW_TROUBLE_UNREADABLE] = "unreadable",
  [TW_TROUBLE_TURNED_AWAY] = "turned_away",
  [TW_TROUBLE_CONTRADICTED] = "contradicted",
};

static gint counts[G_N_ELEMENTS (codes)];

typedef struct
{
  TwRails *rails;
  char *id;
  TwTrouble trouble;
} Note;

static void
note_free (Note *note)
{
  g_free (note->id);
  g_free (note);
}

static gboolean
write_note (TwTx *tx, gpointer data, GError **error)
{
  Note *note = data;

  return tw_rails_set_trouble (tx, note->id, note->trouble, error);
}

static void
on_written (const GError *error, gpointer data)
{
  Note *note = data;

  if (error != NULL)
    g_message ("The trouble with the order %s could not be written down: %s", note->id,
               error->message);
  tw_rail_order_ended (note->rails);
  note_free (note);
}

/**
 * tw_rails_set_trouble:
 * @tx: the transaction
 * @id: of an order
 * @trouble: what is wrong
 * @error: the database's
 *
 * Marks an order that is not finished.
 *
 * Returns: whether that is written
 */
gboolean
tw_rails_set_trouble (TwTx *tx, const char *id, TwTrouble trouble, GError **error)
{
  return tw_db_run (tw_tx_db (tx), error,
                    "UPDATE rail_op SET trouble = $2 WHERE id = $1 AND next_at IS NOT NULL", "ss",
                    id, codes[trouble]);
}

/**
 * tw_rail_order_trouble:
 * @op: an order
 * @trouble: what is wrong
 * @why: without anybody's data
 *
 * Counts it each time; says it and writes it down once.
 */
void
tw_rail_order_trouble (TwRailOrder *op, TwTrouble trouble, const char *why)
{
  TwWriter *writer = tw_service_get_writer (op->rails->service);
  Note *note;

  g_atomic_int_inc (&counts[trouble]);
  if (op->troubles & (1u << trouble))
    return;
  op->troubles |= 1u << trouble;
  g_warning ("The order %s for the rail '%s' may need a person (%s): %s", op->id, op->rail->name,
             codes[trouble], why);
  note = g_new0 (Note, 1);
  note->rails = op->rails;
  note->id = g_strdup (op->id);
  note->trouble = trouble;
  if (tw_writer_submit_call (writer, write_note, op->rails->context, on_written, note, NULL))
    op->rails->n_pending++;
  else
    {
      op->troubles &= ~(1u << trouble);
      note_free (note);
    }
}

static const char *
get_words (const char *code)
{
  if (g_str_equal (code, codes[TW_TROUBLE_UNREADABLE]))
    return _ ("its answers can’t be believed; what became of it is not known");
  if (g_str_equal (code, codes[TW_TROUBLE_TURNED_AWAY]))
    return _ ("the request is turned away; what became of it is not known");
  return _ ("it was accepted, and is said not to be now");
}

/**
 * tw_rails_verify:
 * @db: a connection
 * @report: each order that may need a person is added, a line each
 * @error: the database's
 *
 * Returns: whether it could be looked at
 */
gboolean
tw_rails_verify (TwDb *db, GString *report, GError **error)
{
  TwStmt *stmt = tw_db_query (db, error,
                              "SELECT id, rail, trouble FROM rail_op "
                              "WHERE next_at IS NOT NULL AND trouble <> '' ORDER BY id",
                              "");
  TwStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = tw_stmt_step (stmt, error)) == TW_STEP_ROW)
    g_string_append_printf (report, "order %s (%s): %s\n", tw_stmt_text (stmt, 0),
                            tw_stmt_text (stmt, 1), get_words (tw_stmt_text (stmt, 2)));
  return step == TW_STEP_DONE;
}

/**
 * tw_rails_get_troubles:
 * @trouble: of one sort
 * @code: (out): its name
 *
 * Returns: how often it was met since the start
 */
guint
tw_rails_get_troubles (TwTrouble trouble, const char **code)
{
  *code = codes[trouble];
  return (guint) g_atomic_int_get (&counts[trouble]);
}
