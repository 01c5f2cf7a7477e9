// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-record-query.h"

/**
 * tw_record_query_new:
 *
 * Returns: (transfer full): a question that every record answers
 */
TwRecordQuery *
tw_record_query_new (void)
{
  TwRecordQuery *query = g_new0 (TwRecordQuery, 1);

  query->status = -1;
  return query;
}

/**
 * tw_record_query_copy:
 * @query: a question
 *
 * Returns: (transfer full): the same question
 */
TwRecordQuery *
tw_record_query_copy (const TwRecordQuery *query)
{
  TwRecordQuery *copy = g_new0 (TwRecordQuery, 1);

  copy->year = query->year;
  copy->tax_type = g_strdup (query->tax_type);
  copy->status = query->status;
  copy->text = g_strdup (query->text);
  return copy;
}

/**
 * tw_record_query_free:
 * @query: (nullable) (transfer full): a question
 */
void
tw_record_query_free (TwRecordQuery *query)
{
  if (query == NULL)
    return;
  g_free (query->tax_type);
  g_free (query->text);
  g_free (query);
}

/**
 * tw_record_page_new:
 *
 * Returns: (transfer full): an empty page
 */
TwRecordPage *
tw_record_page_new (void)
{
  TwRecordPage *page = g_new0 (TwRecordPage, 1);

  page->records = g_ptr_array_new_with_free_func (g_object_unref);
  return page;
}

/**
 * tw_record_page_free:
 * @page: (nullable) (transfer full): a page
 */
void
tw_record_page_free (TwRecordPage *page)
{
  if (page == NULL)
    return;
  g_ptr_array_unref (page->records);
  g_free (page->next);
  g_free (page);
}
