// SPDX-License-Identifier: GPL-3.0-or-later
#include "tax/tw-tax-type.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *id;
  const char *name;
} TYPES[] = {
  { TW_TAX_INDIVIDUAL_INCOME, N_ ("Individual income tax") },
  { TW_TAX_VEHICLE_VESSEL, N_ ("Vehicle and vessel tax") },
  { TW_TAX_PROPERTY_RENT, N_ ("Tax on property rent") },
  { TW_TAX_VALUE_ADDED, N_ ("Value-added tax") },
  { TW_TAX_DEED, N_ ("Deed tax") },
  { TW_TAX_STAMP, N_ ("Stamp tax") },
  { TW_TAX_VEHICLE_PURCHASE, N_ ("Vehicle purchase tax") },
};

static const char *
find_name (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (TYPES); i++)
    if (g_strcmp0 (TYPES[i].id, id) == 0)
      return TYPES[i].name;
  return NULL;
}

/**
 * tw_tax_type_list:
 *
 * Returns: (transfer none) (array zero-terminated=1): the ids, in the order to show them
 */
const char *const *
tw_tax_type_list (void)
{
  static const char *ids[G_N_ELEMENTS (TYPES) + 1];
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (TYPES); i++)
        ids[i] = TYPES[i].id;
      g_once_init_leave (&once, 1);
    }
  return ids;
}

/**
 * tw_tax_type_is_known:
 * @id: (nullable): the id of a tax
 *
 * Returns: whether this version knows it
 */
gboolean
tw_tax_type_is_known (const char *id)
{
  return find_name (id) != NULL;
}

/**
 * tw_tax_type_get_name:
 * @id: (nullable): the id of a tax
 *
 * Returns: (transfer none): its name in the person's language; one that only a newer service
 *   knows is "Other tax"
 */
const char *
tw_tax_type_get_name (const char *id)
{
  const char *name = find_name (id);

  return name != NULL ? _ (name) : _ ("Other tax");
}
