// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-card-choice.h"

#include "base/tw-bank.h"
#include "model/tw-card.h"

#define IDS "tw-card-ids"

/**
 * tw_card_choice_fill:
 * @row: a row without a model of its own
 * @client: the program
 * @other: (nullable): what else can be chosen, before the cards
 *
 * Fills the row with the bound cards. What was chosen stays chosen, while it is there.
 *
 * Returns: how many cards there are
 */
guint
tw_card_choice_fill (AdwComboRow *row, TwClient *client, const char *other)
{
  GListModel *cards = G_LIST_MODEL (tw_client_get_list (client, "card"));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *chosen = tw_card_choice_get (row);
  guint n_cards = 0, selected = 0;

  if (other != NULL)
    {
      gtk_string_list_append (names, other);
      g_ptr_array_add (ids, NULL);
    }
  for (guint i = 0; i < g_list_model_get_n_items (cards); i++)
    {
      g_autoptr (TwCard) card = g_list_model_get_item (cards, i);

      if (tw_card_get_state (card) != TW_CARD_STATE_BOUND)
        continue;
      if (g_strcmp0 (chosen, tw_object_get_id (TW_OBJECT (card))) == 0)
        selected = ids->len;
      /* The end of the number first: of a long name the end is cut off. */
      gtk_string_list_take (names, g_strdup_printf ("%s · %s", tw_card_get_last_four (card),
                                                    tw_bank_get_name (tw_card_get_bank (card))));
      g_ptr_array_add (ids, g_strdup (tw_object_get_id (TW_OBJECT (card))));
      n_cards++;
    }
  g_object_set_data_full (G_OBJECT (row), IDS, ids, (GDestroyNotify) g_ptr_array_unref);
  adw_combo_row_set_model (row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (row, selected);
  return n_cards;
}

/**
 * tw_card_choice_get:
 * @row: a row
 *
 * Returns: (transfer full) (nullable): the id of the card that is chosen; %NULL: what else there is
 */
char *
tw_card_choice_get (AdwComboRow *row)
{
  GPtrArray *ids = g_object_get_data (G_OBJECT (row), IDS);
  guint selected = adw_combo_row_get_selected (row);

  return ids != NULL && selected < ids->len ? g_strdup (ids->pdata[selected]) : NULL;
}
