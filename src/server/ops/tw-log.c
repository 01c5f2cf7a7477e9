// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/ops/tw-log.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "base/tw-clock.h"
#include "protocol/tw-json.h"

static const char *
name_level (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "CRITICAL";
  if (level & G_LOG_LEVEL_WARNING)
    return "WARNING";
  if (level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO))
    return "INFO";
  return "DEBUG";
}

/* One write() a line, so that lines of several threads don't mix. */
static void
write_line (const char *level, const char *words)
{
  g_autoptr (JsonObject) line = json_object_new ();
  g_autofree char *now = tw_clock_format_ms (tw_clock_now_ms ());
  g_autofree char *said = g_strchomp (g_strdup (words));
  g_autofree char *text = NULL, *whole = NULL;
  gssize written;

  json_object_set_string_member (line, "at", now);
  json_object_set_string_member (line, "level", level);
  json_object_set_int_member (line, "process", getpid ());
  json_object_set_string_member (line, "words", said);
  text = tw_json_canonical_object (line);
  whole = g_strconcat (text, "\n", NULL);
  written = write (STDERR_FILENO, whole, strlen (whole));
  (void) written; /* there is nobody else to tell */
}

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  const char *domain = NULL;

  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
      domain = fields[i].value;
  if (g_log_writer_default_would_drop (level, domain))
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      write_line (name_level (level), fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
on_printerr (const char *text)
{
  write_line ("INFO", text);
}

/**
 * tw_log_use_json:
 *
 * Once, before there is anything to say: whatever this process says on standard error is a line of
 * JSON from then on, with `at`, `level`, `process` and `words`.
 */
void
tw_log_use_json (void)
{
  g_log_set_writer_func (on_log, NULL, NULL);
  g_set_printerr_handler (on_printerr);
}
