// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/home/tw-held-card.h"

#include "client/user/tw-code-box.h"
#include "client/user/tw-story.h"
#include "client/widgets/tw-fresh-list.h"

/**
 * TwHeldCard:
 *
 * Whatever waits for a code, and wherever it was asked for: here the code can be told, or the wish
 * be dropped, also after the program was closed in between.
 */
struct _TwHeldCard
{
  AdwBin parent_instance;

  GtkLabel *title;
  TwCodeBox *code;

  TwClient *client;     /* (nullable) */
  GListModel *commands; /* (nullable): of the client, and told of again when one says otherwise */
  TwOutgoing *outgoing; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TwHeldCard, tw_held_card, ADW_TYPE_BIN)

/* (transfer full) (nullable) */
static TwOutgoing *
find_held (TwHeldCard *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->commands); i++)
    {
      g_autoptr (TwOutgoing) item = g_list_model_get_item (self->commands, i);

      if (tw_outgoing_get_held (item))
        return g_steal_pointer (&item);
    }
  return NULL;
}

/* What is watched is watched to its end: where a new code is wanted, it begins anew then. */
static void
look (TwHeldCard *self)
{
  g_autoptr (TwOutgoing) held = NULL;
  g_autofree char *title = NULL;

  if (self->outgoing != NULL && !tw_outgoing_is_settled (self->outgoing))
    return;
  held = find_held (self);
  if (held == self->outgoing)
    return;
  if (self->outgoing != NULL)
    g_signal_handlers_disconnect_by_data (self->outgoing, self);
  g_set_object (&self->outgoing, held);
  tw_code_box_watch (self->code, self->client, held);
  if (held == NULL)
    return;
  g_signal_connect_object (held, "notify::state", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  title = tw_story_outgoing_title (held);
  gtk_label_set_label (self->title, title);
}

static void
on_resend (TwHeldCard *self)
{
  g_autoptr (TwOutgoing) dropped = self->outgoing != NULL ? g_object_ref (self->outgoing) : NULL;
  g_autoptr (TwOutgoing) fresh =
    dropped != NULL ? tw_code_box_resubmit (self->client, dropped) : NULL;
}

static void
tw_held_card_dispose (GObject *object)
{
  TwHeldCard *self = TW_HELD_CARD (object);

  g_clear_object (&self->outgoing);
  g_clear_object (&self->commands);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_held_card_parent_class)->dispose (object);
}

static void
tw_held_card_class_init (TwHeldCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_held_card_dispose;
  g_type_ensure (TW_TYPE_CODE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/taxwallet/TaxWallet/user/held-card.ui");
  gtk_widget_class_bind_template_child (widget_class, TwHeldCard, title);
  gtk_widget_class_bind_template_child (widget_class, TwHeldCard, code);
  gtk_widget_class_bind_template_callback (widget_class, on_resend);
}

static void
tw_held_card_init (TwHeldCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_bind_property (self->code, "visible", self, "visible", G_BINDING_SYNC_CREATE);
}

/**
 * tw_held_card_watch:
 * @self: a card
 * @client: (transfer none): the program; once for each card
 *
 * Shows what of @client waits for a code, from now on.
 */
void
tw_held_card_watch (TwHeldCard *self, TwClient *client)
{
  g_return_if_fail (self->client == NULL);

  self->client = g_object_ref (client);
  self->commands =
    g_object_new (TW_TYPE_FRESH_LIST, "model", tw_client_get_outgoing (client), NULL);
  g_signal_connect_object (self->commands, "items-changed", G_CALLBACK (look), self,
                           G_CONNECT_SWAPPED);
  look (self);
}
