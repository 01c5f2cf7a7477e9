// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-practice-phone.h"

#include <gio/gunixsocketaddress.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "model/tw-account.h"
#include "model/tw-card.h"
#include "model/tw-challenge.h"

/**
 * TwPracticePhone:
 *
 * In practice nobody has the phone that codes are sent to: while one is waited for, this looks at
 * the counterpart's and puts the message into the status, where the window shows it.
 */
struct _TwPracticePhone
{
  GObject parent_instance;

  TwClient *client;
  SoupSession *session;
  GCancellable *cancellable;
  guint look; /* source */
  gboolean looking;
};

G_DEFINE_FINAL_TYPE (TwPracticePhone, tw_practice_phone, G_TYPE_OBJECT)

#define LOOK_MS 700
#define SHOWN_WITH_A_CARD 3

/* Whether the person is waiting for the bank's message about a card. */
static gboolean
waits_for_card (TwPracticePhone *self)
{
  GListModel *cards = G_LIST_MODEL (tw_client_get_list (self->client, "card"));

  for (guint i = 0; i < g_list_model_get_n_items (cards); i++)
    {
      g_autoptr (TwCard) card = g_list_model_get_item (cards, i);

      if (tw_card_get_state (card) == TW_CARD_STATE_PROVING)
        return TRUE;
    }
  return FALSE;
}

/* (transfer full) (nullable): the number that something is expected on; %NULL: nothing is. */
static char *
find_phone (TwPracticePhone *self)
{
  GListModel *challenges = G_LIST_MODEL (tw_client_get_list (self->client, "challenge"));
  GListModel *accounts = G_LIST_MODEL (tw_client_get_list (self->client, "account"));
  g_autoptr (TwAccount) account = g_list_model_get_item (accounts, 0);

  for (guint i = g_list_model_get_n_items (challenges); i > 0; i--)
    {
      g_autoptr (TwChallenge) challenge = g_list_model_get_item (challenges, i - 1);

      if (tw_challenge_get_state (challenge) == TW_CHALLENGE_STATE_WAITING)
        return g_strdup (tw_challenge_get_phone (challenge));
    }
  return account != NULL && waits_for_card (self) ? g_strdup (tw_account_get_phone (account))
                                                  : NULL;
}

static void
show (TwPracticePhone *self, const char *text)
{
  g_object_set (tw_client_get_status (self->client), "phone-message", text, NULL);
}

/* The newest messages, the last of them at the end, as on a phone. */
static char *
read_newest (GBytes *body, guint n_wanted)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  JsonNode *root;
  JsonArray *messages;
  guint n_messages;

  if (!json_parser_load_from_data (parser, data, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      !json_object_has_member (json_node_get_object (root), "messages"))
    return NULL;
  messages = json_object_get_array_member (json_node_get_object (root), "messages");
  n_messages = messages != NULL ? json_array_get_length (messages) : 0;
  for (guint i = n_messages - MIN (n_messages, n_wanted); i < n_messages; i++)
    {
      if (text->len > 0)
        g_string_append_c (text, '\n');
      g_string_append (text, json_object_get_string_member_with_default (
                               json_array_get_object_element (messages, i), "text", ""));
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
on_messages (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwPracticePhone) self = data;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  g_autofree char *text = NULL;

  self->looking = FALSE;
  if (self->client == NULL)
    return;
  /* Where a code and a card are waited for, the code would hide what the bank has written. */
  if (body != NULL)
    text = read_newest (body, waits_for_card (self) ? SHOWN_WITH_A_CARD : 1);
  if (text != NULL)
    show (self, text);
}

static gboolean
on_look (gpointer data)
{
  TwPracticePhone *self = data;
  g_autofree char *phone = find_phone (self);
  g_autofree char *uri = NULL;
  g_autoptr (SoupMessage) message = NULL;

  if (phone == NULL)
    {
      self->look = 0;
      show (self, NULL);
      return G_SOURCE_REMOVE;
    }
  if (self->looking)
    return G_SOURCE_CONTINUE;
  uri = g_strconcat ("http://counterpart/phones/", phone, NULL);
  message = soup_message_new (SOUP_METHOD_GET, uri);
  if (message == NULL)
    return G_SOURCE_CONTINUE;
  self->looking = TRUE;
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, self->cancellable,
                                    on_messages, g_object_ref (self));
  return G_SOURCE_CONTINUE;
}

static void
on_changed (TwPracticePhone *self)
{
  if (self->look == 0)
    self->look = g_timeout_add (LOOK_MS, on_look, self);
}

static void
tw_practice_phone_dispose (GObject *object)
{
  TwPracticePhone *self = TW_PRACTICE_PHONE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->look, g_source_remove);
  g_clear_object (&self->client);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (tw_practice_phone_parent_class)->dispose (object);
}

static void
tw_practice_phone_class_init (TwPracticePhoneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_practice_phone_dispose;
}

static void
tw_practice_phone_init (TwPracticePhone *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * tw_practice_phone_new:
 * @client: (transfer none): the program
 * @counterpart_dir: the folder of the counterpart's socket
 *
 * Returns: (transfer full): the phone, for as long as it is held
 */
TwPracticePhone *
tw_practice_phone_new (TwClient *client, const char *counterpart_dir)
{
  static const char *const expected_for[] = { "challenge", "card" };
  TwPracticePhone *self = g_object_new (TW_TYPE_PRACTICE_PHONE, NULL);
  g_autofree char *path = g_build_filename (counterpart_dir, "counterpart.sock", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  self->client = g_object_ref (client);
  self->session = soup_session_new_with_options ("remote-connectable", address, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (expected_for); i++)
    {
      TwObjectList *list = tw_client_get_list (client, expected_for[i]);

      g_signal_connect_object (list, "items-changed", G_CALLBACK (on_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (list, "updated", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
    }
  on_changed (self);
  return self;
}
