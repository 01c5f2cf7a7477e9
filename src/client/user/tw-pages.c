// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-pages.h"

#include "client/user/account/tw-account-page.h"
#include "client/user/ask/tw-ask-page.h"
#include "client/user/bill/tw-bill-page.h"
#include "client/user/bills/tw-bills-page.h"
#include "client/user/conversation/tw-conversation-page.h"
#include "client/user/help/tw-help-page.h"
#include "client/user/home/tw-home-page.h"
#include "client/user/payment/tw-payment-page.h"
#include "client/user/records/tw-records-page.h"
#include "client/user/register/tw-register-page.h"
#include "client/user/story/tw-story-page.h"
#include "client/user/wallet/tw-wallet-page.h"
#include "client/user/welcome/tw-welcome-page.h"

static const TwPageKind PAGES[] = {
  { "welcome", tw_welcome_page_get_type, "welcome", FALSE },
  { "register", tw_register_page_get_type, "welcome", FALSE },
  { "home", tw_home_page_get_type, "home", TRUE },
  { "wallet", tw_wallet_page_get_type, "wallet", TRUE },
  { "payment", tw_payment_page_get_type, "wallet", TRUE },
  { "bills", tw_bills_page_get_type, "bills", TRUE },
  { "bill", tw_bill_page_get_type, "bills", TRUE },
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
