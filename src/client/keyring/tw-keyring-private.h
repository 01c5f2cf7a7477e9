// SPDX-License-Identifier: GPL-3.0-or-later
/* What the files of this room share; its tests shorten the waiting. */
#pragma once

#include <gio/gio.h>
#include <libsecret/secret.h>

G_BEGIN_DECLS

extern const SecretSchema tw_keyring_schema;

char *tw_keyring_pack (const char *profile, GBytes *secret);
GBytes *tw_keyring_unpack (const char *profile, const char *text, gsize length, GError **error);

void tw_keyring_take_error (GError **error, GError *cause);

typedef enum
{
  TW_KEYRING_LOAD,
  TW_KEYRING_STORE,
  TW_KEYRING_CLEAR,
} TwKeyringAim;

void tw_keyring_run (TwKeyringAim aim, const char *profile, GBytes *secret, GTask *task);

void tw_keyring_set_patience_ms (guint answer_ms, guint person_ms);

G_END_DECLS
