// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-sign-in-form.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "base/tw-identifiers.h"

/**
 * TwSignInForm:
 *
 * The phone number and the password of somebody who has an account.
 */
struct _TwSignInForm
{
  TwForm parent_instance;
};

G_DEFINE_FINAL_TYPE (TwSignInForm, tw_sign_in_form, TW_TYPE_FORM)

static char *
check_login (TwForm *form, const char *text, GError **error)
{
  return tw_phone_check (text, error);
}

static char *
check_password (TwForm *form, const char *text, GError **error)
{
  if (*text != '\0')
    return g_strdup (text);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, _ ("Enter your password."));
  return NULL;
}

static const TwFormField fields[] = {
  { "login", 11, FALSE, check_login, NULL },
  { "password", 0, TRUE, check_password, NULL },
};

static void
tw_sign_in_form_class_init (TwSignInFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_sign_in_form_init (TwSignInForm *self)
{
}

/**
 * tw_sign_in_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwSignInForm *
tw_sign_in_form_new (void)
{
  return g_object_new (TW_TYPE_SIGN_IN_FORM, NULL);
}
