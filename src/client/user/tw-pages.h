// SPDX-License-Identifier: GPL-3.0-or-later
/* The table of pages: a new page is one row here. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  GType (*get_type) (void);
  const char *place;  /* (nullable): the place of the side bar that it belongs to */
  gboolean signed_in; /* whether it is for those who are signed in, or only for the others */
} TwPageKind;

const TwPageKind *tw_page_kind_find (const char *name);

G_END_DECLS
