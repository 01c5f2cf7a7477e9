// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-payee-form.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-pay-code.h"
#include "base/tw-text.h"

/**
 * TwPayeeForm:
 *
 * By what somebody who is to be paid is found: a person by a phone number or the reference of the
 * account, a company by its credit code, a merchant by a payment code, an account with a biller by
 * a customer number.
 */
struct _TwPayeeForm
{
  TwForm parent_instance;

  TwPayeeKind kind;
  int digits;
};

G_DEFINE_FINAL_TYPE (TwPayeeForm, tw_payee_form, TW_TYPE_FORM)

static char *
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, words);
  return NULL;
}

/* A payment code is taken wherever a person is asked for: it is what people send each other. */
static char *
check_person (const char *text, GError **error)
{
  g_autofree char *upper = g_ascii_strup (text, -1);
  TwPayCode code;

  if (tw_pay_code_looks_like_one (text))
    return tw_pay_code_read (text, &code, error) ? tw_pay_code_make (&code) : NULL;
  if (!g_str_has_prefix (upper, "TW"))
    return tw_phone_check (text, error);
  g_strdelimit (upper, " ", '-');
  if (strlen (upper) != 12 || upper[2] != '-' || upper[7] != '-')
    return refuse (error, _ ("An account looks like TW-2345-ABCD."));
  return g_steal_pointer (&upper);
}

static char *
check_company (const char *text, GError **error)
{
  g_autofree char *clean = tw_text_clean (text);
  g_autofree char *upper = g_ascii_strup (clean, -1);

  return tw_credit_code_check (upper, error) ? g_steal_pointer (&upper) : NULL;
}

static char *
check_merchant (const char *text, GError **error)
{
  TwPayCode code;

  if (*text == '\0')
    return refuse (error, _ ("Enter the payment code."));
  return tw_pay_code_read (text, &code, error) ? tw_pay_code_make (&code) : NULL;
}

static char *
check_customer (TwPayeeForm *self, const char *text, GError **error)
{
  g_autofree char *digits = tw_text_digits (text);
  g_autofree char *words = NULL;

  if (digits != NULL && (self->digits == 0 || strlen (digits) == (gsize) self->digits) &&
      *digits != '\0')
    return g_steal_pointer (&digits);
  if (self->digits == 0)
    return refuse (error, _ ("Enter the customer number from your bill."));
  words =
    g_strdup_printf (ngettext ("A customer number there has %d digit.",
                               "A customer number there has %d digits.", (gulong) self->digits),
                     self->digits);
  return refuse (error, words);
}

static char *
check_to (TwForm *form, const char *text, GError **error)
{
  TwPayeeForm *self = TW_PAYEE_FORM (form);
  g_autofree char *clean = tw_text_clean (text);

  if (*clean == '\0')
    return refuse (error, self->kind == TW_PAYEE_KIND_PERSON
                            ? _ ("Enter a phone number or an account.")
                          : self->kind == TW_PAYEE_KIND_COMPANY ? _ ("Enter the credit code.")
                          : self->kind == TW_PAYEE_KIND_MERCHANT
                            ? _ ("Enter the payment code.")
                            : _ ("Enter the customer number from your bill."));
  switch (self->kind)
    {
    case TW_PAYEE_KIND_COMPANY:
      return check_company (clean, error);
    case TW_PAYEE_KIND_MERCHANT:
      return check_merchant (clean, error);
    case TW_PAYEE_KIND_BILLER:
      return check_customer (self, clean, error);
    case TW_PAYEE_KIND_PERSON:
    default:
      return check_person (clean, error);
    }
}

static const TwFormField fields[] = {
  { "to", 0, FALSE, check_to, NULL },
};

static void
tw_payee_form_class_init (TwPayeeFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_payee_form_init (TwPayeeForm *self)
{
}

/**
 * tw_payee_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwPayeeForm *
tw_payee_form_new (void)
{
  return g_object_new (TW_TYPE_PAYEE_FORM, NULL);
}

/**
 * tw_payee_form_set_wanted:
 * @self: a form
 * @kind: who is looked for
 * @digits: how many digits a customer number of the biller has; 0: any
 *
 * Looks at what is typed with that in mind.
 */
void
tw_payee_form_set_wanted (TwPayeeForm *self, TwPayeeKind kind, int digits)
{
  self->kind = kind;
  self->digits = digits;
  tw_form_check_again (TW_FORM (self));
}
