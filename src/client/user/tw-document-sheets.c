// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "base/tw-clock.h"
#include "client/user/tw-documents.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-format.h"
#include "tax/tw-tax-type.h"

static void
add_event (TwPaperSheet *sheet, gint64 time_ms, const char *what, const char *detail)
{
  if (time_ms != 0)
    tw_paper_sheet_add_event (sheet, time_ms, what, *detail != '\0' ? detail : NULL);
}

static void
add_text (TwPaperSheet *sheet, const char *name, const char *value)
{
  if (*value != '\0')
    tw_paper_sheet_add_text (sheet, name, value);
}

/* What was given back belongs to where a payment stands: nobody is to show it as paid in full. */
static void
add_state (TwPaperSheet *sheet, TwPayment *payment)
{
  gint64 amount_fen = tw_payment_get_amount_fen (payment);
  gint64 back_fen = tw_payment_get_refunded_fen (payment);
  const char *words = tw_story_payment_words (payment);
  /* Translators: where a payment stands, such as “Paid” */
  g_autofree char *all =
    back_fen >= amount_fen ? g_strdup_printf (_ ("%s; all of it was given back"), words) : NULL;

  if (back_fen > 0)
    {
      tw_paper_sheet_add_money (sheet, _ ("Given back of it"), back_fen);
      tw_paper_sheet_add_money (sheet, _ ("Left of it"), MAX (amount_fen - back_fen, 0));
    }
  tw_paper_sheet_add_text (sheet, _ ("State"), all != NULL ? all : words);
}

/**
 * tw_documents_payment:
 * @payment: a payment
 *
 * Returns: (transfer full): its receipt; of one that is not through, where it stands
 */
TwPaperSheet *
tw_documents_payment (TwPayment *payment)
{
  gboolean received = tw_payment_get_kind (payment) == TW_PAYMENT_KIND_RECEIVED;
  gboolean posted = tw_payment_get_state (payment) == TW_PAYMENT_STATE_POSTED;
  TwPaperSheet *sheet = tw_paper_sheet_new (posted ? _ ("Receipt") : _ ("Payment"));
  gint64 fee_fen = tw_payment_get_late_fee_fen (payment);
  g_autofree char *title = tw_story_payment_title (payment);

  tw_paper_sheet_add_section (sheet, _ ("Payment"));
  if (received)
    tw_paper_sheet_add_text (sheet, C_ ("a payer", "From"), tw_payment_get_title (payment));
  else
    tw_paper_sheet_add_text (sheet, _ ("For"), title);
  if (fee_fen > 0)
    {
      tw_paper_sheet_add_money (sheet, C_ ("amount", "Tax"),
                                tw_payment_get_amount_fen (payment) - fee_fen);
      tw_paper_sheet_add_money (sheet, _ ("Late fee"), fee_fen);
    }
  tw_paper_sheet_add_money (sheet, _ ("Amount"), tw_payment_get_amount_fen (payment));
  add_state (sheet, payment);
  add_text (sheet, _ ("Reference"), tw_payment_get_reference (payment));
  add_text (sheet, tw_story_payment_reference_name (payment),
            tw_payment_get_rail_reference (payment));
  if (!received)
    add_event (sheet, tw_payment_get_created_at_ms (payment), _ ("Asked for"), "");
  add_event (sheet, tw_payment_get_sent_at_ms (payment), tw_story_payment_sent_words (payment), "");
  add_event (
    sheet, tw_payment_get_posted_at_ms (payment),
    tw_payment_comes_in (payment) ? C_ ("state of a top-up", "In your wallet") : _ ("Paid"), "");
  add_event (sheet, tw_payment_get_confirmed_at_ms (payment), _ ("Confirmed by the tax office"),
             tw_payment_get_rail_reference (payment));
  return sheet;
}

/**
 * tw_documents_record:
 * @record: a line of the tax history
 *
 * Returns: (transfer full): all of it
 */
TwPaperSheet *
tw_documents_record (TwRecord *record)
{
  TwPaperSheet *sheet = tw_paper_sheet_new (_ ("Tax record"));
  g_autofree char *period = tw_format_period (tw_record_get_period (record));
  gint64 fee_fen = tw_record_get_late_fee_fen (record);

  tw_paper_sheet_add_section (sheet, tw_record_get_title (record));
  tw_paper_sheet_add_text (sheet, _ ("Tax"),
                           tw_tax_type_get_name (tw_record_get_tax_type (record)));
  tw_paper_sheet_add_text (sheet, _ ("Period"), period);
  tw_paper_sheet_add_money (sheet, _ ("Amount"), tw_record_get_amount_fen (record));
  if (fee_fen > 0)
    tw_paper_sheet_add_money (sheet, _ ("Late fee"), fee_fen);
  tw_paper_sheet_add_text (sheet, _ ("State"), tw_story_record_words (record));
  add_text (sheet, _ ("Payer"), tw_record_get_payer (record));
  add_text (sheet, _ ("Tax office"), tw_record_get_authority (record));
  add_text (sheet, _ ("Reference"), tw_record_get_reference (record));
  add_event (sheet, tw_record_get_assessed_at_ms (record), _ ("Assessed"), "");
  add_event (sheet, tw_record_get_paid_at_ms (record), _ ("Paid"), "");
  add_event (sheet, tw_record_get_confirmed_at_ms (record), _ ("Confirmed by the tax office"),
             tw_record_get_reference (record));
  return sheet;
}

enum
{
  COLUMN_DAY,
  COLUMN_TAX,
  COLUMN_PERIOD,
  COLUMN_PAYER,
  COLUMN_STATE,
  COLUMN_REFERENCE,
  COLUMN_LATE_FEE,
  COLUMN_AMOUNT,
};

static void
fill_cell (gpointer item, guint column, TwPaperCell *cell, gpointer data)
{
  TwRecord *record = item;
  gint64 paid_at_ms = tw_record_get_paid_at_ms (record);

  switch (column)
    {
    case COLUMN_DAY:
      tw_paper_cell_set_day (
        cell,
        tw_clock_day_of_ms (paid_at_ms != 0 ? paid_at_ms : tw_record_get_assessed_at_ms (record)));
      break;
    case COLUMN_TAX:
      tw_paper_cell_set_text (cell, tw_tax_type_get_name (tw_record_get_tax_type (record)));
      break;
    case COLUMN_PERIOD:
      tw_paper_cell_set_text (cell, tw_record_get_period (record));
      break;
    case COLUMN_PAYER:
      tw_paper_cell_set_text (cell, tw_record_get_payer (record));
      break;
    case COLUMN_STATE:
      tw_paper_cell_set_text (cell, tw_story_record_words (record));
      break;
    case COLUMN_REFERENCE:
      tw_paper_cell_set_text (cell, tw_record_get_reference (record));
      break;
    case COLUMN_LATE_FEE:
      tw_paper_cell_set_money (cell, tw_record_get_late_fee_fen (record));
      break;
    case COLUMN_AMOUNT:
    default:
      /* A refund counts against what was paid, as in the totals of the page. */
      tw_paper_cell_set_money (cell, tw_record_get_kind (record) == TW_RECORD_KIND_REFUND
                                       ? -tw_record_get_amount_fen (record)
                                       : tw_record_get_amount_fen (record));
    }
}

/**
 * tw_documents_records:
 * @records: (transfer none): a list of #TwRecord
 * @subtitle: (nullable): which of the history they are
 *
 * Returns: (transfer full): them as a table, with its sums
 */
TwPaperTable *
tw_documents_records (GListModel *records, const char *subtitle)
{
  TwPaperTable *table = tw_paper_table_new (_ ("Tax history"), records, fill_cell, NULL, NULL);

  tw_paper_table_set_wide (table, TRUE);
  if (subtitle != NULL)
    tw_paper_table_set_subtitle (table, subtitle);
  tw_paper_table_add_column (table, _ ("Day"), TW_PAPER_KIND_DATE, 1.1, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("Tax"), TW_PAPER_KIND_TEXT, 1.8, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("Period"), TW_PAPER_KIND_TEXT, 0.9, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("Payer"), TW_PAPER_KIND_TEXT, 2.0, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("State"), TW_PAPER_KIND_TEXT, 1.0, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("Reference"), TW_PAPER_KIND_TEXT, 1.8, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("Late fee"), TW_PAPER_KIND_MONEY, 1.0, TW_PAPER_COLUMN_SUM);
  tw_paper_table_add_column (table, _ ("Amount"), TW_PAPER_KIND_MONEY, 1.3, TW_PAPER_COLUMN_SUM);
  return table;
}

enum
{
  PAYMENT_DAY,
  PAYMENT_WHAT,
  PAYMENT_STATE,
  PAYMENT_REFERENCE,
  PAYMENT_IN,
  PAYMENT_OUT,
};

static void
fill_payment_cell (gpointer item, guint column, TwPaperCell *cell, gpointer data)
{
  TwPayment *payment = item;
  g_autofree char *title = NULL;

  switch (column)
    {
    case PAYMENT_DAY:
      tw_paper_cell_set_day (cell, tw_clock_day_of_ms (tw_payment_get_created_at_ms (payment)));
      break;
    case PAYMENT_WHAT:
      title = tw_story_payment_title (payment);
      tw_paper_cell_set_text (cell, title);
      break;
    case PAYMENT_STATE:
      tw_paper_cell_set_text (cell, tw_story_payment_words (payment));
      break;
    case PAYMENT_REFERENCE:
      tw_paper_cell_set_text (cell, tw_payment_get_reference (payment));
      break;
    case PAYMENT_IN:
    case PAYMENT_OUT:
    default:
      /* What did not happen, or has not yet, is no money that came or went. */
      if (tw_payment_get_state (payment) == TW_PAYMENT_STATE_POSTED &&
          tw_payment_comes_in (payment) == (column == PAYMENT_IN))
        tw_paper_cell_set_money (cell, tw_payment_get_amount_fen (payment));
    }
}

/**
 * tw_documents_payments:
 * @payments: (transfer none): a list of #TwPayment
 *
 * Returns: (transfer full): them as a table, with its sums
 */
TwPaperTable *
tw_documents_payments (GListModel *payments)
{
  TwPaperTable *table =
    tw_paper_table_new (_ ("Wallet history"), payments, fill_payment_cell, NULL, NULL);

  tw_paper_table_set_wide (table, TRUE);
  tw_paper_table_add_column (table, _ ("Day"), TW_PAPER_KIND_DATE, 1.0, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("What for"), TW_PAPER_KIND_TEXT, 2.6, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("State"), TW_PAPER_KIND_TEXT, 1.2, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, _ ("Reference"), TW_PAPER_KIND_TEXT, 1.5, TW_PAPER_COLUMN_NONE);
  tw_paper_table_add_column (table, C_ ("amount", "In"), TW_PAPER_KIND_MONEY, 1.2,
                             TW_PAPER_COLUMN_SUM);
  tw_paper_table_add_column (table, C_ ("amount", "Out"), TW_PAPER_KIND_MONEY, 1.2,
                             TW_PAPER_COLUMN_SUM);
  return table;
}
