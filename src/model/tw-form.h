// SPDX-License-Identifier: GPL-3.0-or-later
/* What a person types into a form, checked as they go, without any widget. A class says once, in a
 * table of fields, what each must be. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define TW_TYPE_FORM (tw_form_get_type ())
G_DECLARE_DERIVABLE_TYPE (TwForm, tw_form, TW, FORM, GObject)

typedef struct
{
  const char *name;
  guint settled_chars; /* with so many characters a mistake is told while typing; 0: once left */
  gboolean secret;     /* wiped when it goes, and never part of a draft */

  /* Returns: (transfer full) (nullable): the value in its canonical form, or why it is none */
  char *(*check) (TwForm *self, const char *text, GError **error);
  /* (nullable): Returns: (transfer full) (nullable): what to say about a value that is fine */
  char *(*hint) (TwForm *self, const char *value);
} TwFormField;

struct _TwFormClass
{
  GObjectClass parent_class;

  /*< private >*/
  const TwFormField *fields;
  guint n_fields;
};

void tw_form_class_install_fields (TwFormClass *klass, const TwFormField *fields, guint n_fields);

const char *tw_form_get_text (TwForm *self, const char *field);
void tw_form_set_text (TwForm *self, const char *field, const char *text);
const char *tw_form_get_value (TwForm *self, const char *field);
const char *tw_form_get_error (TwForm *self, const char *field);
const char *tw_form_get_hint (TwForm *self, const char *field);
gboolean tw_form_get_valid (TwForm *self);

void tw_form_leave (TwForm *self, const char *field);
const char *tw_form_review (TwForm *self);
void tw_form_refuse (TwForm *self, const char *field, const char *words);
void tw_form_clear (TwForm *self);
void tw_form_check_again (TwForm *self);

char *tw_form_save (TwForm *self);
void tw_form_restore (TwForm *self, const char *saved);

G_END_DECLS
