// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/feed/tw-feed-text.h"

void
tw_feed_append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    if (*p == '"' || *p == '\\' || *p < 0x20)
      g_string_append_printf (out, "\\u%04x", *p);
    else
      g_string_append_c (out, (char) *p);
  g_string_append_c (out, '"');
}

void
tw_feed_append_listed (GString *list, const char *text)
{
  if (list->len > 0)
    g_string_append_c (list, ',');
  tw_feed_append_quoted (list, text);
}
