// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a person asks of the tax history. Zero and NULL mean: any. */
typedef struct
{
  int year;
  char *tax_type;
  int status; /* TwRecordStatus, -1: any */
  char *text; /* matched against title, payer, authority, reference, period, amount */
} TwRecordQuery;

TwRecordQuery *tw_record_query_new (void);
TwRecordQuery *tw_record_query_copy (const TwRecordQuery *query);
void tw_record_query_free (TwRecordQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRecordQuery, tw_record_query_free)

/* One page of an answer, newest first, and what the whole answer adds up to. */
typedef struct
{
  GPtrArray *records;  /* TwRecord */
  guint total;         /* how many records answer the question in all */
  gint64 total_fen;    /* the sum of their amounts, refunds counted against it */
  gint64 late_fee_fen; /* the sum of their late fees */
  char *next;          /* (nullable): where the next page starts */
} TwRecordPage;

TwRecordPage *tw_record_page_new (void);
void tw_record_page_free (TwRecordPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRecordPage, tw_record_page_free)

G_END_DECLS
