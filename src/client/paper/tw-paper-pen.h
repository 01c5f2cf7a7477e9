// SPDX-License-Identifier: GPL-3.0-or-later
/* How text looks on our paper, in one place. Lengths are points. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  TW_PEN_TITLE,
  TW_PEN_HEADING,
  TW_PEN_BOLD,
  TW_PEN_BODY,
  TW_PEN_SMALL,
} TwPenStyle;

/* The most that one text takes, well under the lowest page; what is longer ends in an ellipsis. */
#define TW_PEN_MAX_HEIGHT 360

typedef struct _TwPen TwPen;

TwPen *tw_pen_new (PangoContext *context, double width, double height, const char *language);
void tw_pen_free (TwPen *pen);
double tw_pen_get_page_width (TwPen *pen);
double tw_pen_get_page_height (TwPen *pen);
void tw_pen_start_page (TwPen *pen, cairo_t *cr);
double tw_pen_measure (TwPen *pen, TwPenStyle style, const char *text, double width);
double tw_pen_write (TwPen *pen,
                     TwPenStyle style,
                     const char *text,
                     PangoAlignment align,
                     double x,
                     double y,
                     double width);
void tw_pen_rule (TwPen *pen, double x, double y, double width, double thickness);
void tw_pen_dot (TwPen *pen, double x, double y, double radius);
double tw_pen_write_page_head (TwPen *pen, const char *title, int page, int n_pages);
double tw_pen_measure_page_head (TwPen *pen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPen, tw_pen_free)

G_END_DECLS
