// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-form-row.h"

#include "client/widgets/tw-spoken.h"

/**
 * TwFormRow:
 *
 * One field of a #TwForm: an entry row, and below it what is wrong, or what the program understood.
 * A field counts as left when the focus goes, or when the person pauses.
 *
 * - form, field: what it edits
 * - secret: whether it is a password
 * - note: what to say below it while there is nothing else to say
 * - activated: emitted on Enter
 */
struct _TwFormRow
{
  GtkBox parent_instance;

  GtkListBox *list;
  GtkLabel *below;
  GtkWidget *entry;

  TwForm *form; /* (nullable) */
  char *field;
  char *title;
  char *note;
  gboolean secret;
  GtkInputPurpose purpose;
  guint pause;
  gboolean quiet; /* what the form says is being put into the entry */
};

/* Typing has stopped for so long: what is there is probably meant. */
#define PAUSE_MS 1200

G_DEFINE_FINAL_TYPE (TwFormRow, tw_form_row, GTK_TYPE_BOX)

enum
{
  PROP_0,
  PROP_FORM,
  PROP_FIELD,
  PROP_TITLE,
  PROP_NOTE,
  PROP_SECRET,
  PROP_PURPOSE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint activated;

static void
show_below (TwFormRow *self)
{
  const char *error = tw_form_get_error (self->form, self->field);
  const char *hint = tw_form_get_hint (self->form, self->field);
  const char *text = error != NULL ? error : hint != NULL ? hint : self->note;
  GtkAccessible *spoken = GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));

  gtk_label_set_label (self->below, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->below), text != NULL);
  if (error != NULL)
    {
      gtk_widget_add_css_class (self->entry, "error");
      gtk_widget_add_css_class (GTK_WIDGET (self->below), "error");
      gtk_widget_remove_css_class (GTK_WIDGET (self->below), "dim-label");
    }
  else
    {
      gtk_widget_remove_css_class (self->entry, "error");
      gtk_widget_remove_css_class (GTK_WIDGET (self->below), "error");
      gtk_widget_add_css_class (GTK_WIDGET (self->below), "dim-label");
    }
  gtk_accessible_update_property (spoken, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", -1);
  gtk_accessible_update_state (
    spoken, GTK_ACCESSIBLE_STATE_INVALID,
    error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
on_field_changed (TwFormRow *self)
{
  const char *text = tw_form_get_text (self->form, self->field);

  /* The entry is emptied first, and must not tell the form so: that would free what is put in. */
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->entry)), text) != 0)
    {
      self->quiet = TRUE;
      gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
      self->quiet = FALSE;
    }
  show_below (self);
}

static void
leave (TwFormRow *self)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  tw_form_leave (self->form, self->field);
}

static gboolean
on_pause (gpointer data)
{
  TwFormRow *self = data;

  self->pause = 0;
  tw_form_leave (self->form, self->field);
  return G_SOURCE_REMOVE;
}

static void
on_typed (TwFormRow *self)
{
  if (self->quiet)
    return;
  g_clear_handle_id (&self->pause, g_source_remove);
  self->pause = g_timeout_add (PAUSE_MS, on_pause, self);
  tw_form_set_text (self->form, self->field, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
on_activated (TwFormRow *self)
{
  g_signal_emit (self, activated, 0);
}

static gboolean
tw_form_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (TW_FORM_ROW (widget)->entry);
}

static void
tw_form_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwFormRow *self = TW_FORM_ROW (object);

  switch (id)
    {
    case PROP_FORM:
      g_value_set_object (value, self->form);
      break;
    case PROP_FIELD:
      g_value_set_string (value, self->field);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;
    case PROP_SECRET:
      g_value_set_boolean (value, self->secret);
      break;
    case PROP_PURPOSE:
      g_value_set_enum (value, self->purpose);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tw_form_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TwFormRow *self = TW_FORM_ROW (object);

  switch (id)
    {
    case PROP_FORM:
      self->form = g_value_dup_object (value);
      break;
    case PROP_FIELD:
      self->field = g_value_dup_string (value);
      break;
    case PROP_TITLE:
      self->title = g_value_dup_string (value);
      break;
    case PROP_NOTE:
      self->note = g_value_dup_string (value);
      break;
    case PROP_SECRET:
      self->secret = g_value_get_boolean (value);
      break;
    case PROP_PURPOSE:
      self->purpose = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tw_form_row_constructed (GObject *object)
{
  TwFormRow *self = TW_FORM_ROW (object);
  g_autofree char *detailed = g_strconcat ("field-changed::", self->field, NULL);
  GtkEventController *focus;

  G_OBJECT_CLASS (tw_form_row_parent_class)->constructed (object);
  self->entry = self->secret ? adw_password_entry_row_new () : adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry), self->title);
  if (!self->secret)
    adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (self->entry), self->purpose);
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))),
    GTK_ACCESSIBLE_PROPERTY_LABEL, self->title, -1);
  gtk_list_box_append (self->list, self->entry);
  if (self->secret)
    tw_spoken_name_peek_button (self->entry);
  on_field_changed (self);
  g_signal_connect_object (self->form, detailed, G_CALLBACK (on_field_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect_swapped (self->entry, "entry-activated", G_CALLBACK (on_activated), self);
  focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (leave), self);
  gtk_widget_add_controller (self->entry, focus);
}

static void
tw_form_row_dispose (GObject *object)
{
  g_clear_handle_id (&TW_FORM_ROW (object)->pause, g_source_remove);
  G_OBJECT_CLASS (tw_form_row_parent_class)->dispose (object);
}

static void
tw_form_row_finalize (GObject *object)
{
  TwFormRow *self = TW_FORM_ROW (object);

  g_clear_object (&self->form);
  g_free (self->field);
  g_free (self->title);
  g_free (self->note);
  G_OBJECT_CLASS (tw_form_row_parent_class)->finalize (object);
}

static void
tw_form_row_class_init (TwFormRowClass *klass)
{
  const GParamFlags flags =
    G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tw_form_row_get_property;
  object_class->set_property = tw_form_row_set_property;
  object_class->constructed = tw_form_row_constructed;
  object_class->dispose = tw_form_row_dispose;
  object_class->finalize = tw_form_row_finalize;
  widget_class->grab_focus = tw_form_row_grab_focus;

  props[PROP_FORM] = g_param_spec_object ("form", NULL, NULL, TW_TYPE_FORM, flags);
  props[PROP_FIELD] = g_param_spec_string ("field", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  props[PROP_SECRET] = g_param_spec_boolean ("secret", NULL, NULL, FALSE, flags);
  props[PROP_PURPOSE] = g_param_spec_enum ("input-purpose", NULL, NULL, GTK_TYPE_INPUT_PURPOSE,
                                           GTK_INPUT_PURPOSE_FREE_FORM, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  activated = g_signal_new ("activated", TW_TYPE_FORM_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                            G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/widgets/form-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TwFormRow, list);
  gtk_widget_class_bind_template_child (widget_class, TwFormRow, below);
}

static void
tw_form_row_init (TwFormRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_form_row_focus_first_mistake:
 * @parent: what the fields are in
 * @form: a form
 *
 * Lets the form tell every mistake and puts the focus to the first.
 */
void
tw_form_row_focus_first_mistake (GtkWidget *parent, TwForm *form)
{
  const char *name = tw_form_review (form);

  if (name == NULL)
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (TW_IS_FORM_ROW (child) && TW_FORM_ROW (child)->form == form &&
        g_strcmp0 (TW_FORM_ROW (child)->field, name) == 0)
      gtk_widget_grab_focus (child);
    else
      tw_form_row_focus_first_mistake (child, form);
}
