// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/paper/tw-paper-sheet.h"

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "client/paper/tw-paper-pen.h"

#define PAD_Y 3.0
#define SECTION_GAP 12.0
#define NAME_SHARE 0.3
#define DOT_X 4.0
#define DOT_RADIUS 2.5

typedef enum
{
  PART_SECTION,
  PART_VALUE,
  PART_EVENT,
  PART_NOTE,
} PartKind;

/* What stands in one line of the sheet, or in a few when it is long. */
typedef struct
{
  PartKind kind;
  char *name; /* of an event: when */
  char *value;
  char *detail; /* of an event */
} Part;

struct _TwPaperSheet
{
  GObject parent_instance;

  char *title;
  char *language;
  GPtrArray *parts;
};

typedef struct
{
  TwPaperSheet *sheet;
  TwPen *pen;
  GArray *starts; /* guint: the first part of each page */
} Run;

static void tw_paper_sheet_init_paper (TwPaperInterface *iface);

G_DEFINE_TYPE_WITH_CODE (TwPaperSheet,
                         tw_paper_sheet,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (TW_TYPE_PAPER, tw_paper_sheet_init_paper))

static void
part_free (gpointer data)
{
  Part *part = data;

  g_free (part->name);
  g_free (part->value);
  g_free (part->detail);
  g_free (part);
}

static double
get_name_width (Run *run)
{
  return tw_pen_get_page_width (run->pen) * NAME_SHARE;
}

/* Measures, and with @y >= 0 writes too: so the two can't come apart. */
static double
put_text (Run *run, TwPenStyle style, const char *text, double x, double y, double width)
{
  if (text == NULL || *text == '\0')
    return 0;
  if (y < 0)
    return tw_pen_measure (run->pen, style, text, width);
  return tw_pen_write (run->pen, style, text, PANGO_ALIGN_LEFT, x, y, width);
}

static double
put_section (Run *run, const Part *part, double y)
{
  double width = tw_pen_get_page_width (run->pen);
  double inner = y < 0 ? y : y + SECTION_GAP;
  double height =
    SECTION_GAP + put_text (run, TW_PEN_HEADING, part->value, 0, inner, width) + PAD_Y;

  if (y >= 0)
    tw_pen_rule (run->pen, 0, y + height, width, 0.75);
  return height + PAD_Y;
}

static double
put_event (Run *run, const Part *part, double y)
{
  double x = 4 * DOT_X + get_name_width (run);
  double width = tw_pen_get_page_width (run->pen) - x;
  double when = put_text (run, TW_PEN_BODY, part->name, 4 * DOT_X, y, get_name_width (run));
  double what = put_text (run, TW_PEN_BOLD, part->value, x, y, width);
  double below = y < 0 ? y : y + what;
  double detail = put_text (run, TW_PEN_SMALL, part->detail, x, below, width);

  if (y >= 0)
    tw_pen_dot (run->pen, DOT_X, y + when / 2, DOT_RADIUS);
  return MAX (when, what + detail) + 2 * PAD_Y;
}

static double
put_part (Run *run, const Part *part, double y)
{
  double width = tw_pen_get_page_width (run->pen);
  double x = get_name_width (run);
  double name, value;

  switch (part->kind)
    {
    case PART_SECTION:
      return put_section (run, part, y);
    case PART_EVENT:
      return put_event (run, part, y);
    case PART_VALUE:
      name = put_text (run, TW_PEN_BODY, part->name, 0, y, x - DOT_X);
      value = put_text (run, TW_PEN_BOLD, part->value, x, y, width - x);
      return MAX (name, value) + 2 * PAD_Y;
    case PART_NOTE:
    default:
      return put_text (run, TW_PEN_SMALL, part->value, 0, y, width) + PAD_Y;
    }
}

static gpointer
lay_out (TwPaper *paper, PangoContext *context, double width, double height)
{
  TwPaperSheet *sheet = TW_PAPER_SHEET (paper);
  Run *run = g_new0 (Run, 1);
  guint first = 0;
  double y;

  run->sheet = g_object_ref (sheet);
  run->pen = tw_pen_new (context, width, height, sheet->language);
  run->starts = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (run->starts, first);
  y = tw_pen_measure_page_head (run->pen);
  for (guint i = 0; i < sheet->parts->len; i++)
    {
      const Part *part = sheet->parts->pdata[i];
      double taken = put_part (run, part, -1);
      double needed = taken;

      /* A heading does not stay behind alone. */
      if (part->kind == PART_SECTION && i + 1 < sheet->parts->len)
        needed += put_part (run, sheet->parts->pdata[i + 1], -1);
      if (y + needed > tw_pen_get_page_height (run->pen) && i > first)
        {
          first = i;
          g_array_append_val (run->starts, first);
          y = tw_pen_measure_page_head (run->pen);
        }
      y += taken;
    }
  return run;
}

static gboolean
paginate (gpointer run)
{
  return TRUE;
}

static double
get_fraction (gpointer run)
{
  return 1;
}

static int
count_pages (gpointer data)
{
  return (int) ((Run *) data)->starts->len;
}

static void
draw (gpointer data, cairo_t *cr, int page)
{
  Run *run = data;
  GPtrArray *parts = run->sheet->parts;
  guint next = (guint) page + 1;
  guint last = next < run->starts->len ? g_array_index (run->starts, guint, next) : parts->len;
  double y;

  tw_pen_start_page (run->pen, cr);
  y = tw_pen_write_page_head (run->pen, run->sheet->title, page, (int) run->starts->len);
  for (guint i = g_array_index (run->starts, guint, page); i < last; i++)
    y += put_part (run, parts->pdata[i], y);
}

static void
end (gpointer data)
{
  Run *run = data;

  tw_pen_free (run->pen);
  g_array_unref (run->starts);
  g_object_unref (run->sheet);
  g_free (run);
}

static const char *
get_title (TwPaper *paper)
{
  return TW_PAPER_SHEET (paper)->title;
}

static gboolean
is_wide (TwPaper *paper)
{
  return FALSE;
}

static void
tw_paper_sheet_init_paper (TwPaperInterface *iface)
{
  iface->get_title = get_title;
  iface->is_wide = is_wide;
  iface->lay_out = lay_out;
  iface->paginate = paginate;
  iface->get_fraction = get_fraction;
  iface->count_pages = count_pages;
  iface->draw = draw;
  iface->end = end;
}

static void
tw_paper_sheet_finalize (GObject *object)
{
  TwPaperSheet *self = TW_PAPER_SHEET (object);

  g_free (self->title);
  g_free (self->language);
  g_ptr_array_unref (self->parts);

  G_OBJECT_CLASS (tw_paper_sheet_parent_class)->finalize (object);
}

static void
tw_paper_sheet_class_init (TwPaperSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_paper_sheet_finalize;
}

static void
tw_paper_sheet_init (TwPaperSheet *self)
{
  self->parts = g_ptr_array_new_with_free_func (part_free);
}

static Part *
add_part (TwPaperSheet *self, PartKind kind, const char *value)
{
  Part *part = g_new0 (Part, 1);

  part->kind = kind;
  part->value = g_utf8_make_valid (value != NULL ? value : "", -1);
  g_ptr_array_add (self->parts, part);
  return part;
}

/**
 * tw_paper_sheet_new:
 * @title: the title, on every page
 *
 * Returns: (transfer full): an empty sheet; what is added stands in the order of adding
 */
TwPaperSheet *
tw_paper_sheet_new (const char *title)
{
  TwPaperSheet *self = g_object_new (TW_TYPE_PAPER_SHEET, NULL);

  self->title = g_strdup (title);
  return self;
}

/**
 * tw_paper_sheet_set_language:
 * @self: a sheet
 * @language: (nullable): as for tw_paper_table_set_language()
 */
void
tw_paper_sheet_set_language (TwPaperSheet *self, const char *language)
{
  g_free (self->language);
  self->language = g_strdup (language);
}

/**
 * tw_paper_sheet_add_section:
 * @self: a sheet
 * @heading: the heading
 */
void
tw_paper_sheet_add_section (TwPaperSheet *self, const char *heading)
{
  add_part (self, PART_SECTION, heading);
}

/**
 * tw_paper_sheet_add_text:
 * @self: a sheet
 * @name: what it is
 * @value: (nullable): its value; nothing is added without one
 */
void
tw_paper_sheet_add_text (TwPaperSheet *self, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    add_part (self, PART_VALUE, value)->name = g_utf8_make_valid (name, -1);
}

/**
 * tw_paper_sheet_add_money:
 * @self: a sheet
 * @name: what it is
 * @fen: an amount in fen
 */
void
tw_paper_sheet_add_money (TwPaperSheet *self, const char *name, gint64 fen)
{
  g_autofree char *text = tw_money_format (fen);

  tw_paper_sheet_add_text (self, name, text);
}

/**
 * tw_paper_sheet_add_event:
 * @self: a sheet
 * @time_ms: when, in milliseconds since 1970 UTC; shown in China's time. 0: not yet, nothing is
 *   added
 * @what: what happened
 * @detail: (nullable): more about it, like a reference
 */
void
tw_paper_sheet_add_event (TwPaperSheet *self, gint64 time_ms, const char *what, const char *detail)
{
  g_autoptr (GTimeZone) china = NULL;
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) at = NULL;
  Part *part;

  if (time_ms == 0)
    return;
  china = g_time_zone_new_offset (TW_CHINA_OFFSET_S);
  utc = g_date_time_new_from_unix_utc (time_ms / 1000);
  at = utc != NULL ? g_date_time_to_timezone (utc, china) : NULL;
  g_return_if_fail (at != NULL);

  part = add_part (self, PART_EVENT, what);
  part->name = g_date_time_format (at, "%Y-%m-%d %H:%M:%S");
  part->detail = detail != NULL ? g_utf8_make_valid (detail, -1) : NULL;
}

/**
 * tw_paper_sheet_add_note:
 * @self: a sheet
 * @note: a line in small print
 */
void
tw_paper_sheet_add_note (TwPaperSheet *self, const char *note)
{
  add_part (self, PART_NOTE, note);
}
