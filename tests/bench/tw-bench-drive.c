// SPDX-License-Identifier: GPL-3.0-or-later
/* Sends ready-made requests over UNIX sockets from one thread, so that the load costs little of
 * what is measured. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tw-bench.h"

#define TIMEOUT_MS 120000

typedef struct
{
  int fd;
  GPtrArray *requests;
  guint next;
  gint64 sent_us;
  GString *answer;
} Connection;

static int
connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("%s: %s", path, g_strerror (errno));
  return fd;
}

static void
send_request (Connection *connection)
{
  GBytes *request = g_ptr_array_index (connection->requests, connection->next++);
  gsize length;
  const char *bytes = g_bytes_get_data (request, &length);

  connection->sent_us = g_get_monotonic_time ();
  while (length > 0)
    {
      gssize n = send (connection->fd, bytes, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        g_error ("send: %s", g_strerror (errno));
      bytes += n;
      length -= (gsize) n;
    }
}

/* Where the body starts, when the answer is complete; NULL before. */
static const char *
find_body (const GString *answer)
{
  const char *end = strstr (answer->str, "\r\n\r\n");
  const char *length = end != NULL ? strcasestr (answer->str, "\r\nContent-Length:") : NULL;

  if (end == NULL)
    return NULL;
  if (length == NULL || length > end)
    g_error ("An answer without a length: %.400s", answer->str);
  end += 4;
  return answer->len >= (gsize) (end - answer->str) + strtoull (length + 17, NULL, 10) ? end : NULL;
}

static guint
count_done (const char *body)
{
  guint n = 0;

  while ((body = strstr (body, "\"state\":\"done\"")) != NULL)
    {
      body++;
      n++;
    }
  return n;
}

/* Answers whether there is a whole answer now. */
static gboolean
receive (Connection *connection)
{
  char buffer[65536];
  gssize n = recv (connection->fd, buffer, sizeof buffer, 0);

  if (n < 0 && errno == EINTR)
    return FALSE;
  if (n <= 0)
    g_error ("recv: %s", n < 0 ? g_strerror (errno) : "closed");
  g_string_append_len (connection->answer, buffer, n);
  if (find_body (connection->answer) == NULL)
    return FALSE;
  if (!g_str_has_prefix (connection->answer->str, "HTTP/1.1 200"))
    g_error ("%.800s", connection->answer->str);
  return TRUE;
}

static gboolean
take_answer (Connection *connection, TwBenchRun *run)
{
  gint64 took_us;

  if (!receive (connection))
    return FALSE;
  took_us = g_get_monotonic_time () - connection->sent_us;
  g_array_append_val (run->latency_us, took_us);
  run->n_done += count_done (find_body (connection->answer));
  g_string_truncate (connection->answer, 0);
  if (connection->next == connection->requests->len)
    return TRUE;
  send_request (connection);
  return FALSE;
}

/**
 * tw_bench_drive:
 * @socket: where to
 * @requests: for each connection, its requests
 * @n_connections: how many
 *
 * Returns: (transfer full): what came of it; every answer was 200
 */
TwBenchRun *
tw_bench_drive (const char *socket_path, GPtrArray **requests, guint n_connections)
{
  const char *const sockets[] = { socket_path, NULL };

  return tw_bench_drive_several (sockets, requests, n_connections);
}

TwBenchRun *
tw_bench_drive_several (const char *const *sockets, GPtrArray **requests, guint n_connections)
{
  guint n_sockets = g_strv_length ((char **) sockets);
  TwBenchRun *run = g_new0 (TwBenchRun, 1);
  g_autofree Connection *connections = g_new0 (Connection, n_connections);
  g_autofree struct pollfd *polls = g_new0 (struct pollfd, n_connections);
  guint n_open = n_connections;
  gint64 start_us;

  run->latency_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < n_connections; i++)
    {
      connections[i].fd = connect_to (sockets[i % n_sockets]);
      connections[i].requests = requests[i];
      connections[i].answer = g_string_new (NULL);
      polls[i] = (struct pollfd){ connections[i].fd, POLLIN, 0 };
    }
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < n_connections; i++)
    send_request (&connections[i]);
  while (n_open > 0)
    {
      if (poll (polls, n_connections, TIMEOUT_MS) <= 0)
        g_error ("No answer came");
      for (guint i = 0; i < n_connections; i++)
        if (polls[i].revents != 0 && take_answer (&connections[i], run))
          {
            polls[i].fd = -1;
            n_open--;
          }
    }
  run->wall_s = (double) (g_get_monotonic_time () - start_us) / 1e6;
  for (guint i = 0; i < n_connections; i++)
    {
      close (connections[i].fd);
      g_string_free (connections[i].answer, TRUE);
    }
  return run;
}

void
tw_bench_run_free (TwBenchRun *run)
{
  g_array_unref (run->latency_us);
  g_free (run);
}

/* One request on a connection of its own: the body of its answer. */
char *
tw_bench_fetch (const char *socket_path, GBytes *request)
{
  g_autoptr (GPtrArray) requests = g_ptr_array_new ();
  Connection connection = { .fd = connect_to (socket_path),
                            .requests = requests,
                            .answer = g_string_new (NULL) };
  char *body;

  g_ptr_array_add (requests, request);
  send_request (&connection);
  while (!receive (&connection))
    ;
  body = g_strdup (find_body (connection.answer));
  close (connection.fd);
  g_string_free (connection.answer, TRUE);
  return body;
}

static int
compare_int64 (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

gint64
tw_bench_percentile (GArray *values, double p)
{
  guint n = (guint) (p * (values->len - 1) + 0.5);

  g_assert (values->len > 0);
  g_array_sort (values, compare_int64);
  return g_array_index (values, gint64, n);
}
