// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/command/tw-metrics.h"

/**
 * tw_metric_begin:
 * @out: the text
 * @name: of what is counted
 * @kind: `counter` or `gauge`
 * @help: a sentence
 *
 * Says what the values that follow are.
 */
void
tw_metric_begin (GString *out, const char *name, const char *kind, const char *help)
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

/**
 * tw_metric_value:
 * @out: the text
 * @name: as it was begun
 * @labels: (nullable): what tells this value from others, as `rail="bank"`
 * @value: the value
 */
void
tw_metric_value (GString *out, const char *name, const char *labels, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (number, sizeof number, value);
  if (labels != NULL)
    g_string_append_printf (out, "%s{%s} %s\n", name, labels, number);
  else
    g_string_append_printf (out, "%s %s\n", name, number);
}

/**
 * tw_metric_add:
 *
 * tw_metric_begin() and its one value.
 */
void
tw_metric_add (GString *out, const char *name, const char *kind, const char *help, double value)
{
  tw_metric_begin (out, name, kind, help);
  tw_metric_value (out, name, NULL, value);
}
