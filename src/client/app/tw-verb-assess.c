// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-verb-assess.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-money.h"
#include "protocol/tw-assess-form.h"
#include "tax/tw-deadline.h"

#define EXIT_BAD_INPUT 2

/* What is written at once. */
#define MAX_WAITING 65536

typedef struct
{
  TwAssessForm form;
  TwAssessment assessment;
  GString *out;
  gboolean as_json;
  guint n_unread; /* what was no return at all */
} Desk;

static void
say_money (GString *out, const char *words, gint64 fen, const char *article)
{
  g_autofree char *amount = tw_money_format (fen);

  g_string_append_printf (out, _ ("%s: %s"), words, amount);
  if (article != NULL)
    g_string_append_printf (out, "  (%s)", article);
  g_string_append_c (out, '\n');
}

static void
say_problems (Desk *desk)
{
  g_string_append (desk->out, _ ("This can’t be worked out as it stands:"));
  g_string_append_c (desk->out, '\n');
  for (guint i = 0; i < desk->form.bad->len; i++)
    {
      g_string_append_printf (desk->out, _ ("“%s” is missing, unknown, or not what it may be."),
                              (const char *) g_ptr_array_index (desk->form.bad, i));
      g_string_append_c (desk->out, '\n');
    }
  for (guint bit = 1; desk->form.bad->len == 0 && bit <= TW_TAX_CHILD_MONTHS; bit <<= 1)
    if ((desk->assessment.problems & bit) != 0)
      g_string_append_printf (desk->out, "%s\n", tw_tax_problem_get_words (bit));
}

static void
say_settling (Desk *desk)
{
  g_autofree char *from = NULL, *until = NULL;
  int opens_day, due_day;

  if (desk->assessment.must_settle &&
      tw_deadline_find (TW_DEADLINE_COMPREHENSIVE, desk->form.income.year, &opens_day, &due_day))
    {
      from = tw_clock_format_day (opens_day);
      until = tw_clock_format_day (due_day);
      g_string_append_printf (desk->out, _ ("A return has to be handed in from %s to %s."), from,
                              until);
    }
  else
    g_string_append (desk->out, _ ("No return has to be handed in."));
  g_string_append_c (desk->out, '\n');
}

static void
say_words (Desk *desk, gboolean assessed)
{
  const TwAssessment *assessment = &desk->assessment;

  if (desk->out->len > 0)
    g_string_append_c (desk->out, '\n');
  if (!assessed)
    {
      say_problems (desk);
      return;
    }
  for (guint i = 0; i < assessment->why->len; i++)
    {
      const TwTaxLine *line = &g_array_index (assessment->why, TwTaxLine, i);

      if (line->rule != TW_RULE_SETTLING)
        say_money (desk->out, tw_tax_rule_get_words (line->rule), line->amount_fen, line->article);
    }
  for (guint bit = 1; bit <= TW_TAX_CHARITY_OVER_LIMIT; bit <<= 1)
    if ((assessment->notes & bit) != 0)
      g_string_append_printf (desk->out, "%s\n", tw_tax_note_get_words (bit));
  if (desk->form.kind == TW_ASSESS_COMPREHENSIVE)
    say_settling (desk);
}

static void
flush (Desk *desk)
{
  fwrite (desk->out->str, 1, desk->out->len, stdout);
  g_string_set_size (desk->out, 0);
}

static void
answer (Desk *desk)
{
  gboolean assessed = tw_assess_form_assess (&desk->form, &desk->assessment);

  if (desk->as_json)
    {
      tw_assess_form_write (&desk->form, &desk->assessment, desk->out);
      g_string_append_c (desk->out, '\n');
    }
  else
    say_words (desk, assessed);
  if (desk->out->len >= MAX_WAITING)
    flush (desk);
}

static gboolean
is_blank (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i]))
      return FALSE;
  return TRUE;
}

/* Each line of input has its line of output. */
static void
take_line (Desk *desk, const char *line, gsize length, guint number)
{
  g_autoptr (GError) error = NULL;

  if (is_blank (line, length))
    return;
  if (!tw_assess_form_read (&desk->form, line, length, &error))
    {
      g_printerr (_ ("Line %u is not JSON that can be read: %s"), number, error->message);
      g_printerr ("\n");
      g_ptr_array_add (desk->form.bad, g_strdup ("json"));
      desk->n_unread++;
    }
  answer (desk);
}

static void
take_lines (Desk *desk, const char *text, gsize length, guint number)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *next = memchr (text, '\n', (gsize) (end - text));
      const char *stop = next != NULL ? next : end;

      take_line (desk, text, (gsize) (stop - text), number++);
      text = stop + 1;
    }
}

/* One object over many lines, unless the whole is none. */
static void
take_rest (Desk *desk, const char *first, gsize length, FILE *file)
{
  g_autoptr (GString) all = g_string_new_len (first, (gssize) length);
  char part[8192];
  gsize n;

  while ((n = fread (part, 1, sizeof part, file)) > 0)
    g_string_append_len (all, part, (gssize) n);
  if (tw_assess_form_read (&desk->form, all->str, all->len, NULL))
    answer (desk);
  else
    take_lines (desk, all->str, all->len, 1);
}

static void
take_file (Desk *desk, FILE *file)
{
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  guint number = 0;

  while ((length = getline (&line, &room, file)) >= 0)
    {
      gboolean first = number++ == 0;

      if (first && !is_blank (line, (gsize) length) &&
          !tw_assess_form_read (&desk->form, line, (gsize) length, NULL))
        {
          take_rest (desk, line, (gsize) length, file);
          break;
        }
      take_line (desk, line, (gsize) length, number);
    }
  free (line);
}

static int
serve (const char *path, gboolean as_json)
{
  FILE *file = strcmp (path, "-") == 0 ? stdin : fopen (path, "re");
  Desk desk = { .as_json = as_json };
  gboolean whole;

  if (file == NULL)
    {
      g_printerr ("tax-wallet assess: %s: %s\n", path, g_strerror (errno));
      return EXIT_BAD_INPUT;
    }
  tw_assess_form_init (&desk.form);
  tw_assessment_init (&desk.assessment);
  desk.out = g_string_new (NULL);
  take_file (&desk, file);
  whole = !ferror (file);
  if (!whole)
    g_printerr ("tax-wallet assess: %s: %s\n", path, g_strerror (errno));
  flush (&desk);
  if (fflush (stdout) != 0 || ferror (stdout))
    {
      g_printerr ("tax-wallet assess: %s\n", g_strerror (errno));
      whole = FALSE;
    }
  if (file != stdin)
    fclose (file);
  g_string_free (desk.out, TRUE);
  tw_assessment_clear (&desk.assessment);
  tw_assess_form_clear (&desk.form);
  return whole && desk.n_unread == 0 ? EXIT_SUCCESS : EXIT_BAD_INPUT;
}

/**
 * tw_verb_assess:
 * @argc: how many words
 * @argv: "assess" and what follows it
 *
 * Works out each return of a file, one JSON object or one a line, and writes what comes of it: for
 * people, or with --json as data/tax/assess-out.schema.json says.
 *
 * Returns: the program's exit status: 2 when something could not be read
 */
int
tw_verb_assess (int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Answer in JSON, one line a return"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("FILE"));
  g_autoptr (GError) error = NULL;

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context,
                                _ ("Works out the tax of returns written in JSON. “-” reads "
                                   "them from standard input."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("tax-wallet assess: %s\n", error->message);
      return EXIT_BAD_INPUT;
    }
  if (argc != 2)
    {
      g_printerr ("tax-wallet assess: %s\n", _ ("say one file; see tax-wallet assess --help"));
      return EXIT_BAD_INPUT;
    }
  return serve (argv[1], as_json);
}
