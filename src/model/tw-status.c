// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-status.h"

/**
 * TwStatus:
 *
 * What both windows say about themselves: who is signed in, whether the service can be reached, and
 * as of when the shown is true.
 */
struct _TwStatus
{
  GObject parent_instance;

  int connection;
  int network;
  gint64 as_of_ms;
  gboolean signed_in;
  char *account_id;
  char *display_name;
  gboolean agent;
  gboolean senior;
  gboolean practice;
  guint unsent;
  gboolean ready;
  char *phone_message;
};

G_DEFINE_FINAL_TYPE (TwStatus, tw_status, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_CONNECTION,
  PROP_NETWORK,
  PROP_AS_OF_MS,
  PROP_SIGNED_IN,
  PROP_ACCOUNT_ID,
  PROP_DISPLAY_NAME,
  PROP_AGENT,
  PROP_SENIOR,
  PROP_PRACTICE,
  PROP_UNSENT,
  PROP_READY,
  PROP_PHONE_MESSAGE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
tw_status_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TwStatus *self = TW_STATUS (object);

  switch (id)
    {
    case PROP_CONNECTION:
      g_value_set_int (value, self->connection);
      break;
    case PROP_NETWORK:
      g_value_set_int (value, self->network);
      break;
    case PROP_AS_OF_MS:
      g_value_set_int64 (value, self->as_of_ms);
      break;
    case PROP_SIGNED_IN:
      g_value_set_boolean (value, self->signed_in);
      break;
    case PROP_ACCOUNT_ID:
      g_value_set_string (value, self->account_id);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->display_name);
      break;
    case PROP_AGENT:
      g_value_set_boolean (value, self->agent);
      break;
    case PROP_SENIOR:
      g_value_set_boolean (value, self->senior);
      break;
    case PROP_PRACTICE:
      g_value_set_boolean (value, self->practice);
      break;
    case PROP_UNSENT:
      g_value_set_uint (value, self->unsent);
      break;
    case PROP_READY:
      g_value_set_boolean (value, self->ready);
      break;
    case PROP_PHONE_MESSAGE:
      g_value_set_string (value, self->phone_message);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static gboolean
take_int (int *at, const GValue *value)
{
  if (*at == g_value_get_int (value))
    return FALSE;
  *at = g_value_get_int (value);
  return TRUE;
}

static gboolean
take_boolean (gboolean *at, const GValue *value)
{
  if (*at == g_value_get_boolean (value))
    return FALSE;
  *at = g_value_get_boolean (value);
  return TRUE;
}

static gboolean
take_string (char **at, const GValue *value)
{
  if (g_strcmp0 (*at, g_value_get_string (value)) == 0)
    return FALSE;
  g_free (*at);
  *at = g_value_dup_string (value);
  return TRUE;
}

static gboolean
take (TwStatus *self, guint id, const GValue *value)
{
  switch (id)
    {
    case PROP_CONNECTION:
      return take_int (&self->connection, value);
    case PROP_NETWORK:
      return take_int (&self->network, value);
    case PROP_AS_OF_MS:
      if (self->as_of_ms == g_value_get_int64 (value))
        return FALSE;
      self->as_of_ms = g_value_get_int64 (value);
      return TRUE;
    case PROP_SIGNED_IN:
      return take_boolean (&self->signed_in, value);
    case PROP_ACCOUNT_ID:
      return take_string (&self->account_id, value);
    case PROP_DISPLAY_NAME:
      return take_string (&self->display_name, value);
    case PROP_AGENT:
      return take_boolean (&self->agent, value);
    case PROP_SENIOR:
      return take_boolean (&self->senior, value);
    case PROP_PRACTICE:
      return take_boolean (&self->practice, value);
    case PROP_UNSENT:
      if (self->unsent == g_value_get_uint (value))
        return FALSE;
      self->unsent = g_value_get_uint (value);
      return TRUE;
    case PROP_READY:
      return take_boolean (&self->ready, value);
    case PROP_PHONE_MESSAGE:
      return take_string (&self->phone_message, value);
    default:
      return FALSE;
    }
}

static void
tw_status_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (take (TW_STATUS (object), id, value))
    g_object_notify_by_pspec (object, pspec);
}

static void
tw_status_finalize (GObject *object)
{
  TwStatus *self = TW_STATUS (object);

  g_free (self->account_id);
  g_free (self->display_name);
  g_free (self->phone_message);
  G_OBJECT_CLASS (tw_status_parent_class)->finalize (object);
}

static void
tw_status_class_init (TwStatusClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tw_status_get_property;
  object_class->set_property = tw_status_set_property;
  object_class->finalize = tw_status_finalize;

  props[PROP_CONNECTION] =
    g_param_spec_int ("connection", NULL, NULL, 0, TW_CONNECTION_OFFLINE, 0, flags);
  props[PROP_NETWORK] = g_param_spec_int ("network", NULL, NULL, 0, TW_NETWORK_NONE, 0, flags);
  props[PROP_AS_OF_MS] = g_param_spec_int64 ("as-of-ms", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_SIGNED_IN] = g_param_spec_boolean ("signed-in", NULL, NULL, FALSE, flags);
  props[PROP_ACCOUNT_ID] = g_param_spec_string ("account-id", NULL, NULL, NULL, flags);
  props[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, NULL, flags);
  props[PROP_AGENT] = g_param_spec_boolean ("agent", NULL, NULL, FALSE, flags);
  props[PROP_SENIOR] = g_param_spec_boolean ("senior", NULL, NULL, FALSE, flags);
  props[PROP_PRACTICE] = g_param_spec_boolean ("practice", NULL, NULL, FALSE, flags);
  props[PROP_UNSENT] = g_param_spec_uint ("unsent", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, flags);
  props[PROP_PHONE_MESSAGE] = g_param_spec_string ("phone-message", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tw_status_init (TwStatus *self)
{
}

/**
 * tw_status_new:
 *
 * Returns: (transfer full): a status that knows nothing yet
 */
TwStatus *
tw_status_new (void)
{
  return g_object_new (TW_TYPE_STATUS, NULL);
}

/**
 * tw_status_get_connection:
 * @self: a status
 *
 * Returns: whether the service can be reached
 */
TwConnection
tw_status_get_connection (TwStatus *self)
{
  return (TwConnection) self->connection;
}

/**
 * tw_status_get_network:
 * @self: a status
 *
 * Returns: what the computer says of its network
 */
TwNetwork
tw_status_get_network (TwStatus *self)
{
  return (TwNetwork) self->network;
}

/**
 * tw_status_get_as_of_ms:
 * @self: a status
 *
 * Returns: when the feed was last known to be complete, milliseconds since 1970 UTC; 0: never
 */
gint64
tw_status_get_as_of_ms (TwStatus *self)
{
  return self->as_of_ms;
}

/**
 * tw_status_get_signed_in:
 * @self: a status
 *
 * Returns: whether there is a session
 */
gboolean
tw_status_get_signed_in (TwStatus *self)
{
  return self->signed_in;
}

/**
 * tw_status_get_account_id:
 * @self: a status
 *
 * Returns: (transfer none) (nullable): who is signed in
 */
const char *
tw_status_get_account_id (TwStatus *self)
{
  return self->account_id;
}
