// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-fake-client.h"

#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-text.h"
#include "base/tw-uuid.h"
#include "model/tw-account.h"
#include "model/tw-bill.h"
#include "model/tw-biller.h"
#include "model/tw-card.h"
#include "model/tw-challenge.h"
#include "model/tw-customer.h"
#include "model/tw-message.h"
#include "model/tw-payee.h"
#include "model/tw-record.h"
#include "model/tw-standing.h"
#include "model/tw-ticket.h"
#include "model/tw-wallet.h"
#include "protocol/tw-kinds.h"
#include "protocol/tw-refusal.h"
#include "protocol/tw-wire.h"
#include "tax/tw-tax-type.h"

struct _TwFakeClient
{
  GObject parent_instance;

  TwStatus *status;
  GHashTable *lists;
  GListStore *outgoing;
  GPtrArray *records;
  GHashTable *drafts;
  guint n_submitted;
  guint n_queries;
  gboolean fail_queries;
  char *sign_in_words;
  char *account_id; /* who signs in */
  char *display_name;
};

#define DAY_MS (G_GINT64_CONSTANT (86400000))

static TwStatus *
get_status (TwClient *client)
{
  return TW_FAKE_CLIENT (client)->status;
}

static TwObjectList *
get_list (TwClient *client, const char *wire_type)
{
  GHashTable *lists = TW_FAKE_CLIENT (client)->lists;
  TwObjectList *list = g_hash_table_lookup (lists, wire_type);

  if (list == NULL)
    {
      GType type = tw_wire_get_gtype (wire_type);

      g_assert_true (type != G_TYPE_INVALID);
      list = tw_object_list_new (type);
      g_hash_table_insert (lists, g_strdup (wire_type), list);
    }
  return list;
}

static GListModel *
get_outgoing (TwClient *client)
{
  return G_LIST_MODEL (TW_FAKE_CLIENT (client)->outgoing);
}

static TwOutgoing *
submit (TwClient *client, const char *kind, const char *intent, GVariant *body, GError **error)
{
  TwFakeClient *self = TW_FAKE_CLIENT (client);
  gboolean online = tw_status_get_connection (self->status) == TW_CONNECTION_ONLINE;
  const TwKind *row = tw_kind_find (kind);
  g_autofree char *id = tw_uuid_new ();
  TwOutgoing *outgoing;

  g_assert_nonnull (row);
  if (!online && row->offline == TW_OFFLINE_REFUSE)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_UNREACHABLE, "The service can't be reached.");
      return NULL;
    }
  outgoing = tw_outgoing_new (id, intent != NULL ? intent : id, kind, tw_clock_now_ms ());
  tw_outgoing_set_body (outgoing, body);
  if (online)
    tw_outgoing_set_sent (outgoing);
  self->n_submitted++;
  g_list_store_append (self->outgoing, outgoing);
  return outgoing;
}

static gboolean
discard (TwClient *client, const char *command_id)
{
  TwFakeClient *self = TW_FAKE_CLIENT (client);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->outgoing)); i++)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (G_LIST_MODEL (self->outgoing), i);

      if (!g_str_equal (tw_outgoing_get_id (item), command_id))
        continue;
      if (tw_outgoing_get_state (item) == TW_OUTGOING_STATE_SENT)
        return FALSE;
      g_list_store_remove (self->outgoing, i);
      return TRUE;
    }
  return FALSE;
}

static gboolean
answers (TwRecord *record, const TwRecordQuery *query)
{
  g_autofree char *hay = NULL;
  g_autofree char *needle = NULL;
  g_autofree char *text = NULL;

  if (query->year != 0 && tw_record_get_year (record) != query->year)
    return FALSE;
  if (query->tax_type != NULL && !g_str_equal (query->tax_type, tw_record_get_tax_type (record)))
    return FALSE;
  if (query->status >= 0 && (int) tw_record_get_status (record) != query->status)
    return FALSE;
  if (query->text == NULL)
    return TRUE;
  text = g_strjoin (" ", tw_record_get_title (record), tw_record_get_payer (record),
                    tw_record_get_authority (record), tw_record_get_reference (record), NULL);
  hay = tw_text_fold (text);
  needle = tw_text_fold (query->text);
  return strstr (hay, needle) != NULL;
}

static gboolean
answer_query (gpointer data)
{
  g_autoptr (GTask) task = data;
  TwFakeClient *self = g_task_get_source_object (task);
  const TwRecordQuery *query = g_object_get_data (G_OBJECT (task), "query");
  guint from = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (task), "from"));
  guint limit = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (task), "limit"));
  g_autoptr (TwRecordPage) page = tw_record_page_new ();
  guint more = 0;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (self->fail_queries)
    {
      g_task_return_new_error (task, TW_ERROR, TW_ERROR_DAMAGED, "The store can't be read.");
      return G_SOURCE_REMOVE;
    }
  for (guint i = 0; i < self->records->len; i++)
    {
      TwRecord *record = self->records->pdata[i];
      int sign = tw_record_get_kind (record) == TW_RECORD_KIND_REFUND ? -1 : 1;

      if (!answers (record, query))
        continue;
      if (page->total >= from && page->records->len < limit)
        g_ptr_array_add (page->records, g_object_ref (record));
      else if (page->total >= from)
        more++;
      page->total++;
      page->total_fen += sign * tw_record_get_amount_fen (record);
      page->late_fee_fen += tw_record_get_late_fee_fen (record);
    }
  if (more > 0)
    page->next = g_strdup_printf ("%u", from + page->records->len);
  g_task_return_pointer (task, g_steal_pointer (&page), (GDestroyNotify) tw_record_page_free);
  return G_SOURCE_REMOVE;
}

static void
query_records_async (TwClient *client,
                     const TwRecordQuery *query,
                     const char *after,
                     guint limit,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (client, cancellable, callback, user_data);
  guint from = after != NULL ? (guint) g_ascii_strtoull (after, NULL, 10) : 0;

  TW_FAKE_CLIENT (client)->n_queries++;
  g_object_set_data_full (G_OBJECT (task), "query", tw_record_query_copy (query),
                          (GDestroyNotify) tw_record_query_free);
  g_object_set_data (G_OBJECT (task), "from", GUINT_TO_POINTER (from));
  g_object_set_data (G_OBJECT (task), "limit", GUINT_TO_POINTER (limit));
  g_idle_add (answer_query, task);
}

static TwRecordPage *
query_records_finish (TwClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
answer_get (gpointer data)
{
  g_autoptr (GTask) task = data;
  TwFakeClient *self = g_task_get_source_object (task);
  const char *id = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (self->fail_queries)
    {
      g_task_return_new_error (task, TW_ERROR, TW_ERROR_DAMAGED, "The store can't be read.");
      return G_SOURCE_REMOVE;
    }
  for (guint i = 0; i < self->records->len; i++)
    if (g_str_equal (tw_object_get_id (self->records->pdata[i]), id))
      {
        g_task_return_pointer (task, g_object_ref (self->records->pdata[i]), g_object_unref);
        return G_SOURCE_REMOVE;
      }
  g_task_return_new_error (task, TW_ERROR, TW_ERROR_NOT_FOUND, "There is no '%s'", id);
  return G_SOURCE_REMOVE;
}

static void
get_object_async (TwClient *client,
                  const char *wire_type,
                  const char *id,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  GTask *task = g_task_new (client, cancellable, callback, user_data);

  g_assert_cmpstr (wire_type, ==, "record");
  g_task_set_task_data (task, g_strdup (id), g_free);
  g_idle_add (answer_get, task);
}

static TwObject *
get_object_finish (TwClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
register_async (TwClient *client,
                GVariant *body,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, user_data);
  const char *phone = NULL;

  g_variant_lookup (body, "phone", "&s", &phone);
  if (g_str_equal (phone, "13800000000"))
    g_task_return_new_error (task, TW_ERROR, TW_ERROR_REFUSED, "%s",
                             tw_refusal_get_words ("phone_taken", NULL));
  else
    g_task_return_pointer (task, g_strdup ("R-2026-0001"), g_free);
}

static char *
register_finish (TwClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sign_in_async (TwClient *client,
               const char *login,
               const char *password,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  TwFakeClient *self = TW_FAKE_CLIENT (client);
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, user_data);

  if (self->sign_in_words != NULL)
    {
      g_task_return_new_error (task, TW_ERROR, TW_ERROR_UNAUTHENTICATED, "%s", self->sign_in_words);
      return;
    }
  tw_fake_client_set_signed_in (self, TRUE);
  g_task_return_boolean (task, TRUE);
}

static gboolean
sign_in_finish (TwClient *client, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sign_out (TwClient *client)
{
  tw_fake_client_set_signed_in (TW_FAKE_CLIENT (client), FALSE);
}

static const char *
get_draft (TwClient *client, const char *key)
{
  return g_hash_table_lookup (TW_FAKE_CLIENT (client)->drafts, key);
}

static void
set_draft (TwClient *client, const char *key, const char *text)
{
  GHashTable *drafts = TW_FAKE_CLIENT (client)->drafts;

  if (text == NULL || *text == '\0')
    g_hash_table_remove (drafts, key);
  else
    g_hash_table_replace (drafts, g_strdup (key), g_strdup (text));
}

static void
client_init (TwClientInterface *iface)
{
  iface->get_status = get_status;
  iface->get_list = get_list;
  iface->get_outgoing = get_outgoing;
  iface->submit = submit;
  iface->discard = discard;
  iface->query_records_async = query_records_async;
  iface->query_records_finish = query_records_finish;
  iface->get_object_async = get_object_async;
  iface->get_object_finish = get_object_finish;
  iface->register_async = register_async;
  iface->register_finish = register_finish;
  iface->sign_in_async = sign_in_async;
  iface->sign_in_finish = sign_in_finish;
  iface->sign_out = sign_out;
  iface->get_draft = get_draft;
  iface->set_draft = set_draft;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TwFakeClient,
                               tw_fake_client,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TW_TYPE_CLIENT, client_init))

static void
tw_fake_client_finalize (GObject *object)
{
  TwFakeClient *self = TW_FAKE_CLIENT (object);

  g_object_unref (self->status);
  g_hash_table_unref (self->lists);
  g_object_unref (self->outgoing);
  g_ptr_array_unref (self->records);
  g_hash_table_unref (self->drafts);
  g_free (self->sign_in_words);
  g_free (self->account_id);
  g_free (self->display_name);
  G_OBJECT_CLASS (tw_fake_client_parent_class)->finalize (object);
}

static void
tw_fake_client_class_init (TwFakeClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_fake_client_finalize;
}

static void
tw_fake_client_init (TwFakeClient *self)
{
  self->status = tw_status_new ();
  self->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->outgoing = g_list_store_new (TW_TYPE_OUTGOING);
  self->records = g_ptr_array_new_with_free_func (g_object_unref);
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  tw_fake_client_set_person (self, "acc-1", "示例甲");
  g_object_set (self->status, "ready", TRUE, "practice", TRUE, NULL);
  tw_fake_client_set_online (self, TRUE);
}

TwFakeClient *
tw_fake_client_new (void)
{
  return g_object_new (TW_TYPE_FAKE_CLIENT, NULL);
}

void
tw_fake_client_put (TwFakeClient *self, const char *wire_type, gpointer object)
{
  tw_object_list_put (get_list (TW_CLIENT (self), wire_type), object);
  g_object_unref (object);
}

static void
fill_bills (TwFakeClient *self)
{
  const struct
  {
    const char *id, *type, *period;
    gint64 amount_fen;
    int left;
    TwBillState state;
  } bills[] = {
    { "bill-1", TW_TAX_PROPERTY_RENT, "2026-Q3", 486000, -12, TW_BILL_STATE_DUE },
    { "bill-2", TW_TAX_VEHICLE_VESSEL, "2026", 42000, 6, TW_BILL_STATE_DUE },
    { "bill-3", TW_TAX_INDIVIDUAL_INCOME, "2025", 1234500, 45, TW_BILL_STATE_DUE },
    { "bill-4", TW_TAX_STAMP, "2026-08", 9950, -60, TW_BILL_STATE_PAID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bills); i++)
    tw_fake_client_put (
      self, "bill",
      g_object_new (TW_TYPE_BILL, "id", bills[i].id, "tax-type", bills[i].type, "period",
                    bills[i].period, "authority", "示例市税务局", "amount-fen", bills[i].amount_fen,
                    "due-day", (gint64) tw_clock_today () + bills[i].left, "state",
                    (int) bills[i].state, "reference", "B-2026-0042", "issued-at-ms",
                    tw_clock_now_ms () - 80 * DAY_MS, "revision", (gint64) 3, "payment-id",
                    bills[i].state == TW_BILL_STATE_PAID ? "pay-2" : "", NULL));
}

static void
fill_payments (TwFakeClient *self)
{
  gint64 now = tw_clock_now_ms ();

  tw_fake_client_put (
    self, "payment",
    g_object_new (TW_TYPE_PAYMENT, "id", "pay-1", "kind", TW_PAYMENT_KIND_TOP_UP, "state",
                  TW_PAYMENT_STATE_POSTED, "amount-fen", (gint64) 500000, "reference", "P-0001",
                  "rail-reference", "BANK-77812", "created-at-ms", now - 9 * DAY_MS, "sent-at-ms",
                  now - 9 * DAY_MS + 1000, "posted-at-ms", now - 9 * DAY_MS + 4000, NULL));
  tw_fake_client_put (
    self, "payment",
    g_object_new (TW_TYPE_PAYMENT, "id", "pay-2", "kind", TW_PAYMENT_KIND_TAX, "state",
                  TW_PAYMENT_STATE_POSTED, "amount-fen", (gint64) 10100, "late-fee-fen",
                  (gint64) 150, "tax-type", TW_TAX_STAMP, "period", "2026-08", "bill-id", "bill-4",
                  "reference", "P-0002", "rail-reference", "OFFICE-555", "created-at-ms",
                  now - 8 * DAY_MS, "sent-at-ms", now - 8 * DAY_MS + 1000, "posted-at-ms",
                  now - 8 * DAY_MS + 2000, "confirmed-at-ms", now - 7 * DAY_MS, NULL));
  tw_fake_client_put (self, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "pay-3", "kind", TW_PAYMENT_KIND_TOP_UP,
                                    "state", TW_PAYMENT_STATE_UNKNOWN, "amount-fen",
                                    (gint64) 100000, "reference", "P-0003", "created-at-ms",
                                    now - 120000, "sent-at-ms", now - 119000, NULL));
  tw_fake_client_put (self, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", "pay-4", "kind", TW_PAYMENT_KIND_TOP_UP,
                                    "state", TW_PAYMENT_STATE_VOIDED, "reason", "bank_refused",
                                    "amount-fen", (gint64) 2000000, "reference", "P-0004",
                                    "created-at-ms", now - 20 * DAY_MS, "sent-at-ms",
                                    now - 20 * DAY_MS + 1000, NULL));
}

static void
fill_payees (TwFakeClient *self)
{
  const struct
  {
    const char *id;
    TwPayeeKind kind;
    TwPayeeState state;
    const char *name, *number, *alias, *biller_id;
    gint64 asked_fen;
  } payees[] = {
    { "payee-1", TW_PAYEE_KIND_PERSON, TW_PAYEE_STATE_SAVED, "**乙", "138****0002", "房东", "", 0 },
    { "payee-2", TW_PAYEE_KIND_COMPANY, TW_PAYEE_STATE_SAVED, "示例科技有限公司",
      "91110000600037341L", "", "", 0 },
    { "payee-3", TW_PAYEE_KIND_BILLER, TW_PAYEE_STATE_SAVED, "示例供电公司 · **甲", "1234567890",
      "", "biller-2", 12680 },
    { "payee-4", TW_PAYEE_KIND_PERSON, TW_PAYEE_STATE_CHECKED, "*丙", "TW-2345-ABCD", "", "", 0 },
  };
  const struct
  {
    const char *id;
    TwBillerCategory category;
    const char *name;
    gint64 digits;
  } billers[] = {
    { "biller-1", TW_BILLER_CATEGORY_WATER, "示例自来水公司", 8 },
    { "biller-2", TW_BILLER_CATEGORY_ELECTRICITY, "示例供电公司", 10 },
    { "biller-3", TW_BILLER_CATEGORY_GAS, "示例燃气公司", 9 },
    { "biller-4", TW_BILLER_CATEGORY_TELECOM, "示例通信公司", 11 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (payees); i++)
    tw_fake_client_put (self, "payee",
                        g_object_new (TW_TYPE_PAYEE, "id", payees[i].id, "kind",
                                      (int) payees[i].kind, "state", (int) payees[i].state, "name",
                                      payees[i].name, "number", payees[i].number, "alias",
                                      payees[i].alias, "biller-id", payees[i].biller_id,
                                      "asked-fen", payees[i].asked_fen, "verified-at-ms",
                                      tw_clock_now_ms () - (gint64) (i + 1) * DAY_MS, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (billers); i++)
    tw_fake_client_put (self, "biller",
                        g_object_new (TW_TYPE_BILLER, "id", billers[i].id, "category",
                                      (int) billers[i].category, "name", billers[i].name, "digits",
                                      billers[i].digits, NULL));
}

/* To others, from others, and back. */
static void
fill_more_payments (TwFakeClient *self)
{
  gint64 now = tw_clock_now_ms ();
  const struct
  {
    const char *id;
    TwPaymentKind kind;
    TwPaymentState state;
    gint64 amount_fen, days_ago;
    const char *title, *payee_id, *payee_name;
  } payments[] = {
    { "pay-5", TW_PAYMENT_KIND_TRANSFER, TW_PAYMENT_STATE_POSTED, 230000, 30, "七月房租", "payee-1",
      "**乙" },
    { "pay-6", TW_PAYMENT_KIND_RECEIVED, TW_PAYMENT_STATE_POSTED, 60000, 31, "**例 · 午餐", "",
      "" },
    { "pay-7", TW_PAYMENT_KIND_BILLER, TW_PAYMENT_STATE_POSTED, 9840, 40, "", "payee-3",
      "示例供电公司" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (payments); i++)
    {
      gint64 at = now - payments[i].days_ago * DAY_MS;
      g_autofree char *reference = g_strdup_printf ("P-100%d", (int) i);

      tw_fake_client_put (
        self, "payment",
        g_object_new (TW_TYPE_PAYMENT, "id", payments[i].id, "kind", (int) payments[i].kind,
                      "state", (int) payments[i].state, "amount-fen", payments[i].amount_fen,
                      "title", payments[i].title, "payee-id", payments[i].payee_id, "payee-name",
                      payments[i].payee_name, "reference", reference, "created-at-ms", at,
                      "sent-at-ms", at, "posted-at-ms", at, NULL));
    }
}

static void
fill_cards (TwFakeClient *self)
{
  const struct
  {
    const char *id;
    TwCardState state;
    const char *bank, *last_four;
  } cards[] = {
    { "card-1", TW_CARD_STATE_BOUND, "icbc", "1234" },
    { "card-2", TW_CARD_STATE_PROVING, "ccb", "5678" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cards); i++)
    tw_fake_client_put (
      self, "card",
      g_object_new (
        TW_TYPE_CARD, "id", cards[i].id, "state", (int) cards[i].state, "bank", cards[i].bank,
        "last-four", cards[i].last_four, "tries-left", (gint64) 3, "created-at-ms",
        tw_clock_now_ms () - DAY_MS, "bound-at-ms",
        cards[i].state == TW_CARD_STATE_BOUND ? tw_clock_now_ms () - DAY_MS : (gint64) 0, NULL));
  tw_fake_client_put (self, "standing",
                      g_object_new (TW_TYPE_STANDING, "id", "standing-1", "payee-id", "payee-1",
                                    "payee-name", "房东", "amount-fen", (gint64) 450000, "day",
                                    (gint64) 31, "memo", "房租", "next-day",
                                    (gint64) tw_clock_today () + 2, "notice",
                                    TW_STANDING_NOTICE_SHORT, "last-payment-id", "pay-5", NULL));
}

static void
fill_tickets (TwFakeClient *self)
{
  gint64 now = tw_clock_now_ms ();
  const struct
  {
    const char *id;
    int author;
    const char *name, *text;
  } said[] = {
    { "m-1", TW_AUTHOR_CUSTOMER, "示例甲", "我八月的印花税为什么有滞纳金？" },
    { "m-2", TW_AUTHOR_AGENT, "小林",
      "您好！这笔税款的缴款期限是 8 月 31 日，您是 9 月 2 "
      "日缴纳的，所以有两天的滞纳金，每天万分之五。" },
    { "m-3", TW_AUTHOR_CUSTOMER, "示例甲", "明白了，谢谢 🙂" },
  };

  tw_fake_client_put (self, "ticket",
                      g_object_new (TW_TYPE_TICKET, "id", "ticket-1", "subject", "印花税的滞纳金",
                                    "state", TW_TICKET_STATE_WAITING, "about-type", "payment",
                                    "about-id", "pay-2", "about-text", "stamp\n2026-08\n10100",
                                    "assignee-id", "a-1", "assignee-name", "小林", "reference",
                                    "T-0001", "created-at-ms", now - 3 * DAY_MS, "last-at-ms",
                                    now - 600000, "last-by", TW_AUTHOR_AGENT, "last-text",
                                    said[1].text, "messages", (gint64) 3, NULL));
  tw_fake_client_put (self, "ticket",
                      g_object_new (TW_TYPE_TICKET, "id", "ticket-2", "subject",
                                    "How do I change my e-mail address?", "state",
                                    TW_TICKET_STATE_RESOLVED, "assignee-name", "小林", "reference",
                                    "T-0002", "created-at-ms", now - 30 * DAY_MS, "last-at-ms",
                                    now - 29 * DAY_MS, "last-by", TW_AUTHOR_CUSTOMER, "last-text",
                                    "Thanks, that was it.", "messages", (gint64) 4, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (said); i++)
    tw_fake_client_put (self, "message",
                        g_object_new (TW_TYPE_MESSAGE, "id", said[i].id, "ticket-id", "ticket-1",
                                      "author", said[i].author, "author-name", said[i].name, "text",
                                      said[i].text, "at-ms", now - 3 * DAY_MS + (gint64) i * 900000,
                                      NULL));
}

static void
fill_records (TwFakeClient *self, guint n_records)
{
  static const char *const payers[] = { "示例科技有限公司", "示例物业服务有限公司", "示例甲" };
  gint64 now = tw_clock_now_ms ();

  for (guint i = 0; i < n_records; i++)
    {
      const char *type = tw_tax_type_list ()[i % 5 < 3 ? 0 : i % 7];
      gint64 at = now - (gint64) (i + 1) * 9 * DAY_MS;
      int year, month;
      g_autofree char *id = g_strdup_printf ("rec-%u", i);
      g_autofree char *reference = g_strdup_printf ("SW%08u", 41000000 + i);
      g_autofree char *period = NULL;

      tw_clock_date_of_day (tw_clock_day_of_ms (at), &year, &month, NULL);
      period = g_strdup_printf ("%04d-%02d", year, month);
      g_ptr_array_add (
        self->records,
        g_object_new (TW_TYPE_RECORD, "id", id, "year", (gint64) year, "period", period, "tax-type",
                      type, "kind",
                      i % 11 == 5  ? TW_RECORD_KIND_REFUND
                      : i % 3 != 0 ? TW_RECORD_KIND_WITHHELD
                                   : TW_RECORD_KIND_PAYMENT,
                      "status", i == 0 ? TW_RECORD_STATUS_PAID : TW_RECORD_STATUS_CONFIRMED,
                      "amount-fen", (gint64) (i * 7919 % 500000 + 1000), "late-fee-fen",
                      (gint64) (i % 13 == 3 ? 1250 : 0), "title", tw_tax_type_get_name (type),
                      "payer", payers[i % 3], "authority", "示例市税务局", "reference", reference,
                      "payment-id", i == 0 ? "pay-2" : "", "assessed-at-ms", at - 5 * DAY_MS,
                      "paid-at-ms", at, "confirmed-at-ms", i == 0 ? (gint64) 0 : at + DAY_MS,
                      NULL));
    }
}

/* An account with something of everything. */
void
tw_fake_client_fill (TwFakeClient *self, guint n_records)
{
  tw_fake_client_put (self, "account",
                      g_object_new (TW_TYPE_ACCOUNT, "id", "acc-1", "name", "示例甲", "id-number",
                                    "110*************2X", "phone", "138****0000", "email",
                                    "s***@example.com", "identity", TW_IDENTITY_STATE_APPROVED,
                                    "reference", "TW-6789-EFGH", "created-at-ms",
                                    tw_clock_now_ms () - 100 * DAY_MS, "checked-at-ms",
                                    tw_clock_now_ms () - 99 * DAY_MS, NULL));
  tw_fake_client_put (self, "wallet",
                      g_object_new (TW_TYPE_WALLET, "id", "acc-1", "balance-fen", (gint64) 389900,
                                    "incoming-fen", (gint64) 100000, "limits-day",
                                    (gint64) tw_clock_today (), "free-limit-fen", (gint64) 100000,
                                    "day-limit-fen", (gint64) 5000000, "year-limit-fen",
                                    (gint64) 20000000, "day-used-fen", (gint64) 20000,
                                    "year-used-fen", (gint64) 350000, NULL));
  fill_bills (self);
  fill_payments (self);
  fill_payees (self);
  fill_more_payments (self);
  fill_cards (self);
  fill_tickets (self);
  fill_records (self, n_records);
  g_signal_emit_by_name (self, "records-changed");
}

/* Who signs in; without a word of it the sample person. */
void
tw_fake_client_set_person (TwFakeClient *self, const char *account_id, const char *display_name)
{
  g_free (self->account_id);
  self->account_id = g_strdup (account_id);
  g_free (self->display_name);
  self->display_name = g_strdup (display_name);
}

void
tw_fake_client_set_signed_in (TwFakeClient *self, gboolean signed_in)
{
  g_object_set (self->status, "account-id", signed_in ? self->account_id : NULL, "display-name",
                signed_in ? self->display_name : NULL, "signed-in", signed_in, NULL);
}

void
tw_fake_client_set_online (TwFakeClient *self, gboolean online)
{
  g_object_set (self->status, "as-of-ms", tw_clock_now_ms () - 5 * 60000, "connection",
                (int) (online ? TW_CONNECTION_ONLINE : TW_CONNECTION_OFFLINE), NULL);
}

void
tw_fake_client_fail_queries (TwFakeClient *self, gboolean fail)
{
  self->fail_queries = fail;
  if (fail)
    g_signal_emit_by_name (self, "records-changed");
}

guint
tw_fake_client_get_n_submitted (TwFakeClient *self)
{
  return self->n_submitted;
}

guint
tw_fake_client_get_n_queries (TwFakeClient *self)
{
  return self->n_queries;
}

/* The last command that is there; the list holds it. */
TwOutgoing *
tw_fake_client_get_last (TwFakeClient *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->outgoing));
  g_autoptr (TwOutgoing) last = NULL;

  g_assert_cmpuint (n_items, >, 0);
  last = g_list_model_get_item (G_LIST_MODEL (self->outgoing), n_items - 1);
  return last;
}

static const struct
{
  const char *kind;
  TwPaymentKind makes;
} MONEY[] = {
  { TW_KIND_WALLET_TOP_UP, TW_PAYMENT_KIND_TOP_UP },
  { TW_KIND_TAX_PAY, TW_PAYMENT_KIND_TAX },
  { TW_KIND_WALLET_PAY, TW_PAYMENT_KIND_TRANSFER },
  { TW_KIND_WALLET_WITHDRAW, TW_PAYMENT_KIND_WITHDRAWAL },
  { TW_KIND_PAYMENT_REFUND, TW_PAYMENT_KIND_REFUND },
};

static gboolean
makes_payment (const char *kind, TwPaymentKind *makes)
{
  for (gsize i = 0; i < G_N_ELEMENTS (MONEY); i++)
    if (g_str_equal (MONEY[i].kind, kind))
      {
        *makes = MONEY[i].makes;
        return TRUE;
      }
  return FALSE;
}

static void
make_payment (TwFakeClient *self,
              TwOutgoing *outgoing,
              TwPaymentKind kind,
              const char *bill_id,
              gint64 amount_fen)
{
  TwObjectList *bills = get_list (TW_CLIENT (self), "bill");
  TwBill *bill = bill_id != NULL ? (TwBill *) tw_object_list_find (bills, bill_id) : NULL;
  const char *payee_id = "", *refunds = "";

  g_variant_lookup (tw_outgoing_get_body (outgoing), "payee_id", "&s", &payee_id);
  g_variant_lookup (tw_outgoing_get_body (outgoing), "payment_id", "&s", &refunds);

  tw_fake_client_put (self, "payment",
                      g_object_new (TW_TYPE_PAYMENT, "id", tw_outgoing_get_id (outgoing), "kind",
                                    (int) kind, "payee-id", payee_id, "refunds", refunds, "state",
                                    TW_PAYMENT_STATE_RESERVED, "amount-fen", amount_fen, "bill-id",
                                    bill != NULL ? bill_id : "", "tax-type",
                                    bill != NULL ? tw_bill_get_tax_type (bill) : "", "period",
                                    bill != NULL ? tw_bill_get_period (bill) : "", "created-at-ms",
                                    tw_clock_now_ms (), "reference", "P-0099", NULL));
  if (bill != NULL)
    g_object_set (bill, "payment-id", tw_outgoing_get_id (outgoing), "state", TW_BILL_STATE_PAYING,
                  NULL);
}

/* What the desk does with a conversation; the list says that one of it has changed. */
static void
change_ticket (TwFakeClient *self, const char *kind, const char *ticket_id)
{
  TwObjectList *tickets = get_list (TW_CLIENT (self), "ticket");
  TwObject *ticket = tw_object_list_find (tickets, ticket_id);

  if (g_str_equal (kind, TW_KIND_TICKET_TAKE))
    g_object_set (ticket, "state", TW_TICKET_STATE_OPEN, "assignee-id", self->account_id,
                  "assignee-name", self->display_name, NULL);
  else if (g_str_equal (kind, TW_KIND_TICKET_RELEASE))
    g_object_set (ticket, "assignee-id", "", "assignee-name", "", NULL);
  else if (g_str_equal (kind, TW_KIND_TICKET_RESOLVE))
    g_object_set (ticket, "state", TW_TICKET_STATE_RESOLVED, NULL);
  else
    return;
  g_signal_emit_by_name (tickets, "updated");
}

static void
put_message (TwFakeClient *self, TwOutgoing *outgoing, const char *ticket_id)
{
  GVariant *body = tw_outgoing_get_body (outgoing);
  gboolean desk = g_str_equal (tw_outgoing_get_kind (outgoing), TW_KIND_TICKET_REPLY);
  const char *text = "";
  gboolean internal = FALSE;

  g_variant_lookup (body, "text", "&s", &text);
  g_variant_lookup (body, "internal", "b", &internal);
  tw_fake_client_put (self, "message",
                      g_object_new (TW_TYPE_MESSAGE, "id", tw_outgoing_get_id (outgoing),
                                    "ticket-id", ticket_id, "author",
                                    desk ? TW_AUTHOR_AGENT : TW_AUTHOR_CUSTOMER, "author-name",
                                    self->display_name, "text", text, "internal", internal, "at-ms",
                                    tw_clock_now_ms (), NULL));
}

/* The service has taken it: what it makes is there, then the answer is. */
void
tw_fake_client_accept (TwFakeClient *self, TwOutgoing *outgoing)
{
  GVariant *body = tw_outgoing_get_body (outgoing);
  const char *kind = tw_outgoing_get_kind (outgoing);
  const char *id = tw_outgoing_get_id (outgoing);
  const char *bill_id = NULL, *text = "", *subject = "", *ticket_id = NULL;
  TwPaymentKind makes = TW_PAYMENT_KIND_TAX;
  g_autoptr (TwOutgoing) held = g_object_ref (outgoing);
  gint64 amount_fen = 0;

  g_variant_lookup (body, "bill_id", "&s", &bill_id);
  g_variant_lookup (body, "amount_fen", "x", &amount_fen);
  g_variant_lookup (body, "text", "&s", &text);
  g_variant_lookup (body, "subject", "&s", &subject);
  g_variant_lookup (body, "ticket_id", "&s", &ticket_id);
  if (makes_payment (kind, &makes))
    make_payment (self, outgoing, makes, bill_id, amount_fen);
  else if (g_str_equal (kind, TW_KIND_TICKET_ASK))
    tw_fake_client_put (self, "ticket",
                        g_object_new (TW_TYPE_TICKET, "id", id, "subject", subject, "reference",
                                      "T-0099", "last-text", text, "last-at-ms", tw_clock_now_ms (),
                                      NULL));
  if (g_str_equal (kind, TW_KIND_TICKET_ASK) || g_str_equal (kind, TW_KIND_TICKET_WRITE) ||
      g_str_equal (kind, TW_KIND_TICKET_REPLY))
    put_message (self, outgoing, ticket_id != NULL ? ticket_id : id);
  else if (ticket_id != NULL)
    change_ticket (self, kind, ticket_id);
  tw_outgoing_settle (held, TW_OUTGOING_STATE_DONE, NULL, NULL, NULL, NULL);
}

void
tw_fake_client_refuse (TwFakeClient *self, TwOutgoing *outgoing, const char *code)
{
  const TwRefusal *row = tw_refusal_find (code);

  g_assert_nonnull (row);
  tw_outgoing_settle (outgoing, TW_OUTGOING_STATE_REFUSED, code, row->words, row->remedy, NULL);
}

void
tw_fake_client_move_payment (TwFakeClient *self, TwPayment *payment, TwPaymentState state)
{
  gint64 now = tw_clock_now_ms ();

  g_object_freeze_notify (G_OBJECT (payment));
  if (state >= TW_PAYMENT_STATE_SENT && tw_payment_get_sent_at_ms (payment) == 0)
    g_object_set (payment, "sent-at-ms", now, NULL);
  if (state == TW_PAYMENT_STATE_POSTED)
    g_object_set (payment, "posted-at-ms", now, NULL);
  if (state == TW_PAYMENT_STATE_VOIDED)
    g_object_set (payment, "reason", "bank_refused", NULL);
  g_object_set (payment, "state", (int) state, NULL);
  g_object_thaw_notify (G_OBJECT (payment));
}

/* The next sign-in is refused in these words; NULL: it is taken. */
void
tw_fake_client_refuse_sign_in (TwFakeClient *self, const char *words)
{
  g_free (self->sign_in_words);
  self->sign_in_words = g_strdup (words);
}

/* The service holds it until a code is told. */
void
tw_fake_client_hold (TwFakeClient *self, TwOutgoing *outgoing)
{
  tw_fake_client_put (self, "challenge",
                      g_object_new (TW_TYPE_CHALLENGE, "id", tw_outgoing_get_id (outgoing), "kind",
                                    tw_outgoing_get_kind (outgoing), "phone", "138****0000",
                                    "tries-left", (gint64) 5, "sent-at-ms", tw_clock_now_ms (),
                                    "expires-at-ms", tw_clock_now_ms () + 300000, NULL));
  tw_outgoing_set_held (outgoing, TRUE);
}

/* Done, with an answer; what it makes is the test's to put. */
void
tw_fake_client_answer_asked (TwOutgoing *outgoing, const char *payee_id, gint64 asked_at_ms)
{
  g_autoptr (TwOutgoing) held = g_object_ref (outgoing);
  GVariantDict result = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&result, "payee_id", "s", payee_id);
  g_variant_dict_insert (&result, "asked_at_ms", "x", asked_at_ms);
  tw_outgoing_settle (held, TW_OUTGOING_STATE_DONE, NULL, NULL, NULL, g_variant_dict_end (&result));
}

void
tw_fake_client_answer (TwOutgoing *outgoing, const char *member, const char *value)
{
  g_autoptr (TwOutgoing) held = g_object_ref (outgoing);
  GVariantDict result = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&result, member, "s", value);
  tw_outgoing_settle (held, TW_OUTGOING_STATE_DONE, NULL, NULL, NULL, g_variant_dict_end (&result));
}
