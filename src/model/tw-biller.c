// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-biller.h"

/**
 * TwBiller:
 *
 * Who sends bills for water, electricity, gas or telecom. For everybody the same.
 *
 * - category: what they deliver
 * - name: who they are
 * - digits: how many digits a customer number has
 */
struct _TwBiller
{
  TwObject parent_instance;

  TwBillerCategory category;
  char *name;
  gint64 digits;
};

G_DEFINE_FINAL_TYPE (TwBiller, tw_biller, TW_TYPE_OBJECT)

static const char *const biller_category_words[] = { "water", "electricity", "gas", "telecom",
                                                     NULL };

static const TwField fields[] = {
  TW_FIELD_ENUM (TwBiller, category, "category", biller_category_words),
  TW_FIELD_STRING (TwBiller, name, "name"),
  TW_FIELD_INT64 (TwBiller, digits, "digits"),
};

static void
tw_biller_class_init (TwBillerClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "biller", fields, G_N_ELEMENTS (fields));
}

static void
tw_biller_init (TwBiller *self)
{
}

TW_DEFINE_GETTER (TwBiller, tw_biller, TW_IS_BILLER, TwBillerCategory, category)
TW_DEFINE_GETTER (TwBiller, tw_biller, TW_IS_BILLER, const char *, name)
TW_DEFINE_GETTER (TwBiller, tw_biller, TW_IS_BILLER, gint64, digits)
