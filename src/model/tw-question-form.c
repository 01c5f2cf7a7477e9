// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-question-form.h"

#include <glib/gi18n-lib.h>

#include "base/tw-error.h"
#include "base/tw-text.h"

/**
 * TwQuestionForm:
 *
 * A question to a person: in a few words, and in as many as it takes.
 */
struct _TwQuestionForm
{
  TwForm parent_instance;
};

G_DEFINE_FINAL_TYPE (TwQuestionForm, tw_question_form, TW_TYPE_FORM)

static char *
check (const char *text, gsize max_chars, gboolean multiline, const char *empty, GError **error)
{
  g_autofree char *clean = tw_text_clean (text);

  if (*clean == '\0')
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, empty);
      return NULL;
    }
  return tw_text_check (clean, max_chars, multiline, error) ? g_steal_pointer (&clean) : NULL;
}

static char *
check_subject (TwForm *form, const char *text, GError **error)
{
  return check (text, TW_TEXT_MAX_SUBJECT, FALSE, _ ("Say in a few words what it is about."),
                error);
}

static char *
check_text (TwForm *form, const char *text, GError **error)
{
  return check (text, TW_TEXT_MAX_MESSAGE, TRUE, _ ("Write your question."), error);
}

/* Only what is too long is a mistake that can be seen while typing. */
static const TwFormField fields[] = {
  { "subject", TW_TEXT_MAX_SUBJECT + 1, FALSE, check_subject, NULL },
  { "text", TW_TEXT_MAX_MESSAGE + 1, FALSE, check_text, NULL },
};

static void
tw_question_form_class_init (TwQuestionFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_question_form_init (TwQuestionForm *self)
{
}

/**
 * tw_question_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwQuestionForm *
tw_question_form_new (void)
{
  return g_object_new (TW_TYPE_QUESTION_FORM, NULL);
}
