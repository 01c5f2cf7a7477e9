// SPDX-License-Identifier: GPL-3.0-or-later
/* A command and its result, as they travel. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *id;
  char *intent;
  char *kind;
  gint64 at_ms;
  JsonObject *body;
  char *signature; /* (nullable) */

  char *body_text; /* canonical */
} TwCommand;

TwCommand *tw_command_new (
  const char *id, const char *intent, const char *kind, gint64 at_ms, JsonObject *body);
TwCommand *tw_command_decode (JsonObject *object, GError **error);
JsonObject *tw_command_encode (TwCommand *command);
char *
tw_command_get_signing_text (TwCommand *command, const char *account_id, const char *device_id);
void tw_command_free (TwCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCommand, tw_command_free)

typedef enum
{
  TW_RESULT_DONE,
  TW_RESULT_REFUSED,
  TW_RESULT_STEP_UP,
  TW_RESULT_FAILED,
} TwResultState;

/* {"id", "state": "done|refused|step_up|failed", "code"?, "words"?, "remedy"?, "result"?: {...}} */
typedef struct
{
  char *id;
  TwResultState state;
  char *code;
  char *words;
  char *remedy;
  JsonObject *result; /* (nullable): what was made, or the facts of a refusal */
} TwResult;

TwResult *tw_result_new (const char *id, TwResultState state);
TwResult *tw_result_decode (JsonObject *object, GError **error);
JsonObject *tw_result_encode (TwResult *result);
void tw_result_free (TwResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwResult, tw_result_free)

G_END_DECLS
