// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-register-form.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "base/tw-text.h"

/**
 * TwRegisterForm:
 *
 * Who registers, and with which password.
 */
struct _TwRegisterForm
{
  TwForm parent_instance;
};

G_DEFINE_FINAL_TYPE (TwRegisterForm, tw_register_form, TW_TYPE_FORM)

static TwPasswordScorer scorer;

static char *
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, words);
  return NULL;
}

static char *
check_name (TwForm *form, const char *text, GError **error)
{
  g_autofree char *clean = tw_text_clean (text);

  if (*clean == '\0')
    return refuse (error, _ ("Enter your name as it stands on the ID card."));
  if (!tw_text_check (clean, TW_TEXT_MAX_NAME, FALSE, error))
    return NULL;
  return g_steal_pointer (&clean);
}

static char *
check_id_number (TwForm *form, const char *text, GError **error)
{
  return tw_resident_id_check (text, tw_clock_today (), error);
}

static char *
hint_id_number (TwForm *form, const char *value)
{
  int year, month, dom;

  tw_clock_date_of_day (tw_resident_id_get_birthday (value), &year, &month, &dom);
  /* Translators: a date of birth that was read from an ID number: year, month, day */
  return g_strdup_printf (_ ("Born %04d-%02d-%02d"), year, month, dom);
}

static char *
check_phone (TwForm *form, const char *text, GError **error)
{
  return tw_phone_check (text, error);
}

static char *
check_email (TwForm *form, const char *text, GError **error)
{
  return tw_email_check (text, error);
}

static int
score (TwForm *form, const char *password)
{
  const char *inputs[] = { tw_form_get_text (form, "name"), tw_form_get_text (form, "id-number"),
                           tw_form_get_text (form, "phone"), tw_form_get_text (form, "email"),
                           NULL };

  return scorer != NULL ? scorer (password, inputs) : TW_PASSWORD_MIN_SCORE;
}

static char *
check_password (TwForm *form, const char *text, GError **error)
{
  glong chars = g_utf8_strlen (text, -1);

  if (chars == 0)
    return refuse (error, _ ("Choose a password."));
  if (chars < TW_PASSWORD_MIN_CHARS)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID,
                   _ ("Use at least %d characters. A few unrelated words are good."),
                   TW_PASSWORD_MIN_CHARS);
      return NULL;
    }
  if (chars > TW_PASSWORD_MAX_CHARS)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID, _ ("Use at most %d characters."),
                   TW_PASSWORD_MAX_CHARS);
      return NULL;
    }
  if (score (form, text) < TW_PASSWORD_MIN_SCORE)
    return refuse (error,
                   _ ("This is easy to guess. Add another word, or leave out your own data."));
  return g_strdup (text);
}

static char *
hint_password (TwForm *form, const char *value)
{
  if (scorer == NULL)
    return NULL;
  return g_strdup (score (form, value) > TW_PASSWORD_MIN_SCORE ? _ ("A strong password")
                                                               : _ ("A good password"));
}

static char *
check_password_again (TwForm *form, const char *text, GError **error)
{
  if (*text == '\0')
    return refuse (error, _ ("Enter the same password once more."));
  if (strcmp (text, tw_form_get_text (form, "password")) != 0)
    return refuse (error, _ ("The two passwords are not the same."));
  return g_strdup (text);
}

static const TwFormField fields[] = {
  { "name", TW_TEXT_MAX_NAME + 1, FALSE, check_name, NULL },
  { "id-number", 18, FALSE, check_id_number, hint_id_number },
  { "phone", 11, FALSE, check_phone, NULL },
  { "email", 0, FALSE, check_email, NULL },
  { "password", TW_PASSWORD_MIN_CHARS, TRUE, check_password, hint_password },
  { "password-again", TW_PASSWORD_MIN_CHARS, TRUE, check_password_again, NULL },
};

static void
tw_register_form_class_init (TwRegisterFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_register_form_init (TwRegisterForm *self)
{
}

/**
 * tw_register_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwRegisterForm *
tw_register_form_new (void)
{
  return g_object_new (TW_TYPE_REGISTER_FORM, NULL);
}

/**
 * tw_register_form_set_scorer:
 * @password_scorer: (nullable): how hard a password is to guess
 *
 * Called once, by the application, before any form: the model does not know where passwords are
 * judged. Without one only the length counts here, and the service decides.
 */
void
tw_register_form_set_scorer (TwPasswordScorer password_scorer)
{
  scorer = password_scorer;
}

/**
 * tw_register_form_get_body:
 * @self: a form that is valid
 *
 * Returns: (transfer floating): the body of `account.register`
 */
GVariant *
tw_register_form_get_body (TwRegisterForm *self)
{
  TwForm *form = TW_FORM (self);
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_return_val_if_fail (tw_form_get_valid (form), NULL);

  g_variant_dict_insert (&dict, "name", "s", tw_form_get_value (form, "name"));
  g_variant_dict_insert (&dict, "id_number", "s", tw_form_get_value (form, "id-number"));
  g_variant_dict_insert (&dict, "phone", "s", tw_form_get_value (form, "phone"));
  g_variant_dict_insert (&dict, "email", "s", tw_form_get_value (form, "email"));
  g_variant_dict_insert (&dict, "password", "s", tw_form_get_value (form, "password"));
  return g_variant_dict_end (&dict);
}
