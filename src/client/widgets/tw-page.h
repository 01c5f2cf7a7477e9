// SPDX-License-Identifier: GPL-3.0-or-later
/* What every page of a window is: it has a title, shows one thing at a time, and can be asked for
 * what the window's keys do. */
#pragma once

#include <adwaita.h>

#include "client/sync/tw-client.h"

G_BEGIN_DECLS

typedef enum
{
  TW_DOCUMENT_PRINT,
  TW_DOCUMENT_PDF,
  TW_DOCUMENT_CSV,
} TwDocument;

#define TW_TYPE_PAGE (tw_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (TwPage, tw_page, TW, PAGE, AdwBin)

struct _TwPageClass
{
  AdwBinClass parent_class;

  /* The page is in front now and shows @arg, "" where it shows always the same. */
  void (*show) (TwPage *self, const char *arg);
  /* Ctrl-F */
  void (*find) (TwPage *self);
  /* Ctrl-P and the document menu; only for what tw_page_set_documents() has named. */
  void (*document) (TwPage *self, TwDocument document);
  /* Escape: whether the page had something to close itself. */
  gboolean (*escape) (TwPage *self);
};

TwClient *tw_page_get_client (TwPage *self);
void tw_page_set_title (TwPage *self, const char *title, const char *subtitle);
void tw_page_set_about (TwPage *self, const char *type, const char *id, const char *text);
const char *tw_page_get_about (TwPage *self, const char **id, const char **text);
void tw_page_set_documents (TwPage *self, gboolean documents, gboolean csv);

void tw_page_show (TwPage *self, const char *arg);
void tw_page_find (TwPage *self);
void tw_page_document (TwPage *self, TwDocument document);
gboolean tw_page_escape (TwPage *self);
void tw_page_go (gpointer widget, const char *page, const char *arg);
void tw_page_say (gpointer widget, const char *words);

G_END_DECLS
