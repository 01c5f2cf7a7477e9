// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-partner.h"

/**
 * TwPartner:
 *
 * Somebody whom payments need: the bank, the tax office, the billers.
 *
 * - state: whether it can be reached
 * - since-ms: since when that is so
 */
struct _TwPartner
{
  TwObject parent_instance;

  TwPartnerState state;
  gint64 since_ms;
};

G_DEFINE_FINAL_TYPE (TwPartner, tw_partner, TW_TYPE_OBJECT)

static const char *const state_words[] = { "up", "down", NULL };

static const TwField fields[] = {
  TW_FIELD_ENUM (TwPartner, state, "state", state_words),
  TW_FIELD_INT64 (TwPartner, since_ms, "since-ms"),
};

static void
tw_partner_class_init (TwPartnerClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "partner", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_partner_init (TwPartner *self)
{
}

TW_DEFINE_GETTER (TwPartner, tw_partner, TW_IS_PARTNER, TwPartnerState, state)
TW_DEFINE_GETTER (TwPartner, tw_partner, TW_IS_PARTNER, gint64, since_ms)
