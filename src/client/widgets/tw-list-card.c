// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-list-card.h"

/**
 * TwListCard:
 *
 * A short list view shown as a whole, on a card. GTK 4.8 asks a list view for its height without
 * telling it the width, so that rows whose words wrap are cut; the card asks the rows themselves.
 */
struct _TwListCard
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (TwListCard, tw_list_card, ADW_TYPE_BIN)

static GtkSizeRequestMode
tw_list_card_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tw_list_card_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  GtkWidget *view = adw_bin_get_child (ADW_BIN (widget));

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (view == NULL || !gtk_widget_get_visible (view))
    return;
  gtk_widget_measure (view, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL || for_size < 0)
    return;
  *minimum = *natural = 0;
  for (GtkWidget *row = gtk_widget_get_first_child (view); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      int row_min = 0;
      int row_nat = 0;

      gtk_widget_measure (row, orientation, for_size, &row_min, &row_nat, NULL, NULL);
      *minimum += row_nat;
      *natural += row_nat;
    }
}

static void
tw_list_card_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *view = adw_bin_get_child (ADW_BIN (widget));

  if (view != NULL && gtk_widget_get_visible (view))
    gtk_widget_allocate (view, width, height, baseline, NULL);
}

static void
tw_list_card_class_init (TwListCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = tw_list_card_get_request_mode;
  widget_class->measure = tw_list_card_measure;
  widget_class->size_allocate = tw_list_card_size_allocate;
}

static void
tw_list_card_init (TwListCard *self)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
}
