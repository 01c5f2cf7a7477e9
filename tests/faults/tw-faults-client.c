// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-faults-client.h"

#include <string.h>

#include "base/tw-error.h"
#include "model/tw-card.h"
#include "model/tw-challenge.h"
#include "tw-wish-private.h"
#include "vault/tw-vault.h"

/* Somebody who sees that nothing happens does not go on asking. */
#define MAX_UNSETTLED 20

TwFaultsPhone tw_faults_phone;

/* The number of the person's phone. */
char *
tw_faults_make_number (TwFaultsClient *self)
{
  return g_strdup_printf ("139%08u", self->person);
}

/* Nobody looks at the phone without need. */
static JsonArray *
read_phone (TwFaultsClient *self)
{
  TwClient *client = TW_CLIENT (self->engine);
  g_autofree char *number = tw_faults_make_number (self);
  g_autoptr (JsonObject) phone = NULL;

  if (tw_faults_phone == NULL ||
      (tw_wish_find (client, "challenge", 0, TW_CHALLENGE_STATE_WAITING) == NULL &&
       tw_wish_find (client, "card", 0, TW_CARD_STATE_PROVING) == NULL))
    return NULL;
  phone = tw_faults_phone (number);
  return phone != NULL ? json_array_ref (json_object_get_array_member (phone, "messages")) : NULL;
}

static void
submit (TwFaultsClient *self, const TwWish *wish)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutgoing) outgoing =
    tw_client_submit (TW_CLIENT (self->engine), wish->kind, NULL, wish->body, &error);

  /* What can't wait is refused on the spot while the service is away: nothing was written down. */
  if (!g_error_matches (error, TW_ERROR, TW_ERROR_UNREACHABLE))
    g_assert_no_error (error);
}

static void
wish_next (TwFaultsClient *self, TwWish *wish, guint n)
{
  JsonObject *line = json_object_new ();

  json_object_set_string_member (line, "event", "wish");
  json_object_set_int_member (line, "wish", n);
  json_object_set_string_member (line, "kind", wish->kind);
  json_object_set_boolean_member (line, "possible", wish->body != NULL);
  tw_journal_write (self->journal, line, TRUE);
  if (wish->body == NULL)
    return;
  self->wish = (int) n;
  submit (self, wish);
  self->wish = -1;
}

static TwWish *
draw_wish (TwFaultsClient *self, guint n)
{
  TwClient *client = TW_CLIENT (self->engine);
  g_autoptr (JsonArray) messages = NULL;

  if (self->at_desk)
    return tw_wish_new_for_desk (client, self->seed, self->person, n);
  messages = read_phone (self);
  return tw_wish_new (client, self->seed, self->person, n, (const char *const *) self->payees,
                      messages);
}

/**
 * tw_faults_prepare:
 * @self: a person's client
 *
 * Asks for the next thing that they need first, if nothing is under way.
 *
 * Returns: whether they have it all
 */
gboolean
tw_faults_prepare (TwFaultsClient *self)
{
  TwClient *client = TW_CLIENT (self->engine);
  g_autoptr (JsonArray) messages = read_phone (self);
  gboolean ready;
  g_autoptr (TwWish) wish = tw_wish_new_first (client, self->person, messages, &ready);
  guint unsent;

  g_object_get (tw_client_get_status (client), "unsent", &unsent, NULL);
  /* What is held waits for its code, and is no reason to wait. */
  if (wish->body != NULL &&
      unsent <= (tw_wish_find (client, "challenge", 0, TW_CHALLENGE_STATE_WAITING) != NULL))
    {
      self->first = TRUE;
      submit (self, wish);
      self->first = FALSE;
    }
  return ready && unsent == 0;
}

static gboolean
on_time (gpointer data)
{
  TwFaultsClient *self = data;
  guint n = tw_journal_count_wishes (self->journal);
  TwClient *client = TW_CLIENT (self->engine);
  g_autoptr (TwWish) wish = NULL;
  guint unsent;

  self->timer = 0;
  if (self->most_wishes > 0 && n >= self->most_wishes)
    return G_SOURCE_REMOVE;
  wish = draw_wish (self, n);
  g_object_get (tw_client_get_status (client), "unsent", &unsent, NULL);
  if (unsent < MAX_UNSETTLED)
    wish_next (self, wish, n);
  self->timer = g_timeout_add (wish->pause_ms, on_time, self);
  return G_SOURCE_REMOVE;
}

/**
 * tw_faults_go:
 * @self: a client that is open
 * @payees: who may be given money
 *
 * Wishes for one thing after the other from now on.
 */
void
tw_faults_go (TwFaultsClient *self, const char *const *payees)
{
  GStrv copy = g_strdupv ((char **) payees);

  g_strfreev (self->payees);
  self->payees = copy;
  tw_faults_stop (self);
  self->timer = g_timeout_add (1, on_time, self);
}

void
tw_faults_stop (TwFaultsClient *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
}

/* Several computers of the same person have keys of their own. */
static GBytes *
make_secret (guint seed, guint person, const char *copy)
{
  guint8 secret[TW_ENGINE_SECRET_BYTES];

  for (guint half = 0; half < 2; half++)
    {
      g_autofree char *text = g_strdup_printf ("faults %u %u %s %u", seed, person, copy, half);

      tw_hash (text, strlen (text), secret + half * TW_HASH_BYTES);
    }
  return g_bytes_new (secret, sizeof secret);
}

/**
 * tw_faults_client_new:
 * @folder: of this client's data
 * @transport: (transfer none): the road to the service
 * @journal: the path of what it writes down
 * @seed: of the run; the client's keys follow from it
 * @person: whose client
 * @copy: which of their computers
 * @at_desk: whether it is an agent's
 *
 * Returns: (transfer full): a client whose engine is not open yet
 */
TwFaultsClient *
tw_faults_client_new (const char *folder,
                      TwTransport *transport,
                      const char *journal,
                      guint seed,
                      guint person,
                      const char *copy,
                      gboolean at_desk)
{
  TwFaultsClient *self = g_new0 (TwFaultsClient, 1);
  g_autoptr (GBytes) secret = make_secret (seed, person, copy);

  self->seed = seed;
  self->person = person;
  self->at_desk = at_desk;
  self->wish = -1;
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->journal = tw_journal_open (journal);
  self->engine = tw_engine_new (folder, transport, secret, at_desk, TRUE);
  tw_faults_watch (self);
  return self;
}

/**
 * tw_faults_client_free:
 * @self: (transfer full): a client
 *
 * Ends it as one does.
 */
void
tw_faults_client_free (TwFaultsClient *self)
{
  tw_faults_stop (self);
  tw_engine_close (self->engine);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->engine);
  tw_journal_free (self->journal);
  g_hash_table_unref (self->shown);
  g_strfreev (self->payees);
  g_free (self);
}
