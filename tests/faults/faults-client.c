// SPDX-License-Identifier: GPL-3.0-or-later
/* faults-client FOLDER SERVICE JOURNAL SEED PERSON COPY: wishes for one thing after the other while
 * it is told to, and does not mind being killed at any instant. Ends with its input. SERVICE: a
 * folder of sockets, or an address whose certificate TW_FAULTS_TRUST names. TW_FAULTS_PHONES: the
 * counterpart's socket, for what comes by telephone. COPY: several computers
 * of the same person have keys of their own. */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "protocol/tw-json.h"
#include "tw-faults-client.h"
#include "vault/tw-vault.h"

#define PHONE_S 2

typedef struct
{
  TwFaultsClient *client;
  GMainLoop *loop;
} Program;

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (program->loop);
      return;
    }
  tw_faults_answer (program->client, line);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, program);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;
  g_autoptr (GInputStream) bytes = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (bytes);
  g_autoptr (GError) error = NULL;

  tw_engine_open_finish (TW_ENGINE (source), result, &error);
  g_assert_no_error (error);
  program->client->started = TRUE;
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, program);
}

/* From the counterpart, which may be down: then the phone shows nothing. */
static JsonObject *
read_phone (const char *number)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (g_getenv ("TW_FAULTS_PHONES"));
  g_autoptr (SoupSession) session =
    soup_session_new_with_options ("remote-connectable", address, "timeout", PHONE_S, NULL);
  g_autofree char *uri = g_strconcat ("http://counterpart/phones/", number, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);
  g_autoptr (GBytes) body = soup_session_send_and_read (session, message, NULL, NULL);
  g_autoptr (JsonNode) node = NULL;

  if (body == NULL || soup_message_get_status (message) != SOUP_STATUS_OK)
    return NULL;
  node = tw_json_parse (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), NULL);
  return node != NULL ? json_node_dup_object (node) : NULL;
}

static void
on_message (TwEngine *engine, const char *text, gpointer data)
{
  g_printerr ("message: %s\n", text);
}

int
main (int argc, char **argv)
{
  Program program = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (TwTransport) transport = NULL;
  g_autoptr (GError) error = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (argc != 7)
    g_error ("faults-client FOLDER SOCKETS JOURNAL SEED PERSON COPY");
  if (g_getenv ("TW_FAULTS_PHONES") != NULL)
    tw_faults_phone = read_phone;
  tw_vault_init (&error);
  g_assert_no_error (error);
  transport = tw_transport_new (argv[2], g_getenv ("TW_FAULTS_TRUST"), &error);
  g_assert_no_error (error);
  program.client =
    tw_faults_client_new (argv[1], transport, argv[3], (guint) g_ascii_strtoull (argv[4], NULL, 10),
                          (guint) g_ascii_strtoull (argv[5], NULL, 10), argv[6], FALSE);
  g_signal_connect (program.client->engine, "message", G_CALLBACK (on_message), NULL);
  tw_engine_open_async (program.client->engine, NULL, on_open, &program);
  g_main_loop_run (program.loop);
  tw_faults_client_free (program.client);
  g_main_loop_unref (program.loop);
  return 0;
}
