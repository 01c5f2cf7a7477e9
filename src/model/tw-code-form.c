// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-code-form.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-text.h"

/**
 * TwCodeForm:
 *
 * The six digits that were sent to the phone.
 */
struct _TwCodeForm
{
  TwForm parent_instance;
};

G_DEFINE_FINAL_TYPE (TwCodeForm, tw_code_form, TW_TYPE_FORM)

#define DIGITS 6

static char *
check_code (TwForm *form, const char *text, GError **error)
{
  g_autofree char *digits = tw_text_digits (text);

  if (digits != NULL && strlen (digits) == DIGITS)
    return g_steal_pointer (&digits);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("The code has six digits."));
  return NULL;
}

static const TwFormField fields[] = {
  { "code", DIGITS + 1, FALSE, check_code, NULL },
};

static void
tw_code_form_class_init (TwCodeFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_code_form_init (TwCodeForm *self)
{
}

/**
 * tw_code_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwCodeForm *
tw_code_form_new (void)
{
  return g_object_new (TW_TYPE_CODE_FORM, NULL);
}
