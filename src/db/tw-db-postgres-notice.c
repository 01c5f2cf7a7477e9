// SPDX-License-Identifier: GPL-3.0-or-later
/* What other connections say with NOTIFY. */
#include "db/tw-db-postgres-private.h"

#include <poll.h>

static gboolean
take_notices (TwDbPostgres *self)
{
  gboolean noticed = FALSE;
  PGnotify *notice;

  while ((notice = PQnotifies (self->connection)) != NULL)
    {
      noticed = noticed || notice->be_pid != PQbackendPID (self->connection);
      PQfreemem (notice);
    }
  return noticed;
}

gboolean
tw_db_postgres_wait_notice (
  TwDb *db, int other_fd, int timeout_ms, gboolean *noticed, GError **error)
{
  TwDbPostgres *self = tw_db_postgres_of (db);
  struct pollfd polls[2] = { { PQsocket (self->connection), POLLIN, 0 }, { other_fd, POLLIN, 0 } };

  /* Some may have come with the answer to a statement. */
  *noticed = take_notices (self);
  if (*noticed)
    return TRUE;
  if (polls[0].fd < 0)
    return tw_db_postgres_fail (self, NULL, "", error);
  poll (polls, G_N_ELEMENTS (polls), timeout_ms);
  if (polls[0].revents == 0)
    return TRUE;
  if (PQconsumeInput (self->connection) == 0 || PQstatus (self->connection) != CONNECTION_OK)
    return tw_db_postgres_fail (self, NULL, "", error);
  *noticed = take_notices (self);
  return TRUE;
}
