// SPDX-License-Identifier: GPL-3.0-or-later
/* What the files of this room share and nobody else needs. */
#pragma once

#include <glib.h>
#include <sodium.h>

#include "vault/tw-vault.h"

G_BEGIN_DECLS

/* One setting for every use of Argon2id: about 0.1 s and 64 MiB a call. */
#define TW_ARGON_PASSES 3
#define TW_ARGON_MEMORY (64u * 1024 * 1024)

void tw_vault_ensure (void);

gpointer tw_secret_alloc (gsize length);
void tw_secret_free (gpointer secret);
char *tw_secret_normalize (const char *text);

void tw_argon_enter (void);
void tw_argon_leave (void);

G_END_DECLS
