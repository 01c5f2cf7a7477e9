// SPDX-License-Identifier: GPL-3.0-or-later
/* The people whom a practice service knows from the start. They protect play money only, and their
 * password is on the welcome page: it is written here once, for the service and both windows. */
#pragma once

#define TW_PRACTICE_USER_PHONE "13800000000"
#define TW_PRACTICE_AGENT_LOGIN "agent1"
#define TW_PRACTICE_SENIOR_LOGIN "senior1"
#define TW_PRACTICE_PASSWORD "Practice-2026-Wallet"

/* Whom and what can be paid in practice. */
#define TW_PRACTICE_FRIEND_PHONE "13900000066"
#define TW_PRACTICE_COMPANY_CODE "91110105MA00EXA01Q"
#define TW_PRACTICE_MERCHANT_NUMBER "88000001"
#define TW_PRACTICE_CARD_NUMBER "9901234000000014"
