// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-reveal.h"

/* Kept free above and below, in pixels. */
#define MARGIN 12

/* What has just appeared has its place only when the next frame has been laid out. */
#define FRAMES 2

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  guint *frames = data;
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  graphene_rect_t place;

  if (++*frames < FRAMES)
    return G_SOURCE_CONTINUE;
  if (view != NULL && gtk_widget_get_mapped (widget) &&
      gtk_widget_compute_bounds (widget, gtk_viewport_get_child (GTK_VIEWPORT (view)), &place))
    gtk_adjustment_clamp_page (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view)),
                               place.origin.y - MARGIN,
                               place.origin.y + place.size.height + MARGIN);
  return G_SOURCE_REMOVE;
}

/**
 * tw_reveal:
 * @widget: a widget that has appeared or grown
 *
 * Scrolls what it lies in, as far as is needed to see all of it, once it has its place. Nothing
 * happens where nothing scrolls.
 */
void
tw_reveal (GtkWidget *widget)
{
  gtk_widget_add_tick_callback (widget, on_frame, g_new0 (guint, 1), g_free);
}
