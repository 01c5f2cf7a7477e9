// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Limits of what a person may write, in characters; on the wire and in the forms alike. */
#define TW_TEXT_MAX_NAME 60
#define TW_TEXT_MAX_SUBJECT 120
#define TW_TEXT_MAX_MEMO 140
#define TW_TEXT_MAX_MESSAGE 8000

gboolean tw_text_check (const char *text, gsize max_chars, gboolean multiline, GError **error);
char *tw_text_clean (const char *text);
char *tw_text_fold (const char *text);
char *tw_text_digits (const char *text);
char *tw_text_bigrams (const char *text);
char *tw_text_mask_name (const char *name);
char *tw_text_mask_phone (const char *phone);
char *tw_text_mask_email (const char *email);
char *tw_text_mask_id_number (const char *id_number);

G_END_DECLS
