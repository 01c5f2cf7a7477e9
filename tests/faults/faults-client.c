// SPDX-License-Identifier: GPL-3.0-or-later
/* faults-client FOLDER SERVICE JOURNAL SEED PERSON COPY: wishes for one thing after the other while
 * it is told to, and does not mind being killed at any instant. Ends with its input. SERVICE: a
 * folder of sockets, or an address whose certificate TW_FAULTS_TRUST names. COPY: several computers
 * of the same person have keys of their own. */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "tw-faults-client.h"
#include "tw-wish.h"
#include "vault/tw-vault.h"

/* Somebody who sees that nothing happens does not go on asking. */
#define MAX_UNSETTLED 20

static void
wish_next (TwFaultsClient *self, TwWish *wish, guint n)
{
  JsonObject *line = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing = NULL;

  json_object_set_string_member (line, "event", "wish");
  json_object_set_int_member (line, "wish", n);
  json_object_set_string_member (line, "kind", wish->kind);
  json_object_set_boolean_member (line, "possible", wish->body != NULL);
  tw_journal_write (self->journal, line, TRUE);
  if (wish->body == NULL)
    return;
  self->wish = (int) n;
  outgoing = tw_client_submit (TW_CLIENT (self->engine), wish->kind, NULL, wish->body, &error);
  self->wish = -1;
  g_assert_no_error (error);
}

static gboolean
on_time (gpointer data)
{
  TwFaultsClient *self = data;
  guint n = tw_journal_count_wishes (self->journal);
  TwClient *client = TW_CLIENT (self->engine);
  g_autoptr (TwWish) wish =
    tw_wish_new (client, self->seed, self->person, n, (const char *const *) self->payees);
  guint unsent;

  g_object_get (tw_client_get_status (client), "unsent", &unsent, NULL);
  if (unsent < MAX_UNSETTLED)
    wish_next (self, wish, n);
  self->timer = g_timeout_add (wish->pause_ms, on_time, self);
  return G_SOURCE_REMOVE;
}

void
tw_faults_go (TwFaultsClient *self, const char *const *payees)
{
  g_strfreev (self->payees);
  self->payees = g_strdupv ((char **) payees);
  tw_faults_stop (self);
  self->timer = g_timeout_add (1, on_time, self);
}

void
tw_faults_stop (TwFaultsClient *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TwFaultsClient *self = user_data;
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  tw_faults_answer (self, line);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TwFaultsClient *self = user_data;
  g_autoptr (GInputStream) bytes = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (bytes);
  g_autoptr (GError) error = NULL;

  tw_engine_open_finish (self->engine, result, &error);
  g_assert_no_error (error);
  self->started = TRUE;
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static void
on_message (TwEngine *engine, const char *text, gpointer data)
{
  g_printerr ("message: %s\n", text);
}

static GBytes *
make_secret (TwFaultsClient *self, const char *copy)
{
  guint8 secret[TW_ENGINE_SECRET_BYTES];

  for (guint half = 0; half < 2; half++)
    {
      g_autofree char *text =
        g_strdup_printf ("faults %u %u %s %u", self->seed, self->person, copy, half);

      tw_hash (text, strlen (text), secret + half * TW_HASH_BYTES);
    }
  return g_bytes_new (secret, sizeof secret);
}

int
main (int argc, char **argv)
{
  TwFaultsClient self = { .wish = -1 };
  g_autoptr (TwTransport) transport = NULL;
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (GError) error = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (argc != 7)
    g_error ("faults-client FOLDER SOCKETS JOURNAL SEED PERSON COPY");
  tw_vault_init (&error);
  g_assert_no_error (error);
  self.seed = (guint) g_ascii_strtoull (argv[4], NULL, 10);
  self.person = (guint) g_ascii_strtoull (argv[5], NULL, 10);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.journal = tw_journal_open (argv[3]);
  secret = make_secret (&self, argv[6]);
  transport = tw_transport_new (argv[2], g_getenv ("TW_FAULTS_TRUST"), &error);
  g_assert_no_error (error);
  self.engine = tw_engine_new (argv[1], transport, secret, FALSE, TRUE);
  g_signal_connect (self.engine, "message", G_CALLBACK (on_message), NULL);
  tw_faults_watch (&self);
  tw_engine_open_async (self.engine, NULL, on_open, &self);
  g_main_loop_run (self.loop);
  tw_faults_stop (&self);
  tw_engine_close (self.engine);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self.engine);
  tw_journal_free (self.journal);
  g_hash_table_unref (self.shown);
  g_strfreev (self.payees);
  g_main_loop_unref (self.loop);
  return 0;
}
