// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/agent/reconciliation/tw-difference-pane.h"

#include <glib/gi18n.h>

#include "base/tw-money.h"
#include "base/tw-text.h"
#include "client/agent/reconciliation/tw-correction-card.h"
#include "client/agent/reconciliation/tw-reconciliation-page.h"
#include "client/widgets/tw-format.h"
#include "protocol/tw-kinds.h"

/**
 * TwDifferencePane:
 *
 * One difference: what is known, what it means, and what a senior does about it. What is typed is a
 * draft at every keystroke.
 */
struct _TwDifferencePane
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkLabel *what;
  GtkLabel *where;
  GtkLabel *meaning;
  AdwActionRow *amount;
  AdwActionRow *here_amount;
  AdwActionRow *there_amount;
  AdwActionRow *corrected;
  AdwActionRow *order;
  AdwActionRow *reference;
  AdwActionRow *rail_reference;
  AdwActionRow *entry;
  AdwActionRow *found;
  GtkWidget *closed_group;
  AdwActionRow *closed;
  AdwActionRow *reason_given;
  GtkWidget *open_group;
  GtkEditable *reason;
  GtkWidget *explain;
  GtkWidget *look_again;
  GtkLabel *mistake;
  TwCorrectionCard *correction;

  TwClient *client;
  TwDifference *difference; /* (nullable) */
  gboolean restoring;
};

G_DEFINE_FINAL_TYPE (TwDifferencePane, tw_difference_pane, ADW_TYPE_BIN)

static char *
draft_key (TwDifferencePane *self)
{
  return g_strconcat ("agent/difference/", tw_object_get_id (TW_OBJECT (self->difference)), NULL);
}

static void
show_mistake (TwDifferencePane *self, const char *words)
{
  gtk_label_set_label (self->mistake, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), words != NULL);
}

static void
set_row (AdwActionRow *row, const char *text)
{
  adw_action_row_set_subtitle (row, text);
  gtk_widget_set_visible (GTK_WIDGET (row), *text != '\0');
}

/* @in, @out: with a place for the amount. */
static void
set_amount (AdwActionRow *row, gint64 fen, const char *in, const char *out)
{
  g_autofree char *text = tw_money_format (ABS (fen));
  g_auto (GStrv) parts = g_strsplit (fen > 0 ? in : out, "%s", 2);
  g_autofree char *words = fen == 0 ? g_strdup (_ ("Nothing")) : g_strjoinv (text, parts);

  adw_action_row_set_subtitle (row, words);
}

static void
show_closed (TwDifferencePane *self)
{
  TwDifference *difference = self->difference;
  TwDifferenceState state = tw_difference_get_state (difference);
  g_autofree char *moment = tw_format_moment_ms (tw_difference_get_closed_at_ms (difference));
  g_autofree char *words = NULL, *title = NULL;

  gtk_widget_set_visible (self->closed_group, state != TW_DIFFERENCE_STATE_OPEN);
  gtk_widget_set_visible (self->open_group, state == TW_DIFFERENCE_STATE_OPEN);
  if (state == TW_DIFFERENCE_STATE_OPEN)
    return;
  if (state == TW_DIFFERENCE_STATE_EXPLAINED)
    /* Translators: a name, then a time */
    words = g_strdup_printf (_ ("By %s, %s"), tw_difference_get_explained_by (difference), moment);
  else
    words = g_strdup_printf (_ ("By a statement, %s"), moment);
  title = tw_reconciliation_format_state (NULL, (int) state,
                                          tw_difference_get_corrected_fen (difference));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->closed), title);
  adw_action_row_set_subtitle (self->closed, words);
  set_row (self->reason_given, tw_difference_get_reason (difference));
}

/* Whether the service has been asked about this one, and has not answered yet. */
static gboolean
is_asked (TwDifferencePane *self, const char *kind)
{
  GListModel *all = tw_client_get_outgoing (self->client);
  const char *id = tw_object_get_id (TW_OBJECT (self->difference));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (TwOutgoing) outgoing = g_list_model_get_item (all, i);
      GVariant *body = tw_outgoing_get_body (outgoing);
      const char *about = NULL;

      if (!tw_outgoing_is_settled (outgoing) && body != NULL &&
          g_str_equal (tw_outgoing_get_kind (outgoing), kind) &&
          g_variant_lookup (body, "difference_id", "&s", &about) && g_str_equal (about, id))
        return TRUE;
    }
  return FALSE;
}

/* Nothing is done without a reason, nor two things at once. */
static void
show_choices (TwDifferencePane *self)
{
  g_autofree char *clean = tw_text_clean (gtk_editable_get_text (self->reason));
  gboolean corrects = is_asked (self, TW_KIND_DIFFERENCE_CORRECT);
  gboolean explains = is_asked (self, TW_KIND_DIFFERENCE_EXPLAIN);

  gtk_widget_set_sensitive (self->explain, *clean != '\0' && !corrects && !explains);
  tw_correction_card_show (self->correction, self->difference, corrects || explains);
  tw_correction_card_set_reason (self->correction, clean);
}

static void
show_known (TwDifferencePane *self)
{
  TwDifference *difference = self->difference;
  g_autofree char *what = tw_reconciliation_format_what (
    NULL, (int) tw_difference_get_kind (difference), (int) tw_difference_get_here (difference));
  g_autofree char *where = tw_reconciliation_format_day (NULL, tw_difference_get_party (difference),
                                                         tw_difference_get_day (difference));
  g_autofree char *found = tw_format_moment_ms (tw_difference_get_found_at_ms (difference));

  gtk_label_set_label (self->what, what);
  gtk_label_set_label (self->where, where);
  gtk_label_set_label (self->meaning, tw_reconciliation_get_meaning (difference));
  /* That nothing was moved is not true any more once it was put right. */
  gtk_widget_set_visible (GTK_WIDGET (self->meaning),
                          tw_difference_get_corrected_fen (difference) == 0);
  set_amount (self->amount, tw_difference_get_amount_fen (difference), _ ("%s to us"),
              _ ("%s from us"));
  gtk_widget_set_visible (GTK_WIDGET (self->amount),
                          tw_difference_get_kind (difference) != TW_DIFFERENCE_KIND_MISSING_HERE);
  set_amount (self->here_amount, tw_difference_get_here_fen (difference), _ ("%s came to us"),
              _ ("%s went from us"));
  set_amount (self->there_amount, tw_difference_get_there_fen (difference), _ ("%s came to us"),
              _ ("%s went from us"));
  set_amount (self->corrected, tw_difference_get_corrected_fen (difference),
              _ ("%s to the customer"), _ ("%s back from the customer"));
  gtk_widget_set_visible (GTK_WIDGET (self->corrected),
                          tw_difference_get_corrected_fen (difference) != 0);
  adw_action_row_set_subtitle (self->order, tw_reconciliation_get_here (difference));
  set_row (self->reference, tw_difference_get_reference (difference));
  set_row (self->rail_reference, tw_difference_get_rail_reference (difference));
  set_row (self->entry, tw_difference_get_entry (difference));
  adw_action_row_set_subtitle (self->found, found);
  show_closed (self);
  show_choices (self);
}

static void
on_reason_changed (TwDifferencePane *self)
{
  g_autofree char *key = NULL;

  if (self->restoring || self->difference == NULL)
    return;
  show_choices (self);
  show_mistake (self, NULL);
  key = draft_key (self);
  tw_client_set_draft (self->client, key, gtk_editable_get_text (self->reason));
}

/* The reason stands with the difference now. */
static void
forget_draft (TwDifferencePane *self, TwOutgoing *outgoing)
{
  const char *id = NULL;
  g_autofree char *key = NULL;

  if (!g_variant_lookup (tw_outgoing_get_body (outgoing), "difference_id", "&s", &id))
    return;
  key = g_strconcat ("agent/difference/", id, NULL);
  tw_client_set_draft (self->client, key, NULL);
}

/* What was asked for has been answered: a refusal is said where it was asked. */
static void
on_outgoing (TwOutgoing *outgoing, GParamSpec *pspec, TwDifferencePane *self)
{
  if (!tw_outgoing_is_settled (outgoing))
    return;
  gtk_widget_set_sensitive (self->look_again, TRUE);
  if (tw_outgoing_get_state (outgoing) != TW_OUTGOING_STATE_DONE)
    show_mistake (self, tw_outgoing_get_words (outgoing));
  else
    forget_draft (self, outgoing);
  if (self->difference != NULL)
    show_choices (self);
}

static gboolean
submit (TwDifferencePane *self, const char *kind, GVariantDict *dict)
{
  g_autoptr (GError) error = NULL;
  TwOutgoing *outgoing =
    tw_client_submit (self->client, kind, NULL, g_variant_dict_end (dict), &error);

  show_mistake (self, error != NULL ? error->message : NULL);
  if (outgoing != NULL)
    g_signal_connect_object (outgoing, "notify::state", G_CALLBACK (on_outgoing), self, 0);
  return outgoing != NULL;
}

/* @dict: what else there is to say of it */
static void
close_difference (TwDifferencePane *self, const char *kind, GVariantDict *dict)
{
  g_variant_dict_insert (dict, "difference_id", "s",
                         tw_object_get_id (TW_OBJECT (self->difference)));
  g_variant_dict_insert (dict, "reason", "s", gtk_editable_get_text (self->reason));
  submit (self, kind, dict);
  show_choices (self);
}

static void
on_explain_clicked (TwDifferencePane *self)
{
  GVariantDict dict;

  if (!gtk_widget_get_sensitive (self->explain))
    return;
  g_variant_dict_init (&dict, NULL);
  close_difference (self, TW_KIND_DIFFERENCE_EXPLAIN, &dict);
}

static void
on_correction_decided (TwDifferencePane *self, gint64 amount_fen)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "amount_fen", "x", amount_fen);
  close_difference (self, TW_KIND_DIFFERENCE_CORRECT, &dict);
}

static void
on_look_again_clicked (TwDifferencePane *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "party", "s", tw_difference_get_party (self->difference));
  g_variant_dict_insert (&dict, "day", "x", tw_difference_get_day (self->difference));
  if (submit (self, TW_KIND_RECONCILE_ASK, &dict))
    gtk_widget_set_sensitive (self->look_again, FALSE);
}

static void
tw_difference_pane_dispose (GObject *object)
{
  TwDifferencePane *self = TW_DIFFERENCE_PANE (object);

  if (self->difference != NULL)
    g_signal_handlers_disconnect_by_data (self->difference, self);
  g_clear_object (&self->difference);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_difference_pane_parent_class)->dispose (object);
}

static void
tw_difference_pane_class_init (TwDifferencePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TW_TYPE_CORRECTION_CARD);
  G_OBJECT_CLASS (klass)->dispose = tw_difference_pane_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/agent/difference-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, stack);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, what);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, where);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, meaning);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, amount);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, here_amount);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, there_amount);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, corrected);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, order);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, reference);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, rail_reference);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, entry);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, found);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, closed_group);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, closed);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, reason_given);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, open_group);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, reason);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, explain);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, look_again);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, mistake);
  gtk_widget_class_bind_template_child (widget_class, TwDifferencePane, correction);
  gtk_widget_class_bind_template_callback (widget_class, on_reason_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_explain_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_correction_decided);
  gtk_widget_class_bind_template_callback (widget_class, on_look_again_clicked);
}

static void
tw_difference_pane_init (TwDifferencePane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_difference_pane_set_client:
 * @self: a pane
 * @client: (transfer none): who is asked; set once
 */
void
tw_difference_pane_set_client (TwDifferencePane *self, TwClient *client)
{
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
}

/**
 * tw_difference_pane_show:
 * @self: a pane with a client
 * @difference: (nullable): what to show
 */
void
tw_difference_pane_show (TwDifferencePane *self, TwDifference *difference)
{
  g_autofree char *key = NULL;
  const char *draft;

  if (self->difference == difference)
    return;
  if (self->difference != NULL)
    g_signal_handlers_disconnect_by_data (self->difference, self);
  g_set_object (&self->difference, difference);
  gtk_stack_set_visible_child_name (self->stack, difference != NULL ? "difference" : "none");
  show_mistake (self, NULL);
  gtk_widget_set_sensitive (self->look_again, TRUE);
  if (difference == NULL)
    return;
  g_signal_connect_swapped (difference, "notify", G_CALLBACK (show_known), self);
  key = draft_key (self);
  draft = tw_client_get_draft (self->client, key);
  self->restoring = TRUE;
  gtk_editable_set_text (self->reason, draft != NULL ? draft : "");
  self->restoring = FALSE;
  show_known (self);
}

/**
 * tw_difference_pane_get_difference:
 * @self: a pane
 *
 * Returns: (transfer none) (nullable): what is shown
 */
TwDifference *
tw_difference_pane_get_difference (TwDifferencePane *self)
{
  return self->difference;
}
