// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tw-object.h"

G_BEGIN_DECLS

/**
 * TwBillerCategory:
 * @TW_BILLER_CATEGORY_WATER: water
 * @TW_BILLER_CATEGORY_ELECTRICITY: electricity
 * @TW_BILLER_CATEGORY_GAS: gas
 * @TW_BILLER_CATEGORY_TELECOM: telephone and internet
 *
 * What they deliver.
 */
typedef enum
{
  TW_BILLER_CATEGORY_WATER,
  TW_BILLER_CATEGORY_ELECTRICITY,
  TW_BILLER_CATEGORY_GAS,
  TW_BILLER_CATEGORY_TELECOM,
} TwBillerCategory;

#define TW_TYPE_BILLER (tw_biller_get_type ())
G_DECLARE_FINAL_TYPE (TwBiller, tw_biller, TW, BILLER, TwObject)

TwBillerCategory tw_biller_get_category (TwBiller *self);
const char *tw_biller_get_name (TwBiller *self);
gint64 tw_biller_get_digits (TwBiller *self);

G_END_DECLS
