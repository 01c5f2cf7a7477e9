// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-toast.h"

#include <glib/gi18n-lib.h>

/* libadwaita 1.2 leaves the button that takes a toast away without words for a screen reader. */
static void
name_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) == NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Close"), -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_buttons (child);
}

/* A toast that gave way to a newer one comes back later, as another widget. */
static void
on_children_changed (GListModel *children, guint at, guint removed, guint added)
{
  for (guint i = at; i < at + added; i++)
    {
      g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);
      GtkWidget *overlay = gtk_widget_get_parent (child);

      if (child != adw_toast_overlay_get_child (ADW_TOAST_OVERLAY (overlay)))
        name_buttons (child);
    }
}

static void
watch (AdwToastOverlay *overlay)
{
  GListModel *children;

  if (g_object_get_data (G_OBJECT (overlay), "tw-toasts") != NULL)
    return;
  children = gtk_widget_observe_children (GTK_WIDGET (overlay));
  g_signal_connect (children, "items-changed", G_CALLBACK (on_children_changed), NULL);
  g_object_set_data_full (G_OBJECT (overlay), "tw-toasts", children, g_object_unref);
}

/**
 * tw_toast_say:
 * @overlay: a window's
 * @text: what is to be said; no markup
 *
 * Says it at once: it belongs to what was just done, and does not wait for an older one to go.
 */
void
tw_toast_say (AdwToastOverlay *overlay, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  watch (overlay);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (overlay, toast);
}
