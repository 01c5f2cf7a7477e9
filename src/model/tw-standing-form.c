// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-standing-form.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "base/tw-money.h"
#include "base/tw-text.h"
#include "model/tw-standing.h"

/**
 * TwStandingForm:
 *
 * A standing order: how much, on which day of the month, and a few words that go with it.
 */
struct _TwStandingForm
{
  TwForm parent_instance;
};

G_DEFINE_FINAL_TYPE (TwStandingForm, tw_standing_form, TW_TYPE_FORM)

static char *
check_amount (TwForm *form, const char *text, GError **error)
{
  gint64 fen = 0;

  if (!tw_money_parse (text, &fen, error))
    return NULL;
  if (fen > TW_STANDING_MOST_FEN)
    {
      g_autofree char *most = tw_money_format (TW_STANDING_MOST_FEN);

      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("At most %s each time."), most);
      return NULL;
    }
  if (fen > 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, fen);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("Enter more than ¥0.00."));
  return NULL;
}

static char *
hint_amount (TwForm *form, const char *value)
{
  return tw_money_format (g_ascii_strtoll (value, NULL, 10));
}

static char *
check_day (TwForm *form, const char *text, GError **error)
{
  g_autofree char *digits = tw_text_digits (text);
  gint64 day = digits != NULL ? g_ascii_strtoll (digits, NULL, 10) : 0;

  if (day >= 1 && day <= 31)
    return g_strdup_printf ("%" G_GINT64_FORMAT, day);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("Enter a day from 1 to 31."));
  return NULL;
}

/* Not every month has such a day. */
static char *
hint_day (TwForm *form, const char *value)
{
  return g_ascii_strtoll (value, NULL, 10) > 28
           ? g_strdup (_ ("In a month that is shorter, on its last day."))
           : NULL;
}

static char *
check_memo (TwForm *form, const char *text, GError **error)
{
  g_autofree char *clean = tw_text_clean (text);

  return tw_text_check (clean, TW_TEXT_MAX_MEMO, FALSE, error) ? g_steal_pointer (&clean) : NULL;
}

static const TwFormField fields[] = {
  { "amount", 0, FALSE, check_amount, hint_amount },
  { "day", 2, FALSE, check_day, hint_day },
  { "memo", TW_TEXT_MAX_MEMO + 1, FALSE, check_memo, NULL },
};

static void
tw_standing_form_class_init (TwStandingFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_standing_form_init (TwStandingForm *self)
{
}

/**
 * tw_standing_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwStandingForm *
tw_standing_form_new (void)
{
  return g_object_new (TW_TYPE_STANDING_FORM, NULL);
}
