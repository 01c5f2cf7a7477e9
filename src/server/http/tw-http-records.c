// SPDX-License-Identifier: GPL-3.0-or-later
/* GET /v1/records: the person's own tax history, by page. */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-text.h"
#include "protocol/tw-json.h"
#include "protocol/tw-routes.h"
#include "protocol/tw-wire.h"
#include "server/http/tw-http-private.h"
#include "server/taxes/tw-taxes.h"

#define SEARCH_MAX_CHARS 100
#define KEY_MAX_CHARS 200
#define DEFAULT_LIMIT 100

typedef struct
{
  TwRecordQuery *query;
  char *after;
  gint64 limit;
  char *answer; /* once it is known */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->query, tw_record_query_free);
  g_free (question->after);
  g_free (question->answer);
  g_free (question);
}

/* (nullable) when it is not there, or @error is set. */
static char *
read_text (TwRequest *request, const char *name, gsize max_chars, GError **error)
{
  const char *text = tw_request_get_query (request, name);

  if (text == NULL || *text == '\0')
    return NULL;
  if (tw_text_check (text, max_chars, FALSE, error))
    return g_strdup (text);
  g_prefix_error (error, "%s: ", name);
  return NULL;
}

static gboolean
read_question (TwRequest *request, Question *question, GError **error)
{
  static const char *const names[] = { "after", "limit", "year", "type", "text", NULL };
  g_autoptr (GError) local = NULL;
  gint64 year = 0;

  question->limit = DEFAULT_LIMIT;
  if (!tw_request_check_query (request, names, error) ||
      !tw_http_get_int (request, "limit", 1, TW_LIMIT_PAGE, &question->limit, error) ||
      !tw_http_get_int (request, "year", 1900, 9999, &year, error))
    return FALSE;
  question->query->year = (int) year;
  question->after = read_text (request, "after", KEY_MAX_CHARS, &local);
  if (local == NULL)
    question->query->tax_type = read_text (request, "type", SEARCH_MAX_CHARS, &local);
  if (local == NULL)
    question->query->text = read_text (request, "text", SEARCH_MAX_CHARS, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static char *
compose (const TwRecordPage *page)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"late_fee_fen\":%" G_GINT64_FORMAT, page->late_fee_fen);
  if (page->next != NULL)
    {
      g_string_append (out, ",\"next\":");
      tw_json_append_string (out, page->next);
    }
  g_string_append (out, ",\"records\":[");
  for (guint i = 0; i < page->records->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      tw_wire_append (out, g_ptr_array_index (page->records, i));
    }
  g_string_append_printf (out, "],\"total\":%u,\"total_fen\":%" G_GINT64_FORMAT "}", page->total,
                          page->total_fen);
  return g_string_free (out, FALSE);
}

static void
run (TwWork *work)
{
  Question *question = work->data;
  TwService *service = work->http->service;
  TwReaders *readers = tw_service_get_readers (service);
  TwDb *db = tw_readers_borrow (readers, &work->error);
  g_autoptr (TwRecordPage) page = NULL;

  if (db == NULL)
    return;
  page = tw_taxes_query_records (db, tw_service_get_key (service, TW_KEY_COLUMN),
                                 work->actor->account_id, question->query, question->after,
                                 (guint) question->limit, &work->error);
  tw_readers_return (readers, db);
  if (page != NULL)
    question->answer = compose (page);
}

static void
done (TwWork *work)
{
  Question *question = work->data;

  tw_request_reply_text (work->request, 200, TW_MEDIA_JSON, g_steal_pointer (&question->answer));
}

void
tw_http_records (TwHttp *http, TwRequest *request, TwActor *actor)
{
  g_autoptr (GError) error = NULL;
  Question *question = g_new0 (Question, 1);
  TwWork *work;

  question->query = tw_record_query_new ();
  if (!read_question (request, question, &error))
    {
      question_free (question);
      tw_request_fail (request, error);
      return;
    }
  work = tw_work_new (http, request, actor);
  work->data = question;
  work->free_data = question_free;
  work->run = run;
  work->done = done;
  tw_work_push (work, http->io_pool);
}
