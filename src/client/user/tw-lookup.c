// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-lookup.h"

#include "client/user/tw-errand.h"
#include "protocol/tw-kinds.h"

/**
 * TwLookup:
 *
 * Looks up who is to be paid: asks the service, and waits until the feed has brought who it is.
 *
 * - found (TwPayee *payee): emitted when there is somebody
 * - missing (): emitted when there is nobody
 * - refused (char *code, char *words): emitted when it can't be asked
 * - changed (): emitted when it begins or is over
 */
struct _TwLookup
{
  GObject parent_instance;

  TwClient *client;
  TwErrand *errand;
  char *awaited;      /* (nullable): the id of a payee that the feed has not brought yet */
  gint64 asked_at_ms; /* by the service's clock: what was known of it before is not the answer */
  TwPayee *asked;     /* (nullable): the one that the other side is being asked for */
};

G_DEFINE_FINAL_TYPE (TwLookup, tw_lookup, G_TYPE_OBJECT)

static guint found;
static guint missing;
static guint refused;
static guint changed;

static void
forget (TwLookup *self)
{
  if (self->asked != NULL)
    g_signal_handlers_disconnect_by_data (self->asked, self);
  g_clear_object (&self->asked);
}

/* At once for a person, a little later for others. */
static void
on_asked (TwLookup *self)
{
  g_autoptr (TwLookup) held = g_object_ref (self);
  g_autoptr (TwPayee) payee = g_object_ref (self->asked);

  if (tw_payee_get_state (payee) != TW_PAYEE_STATE_CHECKING &&
      tw_payee_get_checked_at_ms (payee) >= self->asked_at_ms)
    {
      forget (self);
      if (tw_payee_is_missing (payee))
        g_signal_emit (self, missing, 0);
      else
        g_signal_emit (self, found, 0, payee);
    }
  g_signal_emit (self, changed, 0);
}

static void
find_awaited (TwLookup *self)
{
  TwObject *payee = NULL;

  if (self->awaited != NULL)
    payee = tw_object_list_find (tw_client_get_list (self->client, "payee"), self->awaited);
  if (payee == NULL)
    return;
  g_clear_pointer (&self->awaited, g_free);
  forget (self);
  self->asked = TW_PAYEE (g_object_ref (payee));
  g_signal_connect_object (payee, "notify::state", G_CALLBACK (on_asked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (payee, "notify::checked-at-ms", G_CALLBACK (on_asked), self,
                           G_CONNECT_SWAPPED);
  on_asked (self);
}

static void
on_done (TwLookup *self, TwOutgoing *outgoing)
{
  GVariant *result = tw_outgoing_get_result (outgoing);
  const char *id = tw_outgoing_get_id (outgoing);

  self->asked_at_ms = 0;
  if (result != NULL)
    {
      g_variant_lookup (result, "payee_id", "&s", &id);
      g_variant_lookup (result, "asked_at_ms", "x", &self->asked_at_ms);
    }
  g_free (self->awaited);
  self->awaited = g_strdup (id);
  find_awaited (self);
}

static void
on_refused (TwLookup *self, const char *code, const char *words)
{
  g_signal_emit (self, refused, 0, code, words);
}

static void
on_changed (TwLookup *self)
{
  g_signal_emit (self, changed, 0);
}

static void
tw_lookup_dispose (GObject *object)
{
  TwLookup *self = TW_LOOKUP (object);

  forget (self);
  g_clear_object (&self->errand);
  g_clear_object (&self->client);
  g_clear_pointer (&self->awaited, g_free);
  G_OBJECT_CLASS (tw_lookup_parent_class)->dispose (object);
}

static void
tw_lookup_class_init (TwLookupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_lookup_dispose;
  found = g_signal_new ("found", TW_TYPE_LOOKUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, 1, TW_TYPE_PAYEE);
  missing = g_signal_new ("missing", TW_TYPE_LOOKUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
  refused = g_signal_new ("refused", TW_TYPE_LOOKUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  changed = g_signal_new ("changed", TW_TYPE_LOOKUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
}

static void
tw_lookup_init (TwLookup *self)
{
}

/**
 * tw_lookup_new:
 * @client: (transfer none): the program
 *
 * Returns: (transfer full): somebody who looks up
 */
TwLookup *
tw_lookup_new (TwClient *client)
{
  TwLookup *self = g_object_new (TW_TYPE_LOOKUP, NULL);

  self->client = g_object_ref (client);
  self->errand = tw_errand_new (client);
  g_signal_connect_object (self->errand, "done", G_CALLBACK (on_done), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "refused", G_CALLBACK (on_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->errand, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tw_client_get_list (client, "payee"), "items-changed",
                           G_CALLBACK (find_awaited), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * tw_lookup_ask:
 * @self: a lookup
 * @body: that of `payee.check`; it is ended
 *
 * Looks up; nothing happens while it looks for somebody already.
 */
void
tw_lookup_ask (TwLookup *self, GVariantDict *body)
{
  if (tw_lookup_get_busy (self))
    g_variant_dict_clear (body);
  else
    tw_errand_run (self->errand, TW_KIND_PAYEE_CHECK, body);
}

/**
 * tw_lookup_get_busy:
 * @self: a lookup
 *
 * Returns: whether it looks for somebody
 */
gboolean
tw_lookup_get_busy (TwLookup *self)
{
  return tw_errand_get_busy (self->errand) || self->awaited != NULL || self->asked != NULL;
}
