// SPDX-License-Identifier: GPL-3.0-or-later
/* What is written into the keyring, and how its errors read. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/tw-error.h"
#include "client/keyring/tw-keyring-private.h"
#include "client/keyring/tw-keyring.h"
#include "vault/tw-vault.h"

#define PREFIX "taxwallet1:"
#define CHECK_BYTES 16

/* The name is not matched: with it libsecret 0.20.5 finds nothing in a locked keyring, and
 * "locked" would read as "missing". */
const SecretSchema tw_keyring_schema = {
  "org.taxwallet.Device",
  SECRET_SCHEMA_DONT_MATCH_NAME,
  {
    { "application", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* Another program, or another profile's secret put in this one's place, must not pass as a key:
 * everything sealed with the right one would then look damaged. */
static void
compute_check (const char *profile, const guint8 *secret, guint8 check[CHECK_BYTES])
{
  g_autofree char *for_profile = g_strconcat ("keyring/", profile, NULL);
  g_autoptr (TwKey) key = tw_key_new_from_bytes (secret, TW_KEY_BYTES, NULL);
  g_autoptr (TwKey) mixed = tw_key_derive (key, for_profile);
  guint8 hash[TW_HASH_BYTES];
  guint8 both[TW_KEY_BYTES + TW_KEYRING_SECRET_BYTES];

  memcpy (both, tw_key_peek (mixed), TW_KEY_BYTES);
  memcpy (both + TW_KEY_BYTES, secret, TW_KEYRING_SECRET_BYTES);
  tw_hash (both, sizeof both, hash);
  memcpy (check, hash, CHECK_BYTES);
  explicit_bzero (both, sizeof both);
}

/* Text, since not every keyring keeps bytes. Free with tw_secret_free_text(). */
char *
tw_keyring_pack (const char *profile, GBytes *secret)
{
  guint8 packed[TW_KEYRING_SECRET_BYTES + CHECK_BYTES];
  const guint8 *bytes = g_bytes_get_data (secret, NULL);
  char *base64, *text;

  memcpy (packed, bytes, TW_KEYRING_SECRET_BYTES);
  compute_check (profile, bytes, packed + TW_KEYRING_SECRET_BYTES);
  base64 = tw_base64_encode (packed, sizeof packed);
  text = g_strconcat (PREFIX, base64, NULL);
  explicit_bzero (packed, sizeof packed);
  tw_secret_free_text (base64);
  return text;
}

/* %TW_ERROR_WRONG_KEY for whatever tw_keyring_pack() did not make for this profile. */
GBytes *
tw_keyring_unpack (const char *profile, const char *text, gsize length, GError **error)
{
  g_autoptr (GBytes) secret = NULL;
  char *copy = g_strndup (text != NULL ? text : "", length);

  if (g_str_has_prefix (copy, PREFIX) && strlen (copy) < 1024)
    {
      g_autoptr (GBytes) packed = tw_base64_decode (copy + strlen (PREFIX));

      if (packed != NULL && g_bytes_get_size (packed) == TW_KEYRING_SECRET_BYTES + CHECK_BYTES)
        {
          guint8 *bytes = (guint8 *) g_bytes_get_data (packed, NULL);
          guint8 check[CHECK_BYTES];

          compute_check (profile, bytes, check);
          if (memcmp (check, bytes + TW_KEYRING_SECRET_BYTES, CHECK_BYTES) == 0)
            secret = tw_secret_bytes_new (bytes, TW_KEYRING_SECRET_BYTES);
          explicit_bzero (bytes, g_bytes_get_size (packed));
        }
    }
  tw_secret_free_text (copy);
  if (secret == NULL)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_WRONG_KEY,
                         _ ("The keyring holds an entry for Tax Wallet, but what is in it is not "
                            "a key of this profile. Something else has changed it."));
  return g_steal_pointer (&secret);
}

static gboolean
means_no_service (const GError *error)
{
  if (error->domain == G_IO_ERROR)
    return error->code != G_IO_ERROR_TIMED_OUT;
  if (error->domain != G_DBUS_ERROR)
    return FALSE;
  switch (error->code)
    {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
    case G_DBUS_ERROR_NO_SERVER:
    case G_DBUS_ERROR_DISCONNECTED:
    case G_DBUS_ERROR_FILE_NOT_FOUND:
    case G_DBUS_ERROR_ACCESS_DENIED:
      return TRUE;
    default:
      /* A service that is known and can't be started */
      return error->code >= G_DBUS_ERROR_SPAWN_EXEC_FAILED &&
             error->code <= G_DBUS_ERROR_SPAWN_FILE_INVALID;
    }
}

static gboolean
means_busy (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED);
}

/* Takes libsecret's or D-Bus's @cause and sets ours, in words for the person. */
void
tw_keyring_take_error (GError **error, GError *cause)
{
  g_dbus_error_strip_remote_error (cause);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, cause);
      return;
    }
  if (g_error_matches (cause, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    g_set_error_literal (error, TW_ERROR, TW_ERROR_LOCKED,
                         _ ("The keyring is locked. Unlock it with its password and try again."));
  else if (g_error_matches (cause, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT))
    g_set_error_literal (error, TW_ERROR, TW_ERROR_NOT_FOUND,
                         _ ("The keyring holds no key of Tax Wallet for this profile."));
  else if (means_busy (cause))
    g_set_error_literal (error, TW_ERROR, TW_ERROR_BUSY,
                         _ ("The keyring does not answer. Try again in a moment."));
  else if (means_no_service (cause))
    g_set_error_literal (error, TW_ERROR, TW_ERROR_UNREACHABLE,
                         _ ("There is no keyring on this computer, or it is not running. Start "
                            "it, or use a passphrase instead."));
  else
    g_set_error (error, TW_ERROR, TW_ERROR_INTERNAL, _ ("The keyring refused: %s"), cause->message);
  g_error_free (cause);
}
