// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-writer.h"

#include <glib/gi18n-lib.h>

#include "base/tw-text.h"

/**
 * TwWriter:
 *
 * Where a person writes more than a line. Every keystroke is kept as a draft; Ctrl-Enter sends. A
 * paste of more than a message may hold is cut, and said so.
 *
 * - label: its name for a screen reader, and what stands there while it is empty
 * - send: emitted on Ctrl-Enter
 * - changed: emitted when the text is another
 */
struct _TwWriter
{
  AdwBin parent_instance;

  GtkTextView *view;
  GtkLabel *hint;
  GtkLabel *trouble;
  GtkTextBuffer *buffer;

  char *label;
  TwClient *client; /* (nullable) */
  char *key;
  gboolean quiet;
};

G_DEFINE_FINAL_TYPE (TwWriter, tw_writer, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_LABEL,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint send_signal;
static guint changed_signal;

/**
 * tw_writer_get_text:
 * @self: a writer
 *
 * Returns: (transfer full): what stands there
 */
char *
tw_writer_get_text (TwWriter *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

/* A text view with megabytes in it stands still: they never get in. */
static void
on_insert (TwWriter *self, GtkTextIter *at, char *text, int length)
{
  int room = TW_TEXT_MAX_MESSAGE - gtk_text_buffer_get_char_count (self->buffer);
  glong chars = g_utf8_strlen (text, length);

  if (chars <= room)
    return;
  g_signal_stop_emission_by_name (self->buffer, "insert-text");
  tw_writer_tell (self, _ ("This is too long for one message; the rest was left out."));
  if (room > 0)
    gtk_text_buffer_insert (self->buffer, at, text,
                            (int) (g_utf8_offset_to_pointer (text, room) - text));
}

static void
on_changed (TwWriter *self)
{
  g_autofree char *text = tw_writer_get_text (self);

  gtk_widget_set_visible (GTK_WIDGET (self->hint), *text == '\0');
  if (gtk_text_buffer_get_char_count (self->buffer) < TW_TEXT_MAX_MESSAGE)
    tw_writer_tell (self, NULL);
  if (self->quiet)
    return;
  if (self->client != NULL)
    tw_client_set_draft (self->client, self->key, text);
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
on_send (GtkWidget *widget, GVariant *args, gpointer data)
{
  g_signal_emit (widget, send_signal, 0);
  return TRUE;
}

/* A text view takes Enter with any other key for a new line: the keys are looked at before it. */
static void
add_send_keys (TwWriter *self)
{
  static const guint keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (keys[i], GDK_CONTROL_MASK),
                        gtk_callback_action_new (on_send, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static gboolean
tw_writer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (TW_WRITER (widget)->view));
}

/* GTK asks a widget itself for the focus when Tab goes back out of it: it would never leave the
 * text. */
static gboolean
tw_writer_focus (GtkWidget *widget, GtkDirectionType direction)
{
  return gtk_widget_child_focus (adw_bin_get_child (ADW_BIN (widget)), direction);
}

static void
tw_writer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LABEL)
    g_value_set_string (value, TW_WRITER (object)->label);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tw_writer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TwWriter *self = TW_WRITER (object);

  if (id != PROP_LABEL)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  self->label = g_value_dup_string (value);
  gtk_label_set_label (self->hint, self->label != NULL ? self->label : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->label != NULL ? self->label : "", -1);
}

static void
tw_writer_dispose (GObject *object)
{
  TwWriter *self = TW_WRITER (object);

  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_writer_parent_class)->dispose (object);
}

static void
tw_writer_finalize (GObject *object)
{
  g_free (TW_WRITER (object)->label);
  g_free (TW_WRITER (object)->key);
  G_OBJECT_CLASS (tw_writer_parent_class)->finalize (object);
}

static void
tw_writer_class_init (TwWriterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tw_writer_get_property;
  object_class->set_property = tw_writer_set_property;
  object_class->dispose = tw_writer_dispose;
  object_class->finalize = tw_writer_finalize;
  widget_class->focus = tw_writer_focus;
  widget_class->grab_focus = tw_writer_grab_focus;

  props[PROP_LABEL] = g_param_spec_string (
    "label", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  send_signal =
    g_signal_new ("send", TW_TYPE_WRITER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  changed_signal = g_signal_new ("changed", TW_TYPE_WRITER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/widgets/writer.ui");
  gtk_widget_class_bind_template_child (widget_class, TwWriter, view);
  gtk_widget_class_bind_template_child (widget_class, TwWriter, hint);
  gtk_widget_class_bind_template_child (widget_class, TwWriter, trouble);
  gtk_widget_class_bind_template_child (widget_class, TwWriter, buffer);
  gtk_widget_class_bind_template_callback (widget_class, on_insert);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
tw_writer_init (TwWriter *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_send_keys (self);
}

/**
 * tw_writer_set_text:
 * @self: a writer
 * @text: what is to stand there
 */
void
tw_writer_set_text (TwWriter *self, const char *text)
{
  gtk_text_buffer_set_text (self->buffer, text, -1);
}

/**
 * tw_writer_set_draft:
 * @self: a writer
 * @client: who keeps drafts
 * @key: `page/what`
 *
 * From now on what is written is kept under @key; what was kept there stands there.
 */
void
tw_writer_set_draft (TwWriter *self, TwClient *client, const char *key)
{
  const char *draft = tw_client_get_draft (client, key);

  if (g_strcmp0 (self->key, key) == 0)
    return;
  g_set_object (&self->client, client);
  g_free (self->key);
  self->key = g_strdup (key);
  self->quiet = TRUE;
  tw_writer_set_text (self, draft != NULL ? draft : "");
  self->quiet = FALSE;
  g_signal_emit (self, changed_signal, 0);
}

/**
 * tw_writer_tell:
 * @self: a writer
 * @trouble: (nullable): what is wrong with the text; %NULL: nothing
 */
void
tw_writer_tell (TwWriter *self, const char *trouble)
{
  gtk_label_set_label (self->trouble, trouble != NULL ? trouble : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), trouble != NULL);
}
