// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-amount-form.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "base/tw-money.h"

/**
 * TwAmountForm:
 *
 * One amount of money in yuan. Its hint is the amount as the program has understood it.
 */
struct _TwAmountForm
{
  TwForm parent_instance;
};

G_DEFINE_FINAL_TYPE (TwAmountForm, tw_amount_form, TW_TYPE_FORM)

/* The canonical form is the amount in fen, in digits. */
static char *
check_amount (TwForm *form, const char *text, GError **error)
{
  gint64 fen = 0;

  if (!tw_money_parse (text, &fen, error))
    return NULL;
  if (fen == 0)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("Enter more than ¥0.00."));
      return NULL;
    }
  return g_strdup_printf ("%" G_GINT64_FORMAT, fen);
}

static char *
hint_amount (TwForm *form, const char *value)
{
  return tw_money_format (g_ascii_strtoll (value, NULL, 10));
}

/* Half an amount (`1,2` of `1,234`) is no mistake: nothing is told before the person has paused. */
static const TwFormField fields[] = {
  { "amount", 0, FALSE, check_amount, hint_amount },
};

static void
tw_amount_form_class_init (TwAmountFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_amount_form_init (TwAmountForm *self)
{
}

/**
 * tw_amount_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwAmountForm *
tw_amount_form_new (void)
{
  return g_object_new (TW_TYPE_AMOUNT_FORM, NULL);
}

/**
 * tw_amount_form_get_fen:
 * @self: a form
 *
 * Returns: the amount in fen; 0 while there is none
 */
gint64
tw_amount_form_get_fen (TwAmountForm *self)
{
  const char *value = tw_form_get_value (TW_FORM (self), "amount");

  return value != NULL ? g_ascii_strtoll (value, NULL, 10) : 0;
}

/**
 * tw_amount_form_set_fen:
 * @self: a form
 * @fen: an amount in fen, more than 0
 *
 * Fills the form in, as if it was typed.
 */
void
tw_amount_form_set_fen (TwAmountForm *self, gint64 fen)
{
  g_autofree char *text = tw_money_format_plain (fen);

  tw_form_set_text (TW_FORM (self), "amount", text);
}
