// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-account.h"
#include "model/tw-object.h"

G_BEGIN_DECLS

#define TW_TYPE_CUSTOMER (tw_customer_get_type ())
G_DECLARE_FINAL_TYPE (TwCustomer, tw_customer, TW, CUSTOMER, TwObject)

const char *tw_customer_get_name (TwCustomer *self);
const char *tw_customer_get_id_number (TwCustomer *self);
const char *tw_customer_get_phone (TwCustomer *self);
const char *tw_customer_get_email (TwCustomer *self);
TwIdentityState tw_customer_get_identity (TwCustomer *self);
const char *tw_customer_get_reference (TwCustomer *self);
gint64 tw_customer_get_created_at_ms (TwCustomer *self);

G_END_DECLS
