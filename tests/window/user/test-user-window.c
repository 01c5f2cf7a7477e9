// SPDX-License-Identifier: GPL-3.0-or-later
/* The window around the pages: signing in and out, the way back, losing the service, fitting in. */

#include "base/tw-clock.h"
#include "base/tw-identifiers.h"
#include "client/user/tw-trail.h"
#include "client/user/tw-user-window.h"
#include "model/tw-account.h"
#include "model/tw-partner.h"
#include "tw-window-test.h"

static void
test_sample_person (Fixture *fixture, gconstpointer data)
{
  g_assert_true (tw_shows (fixture, "play money"));
  g_assert_true (tw_shows (fixture, "Practice-2026-Wallet"));
  tw_fake_client_fill (fixture->client, 10);
  tw_click (fixture->window, "Enter as the sample person");
  tw_wait_shows (fixture, "Due next");
}

static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  tw_fake_client_refuse_sign_in (fixture->client, "The password does not fit.");
  tw_type (fixture->window, "Phone number", "138");
  g_assert_false (tw_shows (fixture, "A mobile number has 11 digits"));
  tw_click (fixture->window, "Sign in");
  g_assert_true (tw_shows (fixture, "A mobile number has 11 digits"));
  g_assert_true (tw_shows (fixture, "Enter your password."));
  tw_type (fixture->window, "Phone number", "13800000009");
  tw_type (fixture->window, "Password", "anything");
  tw_click (fixture->window, "Sign in");
  tw_wait_shows (fixture, "The password does not fit.");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Phone number"))), ==,
    "13800000009");
  tw_fake_client_refuse_sign_in (fixture->client, NULL);
  tw_click (fixture->window, "Sign in");
  tw_wait_shows (fixture, "In your wallet");
  /* The number is remembered, the password is nowhere. */
  tw_do (fixture, "win.sign-out");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Phone number"))), ==,
    "13800000009");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Password"))), ==, "");
}

static void
fill_registration (Fixture *fixture, const char *phone)
{
  g_autofree char *id_number = tw_resident_id_make (110105, tw_clock_day_of_date (1988, 2, 29), 7);

  tw_type (fixture->window, "Name as on the ID card", "测试甲");
  tw_type (fixture->window, "ID number", id_number);
  tw_type (fixture->window, "Phone number", phone);
  tw_type (fixture->window, "E-mail", "test@example.com");
  tw_type (fixture->window, "Password", "four plain words here");
  tw_type (fixture->window, "The same password again", "four plain words here");
}

static void
test_register (Fixture *fixture, gconstpointer data)
{
  tw_click (fixture->window, "Register");
  tw_type (fixture->window, "ID number", "1");
  g_assert_false (tw_shows (fixture, "18 characters"));
  tw_type (fixture->window, "ID number", "110105194912310021");
  g_assert_true (tw_shows (fixture, "The last character does not fit the others."));
  tw_click (fixture->window, "Register");
  g_assert_true (tw_shows (fixture, "Enter your name as it stands on the ID card."));
  fill_registration (fixture, "13800000000");
  /* One may go on later: all but the passwords is there. */
  tw_window_test_restart (fixture);
  tw_click (fixture->window, "Register");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "E-mail"))),
                   ==, "test@example.com");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (tw_find_entry (fixture->window, "Password"))), ==, "");
  fill_registration (fixture, "13800000000");
  tw_click (fixture->window, "Register");
  tw_wait_shows (fixture, "This phone number already has an account.");
  fill_registration (fixture, "13800000003");
  tw_click (fixture->window, "Register");
  tw_wait_shows (fixture, "R-2026-0001");
  tw_click (fixture->window, "Go to your wallet");
  tw_wait_shows (fixture, "In your wallet");
}

static void
test_identity (Fixture *fixture, gconstpointer data)
{
  TwObject *account =
    tw_object_list_find (tw_client_get_list (TW_CLIENT (fixture->client), "account"), "acc-1");

  g_assert_false (tw_shows (fixture, "Your identity"));
  g_object_set (account, "identity", TW_IDENTITY_STATE_PENDING, NULL);
  tw_wait_shows (fixture, "Your identity is being checked");
  g_object_set (account, "identity", TW_IDENTITY_STATE_REFUSED, "identity-reason",
                "The name does not fit the number.", NULL);
  tw_wait_shows (fixture, "The name does not fit the number.");
  g_assert_nonnull (tw_find_button (fixture->window, "Ask a person"));
}

static void
test_way_back (Fixture *fixture, gconstpointer data)
{
  tw_go (fixture, "bills", "");
  tw_go (fixture, "bill", "bill-1");
  g_assert_true (tw_shows (fixture, "12 days overdue"));
  tw_do (fixture, "win.escape");
  g_assert_true (tw_shows (fixture, "To pay"));
  tw_do (fixture, "win.forward");
  g_assert_true (tw_shows (fixture, "The late fee grows"));
  /* After a restart it is where it was, and back leads up. */
  tw_window_test_restart (fixture);
  g_assert_true (tw_shows (fixture, "The late fee grows"));
  tw_do (fixture, "win.escape");
  g_assert_true (tw_shows (fixture, "To pay"));
  tw_do (fixture, "win.escape");
  g_assert_true (tw_shows (fixture, "To pay"));
}

/* Ctrl-F searches also from where there is nothing to search in; F9 has the list of pages. */
static void
test_keys_anywhere (Fixture *fixture, gconstpointer data)
{
  AdwFlap *flap = ADW_FLAP (tw_find_type (fixture->window, ADW_TYPE_FLAP));
  gboolean revealed = adw_flap_get_reveal_flap (flap);
  GtkWidget *search;

  tw_go (fixture, "home", "");
  tw_do (fixture, "win.find");
  search = GTK_WIDGET (tw_find_type (fixture->window, GTK_TYPE_SEARCH_ENTRY));
  g_assert_true (gtk_widget_get_mapped (search));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (fixture->window), search));
  tw_do (fixture, "win.pages");
  g_assert_true (adw_flap_get_reveal_flap (flap) != revealed);
  tw_do (fixture, "win.pages");
  g_assert_true (adw_flap_get_reveal_flap (flap) == revealed);
  tw_do (fixture, "win.sign-out");
  tw_do (fixture, "win.pages");
  g_assert_false (adw_flap_get_reveal_flap (flap));
  tw_do (fixture, "win.find");
  g_assert_nonnull (tw_find_button (fixture->window, "Sign in"));
}

/* Nothing of one person is left for the next, not even hidden. */
static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  static const char *const pages[] = { "home", "bills", "account", "help" };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    tw_go (fixture, pages[i], "");
  tw_do (fixture, "win.sign-out");
  g_assert_nonnull (tw_find_button (fixture->window, "Sign in"));
  tw_go (fixture, "account", "");
  g_assert_nonnull (tw_find_button (fixture->window, "Sign in"));
  g_assert_null (tw_find_text (fixture->window, "示例甲"));
  tw_do (fixture, "win.ask");
  g_assert_nonnull (tw_find_button (fixture->window, "Sign in"));
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  g_assert_false (tw_shows (fixture, "No connection"));
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_wait_shows (fixture, "No connection to the service just now. You see everything as of");
  g_object_set (tw_client_get_status (TW_CLIENT (fixture->client)), "unsent", 2, NULL);
  tw_wait_shows (fixture, "2 things you wrote are kept");
  tw_fake_client_set_online (fixture->client, TRUE);
  tw_wait_gone (fixture, "No connection");
}

/* What is said in passing is said as it is: a file may have any name. */
static void
tell_partner (Fixture *fixture, const char *id, TwPartnerState state)
{
  TwObjectList *partners = tw_client_get_list (TW_CLIENT (fixture->client), "partner");
  TwObject *partner = tw_object_list_find (partners, id);

  if (partner == NULL)
    tw_fake_client_put (fixture->client, "partner",
                        g_object_new (TW_TYPE_PARTNER, "id", id, "state", state, "since-ms",
                                      tw_clock_now_ms (), NULL));
  else
    {
      g_object_set (partner, "state", state, NULL);
      g_signal_emit_by_name (partners, "updated");
    }
}

/* Who can't be reached is said, each for itself, and as long as it is so and is known. */
static void
test_partners (Fixture *fixture, gconstpointer data)
{
  tell_partner (fixture, TW_PARTNER_BANK, TW_PARTNER_STATE_UP);
  tell_partner (fixture, "somebody", TW_PARTNER_STATE_DOWN);
  tw_spin ();
  g_assert_false (tw_shows (fixture, "can't be reached just now"));
  tell_partner (fixture, TW_PARTNER_BANK, TW_PARTNER_STATE_DOWN);
  tw_wait_shows (fixture, "The bank can't be reached just now. Payments that need it wait; nothing "
                          "is lost.");
  g_assert_true (tw_shows (fixture, "This is tried again all the time."));
  g_assert_false (tw_shows (fixture, "The tax office can't be reached"));
  tell_partner (fixture, TW_PARTNER_OFFICE, TW_PARTNER_STATE_DOWN);
  tw_wait_shows (fixture, "The tax office can't be reached just now. Tax payments wait");
  tell_partner (fixture, TW_PARTNER_SMS, TW_PARTNER_STATE_DOWN);
  tw_wait_shows (fixture, "No messages with codes can be sent just now.");
  tw_make_narrow (fixture);
  tw_assert_fits_narrow (fixture, "who can't be reached");
  tell_partner (fixture, TW_PARTNER_SMS, TW_PARTNER_STATE_UP);
  tw_wait_gone (fixture, "No messages with codes");
  tell_partner (fixture, TW_PARTNER_BANK, TW_PARTNER_STATE_UP);
  tw_wait_gone (fixture, "The bank can't be reached");
  /* What is not known any more is not said. */
  tw_fake_client_set_online (fixture->client, FALSE);
  tw_wait_gone (fixture, "The tax office can't be reached");
  tw_fake_client_set_online (fixture->client, TRUE);
  tw_wait_shows (fixture, "The tax office can't be reached");
  tell_partner (fixture, TW_PARTNER_OFFICE, TW_PARTNER_STATE_UP);
  tw_wait_gone (fixture, "can't be reached just now");
}

static void
test_toast (Fixture *fixture, gconstpointer data)
{
  g_signal_emit_by_name (fixture->client, "message", "R&D <b>.pdf can't be written.");
  tw_wait_shows (fixture, "R&D <b>.pdf can't be written.");
}

/* Before anything has been read, no page says that there is nothing. */
static void
test_reading (Fixture *fixture, gconstpointer data)
{
  TwStatus *status = tw_client_get_status (TW_CLIENT (fixture->client));

  tw_go (fixture, "bills", "");
  g_assert_false (tw_shows (fixture, "Reading your data"));
  g_object_set (status, "as-of-ms", (gint64) 0, NULL);
  tw_wait_shows (fixture, "Reading your data");
  g_assert_false (tw_shows (fixture, "To pay"));
  g_object_set (status, "as-of-ms", (gint64) 1000, NULL);
  tw_wait_gone (fixture, "Reading your data");
  g_assert_true (tw_shows (fixture, "To pay"));
  tw_do (fixture, "win.sign-out");
  g_object_set (status, "as-of-ms", (gint64) 0, NULL);
  g_assert_nonnull (tw_find_button (fixture->window, "Sign in"));
}

typedef struct
{
  const char *page, *arg;
} Stop;

static const Stop STOPS[] = {
  { "home", "" },
  { "wallet", "" },
  { "bills", "" },
  { "bill", "bill-1" },
  { "bill", "bill-4" },
  { "payment", "pay-2" },
  { "payment", "pay-3" },
  { "payment", "pay-4" },
  { "records", "" },
  { "story", "rec-3" },
  { "help", "" },
  { "ask", "bill\nbill-1\nA bill" },
  { "conversation", "ticket-1" },
  { "conversation", "ticket-2" },
  { "account", "" },
};

static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  tw_make_narrow (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (STOPS); i++)
    {
      tw_go (fixture, STOPS[i].page, STOPS[i].arg);
      tw_assert_fits_narrow (fixture, STOPS[i].page);
    }
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (STOPS); i++)
    {
      tw_go (fixture, STOPS[i].page, STOPS[i].arg);
      tw_assert_named (GTK_WIDGET (fixture->window), STOPS[i].page);
      tw_assert_no_trap (fixture, STOPS[i].page);
    }
}

/* A page that is not looked at is not made. */
static void
test_lazy (Fixture *fixture, gconstpointer data)
{
  guint before = tw_fake_client_get_n_queries (fixture->client);

  g_assert_cmpuint (before, <=, 2);
  tw_go (fixture, "bills", "");
  tw_go (fixture, "help", "");
  g_assert_cmpuint (tw_fake_client_get_n_queries (fixture->client), ==, before);
  tw_go (fixture, "records", "");
  tw_wait_shows (fixture, "300 records");
  g_assert_cmpuint (tw_fake_client_get_n_queries (fixture->client), >, before);
}

/* The window that lists the keys lists those that are set. */
static void
test_shortcuts (Fixture *fixture, gconstpointer data)
{
  GListModel *windows = gtk_window_get_toplevels ();
  gboolean found = FALSE;

  tw_do (fixture, "win.show-help-overlay");
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (GTK_IS_SHORTCUTS_WINDOW (window))
        {
          found = tw_find_text (window, "Ask a person") != NULL;
          gtk_window_destroy (window);
        }
    }
  g_assert_true (found);
}

static void
test_trail (void)
{
  g_autoptr (TwTrail) trail = tw_trail_new ();

  g_assert_null (tw_trail_get_page (trail));
  g_assert_false (tw_trail_step (trail, -1));
  tw_trail_go (trail, "a", "");
  tw_trail_go (trail, "b", "1");
  tw_trail_go (trail, "b", "1");
  tw_trail_go (trail, "b", "2");
  g_assert_true (tw_trail_step (trail, -1));
  g_assert_cmpstr (tw_trail_get_arg (trail), ==, "1");
  g_assert_true (tw_trail_can_step (trail, 1));
  tw_trail_go (trail, "c", "");
  g_assert_false (tw_trail_can_step (trail, 1));
  tw_trail_replace (trail, "d", "");
  g_assert_cmpstr (tw_trail_get_page (trail), ==, "d");
  g_assert_true (tw_trail_step (trail, -1));
  g_assert_cmpstr (tw_trail_get_page (trail), ==, "b");
  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *arg = g_strdup_printf ("%d", i);

      tw_trail_go (trail, "many", arg);
    }
  g_assert_cmpstr (tw_trail_get_arg (trail), ==, "999");
  for (int i = 0; i < 49; i++)
    g_assert_true (tw_trail_step (trail, -1));
  g_assert_false (tw_trail_step (trail, -1));
  g_assert_cmpstr (tw_trail_get_arg (trail), ==, "950");
}

#define ADD(name, filled, func)                                                                    \
  g_test_add ("/user/window/" name, Fixture, filled, tw_window_test_set_up, func,                  \
              tw_window_test_tear_down)

int
main (int argc, char *argv[])
{
  tw_window_test_init (&argc, &argv, tw_user_window_new);
  ADD ("sample-person", NULL, test_sample_person);
  ADD ("sign-in", NULL, test_sign_in);
  ADD ("register", NULL, test_register);
  ADD ("identity", "filled", test_identity);
  ADD ("way-back", "filled", test_way_back);
  ADD ("keys-anywhere", "filled", test_keys_anywhere);
  ADD ("sign-out", "filled", test_sign_out);
  ADD ("offline", "filled", test_offline);
  ADD ("partners", "filled", test_partners);
  ADD ("toast", "filled", test_toast);
  ADD ("reading", "filled", test_reading);
  ADD ("narrow", "filled", test_narrow);
  ADD ("names", "filled", test_names);
  ADD ("lazy", "filled", test_lazy);
  ADD ("shortcuts", "filled", test_shortcuts);
  g_test_add_func ("/user/window/trail", test_trail);
  return g_test_run ();
}
