// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/app/tw-opening.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "base/tw-clock.h"
#include "base/tw-error.h"
#include "client/app/tw-key-window.h"
#include "client/keyring/tw-keyring.h"
#include "client/keyring/tw-passphrase.h"
#include "vault/tw-vault.h"

/* A keyring that is open answers at once; only a slower one deserves a window of its own. */
#define WINDOW_AFTER_MS 500

typedef enum
{
  AGAIN,      /* ask the keyring once more */
  START_ANEW, /* set the old data aside */
  PASSPHRASE, /* do without the keyring */
  QUIT,
} Choice;

/**
 * TwOpening:
 *
 * Finds the key to what is kept on this computer: in the keyring, behind a passphrase, or made now
 * for the first time. Whatever stands in the way becomes a page that says what to do.
 */
struct _TwOpening
{
  GObject parent_instance;

  GtkApplication *app; /* not owned: it owns this */
  char *profile;
  char *folder;
  TwKeyWindow *window; /* (nullable): only when it is needed */
  GCancellable *cancellable;
  guint window_timeout;
  Choice choices[2];
  GBytes *fresh; /* a new secret that is being kept */
};

G_DEFINE_FINAL_TYPE (TwOpening, tw_opening, G_TYPE_OBJECT)

static guint opened_signal;

static void
tw_opening_dispose (GObject *object)
{
  TwOpening *self = TW_OPENING (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->window_timeout, g_source_remove);
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  self->window = NULL;
  g_clear_pointer (&self->fresh, g_bytes_unref);
  g_clear_pointer (&self->profile, g_free);
  g_clear_pointer (&self->folder, g_free);
  G_OBJECT_CLASS (tw_opening_parent_class)->dispose (object);
}

static void
tw_opening_class_init (TwOpeningClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_opening_dispose;
  opened_signal = g_signal_new ("opened", TW_TYPE_OPENING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_BYTES);
}

static void
tw_opening_init (TwOpening *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * tw_opening_new:
 * @app: (transfer none): the application
 * @profile: whose key: names it in the keyring
 * @folder: where the data of the profile is kept
 *
 * Returns: (transfer full): an opening that has not started
 */
TwOpening *
tw_opening_new (GtkApplication *app, const char *profile, const char *folder)
{
  TwOpening *self = g_object_new (TW_TYPE_OPENING, NULL);

  self->app = app;
  self->profile = g_strdup (profile);
  self->folder = g_strdup (folder);
  return self;
}

static void load (TwOpening *self);
static void on_answer (TwOpening *self, int response);
static void on_passphrase (TwOpening *self, const char *passphrase);

static gboolean
on_window_closed (TwOpening *self)
{
  self->window = NULL;
  g_application_quit (G_APPLICATION (self->app));
  return FALSE;
}

static TwKeyWindow *
get_window (TwOpening *self)
{
  g_clear_handle_id (&self->window_timeout, g_source_remove);
  if (self->window == NULL)
    {
      self->window = tw_key_window_new (self->app);
      g_signal_connect_swapped (self->window, "answer", G_CALLBACK (on_answer), self);
      g_signal_connect_swapped (self->window, "passphrase", G_CALLBACK (on_passphrase), self);
      g_signal_connect_swapped (self->window, "close-request", G_CALLBACK (on_window_closed), self);
      gtk_window_present (GTK_WINDOW (self->window));
    }
  return self->window;
}

static void
say (TwOpening *self,
     const char *title,
     const char *words,
     Choice first,
     const char *first_label,
     Choice second,
     const char *second_label)
{
  self->choices[0] = first;
  self->choices[1] = second;
  tw_key_window_show_message (get_window (self), title, words, first_label, second_label);
}

static gboolean
has_data (TwOpening *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) != NULL;
}

static void
finish (TwOpening *self, GBytes *secret)
{
  g_clear_handle_id (&self->window_timeout, g_source_remove);
  g_signal_emit (self, opened_signal, 0, secret);
}

static GBytes *
make_secret (void)
{
  g_autoptr (TwKey) master = tw_key_new_random ();
  g_autoptr (TwSigner) device = tw_signer_new ();
  GByteArray *both = g_byte_array_sized_new (TW_KEYRING_SECRET_BYTES);

  g_byte_array_append (both, tw_key_peek (master), TW_KEY_BYTES);
  g_byte_array_append (both, tw_signer_peek_seed (device), TW_SIGN_SEED_BYTES);
  return g_byte_array_free_to_bytes (both);
}

static void
explain (TwOpening *self, const GError *error)
{
  gboolean kept = has_data (self);

  if (g_error_matches (error, TW_ERROR, TW_ERROR_UNREACHABLE) && !kept)
    tw_key_window_ask_passphrase (get_window (self), TRUE);
  else if (g_error_matches (error, TW_ERROR, TW_ERROR_UNREACHABLE))
    say (self, _ ("The Keyring Is Not Running"),
         _ ("The key to your wallet's data is in the keyring of this computer, and that does not "
            "answer. Start it, or sign in to your desktop again. Your data is safe."),
         AGAIN, _ ("Try Again"), QUIT, _ ("Quit"));
  else if (g_error_matches (error, TW_ERROR, TW_ERROR_LOCKED))
    say (self, _ ("The Keyring Is Locked"),
         _ ("The key to your wallet's data is in the keyring of this computer. Unlock it with the "
            "password that you use to sign in to this computer."),
         AGAIN, _ ("Unlock"), kept ? QUIT : PASSPHRASE,
         kept ? _ ("Quit") : _ ("Use a Passphrase Instead"));
  else if (g_error_matches (error, TW_ERROR, TW_ERROR_WRONG_KEY) ||
           g_error_matches (error, TW_ERROR, TW_ERROR_NOT_FOUND))
    tw_opening_key_does_not_fit (self);
  else
    say (self, _ ("The Keyring Does Not Answer"), error->message, AGAIN, _ ("Try Again"), QUIT,
         _ ("Quit"));
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwOpening) self = data;
  g_autoptr (GError) error = NULL;

  if (tw_keyring_store_finish (result, &error))
    finish (self, self->fresh);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    explain (self, error);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwOpening) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) secret = tw_keyring_load_finish (result, &error);

  if (secret != NULL)
    finish (self, secret);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else if (g_error_matches (error, TW_ERROR, TW_ERROR_NOT_FOUND) && !has_data (self))
    {
      g_clear_pointer (&self->fresh, g_bytes_unref);
      self->fresh = make_secret ();
      tw_keyring_store_async (self->profile, self->fresh, self->cancellable, on_stored,
                              g_object_ref (self));
    }
  else
    explain (self, error);
}

static gboolean
on_slow (gpointer data)
{
  TwOpening *self = data;

  self->window_timeout = 0;
  tw_key_window_show_wait (get_window (self));
  return G_SOURCE_REMOVE;
}

static void
load (TwOpening *self)
{
  if (self->window != NULL)
    tw_key_window_show_wait (self->window);
  else if (self->window_timeout == 0)
    self->window_timeout = g_timeout_add (WINDOW_AFTER_MS, on_slow, self);
  tw_keyring_load_async (self->profile, self->cancellable, on_loaded, g_object_ref (self));
}

/**
 * tw_opening_start:
 * @self: an opening
 *
 * Begins. `opened` follows, once the key is at hand.
 */
void
tw_opening_start (TwOpening *self)
{
  if (tw_passphrase_exists (self->folder))
    tw_key_window_ask_passphrase (get_window (self), FALSE);
  else
    load (self);
}

/**
 * tw_opening_key_does_not_fit:
 * @self: an opening
 *
 * Says that there is data, but that the key to it is lost or another one.
 */
void
tw_opening_key_does_not_fit (TwOpening *self)
{
  say (
    self, _ ("The Key to Your Data Is Missing"),
    _ ("What the wallet kept on this computer can't be opened: its key is not in the keyring any "
       "more. Your money and your records are safe with the service. Start anew and sign in, and "
       "they come back; what was typed here and not yet sent stays locked in the old folder."),
    AGAIN, _ ("Try Again"), START_ANEW, _ ("Start Anew"));
}

/* Nothing is deleted: the old folder keeps its name with the time behind it. */
static gboolean
set_aside (TwOpening *self, GError **error)
{
  g_autofree char *aside =
    g_strdup_printf ("%s.aside-%" G_GINT64_FORMAT, self->folder, tw_clock_now_ms ());

  if (!has_data (self) || g_rename (self->folder, aside) == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_BUSY, _ ("The folder %s can't be moved."), self->folder);
  return FALSE;
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwOpening) self = data;
  g_autoptr (GError) error = NULL;

  tw_keyring_clear_finish (result, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    load (self);
}

/* What an earlier choice is still asking the keyring is not waited for: two answers would be two
 * keys. */
static void
give_up_earlier (TwOpening *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static void
choose (TwOpening *self, Choice choice)
{
  g_autoptr (GError) error = NULL;

  give_up_earlier (self);
  switch (choice)
    {
    case AGAIN:
      tw_opening_start (self);
      break;
    case START_ANEW:
      if (!set_aside (self, &error))
        say (self, _ ("That Did Not Work"), error->message, AGAIN, _ ("Try Again"), QUIT,
             _ ("Quit"));
      else
        tw_keyring_clear_async (self->profile, self->cancellable, on_cleared, g_object_ref (self));
      break;
    case PASSPHRASE:
      tw_key_window_ask_passphrase (get_window (self), TRUE);
      break;
    case QUIT:
    default:
      g_application_quit (G_APPLICATION (self->app));
    }
}

static void
on_answer (TwOpening *self, int response)
{
  choose (self, self->choices[response == GTK_RESPONSE_YES ? 0 : 1]);
}

static void
on_passphrase_created (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwOpening) self = data;
  g_autoptr (GError) error = NULL;

  if (tw_passphrase_create_finish (result, &error))
    finish (self, self->fresh);
  else if (self->window != NULL)
    tw_key_window_show_mistake (self->window, error->message);
}

static void
on_passphrase_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwOpening) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) secret = tw_passphrase_open_finish (result, &error);

  if (secret != NULL)
    finish (self, secret);
  else if (self->window != NULL)
    tw_key_window_show_mistake (self->window, error->message);
}

static void
on_passphrase (TwOpening *self, const char *passphrase)
{
  if (tw_passphrase_exists (self->folder))
    {
      tw_passphrase_open_async (self->folder, passphrase, self->cancellable, on_passphrase_opened,
                                g_object_ref (self));
      return;
    }
  g_clear_pointer (&self->fresh, g_bytes_unref);
  self->fresh = make_secret ();
  /* The first thing that this computer keeps; what can't be made is told by the writing. */
  g_mkdir_with_parents (self->folder, 0700);
  tw_passphrase_create_async (self->folder, self->fresh, passphrase, self->cancellable,
                              on_passphrase_created, g_object_ref (self));
}

/**
 * tw_opening_done:
 * @self: an opening whose key has opened the data
 *
 * Takes its window away.
 */
void
tw_opening_done (TwOpening *self)
{
  g_clear_pointer (&self->fresh, g_bytes_unref);
  if (self->window == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->window, self);
  gtk_window_destroy (GTK_WINDOW (self->window));
  self->window = NULL;
}
