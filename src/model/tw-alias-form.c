// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-alias-form.h"

#include <glib/gi18n-lib.h>

#include "base/tw-text.h"

/**
 * TwAliasForm:
 *
 * What somebody calls a payee; may be empty.
 */
struct _TwAliasForm
{
  TwForm parent_instance;
};

G_DEFINE_FINAL_TYPE (TwAliasForm, tw_alias_form, TW_TYPE_FORM)

static char *
check_alias (TwForm *form, const char *text, GError **error)
{
  g_autofree char *clean = tw_text_clean (text);

  return tw_text_check (clean, TW_TEXT_MAX_NAME, FALSE, error) ? g_steal_pointer (&clean) : NULL;
}

static const TwFormField fields[] = {
  { "alias", TW_TEXT_MAX_NAME + 1, FALSE, check_alias, NULL },
};

static void
tw_alias_form_class_init (TwAliasFormClass *klass)
{
  tw_form_class_install_fields (TW_FORM_CLASS (klass), fields, G_N_ELEMENTS (fields));
}

static void
tw_alias_form_init (TwAliasForm *self)
{
}

/**
 * tw_alias_form_new:
 *
 * Returns: (transfer full): an empty form
 */
TwAliasForm *
tw_alias_form_new (void)
{
  return g_object_new (TW_TYPE_ALIAS_FORM, NULL);
}
