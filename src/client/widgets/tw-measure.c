// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-measure.h"

#include "client/widgets/tw-format.h"

/**
 * tw_measure_text:
 * @label: what shows the text, with its CSS classes
 * @text: the text
 * @max_columns: so much of it at most
 *
 * What gtk_label_set_width_chars() asks for is wider than most text, and may be above a natural
 * width without wrapping, which GTK 4.8 warns of.
 *
 * Returns: how wide @text is in one line, or its first @max_columns columns, in pixels
 */
int
tw_measure_text (GtkWidget *label, const char *text, int max_columns)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (label, text);
  int columns = tw_format_count_columns (text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return columns > max_columns ? width * max_columns / columns : width;
}
