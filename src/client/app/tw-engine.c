// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-engine-private.h"

#include "base/tw-error.h"

/* How often what waits without a network is looked at for having grown too old, in s */
#define EXPIRY_S 5

/* The folder of what belongs to the device, beside those of people */
#define DEVICE_PROFILE "device"

/**
 * TwEngine:
 *
 * #TwClient over the sealed store and the road to the service. Lists are filled from the store and
 * kept true by the feed; commands go to the store first, then to the service.
 */
G_DEFINE_FINAL_TYPE_WITH_CODE (
  TwEngine,
  tw_engine,
  G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (TW_TYPE_CLIENT,
                         (GInterfaceInitFunc) (void (*) (void)) tw_engine_client_init)
    G_IMPLEMENT_INTERFACE (TW_TYPE_SYNC_STORAGE,
                           (GInterfaceInitFunc) (void (*) (void)) tw_engine_storage_init))

static void
tw_engine_finalize (GObject *object)
{
  TwEngine *self = TW_ENGINE (object);

  g_free (self->folder);
  tw_key_unref (self->master);
  tw_signer_unref (self->signer);
  g_free (self->device_id);
  g_object_unref (self->status);
  g_hash_table_unref (self->lists);
  g_object_unref (self->outgoing);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->awaited);
  g_hash_table_unref (self->under_way);
  g_hash_table_unref (self->device_meta);
  g_hash_table_unref (self->device_drafts);
  g_hash_table_unref (self->drafts);
  g_hash_table_unref (self->dirty);
  G_OBJECT_CLASS (tw_engine_parent_class)->finalize (object);
}

static void
tw_engine_class_init (TwEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_engine_finalize;
}

static GHashTable *
make_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static GHashTable *
make_map (GDestroyNotify free_value)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_value);
}

static void
tw_engine_init (TwEngine *self)
{
  TwObjectList *challenges;

  self->status = tw_status_new ();
  self->lists = make_map (g_object_unref);
  self->outgoing = g_list_store_new (TW_TYPE_OUTGOING);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->awaited = make_set ();
  self->under_way = make_set ();
  self->device_meta = make_map (g_free);
  self->device_drafts = make_map (g_free);
  self->drafts = g_hash_table_ref (self->device_drafts);
  self->dirty = make_set ();
  challenges = tw_engine_get_list (self, "challenge");
  g_signal_connect_object (challenges, "items-changed", G_CALLBACK (tw_engine_look_at_challenges),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (challenges, "updated", G_CALLBACK (tw_engine_look_at_challenges), self,
                           G_CONNECT_SWAPPED);
}

/* A device is its key: without the key it is another device. The id has the form of all our ids. */
static char *
make_device_id (TwSigner *signer)
{
  g_autofree char *public_key = tw_signer_get_public (signer);
  g_autofree char *hex = tw_hash_hex (public_key, strlen (public_key));

  return g_strdup_printf ("%.8s-%.4s-7%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15,
                          hex + 18);
}

static void
on_online (TwFeedReader *reader, TwEngine *self)
{
  if (self->store == NULL)
    return;
  g_object_set (self->status, "connection", TW_CONNECTION_ONLINE, NULL);
  tw_pump_hold (self->pump, FALSE);
  tw_engine_revoke (self);
}

static void
on_offline (TwFeedReader *reader, const char *words, TwEngine *self)
{
  if (self->store == NULL)
    return;
  g_info ("The service can't be reached: %s", words);
  g_object_set (self->status, "connection", TW_CONNECTION_OFFLINE, NULL);
  tw_pump_hold (self->pump, TRUE);
}

static void
on_signed_out (gpointer source, TwEngine *self)
{
  tw_engine_session_ended (self);
}

/* A monitor that knows nothing of what is behind the next router says that there is a network: the
 * service is then what does not answer. */
static void
note_network (TwEngine *self)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  TwNetwork network = TW_NETWORK_THERE;

  if (!g_network_monitor_get_network_available (monitor))
    network = TW_NETWORK_NONE;
  else if (g_network_monitor_get_connectivity (monitor) == G_NETWORK_CONNECTIVITY_PORTAL)
    network = TW_NETWORK_PORTAL;
  g_object_set (self->status, "network", network, NULL);
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, TwEngine *self)
{
  note_network (self);
  tw_engine_retry_now (self);
}

/* Without a network nothing is taken from the outbox, but what waits in it grows old all the
 * same. */
static gboolean
on_expiry (gpointer user_data)
{
  TwEngine *self = user_data;
  TwSyncStorageInterface *storage = TW_SYNC_STORAGE_GET_IFACE (self);
  guint unsent;

  g_object_get (self->status, "unsent", &unsent, NULL);
  if (unsent > 0 && self->store != NULL)
    storage->take_async (TW_SYNC_STORAGE (self), 0, 0, NULL, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

/**
 * tw_engine_new:
 * @data_dir: the folder of this client's data
 * @transport: the road to the service
 * @secret: %TW_ENGINE_SECRET_BYTES: the master key, then the seed of the device's key
 * @agent: whether this is the desk's window; the other window's people can't sign in at it
 * @practice: whether the service is a practice one
 *
 * tw_engine_close() must be called before the last reference goes.
 *
 * Returns: (transfer full): an engine that is not open yet
 */
TwEngine *
tw_engine_new (
  const char *data_dir, TwTransport *transport, GBytes *secret, gboolean agent, gboolean practice)
{
  TwEngine *self = g_object_new (TW_TYPE_ENGINE, NULL);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (secret, &length);

  g_return_val_if_fail (length == TW_ENGINE_SECRET_BYTES, self);

  self->folder = g_build_filename (data_dir, agent ? "desk" : "wallet", NULL);
  self->agent = agent;
  self->master = tw_key_new_from_bytes (bytes, TW_KEY_BYTES, NULL);
  self->signer = tw_signer_new_from_seed (bytes + TW_KEY_BYTES);
  self->device_id = make_device_id (self->signer);
  g_object_set (self->status, "practice", practice, NULL);

  self->transport = g_object_ref (transport);
  self->reader = tw_feed_reader_new (self->transport, TW_SYNC_STORAGE (self));
  self->pump = tw_pump_new (self->transport, TW_SYNC_STORAGE (self));
  g_signal_connect (self->reader, "online", G_CALLBACK (on_online), self);
  g_signal_connect (self->reader, "offline", G_CALLBACK (on_offline), self);
  g_signal_connect (self->reader, "signed-out", G_CALLBACK (on_signed_out), self);
  g_signal_connect (self->pump, "signed-out", G_CALLBACK (on_signed_out), self);
  if (!tw_transport_is_local (self->transport))
    {
      self->network = g_signal_connect (g_network_monitor_get_default (), "network-changed",
                                        G_CALLBACK (on_network_changed), self);
      note_network (self);
    }
  self->device = tw_engine_make_store (self, DEVICE_PROFILE);
  return self;
}

static void
opened (TwEngine *self, GTask *task)
{
  self->expiry = g_timeout_add_seconds (EXPIRY_S, on_expiry, self);
  g_object_set (self->status, "ready", TRUE, NULL);
  tw_engine_revoke (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_person_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TwEngine *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (TwStoreContents) contents = tw_store_open_finish (TW_STORE (source), result, &error);

  if (contents == NULL || self->device == NULL)
    {
      tw_store_close (TW_STORE (source));
      g_object_unref (source);
      if (contents == NULL)
        g_task_return_error (task, error);
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Closed");
      return;
    }
  tw_engine_enter (self, TW_STORE (source), contents);
  opened (self, task);
}

static void
on_device_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TwEngine *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (TwStoreContents) contents = tw_store_open_finish (TW_STORE (source), result, &error);
  const char *last;

  if (contents == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_hash_table_unref (self->device_meta);
  g_hash_table_unref (self->device_drafts);
  self->device_meta = g_hash_table_ref (contents->meta);
  self->device_drafts = g_hash_table_ref (contents->drafts);
  tw_engine_take_drafts (self, self->device_drafts);
  last = g_hash_table_lookup (self->device_meta, TW_META_LAST);
  if (last != NULL && self->device != NULL)
    tw_store_open_async (tw_engine_make_store (self, last), on_person_open,
                         g_steal_pointer (&task));
  else
    opened (self, task);
}

/**
 * tw_engine_open_async:
 * @self: an engine
 * @cancellable: (nullable): stops waiting
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Opens the store and fills the lists with what it has; the status then says `ready`, whether or
 * not the service can be reached.
 */
void
tw_engine_open_async (TwEngine *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  tw_store_open_async (self->device, on_device_open,
                       g_task_new (self, cancellable, callback, user_data));
}

/**
 * tw_engine_open_finish:
 * @self: an engine
 * @result: what the callback was given
 * @error: %TW_ERROR_WRONG_KEY: the secret is not the one of these data; %TW_ERROR_REFUSED: a newer
 *   version wrote them; or a file's error
 *
 * Returns: whether the engine can be used
 */
gboolean
tw_engine_open_finish (TwEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tw_engine_retry_now:
 * @self: an engine
 *
 * Does not wait any longer before trying to reach the service again.
 */
void
tw_engine_retry_now (TwEngine *self)
{
  if (self->reader != NULL && self->store != NULL)
    tw_feed_reader_retry_now (self->reader);
}

/**
 * tw_engine_close:
 * @self: an engine
 *
 * Ends everything. Returns when all that was written is on the disk.
 */
void
tw_engine_close (TwEngine *self)
{
  if (self->device == NULL)
    return;
  g_clear_handle_id (&self->expiry, g_source_remove);
  if (self->network != 0)
    g_signal_handler_disconnect (g_network_monitor_get_default (), self->network);
  self->network = 0;
  tw_feed_reader_stop (self->reader);
  tw_pump_stop (self->pump);
  g_signal_handlers_disconnect_by_data (self->reader, self);
  g_signal_handlers_disconnect_by_data (self->pump, self);
  self->writing = FALSE;
  tw_engine_flush_drafts (self);
  if (self->store != NULL)
    tw_store_close_and_wait (self->store);
  tw_store_close_and_wait (self->device);
  g_clear_object (&self->store);
  g_clear_object (&self->device);
  g_clear_object (&self->reader);
  g_clear_object (&self->pump);
  g_clear_object (&self->transport);
}
