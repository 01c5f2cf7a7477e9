// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-reading.h"

/**
 * TwReading:
 *
 * Says that everything is being read, until it has been read once; shows its content from then on.
 * An empty list would say that there is nothing, while nobody knows yet.
 *
 * - content: (#GtkWidget): what is shown when there is something to show
 */
struct _TwReading
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwBin *holder;
  GtkSpinner *spinner;
};

G_DEFINE_FINAL_TYPE (TwReading, tw_reading, ADW_TYPE_BIN)

enum
{
  PROP_CONTENT = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* Before somebody has signed in there is nothing to wait for. */
static void
on_status (TwReading *self, GParamSpec *pspec, TwStatus *status)
{
  gboolean reading = tw_status_get_signed_in (status) && tw_status_get_as_of_ms (status) == 0;

  gtk_spinner_set_spinning (self->spinner, reading);
  gtk_stack_set_visible_child_name (self->stack, reading ? "reading" : "content");
}

static void
tw_reading_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CONTENT)
    g_value_set_object (value, adw_bin_get_child (TW_READING (object)->holder));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tw_reading_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TwReading *self = TW_READING (object);

  if (id != PROP_CONTENT)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (adw_bin_get_child (self->holder) != g_value_get_object (value))
    {
      adw_bin_set_child (self->holder, g_value_get_object (value));
      g_object_notify_by_pspec (object, pspec);
    }
}

static void
tw_reading_class_init (TwReadingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tw_reading_get_property;
  object_class->set_property = tw_reading_set_property;
  props[PROP_CONTENT] =
    g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/widgets/reading.ui");
  gtk_widget_class_bind_template_child (widget_class, TwReading, stack);
  gtk_widget_class_bind_template_child (widget_class, TwReading, holder);
  gtk_widget_class_bind_template_child (widget_class, TwReading, spinner);
}

static void
tw_reading_init (TwReading *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tw_reading_set_status:
 * @self: what waits
 * @status: (transfer none): tells whether something has been read; set once
 */
void
tw_reading_set_status (TwReading *self, TwStatus *status)
{
  g_signal_connect_object (status, "notify::as-of-ms", G_CALLBACK (on_status), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (status, "notify::signed-in", G_CALLBACK (on_status), self,
                           G_CONNECT_SWAPPED);
  on_status (self, NULL, status);
}
