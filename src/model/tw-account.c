// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-account.h"

/**
 * TwAccount:
 *
 * What a person knows of their own account.
 *
 * - name: the name as registered
 * - id-number: masked
 * - phone: masked
 * - email: masked
 * - identity: where the identity check stands
 * - identity-reason: why it was refused, in words
 * - reference: the confirmation of the registration
 * - created-at-ms: when it was registered
 * - checked-at-ms: when the identity was decided; 0: not yet
 */
struct _TwAccount
{
  TwObject parent_instance;

  char *name;
  char *id_number;
  char *phone;
  char *email;
  TwIdentityState identity;
  char *identity_reason;
  char *reference;
  gint64 created_at_ms;
  gint64 checked_at_ms;
};

G_DEFINE_FINAL_TYPE (TwAccount, tw_account, TW_TYPE_OBJECT)

const char *const tw_identity_state_words[] = { "pending", "approved", "refused", NULL };

static const TwField fields[] = {
  TW_FIELD_STRING (TwAccount, name, "name"),
  TW_FIELD_STRING (TwAccount, id_number, "id-number"),
  TW_FIELD_STRING (TwAccount, phone, "phone"),
  TW_FIELD_STRING (TwAccount, email, "email"),
  TW_FIELD_ENUM (TwAccount, identity, "identity", tw_identity_state_words),
  TW_FIELD_STRING (TwAccount, identity_reason, "identity-reason"),
  TW_FIELD_STRING (TwAccount, reference, "reference"),
  TW_FIELD_INT64 (TwAccount, created_at_ms, "created-at-ms"),
  TW_FIELD_INT64 (TwAccount, checked_at_ms, "checked-at-ms"),
};

static void
tw_account_class_init (TwAccountClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "account", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_account_init (TwAccount *self)
{
}

TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, const char *, name)
TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, const char *, id_number)
TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, const char *, phone)
TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, const char *, email)
TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, TwIdentityState, identity)
TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, const char *, identity_reason)
TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, const char *, reference)
TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, gint64, created_at_ms)
TW_DEFINE_GETTER (TwAccount, tw_account, TW_IS_ACCOUNT, gint64, checked_at_ms)
