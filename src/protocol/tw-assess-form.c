// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tw-assess-form-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/tw-error.h"
#include "protocol/tw-json-tokens.h"

/**
 * tw_assess_form_init:
 * @form: (out): an empty one; end it with tw_assess_form_clear()
 */
void
tw_assess_form_init (TwAssessForm *form)
{
  memset (form, 0, sizeof *form);
  form->bad = g_ptr_array_new_with_free_func (g_free);
  form->children = g_array_new (FALSE, TRUE, sizeof (TwTaxChild));
  form->medical = g_array_new (FALSE, FALSE, sizeof (gint64));
  form->labels = g_ptr_array_new_with_free_func (g_free);
}

/**
 * tw_assess_form_clear:
 * @form: a form
 */
void
tw_assess_form_clear (TwAssessForm *form)
{
  g_clear_pointer (&form->bad, g_ptr_array_unref);
  g_clear_pointer (&form->children, g_array_unref);
  g_clear_pointer (&form->medical, g_array_unref);
  g_clear_pointer (&form->labels, g_ptr_array_unref);
}

static void
restart (TwAssessForm *form)
{
  TwAssessForm before = *form;

  memset (form, 0, sizeof *form);
  form->bad = before.bad;
  form->children = before.children;
  form->medical = before.medical;
  form->labels = before.labels;
  g_ptr_array_set_size (form->bad, 0);
  g_array_set_size (form->children, 0);
  g_array_set_size (form->medical, 0);
  g_ptr_array_set_size (form->labels, 0);
  form->deductions.loan_share_percent = 100;
}

static void
add_bad (TwAssessForm *form, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (form->bad, name, g_str_equal, NULL))
    g_ptr_array_add (form->bad, g_strdup (name));
}

static gboolean
read_long (const TwJsonTokens *json, guint at, gint64 least, gint64 most, gint64 *value)
{
  if (tw_json_tokens_get (json, at)->type != TW_JSON_INTEGER)
    return FALSE;
  *value = tw_json_tokens_get_integer (json, at);
  return *value >= least && *value <= most;
}

static gboolean
read_int (const TwJsonTokens *json, guint at, gint64 least, gint64 most, int *value)
{
  gint64 number = 0;
  gboolean taken = read_long (json, at, least, most, &number);

  if (taken)
    *value = (int) number;
  return taken;
}

static gboolean
read_flag (const TwJsonTokens *json, guint at, gboolean *value)
{
  TwJsonType type = tw_json_tokens_get (json, at)->type;

  *value = type == TW_JSON_TRUE;
  return type == TW_JSON_TRUE || type == TW_JSON_FALSE;
}

/* One of two words; @value is set to which. */
static gboolean
read_choice (
  const TwJsonTokens *json, guint at, const char *first, const char *second, guint *value)
{
  *value = tw_json_tokens_is (json, at, second);
  return *value || tw_json_tokens_is (json, at, first);
}

static gboolean
read_share (const TwJsonTokens *json, guint at, int *value)
{
  return read_int (json, at, 50, 100, value) && (*value == 50 || *value == 100);
}

static gboolean
read_label (TwAssessForm *form, const TwJsonTokens *json, guint at, const char **label)
{
  if (tw_json_tokens_get (json, at)->type != TW_JSON_STRING)
    return FALSE;
  g_ptr_array_add (form->labels, tw_json_tokens_dup_string (json, at));
  *label = g_ptr_array_index (form->labels, form->labels->len - 1);
  return TRUE;
}

static void read_object (
  TwAssessForm *form, const TwJsonTokens *json, guint at, const Field *fields, gpointer base);

static gboolean
read_children (TwAssessForm *form, const TwJsonTokens *json, guint at)
{
  const TwJsonToken *list = tw_json_tokens_get (json, at);

  if (list->type != TW_JSON_ARRAY)
    return FALSE;
  for (guint i = at + 1; i < list->after; i = tw_json_tokens_get (json, i)->after)
    {
      TwTaxChild one = { .label = "", .share_percent = 100 };

      if (form->children->len == TW_ASSESS_MAX_CHILDREN ||
          tw_json_tokens_get (json, i)->type != TW_JSON_OBJECT)
        return FALSE;
      read_object (form, json, i, tw_assess_child, &one);
      for (guint j = 0; j < form->children->len; j++)
        {
          const TwTaxChild *other = &g_array_index (form->children, TwTaxChild, j);

          if (other->stage == one.stage && strcmp (other->label, one.label) == 0)
            return FALSE;
        }
      g_array_append_val (form->children, one);
    }
  return TRUE;
}

static gboolean
read_medical (TwAssessForm *form, const TwJsonTokens *json, guint at)
{
  const TwJsonToken *list = tw_json_tokens_get (json, at);

  if (list->type != TW_JSON_ARRAY)
    return FALSE;
  for (guint i = at + 1; i < list->after; i = tw_json_tokens_get (json, i)->after)
    {
      gint64 fen;

      if (form->medical->len == TW_ASSESS_MAX_MEDICAL ||
          !read_long (json, i, 0, TW_TAX_MAX_FEN, &fen))
        return FALSE;
      g_array_append_val (form->medical, fen);
    }
  return TRUE;
}

static gboolean
read_value (
  TwAssessForm *form, const TwJsonTokens *json, guint at, const Field *field, gpointer base)
{
  gpointer target = (guint8 *) base + field->offset;

  switch (field->type)
    {
    case FIELD_FEN:
    case FIELD_LONG:
      return read_long (json, at, field->least, field->most, target);
    case FIELD_INT:
      return read_int (json, at, field->least, field->most, target);
    case FIELD_SHARE:
      return read_share (json, at, target);
    case FIELD_FLAG:
      return read_flag (json, at, target);
    case FIELD_OBJECT:
      if (tw_json_tokens_get (json, at)->type != TW_JSON_OBJECT)
        return FALSE;
      read_object (form, json, at, field->inner, base);
      return TRUE;
    case FIELD_MODE:
      return read_choice (json, at, "separate", "merged", target);
    case FIELD_STAGE:
      return read_choice (json, at, "under3", "education", target);
    case FIELD_LABEL:
      return read_label (form, json, at, target);
    case FIELD_CHILDREN:
      return read_children (form, json, at);
    case FIELD_MEDICAL:
      return read_medical (form, json, at);
    case FIELD_KIND:
    default:
      return TRUE;
    }
}

static const Field *
find_field (const Field *fields, const TwJsonTokens *json, guint at)
{
  for (; fields->name != NULL; fields++)
    if (tw_json_tokens_is (json, at, fields->name))
      return fields;
  return NULL;
}

/* Each member into its place below @base; names what can't be taken. */
static void
read_object (
  TwAssessForm *form, const TwJsonTokens *json, guint at, const Field *fields, gpointer base)
{
  guint end = tw_json_tokens_get (json, at)->after;
  guint64 seen = 0;

  for (guint name = at + 1; name < end; name = tw_json_tokens_get (json, name + 1)->after)
    {
      const Field *field = find_field (fields, json, name);

      if (field == NULL)
        {
          g_autofree char *unknown = tw_json_tokens_dup_string (json, name);

          add_bad (form, unknown);
          continue;
        }
      seen |= G_GUINT64_CONSTANT (1) << (field - fields);
      if (!read_value (form, json, name + 1, field, base))
        add_bad (form, field->name);
    }
  for (const Field *field = fields; field->name != NULL; field++)
    if (field->needed && (seen & (G_GUINT64_CONSTANT (1) << (field - fields))) == 0)
      add_bad (form, field->name);
}

/* Numbers that are not integers become strings, which no field of ours is that wants a number: so
 * each is found wrong where it stands. Answers whether there was one. */
static gboolean
quote_fractions (JsonNode *node)
{
  gboolean found = FALSE;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) values = json_object_get_values (json_node_get_object (node));

      for (GList *l = values; l != NULL; l = l->next)
        found |= quote_fractions (l->data);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      g_autoptr (GList) values = json_array_get_elements (json_node_get_array (node));

      for (GList *l = values; l != NULL; l = l->next)
        found |= quote_fractions (l->data);
    }
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    {
      json_node_set_string (node, "a fraction");
      found = TRUE;
    }
  return found;
}

/* (transfer full) (nullable): the same without fractions, if it was only those that were wrong. */
static char *
without_fractions (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && quote_fractions (root) ? json_to_string (root, FALSE) : NULL;
}

/**
 * tw_assess_form_read:
 * @form: a form; what it held is forgotten
 * @text: one JSON object
 * @length: of @text, in bytes
 * @error: %TW_ERROR_INVALID: it is no JSON object of ours at all
 *
 * Reads facts. What can't be taken is in @form->bad, by name: an unknown field, a wrong type, a
 * number out of its range, a field that is needed and missing.
 *
 * Returns: whether it is an object
 */
gboolean
tw_assess_form_read (TwAssessForm *form, const char *text, gsize length, GError **error)
{
  g_auto (TwJsonTokens) json = { 0 };
  g_autofree char *quoted = NULL;
  guint at, i;

  restart (form);
  if (!tw_json_scan (&json, text, length, error))
    {
      quoted = without_fractions (text, length);
      if (quoted == NULL)
        return FALSE;
      g_clear_error (error);
      tw_json_tokens_clear (&json);
      if (!tw_json_scan (&json, quoted, strlen (quoted), error))
        return FALSE;
    }
  if (tw_json_tokens_get (&json, 0)->type != TW_JSON_OBJECT)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID, "A return is one JSON object");
      return FALSE;
    }
  at = tw_json_tokens_find (&json, 0, "kind");
  for (i = 0; at != 0 && i < tw_assess_kinds_count; i++)
    if (tw_json_tokens_is (&json, at, tw_assess_kinds[i].name))
      break;
  if (at == 0 || i == tw_assess_kinds_count)
    {
      add_bad (form, "kind");
      return TRUE;
    }
  form->kind = (TwAssessKind) i;
  read_object (form, &json, 0, tw_assess_kinds[i].fields, form);
  form->deductions.children = (const TwTaxChild *) (gpointer) form->children->data;
  form->deductions.n_children = form->children->len;
  form->deductions.medical_fen = (const gint64 *) (gpointer) form->medical->data;
  form->deductions.n_medical = form->medical->len;
  form->income.year = form->business.year = form->year;
  form->income.prepaid_fen = form->business.prepaid_fen = form->prepaid_fen;
  form->income.deductions = form->business.deductions = form->deductions;
  return TRUE;
}

/**
 * tw_assess_form_assess:
 * @form: what tw_assess_form_read() has read
 * @assessment: what comes of it; empty if a field is bad
 *
 * Returns: whether it was assessed; otherwise @form->bad or @assessment->problems say why not
 */
gboolean
tw_assess_form_assess (TwAssessForm *form, TwAssessment *assessment)
{
  if (form->bad->len > 0)
    return FALSE;
  switch (form->kind)
    {
    case TW_ASSESS_BUSINESS:
      tw_assess_business (&form->business, assessment);
      break;
    case TW_ASSESS_LATE_FEE:
      if (!tw_assess_late_fee (form->tax_fen, form->days, assessment))
        add_bad (form, "days");
      break;
    case TW_ASSESS_COMPREHENSIVE:
    default:
      tw_assess_comprehensive (&form->income, assessment);
    }
  return form->bad->len == 0 && assessment->problems == 0;
}
