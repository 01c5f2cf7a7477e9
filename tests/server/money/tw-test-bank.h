// SPDX-License-Identifier: GPL-3.0-or-later
/* Another side that says what it is told to say, true or not. It does nothing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TwTestBank TwTestBank;

TwTestBank *tw_test_bank_new (const char *socket_path);
void tw_test_bank_free (TwTestBank *bank);

/* What comes after what was said before, to orders (@method "POST") or to questions ("GET"); the
 * last goes on for good. %ID% in @body is the order's id. @status 0: no answer. */
void tw_test_bank_say (TwTestBank *bank, const char *method, guint status, const char *body);
/* The same, said by somebody who does not have the bank's key. */
void tw_test_bank_forge (TwTestBank *bank, const char *method, guint status, const char *body);
/* Answers whom it has left without an answer for longest. */
void tw_test_bank_release (TwTestBank *bank, guint status, const char *body);
/* How many came. */
guint tw_test_bank_count (TwTestBank *bank, const char *method);

G_END_DECLS
