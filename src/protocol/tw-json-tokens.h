// SPDX-License-Identifier: GPL-3.0-or-later
/* The text of one JSON value, checked and taken apart in one walk, without a tree: what comes by
 * the thousands (the feed) is read from here. Everything else goes on with tw_json_parse(). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_JSON_OBJECT,
  TW_JSON_ARRAY,
  TW_JSON_STRING,
  TW_JSON_INTEGER,
  TW_JSON_TRUE,
  TW_JSON_FALSE,
  TW_JSON_NULL,
} TwJsonType;

/* A value or a member's name. What is in an object or a list follows it at once: names and values
 * in turn, or values. */
typedef struct
{
  TwJsonType type;
  gboolean escaped; /* a string with a backslash in it */
  guint32 start;    /* its first byte; of a string, the one after the quote */
  guint32 length;   /* in bytes; of a string, without the quotes */
  guint32 after;    /* the token behind it and all that is in it */
} TwJsonToken;

/**
 * TwJsonTokens:
 * @text: what was taken apart; not ours, and to be kept as long
 * @tokens: (element-type TwJsonToken): the first is the whole value
 */
typedef struct
{
  const char *text;
  GArray *tokens;
} TwJsonTokens;

gboolean tw_json_scan (TwJsonTokens *json, const char *text, gsize length, GError **error);
void tw_json_tokens_clear (TwJsonTokens *json);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwJsonTokens, tw_json_tokens_clear)

const TwJsonToken *tw_json_tokens_get (const TwJsonTokens *json, guint at);
gboolean tw_json_tokens_is (const TwJsonTokens *json, guint at, const char *text);
guint tw_json_tokens_find (const TwJsonTokens *json, guint object, const char *name);
char *tw_json_tokens_dup_string (const TwJsonTokens *json, guint at);
gint64 tw_json_tokens_get_integer (const TwJsonTokens *json, guint at);

/* Members of an object, checked. Each sets TW_ERROR_INVALID naming the member. */
char *tw_json_tokens_dup_member (const TwJsonTokens *json,
                                 guint object,
                                 const char *name,
                                 GError **error);

G_END_DECLS
