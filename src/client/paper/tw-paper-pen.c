// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/paper/tw-paper-pen.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Laying out a text takes time with its length, and no more than this can be seen anyway. */
#define MAX_CHARS 2000
#define HEAD_GAP 6.0

struct _TwPen
{
  PangoLayout *layout;                  /* wraps */
  PangoLayout *lines[TW_PEN_SMALL + 1]; /* for what surely fits into one line: much quicker */
  double line_height[TW_PEN_SMALL + 1];
  PangoFontDescription *fonts[TW_PEN_SMALL + 1];
  cairo_t *cr;
  double width, height;
};

static const struct
{
  double size;
  PangoWeight weight;
} STYLES[] = {
  [TW_PEN_TITLE] = { 13, PANGO_WEIGHT_BOLD },  [TW_PEN_HEADING] = { 10.5, PANGO_WEIGHT_BOLD },
  [TW_PEN_BOLD] = { 9, PANGO_WEIGHT_BOLD },    [TW_PEN_BODY] = { 9, PANGO_WEIGHT_NORMAL },
  [TW_PEN_SMALL] = { 8, PANGO_WEIGHT_NORMAL },
};

/* For one run of printing. @language: (nullable) decides which shapes shared characters take. */
TwPen *
tw_pen_new (PangoContext *context, double width, double height, const char *language)
{
  TwPen *pen = g_new0 (TwPen, 1);
  int line_height;

  pen->width = width;
  pen->height = height;
  if (language != NULL)
    pango_context_set_language (context, pango_language_from_string (language));
  pen->layout = pango_layout_new (context);
  pango_layout_set_wrap (pen->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (pen->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (pen->layout, TW_PEN_MAX_HEIGHT * PANGO_SCALE);
  pango_layout_set_auto_dir (pen->layout, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (STYLES); i++)
    {
      pen->fonts[i] = pango_font_description_from_string ("Noto Sans CJK SC, Noto Sans, Sans");
      pango_font_description_set_size (pen->fonts[i], (int) (STYLES[i].size * PANGO_SCALE));
      pango_font_description_set_weight (pen->fonts[i], STYLES[i].weight);
      pen->lines[i] = pango_layout_new (context);
      pango_layout_set_auto_dir (pen->lines[i], FALSE);
      pango_layout_set_font_description (pen->lines[i], pen->fonts[i]);
      pango_layout_set_text (pen->lines[i], "X国", -1);
      pango_layout_get_size (pen->lines[i], NULL, &line_height);
      pen->line_height[i] = (double) line_height / PANGO_SCALE;
    }
  return pen;
}

void
tw_pen_free (TwPen *pen)
{
  for (guint i = 0; i < G_N_ELEMENTS (pen->fonts); i++)
    {
      pango_font_description_free (pen->fonts[i]);
      g_object_unref (pen->lines[i]);
    }
  g_object_unref (pen->layout);
  g_free (pen);
}

double
tw_pen_get_page_width (TwPen *pen)
{
  return pen->width;
}

double
tw_pen_get_page_height (TwPen *pen)
{
  return pen->height;
}

/* Before the first stroke on each page. */
void
tw_pen_start_page (TwPen *pen, cairo_t *cr)
{
  pen->cr = cr;
  cairo_set_source_rgb (pen->cr, 0, 0, 0);
  pango_cairo_update_layout (pen->cr, pen->layout);
  for (guint i = 0; i < G_N_ELEMENTS (pen->lines); i++)
    pango_cairo_update_layout (pen->cr, pen->lines[i]);
}

static double
set_text (TwPen *pen, TwPenStyle style, const char *text, PangoAlignment align, double width)
{
  const char *end = text;
  int height;

  for (guint i = 0; i < MAX_CHARS && *end != '\0'; i++)
    end = g_utf8_next_char (end);
  pango_layout_set_font_description (pen->layout, pen->fonts[style]);
  pango_layout_set_width (pen->layout, (int) (width * PANGO_SCALE));
  pango_layout_set_alignment (pen->layout, align);
  pango_layout_set_text (pen->layout, text, (int) (end - text));
  pango_layout_get_size (pen->layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

/* Plain Latin and Chinese characters that fill one line at most though each were as wide as it is
 * high. Other scripts go the long way: they may be wider, or stand higher. */
static gboolean
fits_one_line (TwPenStyle style, const char *text, double width)
{
  double left = width;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean wide = c >= 0x3000;

      left -= STYLES[style].size * (wide ? 1.0 : 0.95);
      if (left < 0 || c < 0x20 || c == 0x7f)
        return FALSE;
      if (c >= 0x7f && c != 0xa5 && !(c >= 0x3000 && c < 0x303f) && !(c >= 0x4e00 && c < 0x9fa6) &&
          !(c >= 0xff01 && c < 0xff5f))
        return FALSE;
    }
  return TRUE;
}

static double
write_line (TwPen *pen,
            TwPenStyle style,
            const char *text,
            PangoAlignment align,
            double x,
            double y,
            double width)
{
  PangoLayout *line = pen->lines[style];
  int taken;

  pango_layout_set_text (line, text, -1);
  if (align != PANGO_ALIGN_LEFT)
    {
      pango_layout_get_size (line, &taken, NULL);
      x += (width - (double) taken / PANGO_SCALE) * (align == PANGO_ALIGN_RIGHT ? 1.0 : 0.5);
    }
  cairo_move_to (pen->cr, x, y);
  pango_cairo_show_layout (pen->cr, line);
  return pen->line_height[style];
}

/* Returns: the height that tw_pen_write() will take */
double
tw_pen_measure (TwPen *pen, TwPenStyle style, const char *text, double width)
{
  if (fits_one_line (style, text, width))
    return pen->line_height[style];
  return set_text (pen, style, text, PANGO_ALIGN_LEFT, width);
}

/* Returns: the height taken */
double
tw_pen_write (TwPen *pen,
              TwPenStyle style,
              const char *text,
              PangoAlignment align,
              double x,
              double y,
              double width)
{
  double height;

  if (fits_one_line (style, text, width))
    return write_line (pen, style, text, align, x, y, width);
  height = set_text (pen, style, text, align, width);
  cairo_move_to (pen->cr, x, y);
  pango_cairo_show_layout (pen->cr, pen->layout);
  return height;
}

void
tw_pen_rule (TwPen *pen, double x, double y, double width, double thickness)
{
  cairo_new_path (pen->cr);
  cairo_rectangle (pen->cr, x, y - thickness / 2, width, thickness);
  /* A thin rule only guides the eye. */
  if (thickness < 0.5)
    cairo_set_source_rgb (pen->cr, 0.7, 0.7, 0.7);
  cairo_fill (pen->cr);
  cairo_set_source_rgb (pen->cr, 0, 0, 0);
}

void
tw_pen_dot (TwPen *pen, double x, double y, double radius)
{
  cairo_new_path (pen->cr);
  cairo_arc (pen->cr, x, y, radius, 0, 2 * G_PI);
  cairo_fill (pen->cr);
}

/* Title and page number: the same on every page of everything we print. */
double
tw_pen_write_page_head (TwPen *pen, const char *title, int page, int n_pages)
{
  g_autofree char *number = g_strdup_printf (_ ("Page %d of %d"), page + 1, n_pages);
  double left = pen->width * 0.75;
  g_autofree char *line = g_strdelimit (g_strdup (title), "\n\r", ' ');

  pango_layout_set_height (pen->layout, 0);
  tw_pen_write (pen, TW_PEN_TITLE, line, PANGO_ALIGN_LEFT, 0, 0, left);
  tw_pen_write (pen, TW_PEN_SMALL, number, PANGO_ALIGN_RIGHT, left, 4, pen->width - left);
  pango_layout_set_height (pen->layout, TW_PEN_MAX_HEIGHT * PANGO_SCALE);
  return tw_pen_measure_page_head (pen);
}

double
tw_pen_measure_page_head (TwPen *pen)
{
  return tw_pen_measure (pen, TW_PEN_TITLE, "X国", pen->width) + HEAD_GAP;
}
