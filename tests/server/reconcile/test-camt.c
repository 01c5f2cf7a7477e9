// SPDX-License-Identifier: GPL-3.0-or-later
/* Statements of banks: what is in them to the fen, and files that are none, whatever they try. */
#include <string.h>
#include <time.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "server/reconcile/tw-statement.h"

#define NS "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
#define HEAD                                                                                       \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"" NS "\"><BkToCstmrStmt>"         \
  "<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-04-01T01:00:00Z</CreDtTm></GrpHdr>\n<Stmt><Id>S</Id>"
#define TAIL "</Stmt></BkToCstmrStmt></Document>\n"
#define BAL(code, amount, sign)                                                                    \
  "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">" amount                 \
  "</Amt><CdtDbtInd>" sign "</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal>"
#define NTRY(ref, amount, sign, order)                                                             \
  "<Ntry><NtryRef>" ref "</NtryRef><Amt Ccy=\"CNY\">" amount "</Amt><CdtDbtInd>" sign              \
  "</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-31</Dt></BookgDt>"                     \
  "<AcctSvcrRef>BANK-1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>" order                    \
  "</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>\n"
#define GOOD NTRY ("1", "12.50", "CRDT", "order-1")

static TwStatement *
read_text (const char *text, GError **error)
{
  return tw_statement_from_camt (text, strlen (text), error);
}

static TwStatementEntry *
get (TwStatement *statement, guint i)
{
  return statement->entries->pdata[i];
}

static void
test_well (void)
{
  const char *text = HEAD BAL ("OPBD", "100.00", "CRDT") BAL ("CLBD", "12.5", "DBIT") GOOD NTRY (
    "2", "125", "DBIT", "order-2") "<Ntry><NtryRef>3</NtryRef><Amt Ccy=\"CNY\">9</Amt>"
                                   "<CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>" TAIL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStatement) statement = read_text (text, &error);
  TwStatementEntry *entry;

  g_assert_no_error (error);
  g_assert_cmpint (statement->day, ==, tw_clock_day_of_date (2026, 3, 31));
  g_assert_true (statement->has_opening && statement->has_closing);
  g_assert_cmpint (statement->opening_fen, ==, 10000);
  g_assert_cmpint (statement->closing_fen, ==, -1250);
  /* What is only announced is no entry yet. */
  g_assert_cmpuint (statement->entries->len, ==, 2);
  entry = get (statement, 0);
  g_assert_cmpstr (entry->entry, ==, "1");
  g_assert_cmpstr (entry->order_id, ==, "order-1");
  g_assert_cmpstr (entry->reference, ==, "BANK-1");
  g_assert_cmpint (entry->amount_fen, ==, 1250);
  g_assert_cmpint (get (statement, 1)->amount_fen, ==, -12500);
}

/* Older and newer versions, a time with and without its zone, CDATA, comments, a name space with a
 * prefix, another encoding, an order that is not named. */
static void
test_forms (void)
{
  static const char *const good[] = {
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt>"
    "<Ntry><NtryRef>1</NtryRef><Amt Ccy=\"CNY\">12.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
    "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-31</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt>"
    "</Document>",
    "<?xml version=\"1.0\" encoding=\"GBK\"?><c:Document xmlns:c=\"" NS "\"><c:BkToCstmrStmt>"
    "<c:Stmt><!-- x --><c:Ntry><c:NtryRef><![CDATA[1]]></c:NtryRef>"
    "<c:Amt Ccy=\"CNY\"> 12.5000 </c:Amt><c:CdtDbtInd>CRDT</c:CdtDbtInd><c:Sts><c:Cd>BOOK</c:Cd>"
    "</c:Sts><c:BookgDt><c:DtTm>2026-03-31T23:59:59</c:DtTm></c:BookgDt>"
    "<c:AddtlNtryInf>\xb4\xe6\xbf\xee</c:AddtlNtryInf></c:Ntry></c:Stmt></c:BkToCstmrStmt>"
    "</c:Document>",
    HEAD "<Ntry><AcctSvcrRef>1</AcctSvcrRef><Amt Ccy=\"CNY\">12.50</Amt>"
         "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>"
         "<DtTm>2026-03-30T16:00:00Z</DtTm></BookgDt><NtryDtls><TxDtls><Refs>"
         "<EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>" TAIL,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwStatement) statement = read_text (good[i], &error);

      g_assert_no_error (error);
      g_assert_cmpuint (statement->entries->len, ==, 1);
      g_assert_cmpstr (get (statement, 0)->entry, ==, "1");
      g_assert_cmpstr (get (statement, 0)->order_id, ==, "");
      g_assert_cmpint (get (statement, 0)->amount_fen, ==, 1250);
      g_assert_cmpint (statement->day, ==, tw_clock_day_of_date (2026, 3, 31));
    }
}

#define PART(amount, order)                                                                        \
  "<TxDtls><Refs><EndToEndId>" order "</EndToEndId></Refs><Amt Ccy=\"CNY\">" amount                \
  "</Amt></TxDtls>"
#define BATCH(total, parts)                                                                        \
  HEAD "<Ntry><NtryRef>7</NtryRef><Amt Ccy=\"CNY\">" total                                         \
       "</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-31</Dt>"     \
       "</BookgDt><NtryDtls>" parts "</NtryDtls></Ntry>" TAIL

/* One line that stands for several orders. */
static void
test_batch (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStatement) statement =
    read_text (BATCH ("3.00", PART ("1.00", "a") PART ("2.00", "b")), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (statement->entries->len, ==, 2);
  g_assert_cmpstr (get (statement, 0)->entry, ==, "7/1");
  g_assert_cmpstr (get (statement, 1)->order_id, ==, "b");
  g_assert_cmpint (get (statement, 1)->amount_fen, ==, -200);
  g_assert_null (read_text (BATCH ("3.01", PART ("1.00", "a") PART ("2.00", "b")), &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
}

/* Each part is an amount that there may be; all of them are none. */
static void
test_huge_batch (void)
{
  g_autoptr (GString) parts = g_string_new (NULL);
  g_auto (GStrv) around = g_strsplit (BATCH ("1.00", "@"), "@", 2);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 101; i++)
    g_string_append (parts, PART ("920000000000000.00", "a"));
  text = g_strconcat (around[0], parts->str, around[1], NULL);
  g_assert_null (read_text (text, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "larger than can be added up"));
}

#define IBAN(number) "<Acct><Id><IBAN>" number "</IBAN></Id><Ccy>CNY</Ccy></Acct>"
#define PAGE(number, last, content)                                                                \
  HEAD "<StmtPgntn><PgNb>" number "</PgNb><LastPgInd>" last                                        \
       "</LastPgInd></StmtPgntn>" IBAN ("CN12 3456") content TAIL

/* Whose account it is, and what takes something back. */
static void
test_account (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStatement) iban = read_text (HEAD IBAN ("CN12 3456") GOOD TAIL, &error);
  g_autoptr (TwStatement) other =
    read_text (HEAD "<Acct><Id><Othr><Id>6222 01</Id></Othr></Id></Acct>"
                    "<Ntry><NtryRef>1</NtryRef><Amt Ccy=\"CNY\">9</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
                    "<RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts>"
                    "<BookgDt><Dt>2026-03-31</Dt></BookgDt></Ntry>" TAIL,
               &error);

  g_assert_no_error (error);
  g_assert_cmpstr (iban->account, ==, "CN123456");
  g_assert_cmpstr (iban->id, ==, "S");
  g_assert_false (get (iban, 0)->reversal);
  g_assert_true (iban->page == 1 && iban->is_last);
  g_assert_cmpstr (other->account, ==, "6222 01");
  g_assert_true (get (other, 0)->reversal);
}

#define FIRST                                                                                      \
  PAGE ("1", "false", BAL ("OPBD", "100.00", "CRDT") NTRY ("1", "12.50", "CRDT", "order-1"))
#define MIDDLE PAGE ("2", "false", NTRY ("2", "2.50", "DBIT", "order-2"))
#define LAST                                                                                       \
  PAGE ("3", "true", NTRY ("3", "5.00", "CRDT", "order-3") BAL ("CLBD", "115.00", "CRDT"))

static const struct
{
  const char *pages[4];
  const char *words; /* (nullable): why they are no statement */
} joins[] = {
  { { FIRST, MIDDLE, LAST }, NULL },
  { { LAST, FIRST, MIDDLE }, NULL },
  { { PAGE ("1", "true", GOOD) }, NULL },
  { { FIRST }, "After page 1" },
  { { FIRST, MIDDLE }, "After page 2" },
  { { LAST }, "Page 1 of the statement is missing" },
  { { FIRST, LAST }, "Page 2 of the statement is missing" },
  { { FIRST, MIDDLE, MIDDLE, LAST }, "Page 2 of the statement is there twice" },
  { { PAGE ("1", "true", GOOD), PAGE ("2", "true", GOOD) }, "says that it is the last" },
  { { FIRST, MIDDLE, PAGE ("3", "true", NTRY ("1", "5.00", "CRDT", "order-3")) }, "twice" },
  { { FIRST, MIDDLE, PAGE ("3", "true", BAL ("CLBD", "115.00", "CRDT")) }, "don’t add up" },
  { { FIRST, HEAD "<StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>" GOOD TAIL },
    "another statement" },
};

/* One page is no statement: all of them are, in any order. */
static void
test_pages (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (joins); i++)
    {
      g_autoptr (GPtrArray) pages =
        g_ptr_array_new_with_free_func ((GDestroyNotify) tw_statement_free);
      g_autoptr (GError) error = NULL;
      g_autoptr (TwStatement) whole = NULL;

      for (guint k = 0; k < 4 && joins[i].pages[k] != NULL; k++)
        {
          g_ptr_array_add (pages, read_text (joins[i].pages[k], &error));
          g_assert_no_error (error);
        }
      whole = tw_statement_join (pages, &error);
      if (joins[i].words != NULL)
        {
          g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
          g_assert_nonnull (strstr (error->message, joins[i].words));
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (get (whole, 0)->entry, ==, "1");
      g_assert_cmpstr (whole->account, ==, "CN123456");
      g_assert_cmpuint (whole->entries->len, ==, i < 2 ? 3 : 1);
      if (i < 2)
        g_assert_cmpint (whole->closing_fen, ==, 11500);
    }
  g_assert_null (read_text (PAGE ("0", "true", GOOD), NULL));
  g_assert_null (read_text (PAGE ("1", "maybe", GOOD), NULL));
}

static void
test_amounts (void)
{
  static const struct
  {
    const char *text;
    gint64 fen; /* -1: none */
  } amounts[] = {
    { "0", 0 },
    { "1", 100 },
    { "1.2", 120 },
    { "1.20", 120 },
    { "1.2000", 120 },
    { "000.01", 1 },
    { "", -1 },
    { ".5", -1 },
    { "1.", -1 },
    { "1.005", -1 },
    { "-1", -1 },
    { "+1", -1 },
    { "1e2", -1 },
    { "1,000.00", -1 },
    { "0x10", -1 },
    { "1.2.3", -1 },
    { "1 2", -1 },
    { "NaN", -1 },
    { "\xef\xbc\x91", -1 },
    { "99999999999.99", G_GINT64_CONSTANT (9999999999999) },
    { "99999999999999999999", -1 },
    { "92233720368547758.08", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 fen = -1;
      gboolean is_one = tw_statement_parse_amount (amounts[i].text, &fen, &error);

      if (is_one != (amounts[i].fen >= 0) || (is_one && fen != amounts[i].fen))
        g_error ("“%s” is read as %" G_GINT64_FORMAT, amounts[i].text, is_one ? fen : -1);
      g_assert_true (is_one == (error == NULL));
    }
}

/* Each is refused, and the message says on which line and why. */
static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    const char *words;
  } bad[] = {
    { HEAD GOOD "\n<Ntry><NtryRef>2</NtryRef></Ntry>" TAIL, "Line 5: The state (Sts)" },
    { HEAD GOOD NTRY ("1", "1", "CRDT", "x") TAIL, "Line 4: The reference of this entry" },
    { HEAD NTRY ("", "1", "CRDT", "x") "\n" TAIL, "BANK-1" }, /* not bad: see below */
    { HEAD NTRY ("1", "1.005", "CRDT", "x") TAIL, "Line 3: The amount has parts of a fen" },
    { HEAD NTRY ("1", "1,5", "CRDT", "x") TAIL, "Line 3: The amount is not a number" },
    { HEAD NTRY ("1", "0.00", "CRDT", "x") TAIL, "Line 3: The entry is about nothing" },
    { HEAD NTRY ("1", "1", "UP", "x") TAIL, "Line 3: The direction (CdtDbtInd)" },
    { HEAD NTRY ("1\xe2\x80\xae", "1", "CRDT", "x") TAIL, "Line 3: A reference is too long" },
    { HEAD "<Acct><Ccy>USD</Ccy></Acct>" GOOD TAIL, "Line 3: The currency" },
    { HEAD BAL ("OPBD", "1", "CRDT") BAL ("CLBD", "1", "CRDT") GOOD TAIL, "don’t add up" },
    { HEAD BAL ("CLBD", "1", "CRDT") BAL ("CLBD", "1", "CRDT") GOOD TAIL, "second balance" },
    { HEAD GOOD "</Stmt><Stmt>" TAIL, "Line 4: There is a second statement" },
    { HEAD TAIL, "does not say of which day" },
    { HEAD GOOD "</Stmt></BkToCstmrStmt>", "Line 4:" },
    { HEAD "<Ntry>", "Line 3:" },
    { "<Document xmlns=\"urn:x\"/>", "Line 1: This is not a statement" },
    { "<html/>", "Line 1: This is not a statement" },
    { "{\"a\":1}", "Line 1:" },
    { "", "Line 1:" },
    { "\xff\xfe\x00", "Line 1:" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwStatement) statement = read_text (bad[i].text, &error);

      /* Without a number of its own, the bank's reference does it. */
      if (i == 2)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (get (statement, 0)->entry, ==, bad[i].words);
          continue;
        }
      g_assert_null (statement);
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
      if (strstr (error->message, bad[i].words) == NULL)
        g_error ("%u: “%s” does not say “%s”", (guint) i, error->message, bad[i].words);
    }
}

static void
test_other_currency (void)
{
  g_auto (GStrv) parts = g_strsplit (HEAD GOOD TAIL, "CNY", -1);
  g_autofree char *text = g_strjoinv ("EUR", parts);
  g_autoptr (GError) error = NULL;

  g_assert_null (read_text (text, &error));
  g_assert_nonnull (strstr (error->message, "Line 3: The currency (Ccy) is not CNY."));
}

static void
test_two_days (void)
{
  g_auto (GStrv) parts = g_strsplit (GOOD, "2026-03-31", -1);
  g_autofree char *other = g_strjoinv ("2026-03-30", parts);
  g_autofree char *text = g_strconcat (HEAD NTRY ("9", "1", "CRDT", "x"), other, TAIL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (read_text (text, &error));
  g_assert_nonnull (strstr (error->message, "Line 4: This is of another day"));
}

/* What tries to read files, to ask the network, to grow without end, or to go deeper than anything
 * has a bottom. */
static void
test_hostile (void)
{
  g_autofree char *deep = g_strnfill (200000, '<');
  g_autoptr (GString) nested = g_string_new (HEAD);
  g_autoptr (GString) laughs = g_string_new ("<!DOCTYPE Document [<!ENTITY a0 \"ha\">");
  g_autofree char *file =
    g_strconcat ("<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
                 strchr (HEAD, '\n') + 1, NTRY ("&x;", "1", "CRDT", "x"), TAIL, NULL);
  g_autofree char *remote = g_strconcat ("<!DOCTYPE Document SYSTEM \"http://127.0.0.1:9/x.dtd\">",
                                         strchr (HEAD, '\n') + 1, GOOD, TAIL, NULL);
  g_autofree char *unknown = g_strconcat (HEAD, NTRY ("&x;", "1", "CRDT", "x"), TAIL, NULL);
  const char *hostile[6];
  clock_t start = clock ();

  for (int i = 1; i < 30; i++)
    g_string_append_printf (laughs, "<!ENTITY a%d \"&a%d;&a%d;&a%d;&a%d;\">", i, i - 1, i - 1,
                            i - 1, i - 1);
  g_string_append_printf (laughs, "]>%s" NTRY ("&a29;", "1", "CRDT", "x") TAIL,
                          strchr (HEAD, '\n') + 1);
  for (int i = 0; i < 100; i++)
    g_string_append (nested, "<a>");
  for (int i = 0; i < 100; i++)
    g_string_append (nested, "</a>");
  g_string_append (nested, GOOD TAIL);
  hostile[0] = deep;
  hostile[1] = laughs->str;
  hostile[2] = file;
  hostile[3] = remote;
  hostile[4] = unknown;
  hostile[5] =
    "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]><a/>";
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_text (hostile[i], &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_INVALID);
      g_assert_null (strstr (error->message, "root:"));
      g_assert_cmpuint (strlen (error->message), <, 1000);
    }
  /* Deeper than anything in there needs to be, where nobody looks. */
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwStatement) statement = read_text (nested->str, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (statement->entries->len, ==, 1);
  }
  g_assert_cmpint (clock () - start, <, 10 * CLOCKS_PER_SEC);
}

/* A file that is cut off anywhere, or has any byte of it changed, is read or refused: nothing else.
 */
static void
test_damaged (void)
{
  g_autofree char *text = g_strdup (HEAD BAL ("OPBD", "0.00", "CRDT") BAL ("CLBD", "11.50", "CRDT")
                                      GOOD NTRY ("2", "1", "DBIT", "x") TAIL);
  gsize length = strlen (text);

  for (gsize cut = 1; cut < length - 1; cut++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_statement_from_camt (text, cut, &error));
      g_assert_nonnull (error);
    }
  for (gsize at = 0; at < length; at++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (TwStatement) statement = NULL;

        text[at] = (char) (text[at] ^ (1 << bit));
        statement = tw_statement_from_camt (text, length, &error);
        g_assert_true ((statement != NULL) == (error == NULL));
        text[at] = (char) (text[at] ^ (1 << bit));
      }
}

static void
test_large (void)
{
  g_autoptr (GString) text = g_string_new (HEAD);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStatement) statement = NULL;
  clock_t start = clock ();

  for (int i = 0; i < 20000; i++)
    g_string_append_printf (text,
                            "<Ntry><NtryRef>%d</NtryRef><Amt Ccy=\"CNY\">0.01</Amt>"
                            "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>"
                            "<Dt>2026-03-31</Dt></BookgDt></Ntry>\n",
                            i);
  g_string_append (text, "<Ntry><NtryRef>x</NtryRef></Ntry>" TAIL);
  g_assert_null (tw_statement_from_camt (text->str, text->len, &error));
  /* Lines beyond what two bytes count. */
  g_assert_nonnull (strstr (error->message, "Line 20003: "));
  g_clear_error (&error);
  g_string_truncate (text, text->len - strlen ("<Ntry><NtryRef>x</NtryRef></Ntry>" TAIL));
  g_string_append (text, TAIL);
  statement = tw_statement_from_camt (text->str, text->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (statement->entries->len, ==, 20000);
  g_assert_cmpint (clock () - start, <, 20 * CLOCKS_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camt/well", test_well);
  g_test_add_func ("/camt/forms", test_forms);
  g_test_add_func ("/camt/batch", test_batch);
  g_test_add_func ("/camt/huge-batch", test_huge_batch);
  g_test_add_func ("/camt/account", test_account);
  g_test_add_func ("/camt/pages", test_pages);
  g_test_add_func ("/camt/amounts", test_amounts);
  g_test_add_func ("/camt/bad", test_bad);
  g_test_add_func ("/camt/other-currency", test_other_currency);
  g_test_add_func ("/camt/two-days", test_two_days);
  g_test_add_func ("/camt/hostile", test_hostile);
  g_test_add_func ("/camt/damaged", test_damaged);
  g_test_add_func ("/camt/large", test_large);
  return g_test_run ();
}
