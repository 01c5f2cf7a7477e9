// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/feed/tw-feed-text.h"

#include "protocol/tw-json.h"

void
tw_feed_append_listed (GString *list, const char *text)
{
  if (list->len > 0)
    g_string_append_c (list, ',');
  tw_json_append_string (list, text);
}
