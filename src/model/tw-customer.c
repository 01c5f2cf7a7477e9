// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-customer.h"

/**
 * TwCustomer:
 *
 * What the desk may know of a customer without asking for more.
 *
 * - name: the name
 * - id-number: masked
 * - phone: masked
 * - email: masked
 * - identity: where the identity check stands
 * - reference: the confirmation of the registration
 * - created-at-ms: customer since
 */
struct _TwCustomer
{
  TwObject parent_instance;

  char *name;
  char *id_number;
  char *phone;
  char *email;
  TwIdentityState identity;
  char *reference;
  gint64 created_at_ms;
};

G_DEFINE_FINAL_TYPE (TwCustomer, tw_customer, TW_TYPE_OBJECT)

static const TwField fields[] = {
  TW_FIELD_STRING (TwCustomer, name, "name"),
  TW_FIELD_STRING (TwCustomer, id_number, "id-number"),
  TW_FIELD_STRING (TwCustomer, phone, "phone"),
  TW_FIELD_STRING (TwCustomer, email, "email"),
  TW_FIELD_ENUM (TwCustomer, identity, "identity", tw_identity_state_words),
  TW_FIELD_STRING (TwCustomer, reference, "reference"),
  TW_FIELD_INT64 (TwCustomer, created_at_ms, "created-at-ms"),
};

static void
tw_customer_class_init (TwCustomerClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "customer", fields,
                                  G_N_ELEMENTS (fields));
}

static void
tw_customer_init (TwCustomer *self)
{
}

TW_DEFINE_GETTER (TwCustomer, tw_customer, TW_IS_CUSTOMER, const char *, name)
TW_DEFINE_GETTER (TwCustomer, tw_customer, TW_IS_CUSTOMER, const char *, id_number)
TW_DEFINE_GETTER (TwCustomer, tw_customer, TW_IS_CUSTOMER, const char *, phone)
TW_DEFINE_GETTER (TwCustomer, tw_customer, TW_IS_CUSTOMER, const char *, email)
TW_DEFINE_GETTER (TwCustomer, tw_customer, TW_IS_CUSTOMER, TwIdentityState, identity)
TW_DEFINE_GETTER (TwCustomer, tw_customer, TW_IS_CUSTOMER, const char *, reference)
TW_DEFINE_GETTER (TwCustomer, tw_customer, TW_IS_CUSTOMER, gint64, created_at_ms)
