// SPDX-License-Identifier: GPL-3.0-or-later
/* Payment codes: what stands in the square that is shown to be paid, and can be read and typed too.
 *
 *   TWP1:2345ABCD:0:UW     a person, by the letters of their account's reference; any amount
 *   TWM1:88000016:1250:S8  a merchant, who asks for ¥12.50
 *
 * The last two are check characters by ISO 7064 MOD 1271-36 over all that is before them, which
 * finds every single slip and every two neighbours that have changed places. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TwPayCodeKind:
 * @TW_PAY_CODE_PERSON: another wallet
 * @TW_PAY_CODE_MERCHANT: a merchant
 *
 * Who is to be paid.
 */
typedef enum
{
  TW_PAY_CODE_PERSON,
  TW_PAY_CODE_MERCHANT,
} TwPayCodeKind;

#define TW_PAY_CODE_NUMBER_LENGTH 8

typedef struct
{
  TwPayCodeKind kind;
  char number[TW_PAY_CODE_NUMBER_LENGTH + 1];
  gint64 amount_fen; /* 0: any */
} TwPayCode;

char *tw_pay_code_make (const TwPayCode *code);
char *tw_pay_code_make_for_reference (const char *reference, gint64 amount_fen);
char *tw_pay_code_get_reference (const TwPayCode *code);
gboolean tw_pay_code_looks_like_one (const char *text);
gboolean tw_pay_code_read (const char *text, TwPayCode *code, GError **error);

G_END_DECLS
