// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-card-form.h"

#include <glib/gi18n-lib.h>

#include "base/tw-bank.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-text.h"

/**
 * TwCardForm:
 *
 * The number of a bank card. Its hint is the bank that has given it out.
 */
struct _TwCardForm
{
  TwForm parent_instance;
};

G_DEFINE_FINAL_TYPE (TwCardForm, tw_card_form, TW_TYPE_FORM)

static char *
check_number (TwForm *form, const char *text, GError **error)
{
  g_autofree char *digits = tw_text_digits (text);

  if (digits == NULL || *digits == '\0')
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("Enter the number on the card."));
      return NULL;
    }
  return tw_bank_card_check (digits, error) ? g_steal_pointer (&digits) : NULL;
}

static char *
hint_number (TwForm *form, const char *value)
{
  return g_strdup (tw_bank_get_name (tw_bank_find_by_card (value)));
}

static const TwFormField fields[] = {
  { "number", 19, FALSE, check_number, hint_number },
};

static void
tw_card_form_class_init (TwCardFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_card_form_init (TwCardForm *self)
{
}

/**
 * tw_card_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwCardForm *
tw_card_form_new (void)
{
  return g_object_new (TW_TYPE_CARD_FORM, NULL);
}
