// SPDX-License-Identifier: GPL-3.0-or-later
/* One thing in full: a receipt, a record. Sections of names and values, then what happened when. */
#pragma once

#include "client/paper/tw-paper.h"

G_BEGIN_DECLS

#define TW_TYPE_PAPER_SHEET (tw_paper_sheet_get_type ())
G_DECLARE_FINAL_TYPE (TwPaperSheet, tw_paper_sheet, TW, PAPER_SHEET, GObject)

TwPaperSheet *tw_paper_sheet_new (const char *title);
void tw_paper_sheet_set_language (TwPaperSheet *self, const char *language);
void tw_paper_sheet_add_section (TwPaperSheet *self, const char *heading);
void tw_paper_sheet_add_text (TwPaperSheet *self, const char *name, const char *value);
void tw_paper_sheet_add_money (TwPaperSheet *self, const char *name, gint64 fen);
void
tw_paper_sheet_add_event (TwPaperSheet *self, gint64 time_ms, const char *what, const char *detail);
void tw_paper_sheet_add_note (TwPaperSheet *self, const char *note);

G_END_DECLS
