// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "tax/tw-tax-type.h"

/* Days of the law and what happened on them are told in China's time, wherever the computer is; and
 * so is all the rest: a question about a payment and the payment stand beside each other. */
static GDateTime *
in_china (gint64 time_ms)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (TW_CHINA_OFFSET_S);
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (time_ms / 1000);

  return at != NULL ? g_date_time_to_timezone (at, zone) : NULL;
}

static char *
format (GDateTime *at, const char *how)
{
  return at != NULL ? g_date_time_format (at, how) : g_strdup ("");
}

/**
 * tw_format_day:
 * @day: days since 1970-01-01
 *
 * Returns: (transfer full): the date as it is said in the person's language
 */
char *
tw_format_day (gint64 day)
{
  return tw_format_date_ms (tw_clock_ms_of_day ((int) day));
}

/**
 * tw_format_date_ms:
 * @time_ms: milliseconds since 1970 UTC
 *
 * Returns: (transfer full): the date in China at that time; "" for 0
 */
char *
tw_format_date_ms (gint64 time_ms)
{
  g_autoptr (GDateTime) at = in_china (time_ms);

  if (time_ms == 0)
    return g_strdup ("");
  /* Translators: a date for g_date_time_format(), like 7 Mar 2026 */
  return format (at, _ ("%-d %b %Y"));
}

/**
 * tw_format_time_ms:
 * @time_ms: milliseconds since 1970 UTC
 *
 * Returns: (transfer full): the date and time in China; "" for 0
 */
char *
tw_format_time_ms (gint64 time_ms)
{
  g_autoptr (GDateTime) at = in_china (time_ms);

  if (time_ms == 0)
    return g_strdup ("");
  /* Translators: a date and time for g_date_time_format(), like 7 Mar 2026, 14:05 */
  return format (at, _ ("%-d %b %Y, %H:%M"));
}

/**
 * tw_format_moment_ms:
 * @time_ms: milliseconds since 1970 UTC
 *
 * For conversations and the state of the program: the time of today, in full for any other day.
 *
 * Returns: (transfer full): the time in China; "" for 0
 */
char *
tw_format_moment_ms (gint64 time_ms)
{
  g_autoptr (GDateTime) at = in_china (time_ms);
  g_autoptr (GDateTime) now = in_china (tw_clock_now_ms ());

  if (time_ms == 0 || at == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (at) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (at) == g_date_time_get_day_of_year (now))
    return g_date_time_format (at, "%H:%M");
  return format (at, _ ("%-d %b %Y, %H:%M"));
}

/**
 * tw_format_period:
 * @period: `2025`, `2026-Q3` or `2026-10`
 *
 * Returns: (transfer full): the period in words; what is none of these, as it is
 */
char *
tw_format_period (const char *period)
{
  int year = 0;
  int part = 0;
  char end = 0;

  if (sscanf (period, "%4d-Q%1d%c", &year, &part, &end) == 2 && part >= 1 && part <= 4)
    {
      /* Translators: a quarter and a year, like Q3 2026 */
      return g_strdup_printf (_ ("Q%1$d %2$d"), part, year);
    }
  if (sscanf (period, "%4d-%2d%c", &year, &part, &end) == 2 && year >= 1 && part >= 1 && part <= 12)
    {
      g_autoptr (GDateTime) at = g_date_time_new_utc (year, part, 1, 0, 0, 0);

      /* Translators: a month and its year for g_date_time_format(), like Oct 2026 */
      return format (at, _ ("%b %Y"));
    }
  if (sscanf (period, "%4d%c", &year, &end) == 1 && strlen (period) == 4)
    {
      /* Translators: a year, as the period of a tax */
      return g_strdup_printf (_ ("%d"), year);
    }
  return g_strdup (period);
}

/**
 * tw_format_tax:
 * @tax_type: an id of tax/tw-tax-type.h
 * @period: see tw_format_period()
 *
 * Returns: (transfer full): what a bill or a record is about
 */
char *
tw_format_tax (const char *tax_type, const char *period)
{
  g_autofree char *words = tw_format_period (period);

  if (*words == '\0')
    return g_strdup (tw_tax_type_get_name (tax_type));
  return g_strdup_printf ("%s · %s", tw_tax_type_get_name (tax_type), words);
}

/**
 * tw_format_about:
 * @type: payment, bill, record or nothing
 * @facts: the tax, the period and the amount in fen, each in a line, as a ticket carries them
 *
 * Returns: (transfer full): what a question is about, in words; "" for nothing
 */
char *
tw_format_about (const char *type, const char *facts)
{
  g_auto (GStrv) parts = g_strsplit (facts, "\n", 3);
  g_autofree char *amount = NULL;
  g_autofree char *tax = NULL;

  if (g_strv_length (parts) != 3)
    return g_strdup (facts);
  amount = tw_money_format (g_ascii_strtoll (parts[2], NULL, 10));
  tax = *parts[0] != '\0' ? tw_format_tax (parts[0], parts[1]) : g_strdup (_ ("Wallet"));
  if (strcmp (type, "bill") == 0)
    /* Translators: a tax and its period, then an amount */
    return g_strdup_printf (_ ("Bill: %s, %s"), tax, amount);
  if (strcmp (type, "payment") == 0)
    return g_strdup_printf (_ ("Payment: %s, %s"), tax, amount);
  return g_strdup_printf (_ ("Tax history: %s, %s"), tax, amount);
}

/**
 * tw_format_count_columns:
 * @text: words for a label
 *
 * Returns: how wide it is, in characters of the Latin alphabet: a Chinese one takes two
 */
int
tw_format_count_columns (const char *text)
{
  int columns = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    columns += g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  return columns;
}

static char *
tw_closure_amount (gpointer self, gint64 fen)
{
  return tw_money_format (fen);
}

static char *
tw_closure_day (gpointer self, gint64 day)
{
  return tw_format_day (day);
}

static char *
tw_closure_date (gpointer self, gint64 time_ms)
{
  return tw_format_date_ms (time_ms);
}

static char *
tw_closure_time (gpointer self, gint64 time_ms)
{
  return tw_format_time_ms (time_ms);
}

static char *
tw_closure_moment (gpointer self, gint64 time_ms)
{
  return tw_format_moment_ms (time_ms);
}

static char *
tw_closure_tax (gpointer self, const char *tax_type, const char *period)
{
  return tw_format_tax (tax_type != NULL ? tax_type : "", period != NULL ? period : "");
}

static gboolean
tw_closure_has_text (gpointer self, const char *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
tw_closure_not (gpointer self, gboolean value)
{
  return !value;
}

/* "items" or "empty": the name of a stack's page by the length of a list. */
static char *
tw_closure_items_or_empty (gpointer self, guint n_items)
{
  return g_strdup (n_items > 0 ? "items" : "empty");
}

static gboolean
tw_closure_any (gpointer self, guint n_items)
{
  return n_items > 0;
}

/**
 * tw_format_bind_closures:
 * @klass: a class with a template, in its class_init
 *
 * Makes the pure functions of this file known to the template and to the rows in it.
 */
void
tw_format_bind_closures (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, tw_closure_amount);
  gtk_widget_class_bind_template_callback (klass, tw_closure_day);
  gtk_widget_class_bind_template_callback (klass, tw_closure_date);
  gtk_widget_class_bind_template_callback (klass, tw_closure_time);
  gtk_widget_class_bind_template_callback (klass, tw_closure_moment);
  gtk_widget_class_bind_template_callback (klass, tw_closure_tax);
  gtk_widget_class_bind_template_callback (klass, tw_closure_has_text);
  gtk_widget_class_bind_template_callback (klass, tw_closure_not);
  gtk_widget_class_bind_template_callback (klass, tw_closure_items_or_empty);
  gtk_widget_class_bind_template_callback (klass, tw_closure_any);
}
