// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-pages.h"

#include "client/user/account/tw-account-page.h"
#include "client/user/ask/tw-ask-page.h"
#include "client/user/bill/tw-bill-page.h"
#include "client/user/bills/tw-bills-page.h"
#include "client/user/card/tw-card-page.h"
#include "client/user/cards/tw-cards-page.h"
#include "client/user/code/tw-code-page.h"
#include "client/user/conversation/tw-conversation-page.h"
#include "client/user/find/tw-find-page.h"
#include "client/user/give/tw-give-page.h"
#include "client/user/help/tw-help-page.h"
#include "client/user/history/tw-history-page.h"
#include "client/user/home/tw-home-page.h"
#include "client/user/pay/tw-pay-page.h"
#include "client/user/payment/tw-payment-page.h"
#include "client/user/records/tw-records-page.h"
#include "client/user/register/tw-register-page.h"
#include "client/user/several/tw-several-page.h"
#include "client/user/standing/tw-standing-page.h"
#include "client/user/standings/tw-standings-page.h"
#include "client/user/story/tw-story-page.h"
#include "client/user/wallet/tw-wallet-page.h"
#include "client/user/welcome/tw-welcome-page.h"
#include "client/user/withdraw/tw-withdraw-page.h"

static const TwPageKind PAGES[] = {
  { "welcome", tw_welcome_page_get_type, "welcome", FALSE },
  { "register", tw_register_page_get_type, "welcome", FALSE },
  { "home", tw_home_page_get_type, "home", TRUE },
  { "wallet", tw_wallet_page_get_type, "wallet", TRUE },
  { "payment", tw_payment_page_get_type, "wallet", TRUE },
  { "pay", tw_pay_page_get_type, "pay", TRUE },
  { "find", tw_find_page_get_type, "pay", TRUE },
  { "give", tw_give_page_get_type, "pay", TRUE },
  { "code", tw_code_page_get_type, "pay", TRUE },
  { "withdraw", tw_withdraw_page_get_type, "pay", TRUE },
  { "cards", tw_cards_page_get_type, "pay", TRUE },
  { "card", tw_card_page_get_type, "pay", TRUE },
  { "standings", tw_standings_page_get_type, "pay", TRUE },
  { "standing", tw_standing_page_get_type, "pay", TRUE },
  { "history", tw_history_page_get_type, "wallet", TRUE },
  { "bills", tw_bills_page_get_type, "bills", TRUE },
  { "bill", tw_bill_page_get_type, "bills", TRUE },
  { "several", tw_several_page_get_type, "bills", TRUE },
  { "records", tw_records_page_get_type, "records", TRUE },
  { "story", tw_story_page_get_type, "records", TRUE },
  { "help", tw_help_page_get_type, "help", TRUE },
  { "ask", tw_ask_page_get_type, "help", TRUE },
  { "conversation", tw_conversation_page_get_type, "help", TRUE },
  { "account", tw_account_page_get_type, "account", TRUE },
};

/**
 * tw_page_kind_find:
 * @name: the name of a page
 *
 * Returns: (transfer none) (nullable): its row
 */
const TwPageKind *
tw_page_kind_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (PAGES); i++)
    if (g_strcmp0 (PAGES[i].name, name) == 0)
      return &PAGES[i];
  return NULL;
}
