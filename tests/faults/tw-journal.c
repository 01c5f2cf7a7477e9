// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-journal.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/tw-json.h"

struct _TwJournal
{
  int fd;
  gboolean stopped;
  guint n_wishes;
  GHashTable *asked; /* id -> JsonObject: the line with the command */
};

/* Remembers what a later start has to know. */
static void
remember (TwJournal *journal, JsonObject *line)
{
  const char *event = json_object_get_string_member (line, "event");

  if (strcmp (event, "wish") == 0)
    journal->n_wishes++;
  else if (json_object_has_member (line, "body"))
    g_hash_table_replace (journal->asked, g_strdup (json_object_get_string_member (line, "id")),
                          json_object_ref (line));
}

/**
 * tw_journal_open:
 * @path: a file that need not be there
 *
 * Returns: (transfer full): the journal, with what earlier starts have written
 */
TwJournal *
tw_journal_open (const char *path)
{
  TwJournal *journal = g_new0 (TwJournal, 1);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  journal->asked =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_object_unref);
  journal->fd = g_open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  g_assert_no_errno (journal->fd);
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return journal;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (JsonNode) node = *lines[i] != '\0' ? tw_json_parse (lines[i], -1, NULL) : NULL;

      if (node != NULL)
        remember (journal, json_node_get_object (node));
    }
  return journal;
}

guint
tw_journal_count_wishes (TwJournal *journal)
{
  return journal->n_wishes;
}

/**
 * tw_journal_find:
 * @journal: a journal
 * @id: of a command
 *
 * Returns: (transfer none) (nullable): the line that has the command
 */
JsonObject *
tw_journal_find (TwJournal *journal, const char *id)
{
  return g_hash_table_lookup (journal->asked, id);
}

/**
 * tw_journal_write:
 * @journal: a journal
 * @line: (transfer full): with a member "event"
 * @flush: whether it has to be on the disk when this returns
 */
void
tw_journal_write (TwJournal *journal, JsonObject *line, gboolean flush)
{
  g_autoptr (JsonObject) object = line;
  g_autofree char *text = tw_json_canonical_object (object);
  g_autofree char *whole = g_strconcat (text, "\n", NULL);
  gsize length = strlen (whole);

  if (journal->stopped)
    return;
  remember (journal, object);
  g_assert_cmpint (write (journal->fd, whole, length), ==, (gssize) length);
  if (flush)
    g_assert_no_errno (fdatasync (journal->fd));
}

/**
 * tw_journal_stop:
 * @journal: of a client that is dead, and only does not know it yet
 *
 * Nothing is written any more.
 */
void
tw_journal_stop (TwJournal *journal)
{
  journal->stopped = TRUE;
}

void
tw_journal_free (TwJournal *journal)
{
  close (journal->fd);
  g_hash_table_unref (journal->asked);
  g_free (journal);
}
