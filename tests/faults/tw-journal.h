// SPDX-License-Identifier: GPL-3.0-or-later
/* What a client writes down for itself, outside of its store: what it wished, asked, saw and was
 * told. One JSON object a line. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _TwJournal TwJournal;

TwJournal *tw_journal_open (const char *path);
guint tw_journal_count_wishes (TwJournal *journal);
JsonObject *tw_journal_find (TwJournal *journal, const char *id);
void tw_journal_write (TwJournal *journal, JsonObject *line, gboolean flush);
void tw_journal_stop (TwJournal *journal);
void tw_journal_free (TwJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwJournal, tw_journal_free)

G_END_DECLS
