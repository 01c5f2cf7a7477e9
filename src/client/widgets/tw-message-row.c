// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-message-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/widgets/tw-format.h"
#include "client/widgets/tw-spoken.h"

/* A line longer than this fills its whole width anyway. */
#define LONG_BYTES 400
#define LONG_WIDTH_CHARS 20

/**
 * TwMessageRow:
 *
 * One thing said in a conversation, or one that is still on its way.
 */
struct _TwMessageRow
{
  AdwBin parent_instance;

  GtkWidget *box;
  GtkLabel *who;
  GtkLabel *text;
  GtkWidget *trouble;
  GtkLabel *why;

  TwOutgoing *outgoing; /* (nullable) */
  gulong state_handler;
};

G_DEFINE_FINAL_TYPE (TwMessageRow, tw_message_row, ADW_TYPE_BIN)

static void
tw_message_row_dispose (GObject *object)
{
  tw_message_row_clear (TW_MESSAGE_ROW (object));
  G_OBJECT_CLASS (tw_message_row_parent_class)->dispose (object);
}

static void
tw_message_row_class_init (TwMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_message_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/widgets/message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TwMessageRow, box);
  gtk_widget_class_bind_template_child (widget_class, TwMessageRow, who);
  gtk_widget_class_bind_template_child (widget_class, TwMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, TwMessageRow, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwMessageRow, why);
}

static void
tw_message_row_init (TwMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_message_row_new:
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
tw_message_row_new (void)
{
  return g_object_new (TW_TYPE_MESSAGE_ROW, NULL);
}

static void
set_look (TwMessageRow *self, gboolean own, gboolean internal, gboolean waiting)
{
  const struct
  {
    const char *name;
    gboolean on;
  } looks[] = {
    { "own", own && !internal },
    { "other", !own && !internal },
    { "internal", internal },
    { "waiting", waiting },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    if (looks[i].on)
      gtk_widget_add_css_class (GTK_WIDGET (self->text), looks[i].name);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->text), looks[i].name);
  gtk_widget_set_halign (self->box, own ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_label_set_xalign (self->who, own ? 1 : 0);
}

static void
name_the_row (TwMessageRow *self)
{
  g_autofree char *words =
    g_strdup_printf ("%s: %s", gtk_label_get_label (self->who), gtk_label_get_label (self->text));

  tw_spoken_name_parent (GTK_WIDGET (self), words);
}

static gboolean
has_long_line (const char *text)
{
  const char *end;

  for (const char *line = text; *line != '\0'; line = *end != '\0' ? end + 1 : end)
    {
      end = strchrnul (line, '\n');
      if (end - line > LONG_BYTES)
        return TRUE;
    }
  return FALSE;
}

/* Asked for the least width of a text, GTK breaks it at every letter; for a message without a blank
 * that takes the longer the more letters it has, up to half a minute with all that are allowed. */
static void
show_text (TwMessageRow *self, const char *text)
{
  gtk_label_set_width_chars (self->text, has_long_line (text) ? LONG_WIDTH_CHARS : -1);
  gtk_label_set_label (self->text, text);
}

/**
 * tw_message_row_show_message:
 * @self: a row
 * @message: what was said
 * @own: whether it was said on this side
 */
void
tw_message_row_show_message (TwMessageRow *self, TwMessage *message, gboolean own)
{
  g_autofree char *at = tw_format_moment_ms (tw_message_get_at_ms (message));
  g_autofree char *who = NULL;

  tw_message_row_clear (self);
  if (tw_message_get_internal (message))
    who = g_strdup_printf (_ ("%s, note for colleagues · %s"), tw_message_get_author_name (message),
                           at);
  else
    who = g_strdup_printf ("%s · %s", tw_message_get_author_name (message), at);
  gtk_label_set_label (self->who, who);
  show_text (self, tw_message_get_text (message));
  gtk_widget_set_visible (self->trouble, FALSE);
  set_look (self, own, tw_message_get_internal (message), FALSE);
  name_the_row (self);
}

static void
show_state (TwMessageRow *self)
{
  TwOutgoingState state = tw_outgoing_get_state (self->outgoing);
  const char *words = tw_outgoing_get_words (self->outgoing);

  switch (state)
    {
    case TW_OUTGOING_STATE_WAITING:
      gtk_label_set_label (self->who, _ ("Not sent yet; goes out when the service can be reached"));
      break;
    case TW_OUTGOING_STATE_SENT:
      gtk_label_set_label (self->who, _ ("Sending…"));
      break;
    case TW_OUTGOING_STATE_DONE:
      gtk_label_set_label (self->who, _ ("Sent"));
      break;
    case TW_OUTGOING_STATE_REFUSED:
    case TW_OUTGOING_STATE_EXPIRED:
    default:
      gtk_label_set_label (self->who, _ ("Not sent"));
    }
  gtk_label_set_label (self->why, words != NULL ? words : "");
  gtk_widget_set_visible (self->trouble, state >= TW_OUTGOING_STATE_REFUSED);
  name_the_row (self);
}

/**
 * tw_message_row_show_unsent:
 * @self: a row
 * @outgoing: a command whose body has a `text`
 *
 * Shows what was written here and has not come back on the feed yet.
 */
void
tw_message_row_show_unsent (TwMessageRow *self, TwOutgoing *outgoing)
{
  GVariant *body = tw_outgoing_get_body (outgoing);
  const char *text = "";
  gboolean internal = FALSE;

  tw_message_row_clear (self);
  if (body != NULL)
    {
      g_variant_lookup (body, "text", "&s", &text);
      g_variant_lookup (body, "internal", "b", &internal);
    }
  show_text (self, text);
  set_look (self, TRUE, internal, TRUE);
  self->outgoing = g_object_ref (outgoing);
  self->state_handler =
    g_signal_connect_swapped (outgoing, "notify::state", G_CALLBACK (show_state), self);
  show_state (self);
}

/**
 * tw_message_row_clear:
 * @self: a row
 *
 * Lets go of what it shows.
 */
void
tw_message_row_clear (TwMessageRow *self)
{
  if (self->outgoing != NULL)
    g_clear_signal_handler (&self->state_handler, self->outgoing);
  g_clear_object (&self->outgoing);
}
