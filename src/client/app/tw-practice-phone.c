// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-practice-phone.h"

#include <gio/gunixsocketaddress.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

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

static TwChallenge *
find_waiting (TwPracticePhone *self)
{
  GListModel *challenges = G_LIST_MODEL (tw_client_get_list (self->client, "challenge"));

  for (guint i = g_list_model_get_n_items (challenges); i > 0; i--)
    {
      g_autoptr (TwChallenge) challenge = g_list_model_get_item (challenges, i - 1);

      if (tw_challenge_get_state (challenge) == TW_CHALLENGE_STATE_WAITING)
        return g_steal_pointer (&challenge);
    }
  return NULL;
}

static void
show (TwPracticePhone *self, const char *text)
{
  g_object_set (tw_client_get_status (self->client), "phone-message", text, NULL);
}

/* The newest message is the last. */
static char *
read_last (GBytes *body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  JsonNode *root;
  JsonArray *messages;

  if (!json_parser_load_from_data (parser, data, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      !json_object_has_member (json_node_get_object (root), "messages"))
    return NULL;
  messages = json_object_get_array_member (json_node_get_object (root), "messages");
  if (messages == NULL || json_array_get_length (messages) == 0)
    return NULL;
  return g_strdup (json_object_get_string_member_with_default (
    json_array_get_object_element (messages, json_array_get_length (messages) - 1), "text", NULL));
}

static void
on_messages (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwPracticePhone) self = data;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  g_autofree char *text = body != NULL ? read_last (body) : NULL;

  self->looking = FALSE;
  if (self->client != NULL && text != NULL)
    show (self, text);
}

static gboolean
on_look (gpointer data)
{
  TwPracticePhone *self = data;
  g_autoptr (TwChallenge) challenge = find_waiting (self);
  g_autofree char *uri = NULL;
  g_autoptr (SoupMessage) message = NULL;

  if (challenge == NULL)
    {
      self->look = 0;
      show (self, NULL);
      return G_SOURCE_REMOVE;
    }
  if (self->looking)
    return G_SOURCE_CONTINUE;
  uri = g_strconcat ("http://counterpart/phones/", tw_challenge_get_phone (challenge), NULL);
  message = soup_message_new (SOUP_METHOD_GET, uri);
  if (message == NULL)
    return G_SOURCE_CONTINUE;
  self->looking = TRUE;
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, self->cancellable,
                                    on_messages, g_object_ref (self));
  return G_SOURCE_CONTINUE;
}

static void
on_challenges (TwPracticePhone *self)
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
  TwPracticePhone *self = g_object_new (TW_TYPE_PRACTICE_PHONE, NULL);
  g_autofree char *path = g_build_filename (counterpart_dir, "counterpart.sock", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  self->client = g_object_ref (client);
  self->session = soup_session_new_with_options ("remote-connectable", address, NULL);
  g_signal_connect_object (tw_client_get_list (client, "challenge"), "items-changed",
                           G_CALLBACK (on_challenges), self, G_CONNECT_SWAPPED);
  on_challenges (self);
  return self;
}
