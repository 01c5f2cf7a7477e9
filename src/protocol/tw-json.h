// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON as this program takes it: UTF-8, no duplicate key, no deep nesting, no numbers but integers;
 * and one canonical text for each value, so that a hash or a signature over it means something. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define TW_JSON_MAX_DEPTH 16

JsonNode *tw_json_parse (const char *text, gssize length, GError **error);
void tw_json_append_string (GString *out, const char *text);
char *tw_json_canonical (JsonNode *node);
char *tw_json_canonical_object (JsonObject *object);

/* Members of a body, checked. Each sets TW_ERROR_INVALID naming the member. */
const char *tw_json_get_string (JsonObject *object, const char *name, GError **error);
const char *tw_json_get_id (JsonObject *object, const char *name, GError **error);
const char *tw_json_get_text (
  JsonObject *object, const char *name, gsize max_chars, gboolean multiline, GError **error);
gboolean tw_json_get_int (
  JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *value, GError **error);
/* What may be missing: then @value is %NULL or %FALSE. */
gboolean
tw_json_get_optional_id (JsonObject *object, const char *name, const char **value, GError **error);
gboolean tw_json_get_optional_text (
  JsonObject *object, const char *name, gsize max_chars, const char **value, GError **error);
gboolean tw_json_get_optional_boolean (JsonObject *object,
                                       const char *name,
                                       gboolean *value,
                                       GError **error);
gboolean tw_json_check_members (JsonObject *object, const char *const *allowed, GError **error);

GVariant *tw_json_to_variant (JsonObject *object);
JsonObject *tw_json_from_variant (GVariant *dict);

G_END_DECLS
