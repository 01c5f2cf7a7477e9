// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "base/tw-identifiers.h"
#include "model/tw-amount-form.h"
#include "model/tw-question-form.h"
#include "model/tw-register-form.h"
#include "model/tw-sign-in-form.h"

/* Counts what a form announces: how often, and for which field last. */
typedef struct
{
  int fields;
  int valid;
  char *last;
} Heard;

static void
on_field_changed (TwForm *form, const char *field, Heard *heard)
{
  heard->fields++;
  g_free (heard->last);
  heard->last = g_strdup (field);
}

static void
on_valid (TwForm *form, GParamSpec *pspec, Heard *heard)
{
  heard->valid++;
}

static void
listen (TwForm *form, Heard *heard)
{
  g_signal_connect (form, "field-changed", G_CALLBACK (on_field_changed), heard);
  g_signal_connect (form, "notify::valid", G_CALLBACK (on_valid), heard);
}

/* The longer the harder; a password that holds the name is nothing. */
static int
score (const char *password, const char *const *inputs)
{
  if (*inputs[0] != '\0' && strstr (password, inputs[0]) != NULL)
    return 0;
  return MIN ((int) strlen (password) / 4, 4);
}

static void
fill (TwForm *form)
{
  g_autofree char *id_number = tw_resident_id_make (110105, tw_clock_day_of_date (1990, 3, 7), 12);

  tw_form_set_text (form, "name", "测试甲");
  tw_form_set_text (form, "id-number", id_number);
  tw_form_set_text (form, "phone", "138 0000 0001");
  tw_form_set_text (form, "email", "test.one@Example.COM");
  tw_form_set_text (form, "password", "four plain words here");
  tw_form_set_text (form, "password-again", "four plain words here");
}

static void
test_not_on_the_first_keystroke (void)
{
  g_autoptr (TwRegisterForm) form = tw_register_form_new ();
  TwForm *f = TW_FORM (form);

  tw_form_set_text (f, "phone", "2");
  g_assert_null (tw_form_get_value (f, "phone"));
  g_assert_null (tw_form_get_error (f, "phone"));
  tw_form_set_text (f, "phone", "23800000001");
  g_assert_nonnull (tw_form_get_error (f, "phone"));
  tw_form_set_text (f, "phone", "2380000000");
  g_assert_null (tw_form_get_error (f, "phone"));
  tw_form_leave (f, "phone");
  g_assert_nonnull (tw_form_get_error (f, "phone"));
  /* Once left, it is told until it is right. */
  tw_form_set_text (f, "phone", "238");
  g_assert_nonnull (tw_form_get_error (f, "phone"));
  tw_form_set_text (f, "phone", "");
  g_assert_null (tw_form_get_error (f, "phone"));
  tw_form_set_text (f, "phone", "13800000001");
  g_assert_null (tw_form_get_error (f, "phone"));
  g_assert_cmpstr (tw_form_get_value (f, "phone"), ==, "13800000001");

  tw_form_leave (f, "email");
  g_assert_null (tw_form_get_error (f, "email"));
  tw_form_set_text (f, "email", "a@b@c");
  g_assert_null (tw_form_get_error (f, "email"));
  tw_form_leave (f, "email");
  g_assert_nonnull (tw_form_get_error (f, "email"));
}

static void
test_id_number (void)
{
  static const struct
  {
    const char *text;
    gboolean fine;
  } cases[] = {
    { "11010519491231002X", TRUE },  { "11010519491231002x", TRUE },
    { "110105194912310021", FALSE }, { "99010519491231002X", FALSE },
    { "110105194913310021", FALSE }, { "１１０１０５１９４９１２３１００２X", TRUE },
  };
  g_autoptr (TwRegisterForm) form = tw_register_form_new ();
  TwForm *f = TW_FORM (form);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      tw_form_set_text (f, "id-number", cases[i].text);
      if (cases[i].fine)
        {
          g_assert_cmpstr (tw_form_get_value (f, "id-number"), ==, "11010519491231002X");
          g_assert_null (tw_form_get_error (f, "id-number"));
          g_assert_nonnull (strstr (tw_form_get_hint (f, "id-number"), "1949-12-31"));
        }
      else
        {
          g_assert_null (tw_form_get_value (f, "id-number"));
          g_assert_nonnull (tw_form_get_error (f, "id-number"));
          g_assert_null (tw_form_get_hint (f, "id-number"));
        }
    }
}

static void
test_register_complete (void)
{
  g_autoptr (TwRegisterForm) form = tw_register_form_new ();
  g_autoptr (GVariant) body = NULL;
  const char *email = NULL;
  Heard heard = { 0 };

  listen (TW_FORM (form), &heard);
  g_assert_false (tw_form_get_valid (TW_FORM (form)));
  fill (TW_FORM (form));
  g_assert_true (tw_form_get_valid (TW_FORM (form)));
  g_assert_cmpint (heard.valid, ==, 1);
  g_assert_cmpint (heard.fields, ==, 6);
  g_assert_null (tw_form_review (TW_FORM (form)));
  g_assert_cmpint (heard.fields, ==, 6);

  body = g_variant_ref_sink (tw_register_form_get_body (form));
  g_assert_cmpuint (g_variant_n_children (body), ==, 5);
  g_assert_true (g_variant_lookup (body, "email", "&s", &email));
  g_assert_cmpstr (email, ==, "test.one@example.com");
  g_free (heard.last);
}

static void
test_password (void)
{
  g_autoptr (TwRegisterForm) form = tw_register_form_new ();
  TwForm *f = TW_FORM (form);
  Heard heard = { 0 };

  tw_form_set_text (f, "password", "short");
  g_assert_null (tw_form_get_error (f, "password"));
  tw_form_set_text (f, "password", "weak weak");
  g_assert_nonnull (tw_form_get_error (f, "password"));
  tw_form_set_text (f, "password", "good enough pw");
  g_assert_null (tw_form_get_error (f, "password"));
  g_assert_nonnull (tw_form_get_hint (f, "password"));

  /* Typed data counts as known: the name that is typed later makes it weak. */
  listen (f, &heard);
  tw_form_set_text (f, "name", "enough");
  g_assert_nonnull (tw_form_get_error (f, "password"));
  g_assert_cmpint (heard.fields, ==, 2);
  tw_form_set_text (f, "name", "Other");
  g_assert_null (tw_form_get_error (f, "password"));

  tw_form_set_text (f, "password-again", "good enough qw");
  g_assert_nonnull (tw_form_get_error (f, "password-again"));
  tw_form_set_text (f, "password-again", "good enough pw");
  g_assert_null (tw_form_get_error (f, "password-again"));
  /* A change of the first makes the second wrong again. */
  tw_form_set_text (f, "password", "good enough pw two");
  g_assert_nonnull (tw_form_get_error (f, "password-again"));
  g_free (heard.last);
}

static void
test_review (void)
{
  g_autoptr (TwRegisterForm) form = tw_register_form_new ();
  TwForm *f = TW_FORM (form);
  Heard heard = { 0 };

  listen (f, &heard);
  g_assert_cmpstr (tw_form_review (f), ==, "name");
  g_assert_nonnull (tw_form_get_error (f, "name"));
  g_assert_nonnull (tw_form_get_error (f, "password-again"));
  g_assert_cmpint (heard.fields, ==, 6);
  /* Nothing new to say. */
  g_assert_cmpstr (tw_form_review (f), ==, "name");
  g_assert_cmpint (heard.fields, ==, 6);
  tw_form_set_text (f, "name", "测试甲");
  g_assert_cmpstr (tw_form_review (f), ==, "id-number");
  tw_form_clear (f);
  g_assert_null (tw_form_get_error (f, "id-number"));
  g_assert_cmpint (heard.valid, ==, 0);
  g_free (heard.last);
}

static void
test_refused_by_the_service (void)
{
  g_autoptr (TwRegisterForm) form = tw_register_form_new ();
  TwForm *f = TW_FORM (form);

  fill (f);
  tw_form_refuse (f, "phone", "This phone number already has an account.");
  g_assert_false (tw_form_get_valid (f));
  g_assert_cmpstr (tw_form_get_error (f, "phone"), ==, "This phone number already has an account.");
  g_assert_cmpstr (tw_form_review (f), ==, "phone");
  tw_form_set_text (f, "phone", "13800000002");
  g_assert_null (tw_form_get_error (f, "phone"));
  g_assert_true (tw_form_get_valid (f));
}

static void
test_drafts_hold_no_secret (void)
{
  g_autoptr (TwRegisterForm) form = tw_register_form_new ();
  g_autoptr (TwRegisterForm) again = tw_register_form_new ();
  g_autofree char *nothing = tw_form_save (TW_FORM (form));
  g_autofree char *saved = NULL;

  g_assert_null (nothing);
  fill (TW_FORM (form));
  saved = tw_form_save (TW_FORM (form));
  g_assert_null (strstr (saved, "four plain"));
  tw_form_restore (TW_FORM (again), saved);
  g_assert_cmpstr (tw_form_get_text (TW_FORM (again), "name"), ==, "测试甲");
  g_assert_cmpstr (tw_form_get_text (TW_FORM (again), "password"), ==, "");

  /* A draft is data: a damaged or foreign one must do no harm. */
  tw_form_restore (TW_FORM (again), NULL);
  tw_form_restore (TW_FORM (again), "");
  tw_form_restore (TW_FORM (again), "{'name': <");
  tw_form_restore (TW_FORM (again), "{'name': <7>, 'shoe-size': <'43'>}");
  g_assert_cmpstr (tw_form_get_text (TW_FORM (again), "name"), ==, "测试甲");
  tw_form_restore (TW_FORM (again), "{'password': <'x'>, 'name': <'测试乙'>}");
  g_assert_cmpstr (tw_form_get_text (TW_FORM (again), "name"), ==, "测试乙");
  g_assert_cmpstr (tw_form_get_text (TW_FORM (again), "password"), ==, "");
}

static void
test_amount (void)
{
  static const struct
  {
    const char *text;
    gint64 fen; /* 0: refused */
    const char *echo;
  } cases[] = {
    { "1234.56", 123456, "¥1,234.56" },
    { "1,234.56", 123456, "¥1,234.56" },
    { "１２３４", 123400, "¥1,234.00" },
    { "¥0.01", 1, "¥0.01" },
    { "0", 0, NULL },
    { "0.00", 0, NULL },
    { "1.234", 0, NULL },
    { "1,234.5", 123450, "¥1,234.50" },
    { "12,34", 0, NULL },
    { "-5", 0, NULL },
    { "5e3", 0, NULL },
    { "five", 0, NULL },
    { "100000000000", 0, NULL },
    { "99999999999999999999999999", 0, NULL },
  };
  g_autoptr (TwAmountForm) form = tw_amount_form_new ();
  TwForm *f = TW_FORM (form);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      tw_form_set_text (f, "amount", "");
      tw_form_set_text (f, "amount", cases[i].text);
      g_assert_cmpint (tw_amount_form_get_fen (form), ==, cases[i].fen);
      g_assert_cmpstr (tw_form_get_hint (f, "amount"), ==, cases[i].echo);
      g_assert_null (tw_form_get_error (f, "amount"));
      tw_form_leave (f, "amount");
      g_assert_true ((tw_form_get_error (f, "amount") == NULL) == (cases[i].fen > 0));
    }
  tw_amount_form_set_fen (form, 4200);
  g_assert_cmpstr (tw_form_get_text (f, "amount"), ==, "42.00");
  g_assert_cmpint (tw_amount_form_get_fen (form), ==, 4200);
}

static void
test_question (void)
{
  g_autoptr (TwQuestionForm) form = tw_question_form_new ();
  TwForm *f = TW_FORM (form);
  g_autofree char *huge = g_strnfill (10 * 1024 * 1024, 'x');
  gint64 start_us = g_get_monotonic_time ();

  tw_form_set_text (f, "subject", "  Why twice?\n");
  g_assert_cmpstr (tw_form_get_value (f, "subject"), ==, "Why twice?");
  tw_form_set_text (f, "text", "First line\r\nsecond 🙂 שלום");
  g_assert_cmpstr (tw_form_get_value (f, "text"), ==, "First line\nsecond 🙂 שלום");
  g_assert_true (tw_form_get_valid (f));
  tw_form_set_text (f, "text", huge);
  g_assert_false (tw_form_get_valid (f));
  g_assert_nonnull (tw_form_get_error (f, "text"));
  /* 10 MB in one paste must not freeze the window; generous for a sanitized build. */
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 10 * G_USEC_PER_SEC);
}

static void
test_sign_in (void)
{
  g_autoptr (TwSignInForm) form = tw_sign_in_form_new ();
  TwForm *f = TW_FORM (form);

  g_assert_cmpstr (tw_form_review (f), ==, "login");
  tw_form_set_text (f, "login", "+86 138-0000-0000");
  g_assert_cmpstr (tw_form_review (f), ==, "password");
  tw_form_set_text (f, "password", "x");
  g_assert_null (tw_form_review (f));
  g_assert_cmpstr (tw_form_get_value (f, "login"), ==, "13800000000");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tw_register_form_set_scorer (score);
  g_test_add_func ("/form/not-on-the-first-keystroke", test_not_on_the_first_keystroke);
  g_test_add_func ("/form/id-number", test_id_number);
  g_test_add_func ("/form/register", test_register_complete);
  g_test_add_func ("/form/password", test_password);
  g_test_add_func ("/form/review", test_review);
  g_test_add_func ("/form/refused", test_refused_by_the_service);
  g_test_add_func ("/form/drafts", test_drafts_hold_no_secret);
  g_test_add_func ("/form/amount", test_amount);
  g_test_add_func ("/form/question", test_question);
  g_test_add_func ("/form/sign-in", test_sign_in);
  return g_test_run ();
}
