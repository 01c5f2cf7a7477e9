// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-first-frame.h"

/* Set to the monotonic time, in microseconds, at which the program was started. */
#define VARIABLE "TW_FRAME_CLOCK"

static void
on_after_paint (GdkFrameClock *clock, GtkWidget *window)
{
  const char *started = g_getenv (VARIABLE);
  GtkWidget *child = gtk_widget_get_first_child (window);

  if (child == NULL || !gtk_widget_get_mapped (child))
    return;
  g_signal_handlers_disconnect_by_func (clock, on_after_paint, window);
  g_printerr ("first frame: %.1f ms\n",
              (double) (g_get_monotonic_time () - g_ascii_strtoll (started, NULL, 10)) / 1e3);
}

/**
 * tw_first_frame_report:
 * @window: a window that has been presented
 *
 * Where the measurements ask for it, says on standard error when the window's first frame was
 * drawn.
 */
void
tw_first_frame_report (GtkWindow *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));

  if (g_getenv (VARIABLE) != NULL && clock != NULL)
    g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_after_paint), window, 0);
}
