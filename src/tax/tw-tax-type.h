// SPDX-License-Identifier: GPL-3.0-or-later
/* The taxes that a bill or a record may be about. Ids are stable: they stand on the wire and in
 * databases. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_TAX_INDIVIDUAL_INCOME "individual_income"
#define TW_TAX_VEHICLE_VESSEL "vehicle_vessel"
#define TW_TAX_PROPERTY_RENT "property_rent"
#define TW_TAX_VALUE_ADDED "value_added"
#define TW_TAX_DEED "deed"
#define TW_TAX_STAMP "stamp"
#define TW_TAX_VEHICLE_PURCHASE "vehicle_purchase"

const char *const *tw_tax_type_list (void);
gboolean tw_tax_type_is_known (const char *id);
const char *tw_tax_type_get_name (const char *id);

G_END_DECLS
