// SPDX-License-Identifier: GPL-3.0-or-later
/* Requests between machines: what is signed is taken, and nothing else is. */
#include <string.h>

#include "base/tw-error.h"
#include "base/tw-uuid.h"
#include "vault/tw-request.h"

#define NOW_MS (G_GINT64_CONSTANT (1764000000000))
#define ID "01900000-0000-7000-8000-000000000001"
#define OTHER "01900000-0000-7000-8000-000000000002"

typedef struct
{
  TwKey *key;
  TwRequestGuard *guard;
  TwRequest request;
  char *signature;
} Case;

static void
sign (Case *c)
{
  g_free (c->signature);
  c->signature = tw_request_sign (c->key, &c->request);
  c->request.signature = c->signature;
}

static void
set_up (Case *c, gconstpointer data)
{
  g_autoptr (TwKey) shared = tw_key_new_random ();

  c->key = tw_key_derive (shared, TW_REQUEST_TO_PARTNER);
  c->guard = tw_request_guard_new (c->key);
  c->request = (TwRequest){ .method = "POST",
                            .path = "/bank/debits",
                            .id = ID,
                            .at = "1764000000000",
                            .body = "{\"a\":1}",
                            .length = 7 };
  sign (c);
}

static void
tear_down (Case *c, gconstpointer data)
{
  g_free (c->signature);
  tw_request_guard_free (c->guard);
  tw_key_unref (c->key);
}

static void
assert_taken (Case *c, gint64 now_ms)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_request_guard_check (c->guard, &c->request, now_ms, &error));
  g_assert_no_error (error);
}

static void
assert_refused (Case *c, gint64 now_ms, TwError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_request_guard_check (c->guard, &c->request, now_ms, &error));
  g_assert_error (error, TW_ERROR, (int) code);
}

static void
test_taken (Case *c, gconstpointer data)
{
  assert_taken (c, NOW_MS);
  /* As it is, as often as the answer is lost. */
  assert_taken (c, NOW_MS + 1000);
  g_assert_cmpuint (tw_request_guard_get_size (c->guard), ==, 1);
}

/* Each thing that is signed, altered alone. */
static void
test_altered (Case *c, gconstpointer data)
{
  const TwRequest as_signed = c->request;
  g_autoptr (TwKey) other = tw_key_new_random ();
  TwRequest altered[6];

  for (gsize i = 0; i < G_N_ELEMENTS (altered); i++)
    altered[i] = as_signed;
  altered[0].method = "GET";
  altered[1].path = "/bank/debits/x";
  altered[2].id = OTHER;
  altered[3].at = "1764000000001";
  altered[4].body = "{\"a\":2}";
  altered[5].length = 6;
  for (gsize i = 0; i < G_N_ELEMENTS (altered); i++)
    {
      c->request = altered[i];
      assert_refused (c, NOW_MS, TW_ERROR_UNAUTHENTICATED);
    }
  /* Another key's. */
  c->request = as_signed;
  g_free (c->signature);
  c->signature = tw_request_sign (other, &c->request);
  c->request.signature = c->signature;
  assert_refused (c, NOW_MS, TW_ERROR_UNAUTHENTICATED);
  g_assert_cmpuint (tw_request_guard_get_size (c->guard), ==, 0);
}

static void
test_missing (Case *c, gconstpointer data)
{
  const TwRequest as_signed = c->request;

  c->request.id = NULL;
  assert_refused (c, NOW_MS, TW_ERROR_UNAUTHENTICATED);
  c->request = as_signed;
  c->request.at = NULL;
  assert_refused (c, NOW_MS, TW_ERROR_UNAUTHENTICATED);
  c->request = as_signed;
  c->request.signature = NULL;
  assert_refused (c, NOW_MS, TW_ERROR_UNAUTHENTICATED);
  c->request.signature = "";
  assert_refused (c, NOW_MS, TW_ERROR_UNAUTHENTICATED);
  c->request = as_signed;
  c->request.id = "x";
  sign (c);
  assert_refused (c, NOW_MS, TW_ERROR_UNAUTHENTICATED);
}

/* The id of one request over another, signed well. */
static void
test_another (Case *c, gconstpointer data)
{
  assert_taken (c, NOW_MS);
  c->request.body = "{\"a\":2}";
  sign (c);
  assert_refused (c, NOW_MS, TW_ERROR_CHANGED);
  c->request.id = OTHER;
  sign (c);
  assert_taken (c, NOW_MS);
}

static void
test_old (Case *c, gconstpointer data)
{
  assert_taken (c, NOW_MS - TW_REQUEST_WINDOW_MS);
  assert_taken (c, NOW_MS + TW_REQUEST_WINDOW_MS);
  assert_refused (c, NOW_MS + TW_REQUEST_WINDOW_MS + 1, TW_ERROR_UNAUTHENTICATED);
  assert_refused (c, NOW_MS - TW_REQUEST_WINDOW_MS - 1, TW_ERROR_UNAUTHENTICATED);
}

/* What it remembers is bounded by time; what it has forgotten would be refused as too old. */
static void
test_forgets (Case *c, gconstpointer data)
{
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *id = tw_uuid_new ();
      g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, NOW_MS + i * 60000);

      c->request.id = id;
      c->request.at = at;
      sign (c);
      assert_taken (c, NOW_MS + i * 60000);
      g_assert_cmpuint (tw_request_guard_get_size (c->guard), <=, 21);
    }
}

/* What a guard before it has taken counts as taken by itself. */
static void
test_recalled (Case *c, gconstpointer data)
{
  tw_request_guard_recall (c->guard, ID, c->signature, NOW_MS);
  assert_taken (c, NOW_MS + 1000);
  g_assert_cmpuint (tw_request_guard_get_size (c->guard), ==, 1);
  c->request.body = "{\"a\":2}";
  sign (c);
  assert_refused (c, NOW_MS + 1000, TW_ERROR_CHANGED);
}

/* Each thing that an answer's signature stands for, altered alone. */
static void
test_answer (Case *c, gconstpointer data)
{
  static const char body[] = "{\"state\":\"done\"}";
  g_autoptr (TwKey) other = tw_key_new_random ();
  g_autofree char *signature = tw_request_sign_answer (c->key, ID, 200, body, strlen (body));
  g_autofree char *empty = tw_request_sign_answer (c->key, ID, 200, NULL, 0);

  g_assert_true (tw_request_check_answer (c->key, ID, 200, body, strlen (body), signature));
  g_assert_false (tw_request_check_answer (other, ID, 200, body, strlen (body), signature));
  g_assert_false (tw_request_check_answer (c->key, OTHER, 200, body, strlen (body), signature));
  g_assert_false (tw_request_check_answer (c->key, ID, 404, body, strlen (body), signature));
  g_assert_false (tw_request_check_answer (c->key, ID, 200, body, strlen (body) - 1, signature));
  g_assert_false (tw_request_check_answer (c->key, ID, 200, NULL, 0, signature));
  g_assert_false (tw_request_check_answer (c->key, ID, 200, body, strlen (body), NULL));
  g_assert_false (tw_request_check_answer (c->key, ID, 200, body, strlen (body), ""));
  g_assert_true (tw_request_check_answer (c->key, ID, 200, "", 0, empty));
  /* A request's is none. */
  g_assert_false (
    tw_request_check_answer (c->key, ID, 200, c->request.body, c->request.length, c->signature));
}

#define CASE(name, func) g_test_add ("/vault/request/" name, Case, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (tw_vault_init (NULL));
  CASE ("taken", test_taken);
  CASE ("altered", test_altered);
  CASE ("missing", test_missing);
  CASE ("another", test_another);
  CASE ("old", test_old);
  CASE ("forgets", test_forgets);
  CASE ("recalled", test_recalled);
  CASE ("answer", test_answer);
  return g_test_run ();
}
