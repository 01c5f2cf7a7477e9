// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From this many days before the due day on, a person is reminded. */
#define TW_DUE_SOON_DAYS 15

/* The yearly returns of data/tax/deadlines.json */
#define TW_DEADLINE_COMPREHENSIVE "comprehensive_settlement"
#define TW_DEADLINE_BUSINESS "business_settlement"

typedef enum
{
  TW_DUE_LATER,
  TW_DUE_SOON, /* at most TW_DUE_SOON_DAYS left; the due day itself too */
  TW_DUE_OVERDUE,
} TwDueState;

TwDueState tw_due_state (int due_day, int on_day);
int tw_due_days_left (int due_day, int on_day);
gboolean tw_deadline_find (const char *id, int tax_year, int *opens_day, int *due_day);

G_END_DECLS
