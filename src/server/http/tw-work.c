// SPDX-License-Identifier: GPL-3.0-or-later
/* What must not be done in a context that serves: databases, files, passwords. */
#include "base/tw-error.h"
#include "server/http/tw-http-private.h"

TwWork *
tw_work_new (TwHttp *http, TwRequest *request, TwActor *actor)
{
  TwWork *work = g_new0 (TwWork, 1);

  work->http = tw_http_ref (http);
  work->request = tw_request_ref (request);
  work->actor = actor != NULL ? tw_actor_ref (actor) : NULL;
  return work;
}

void
tw_work_free (TwWork *work)
{
  if (work->free_data != NULL)
    work->free_data (work->data);
  g_clear_error (&work->error);
  g_clear_pointer (&work->actor, tw_actor_unref);
  tw_request_unref (work->request);
  tw_http_unref (work->http);
  g_free (work);
}

static gboolean
finish (gpointer data)
{
  TwWork *work = data;

  if (work->error != NULL && !work->own_errors)
    tw_request_fail (work->request, work->error);
  else
    work->done (work);
  tw_work_free (work);
  return G_SOURCE_REMOVE;
}

void
tw_work_run (gpointer data, gpointer user_data)
{
  TwWork *work = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  work->run (work);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, finish, work, NULL);
  g_source_attach (source, tw_request_get_context (work->request));
}

/**
 * tw_work_push:
 * @work: (transfer full): what is to be done
 * @pool: by whom
 */
void
tw_work_push (TwWork *work, GThreadPool *pool)
{
  g_thread_pool_push (pool, work, NULL);
}
