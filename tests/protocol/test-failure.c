// SPDX-License-Identifier: GPL-3.0-or-later
/* The closed list of what can go wrong with money: nothing is missing in it, and what it says does
 * not contradict itself. */
#include <string.h>

#include "protocol/tw-failure.h"
#include "protocol/tw-refusal.h"

/* Refusals of what has nothing to do with money. */
static const char *const elsewhere[] = {
  "card_known",
  "wrong_amount",
  "unproved",
  "wrong_code",
  "phone_taken",
  "id_taken",
  "weak_password",
  "ticket_taken",
  "ticket_resolved",
  "not_yours",
  "already_decided",
  "already_rated",
  "many_lookups",
  "many_cards",
  "many_standing",
  "not_correctable",
  "difference_changed",
  "customer_balance",
  NULL,
};

static void
test_complete (void)
{
  gsize n_refusals;
  const TwRefusal *refusals = tw_refusal_list (&n_refusals);

  for (gsize i = 0; i < n_refusals; i++)
    {
      const TwFailure *failure = tw_failure_find (refusals[i].code);

      if (g_strv_contains (elsewhere, refusals[i].code))
        g_assert_cmpstr (failure->code, ==, "");
      else if (!g_str_equal (failure->code, refusals[i].code))
        g_error ("“%s” says nothing of money, nor that it is not about any", refusals[i].code);
    }
}

static void
test_rows (void)
{
  gsize n_failures;
  const TwFailure *failures = tw_failure_list (&n_failures);

  for (gsize i = 0; i < n_failures; i++)
    {
      const TwRefusal *refusal = tw_refusal_find (failures[i].code);

      g_assert_true (tw_failure_find (failures[i].code) == &failures[i]);
      g_assert_cmpuint (strlen (tw_failure_get_todo (&failures[i])), >, 10);
      g_assert_cmpuint (strlen (tw_moved_get_words (failures[i].moved)), >, 10);
      g_assert_cmpint (failures[i].check, <, TW_N_CHECKS);
      /* What could not be written down never reached the service. */
      g_assert_true (refusal != NULL || g_str_equal (failures[i].code, "not_saved"));
      /* Nobody is invited to pay what may have been paid, or has been. */
      if (refusal != NULL && failures[i].moved != TW_MOVED_NOTHING)
        g_assert_cmpstr (refusal->remedy, !=, TW_REMEDY_RETRY);
      /* The words say what happened; whether money moved is said beside them, once. */
      if (refusal != NULL)
        {
          g_assert_null (strstr (refusal->words, "Nothing was"));
          g_assert_null (strstr (refusal->words, "oney was moved"));
        }
    }
}

static void
test_unknown (void)
{
  g_assert_cmpint (tw_failure_find ("from_the_future")->moved, ==, TW_MOVED_NOTHING);
  g_assert_cmpint (tw_failure_find (NULL)->check, ==, TW_CHECK_SUPPORT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/failure/complete", test_complete);
  g_test_add_func ("/protocol/failure/rows", test_rows);
  g_test_add_func ("/protocol/failure/unknown", test_unknown);
  return g_test_run ();
}
