// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-outgoing.h"

/**
 * TwOutgoing:
 *
 * A command that a person gave, from the moment it was written down until its result is known.
 * Pages watch `state`; `code`, `words` and `remedy` are set before it changes.
 */
struct _TwOutgoing
{
  GObject parent_instance;

  char *id;
  char *intent;
  char *kind;
  gint64 at_ms;
  TwOutgoingState state;
  gboolean held;
  char *code;
  char *words;
  char *remedy;
  GVariant *result;
  GVariant *body;
};

G_DEFINE_FINAL_TYPE (TwOutgoing, tw_outgoing, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_STATE,
  PROP_HELD,
  PROP_WORDS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
tw_outgoing_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwOutgoing *self = TW_OUTGOING (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_HELD:
      g_value_set_boolean (value, self->held);
      break;
    case PROP_WORDS:
      g_value_set_string (value, self->words);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tw_outgoing_finalize (GObject *object)
{
  TwOutgoing *self = TW_OUTGOING (object);

  g_free (self->id);
  g_free (self->intent);
  g_free (self->kind);
  g_free (self->code);
  g_free (self->words);
  g_free (self->remedy);
  g_clear_pointer (&self->result, g_variant_unref);
  g_clear_pointer (&self->body, g_variant_unref);
  G_OBJECT_CLASS (tw_outgoing_parent_class)->finalize (object);
}

static void
tw_outgoing_class_init (TwOutgoingClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tw_outgoing_get_property;
  object_class->finalize = tw_outgoing_finalize;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL, flags);
  props[PROP_STATE] =
    g_param_spec_int ("state", NULL, NULL, 0, TW_OUTGOING_STATE_EXPIRED, 0, flags);
  props[PROP_HELD] = g_param_spec_boolean ("held", NULL, NULL, FALSE, flags);
  props[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tw_outgoing_init (TwOutgoing *self)
{
}

/**
 * tw_outgoing_new:
 * @id: the attempt
 * @intent: what the person wants; attempts of one intent share it
 * @kind: the kind of command
 * @at_ms: when it was written down, milliseconds since 1970 UTC
 *
 * Returns: (transfer full): a command that waits
 */
TwOutgoing *
tw_outgoing_new (const char *id, const char *intent, const char *kind, gint64 at_ms)
{
  TwOutgoing *self = g_object_new (TW_TYPE_OUTGOING, NULL);

  self->id = g_strdup (id);
  self->intent = g_strdup (intent);
  self->kind = g_strdup (kind);
  self->at_ms = at_ms;
  return self;
}

/**
 * tw_outgoing_get_id:
 * @self: a command
 *
 * Returns: (transfer none): the attempt
 */
const char *
tw_outgoing_get_id (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (const char *) 0);

  return self->id;
}

/**
 * tw_outgoing_get_intent:
 * @self: a command
 *
 * Returns: (transfer none): what the person wants
 */
const char *
tw_outgoing_get_intent (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (const char *) 0);

  return self->intent;
}

/**
 * tw_outgoing_get_kind:
 * @self: a command
 *
 * Returns: (transfer none): the kind of command
 */
const char *
tw_outgoing_get_kind (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (const char *) 0);

  return self->kind;
}

/**
 * tw_outgoing_get_at_ms:
 * @self: a command
 *
 * Returns: when it was written down, milliseconds since 1970 UTC
 */
gint64
tw_outgoing_get_at_ms (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (gint64) 0);

  return self->at_ms;
}

/**
 * tw_outgoing_get_state:
 * @self: a command
 *
 * Returns: how far it got
 */
TwOutgoingState
tw_outgoing_get_state (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (TwOutgoingState) 0);

  return self->state;
}

/**
 * tw_outgoing_get_code:
 * @self: a command
 *
 * Returns: (transfer none) (nullable): why it was refused, a code of protocol/tw-refusal.h
 */
const char *
tw_outgoing_get_code (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (const char *) 0);

  return self->code;
}

/**
 * tw_outgoing_get_words:
 * @self: a command
 *
 * Returns: (transfer none) (nullable): the same in words for the person
 */
const char *
tw_outgoing_get_words (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (const char *) 0);

  return self->words;
}

/**
 * tw_outgoing_get_remedy:
 * @self: a command
 *
 * Returns: (transfer none) (nullable): what would help, a code of protocol/tw-refusal.h
 */
const char *
tw_outgoing_get_remedy (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (const char *) 0);

  return self->remedy;
}

/**
 * tw_outgoing_get_result:
 * @self: a command
 *
 * Returns: (transfer none) (nullable): what the service answered, `a{sv}`
 */
GVariant *
tw_outgoing_get_result (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (GVariant *) 0);

  return self->result;
}

/**
 * tw_outgoing_get_body:
 * @self: a command
 *
 * Returns: (transfer none) (nullable): what was asked, `a{sv}`
 */
GVariant *
tw_outgoing_get_body (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), (GVariant *) 0);

  return self->body;
}

/**
 * tw_outgoing_set_body:
 * @self: a command
 * @body: (nullable): `a{sv}`; a floating one is taken
 */
void
tw_outgoing_set_body (TwOutgoing *self, GVariant *body)
{
  g_clear_pointer (&self->body, g_variant_unref);
  self->body = body != NULL ? g_variant_ref_sink (body) : NULL;
}

/**
 * tw_outgoing_is_settled:
 * @self: a command
 *
 * Returns: whether its state is a last one
 */
gboolean
tw_outgoing_is_settled (TwOutgoing *self)
{
  return self->state >= TW_OUTGOING_STATE_DONE;
}

/**
 * tw_outgoing_set_sent:
 * @self: a command
 *
 * Says that it is about to be sent. A settled one stays settled.
 */
void
tw_outgoing_set_sent (TwOutgoing *self)
{
  if (self->state != TW_OUTGOING_STATE_WAITING)
    return;
  self->state = TW_OUTGOING_STATE_SENT;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/**
 * tw_outgoing_get_held:
 * @self: a command
 *
 * Returns: whether the service does nothing about it until its person has told a code
 */
gboolean
tw_outgoing_get_held (TwOutgoing *self)
{
  g_return_val_if_fail (TW_IS_OUTGOING (self), FALSE);

  return self->held;
}

/**
 * tw_outgoing_set_held:
 * @self: a command
 * @held: whether it waits for a code
 *
 * Says that it waits for its person, or does not any more.
 */
void
tw_outgoing_set_held (TwOutgoing *self, gboolean held)
{
  g_return_if_fail (TW_IS_OUTGOING (self));

  if (self->held == held)
    return;
  self->held = held;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HELD]);
}

/**
 * tw_outgoing_settle:
 * @self: a command that is not settled yet
 * @state: a last state
 * @code: (nullable): why it was refused
 * @words: (nullable): the same for the person
 * @remedy: (nullable): what would help
 * @result: (nullable): what the service answered; a floating one is taken
 *
 * Says how it ended. Everything is set before `state` is notified.
 */
void
tw_outgoing_settle (TwOutgoing *self,
                    TwOutgoingState state,
                    const char *code,
                    const char *words,
                    const char *remedy,
                    GVariant *result)
{
  g_autoptr (GVariant) taken = result != NULL ? g_variant_ref_sink (result) : NULL;

  g_return_if_fail (TW_IS_OUTGOING (self) && state >= TW_OUTGOING_STATE_DONE);

  if (tw_outgoing_is_settled (self))
    return;
  g_free (self->code);
  g_free (self->words);
  g_free (self->remedy);
  self->code = g_strdup (code);
  self->words = g_strdup (words);
  self->remedy = g_strdup (remedy);
  self->result = g_steal_pointer (&taken);
  self->state = state;
  tw_outgoing_set_held (self, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WORDS]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}
