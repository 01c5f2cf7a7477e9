// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-user-chores.h"

#include "protocol/tw-kinds.h"

/**
 * TwUserChores:
 *
 * Lets go of commands whose results speak for themselves: a question, an answer, a rating that was
 * taken. What was refused stays until the person has seen it; money until its payment stands there.
 */
struct _TwUserChores
{
  GObject parent_instance;

  TwClient *client;
  guint idle;
};

G_DEFINE_FINAL_TYPE (TwUserChores, tw_user_chores, G_TYPE_OBJECT)

/* The type of the object that a command makes, which has the command's id. */
static const struct
{
  const char *kind;
  const char *makes; /* NULL: nothing new */
} SPEAKING[] = {
  { TW_KIND_TICKET_ASK, "ticket" },       { TW_KIND_TICKET_WRITE, "message" },
  { TW_KIND_TICKET_RATE, NULL },          { TW_KIND_WALLET_TOP_UP, "payment" },
  { TW_KIND_TAX_PAY, "payment" },         { TW_KIND_WALLET_PAY, "payment" },
  { TW_KIND_WALLET_WITHDRAW, "payment" }, { TW_KIND_PAYMENT_REFUND, "payment" },
};

static gboolean
has_spoken (TwUserChores *self, TwOutgoing *outgoing)
{
  if (tw_outgoing_get_state (outgoing) != TW_OUTGOING_STATE_DONE)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (SPEAKING); i++)
    if (g_str_equal (SPEAKING[i].kind, tw_outgoing_get_kind (outgoing)))
      return SPEAKING[i].makes == NULL ||
             tw_object_list_find (tw_client_get_list (self->client, SPEAKING[i].makes),
                                  tw_outgoing_get_id (outgoing)) != NULL;
  return FALSE;
}

static gboolean
tidy (gpointer data)
{
  TwUserChores *self = data;
  GListModel *outgoing = tw_client_get_outgoing (self->client);

  self->idle = 0;
  for (guint i = g_list_model_get_n_items (outgoing); i > 0; i--)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (outgoing, i - 1);

      if (item != NULL && has_spoken (self, item))
        tw_client_discard (self->client, tw_outgoing_get_id (item));
    }
  return G_SOURCE_REMOVE;
}

static void
queue (TwUserChores *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add (tidy, self);
}

static void
on_outgoing_changed (
  TwUserChores *self, guint position, guint removed, guint added, GListModel *model)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (model, i);

      g_signal_handlers_disconnect_by_data (item, self);
      g_signal_connect_object (item, "notify::state", G_CALLBACK (queue), self, G_CONNECT_SWAPPED);
    }
  queue (self);
}

static void
tw_user_chores_dispose (GObject *object)
{
  TwUserChores *self = TW_USER_CHORES (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_user_chores_parent_class)->dispose (object);
}

static void
tw_user_chores_class_init (TwUserChoresClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_user_chores_dispose;
}

static void
tw_user_chores_init (TwUserChores *self)
{
}

/**
 * tw_user_chores_new:
 * @client: (transfer none): the program
 *
 * Returns: (transfer full): somebody who tidies up for as long as they are held
 */
TwUserChores *
tw_user_chores_new (TwClient *client)
{
  static const char *const made[] = { "ticket", "message", "payment" };
  TwUserChores *self = g_object_new (TW_TYPE_USER_CHORES, NULL);
  GListModel *outgoing = tw_client_get_outgoing (client);

  self->client = g_object_ref (client);
  g_signal_connect_object (outgoing, "items-changed", G_CALLBACK (on_outgoing_changed), self,
                           G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    g_signal_connect_object (tw_client_get_list (client, made[i]), "items-changed",
                             G_CALLBACK (queue), self, G_CONNECT_SWAPPED);
  on_outgoing_changed (self, 0, 0, g_list_model_get_n_items (outgoing), outgoing);
  return self;
}
