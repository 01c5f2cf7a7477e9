// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-errand.h"

/**
 * TwErrand:
 *
 * What a page asks for that moves no money by itself: one command at a time, and what became of it.
 *
 * - done (TwOutgoing *outgoing): emitted when the service has done it
 * - refused (char *code, char *words, TwOutgoing *outgoing): emitted when it was refused, or could
 * not be asked for (@code is "" and @outgoing %NULL then)
 * - changed: emitted when an errand has begun, or is over
 */
struct _TwErrand
{
  GObject parent_instance;

  TwClient *client;
  TwOutgoing *outgoing; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TwErrand, tw_errand, G_TYPE_OBJECT)

static guint done;
static guint refused;
static guint changed;

static void
let_go (TwErrand *self)
{
  if (self->outgoing != NULL)
    g_signal_handlers_disconnect_by_data (self->outgoing, self);
  g_clear_object (&self->outgoing);
}

/* What has been shown to the person need not be kept. */
static void
on_state (TwErrand *self)
{
  g_autoptr (TwErrand) held = g_object_ref (self);
  g_autoptr (TwOutgoing) outgoing = NULL;

  if (!tw_outgoing_is_settled (self->outgoing))
    return;
  outgoing = g_object_ref (self->outgoing);
  let_go (self);
  if (tw_outgoing_get_state (outgoing) == TW_OUTGOING_STATE_DONE)
    g_signal_emit (self, done, 0, outgoing);
  else
    {
      const char *code = tw_outgoing_get_code (outgoing);
      const char *words = tw_outgoing_get_words (outgoing);

      g_signal_emit (self, refused, 0, code != NULL ? code : "", words != NULL ? words : "",
                     outgoing);
      tw_client_discard (self->client, tw_outgoing_get_id (outgoing));
    }
  g_signal_emit (self, changed, 0);
}

static void
tw_errand_dispose (GObject *object)
{
  TwErrand *self = TW_ERRAND (object);

  let_go (self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (tw_errand_parent_class)->dispose (object);
}

static void
tw_errand_class_init (TwErrandClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_errand_dispose;
  done = g_signal_new ("done", TW_TYPE_ERRAND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       1, TW_TYPE_OUTGOING);
  refused = g_signal_new ("refused", TW_TYPE_ERRAND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, TW_TYPE_OUTGOING);
  changed = g_signal_new ("changed", TW_TYPE_ERRAND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
}

static void
tw_errand_init (TwErrand *self)
{
}

/**
 * tw_errand_new:
 * @client: (transfer none): the program
 *
 * Returns: (transfer full): somebody to send
 */
TwErrand *
tw_errand_new (TwClient *client)
{
  TwErrand *self = g_object_new (TW_TYPE_ERRAND, NULL);

  self->client = g_object_ref (client);
  return self;
}

/**
 * tw_errand_run:
 * @self: an errand
 * @kind: a kind of protocol/tw-kinds.h
 * @body: what is asked; it is ended
 *
 * Asks for it; nothing happens while another errand is out. What can't be asked for is told by
 * `refused`.
 *
 * Returns: whether it is on its way
 */
gboolean
tw_errand_run (TwErrand *self, const char *kind, GVariantDict *body)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_dict_end (body));
  g_autoptr (GError) error = NULL;

  if (self->outgoing != NULL)
    return FALSE;
  self->outgoing = tw_client_submit (self->client, kind, NULL, variant, &error);
  if (self->outgoing == NULL)
    {
      g_signal_emit (self, refused, 0, "", error->message, NULL);
      return FALSE;
    }
  g_signal_connect_object (self->outgoing, "notify::state", G_CALLBACK (on_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_emit (self, changed, 0);
  return TRUE;
}

/**
 * tw_errand_drop:
 * @self: an errand
 *
 * Does not wait for it any more. What was sent goes on by itself.
 */
void
tw_errand_drop (TwErrand *self)
{
  if (self->outgoing == NULL)
    return;
  tw_client_discard (self->client, tw_outgoing_get_id (self->outgoing));
  let_go (self);
  g_signal_emit (self, changed, 0);
}

/**
 * tw_errand_get_busy:
 * @self: an errand
 *
 * Returns: whether one is out
 */
gboolean
tw_errand_get_busy (TwErrand *self)
{
  return self->outgoing != NULL;
}

/**
 * tw_errand_get_outgoing:
 * @self: an errand
 *
 * Returns: (transfer none) (nullable): the command that is out
 */
TwOutgoing *
tw_errand_get_outgoing (TwErrand *self)
{
  return self->outgoing;
}
