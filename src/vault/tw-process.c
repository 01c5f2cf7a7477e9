// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "vault/tw-vault.h"

/**
 * tw_vault_protect_process:
 *
 * For each program that holds keys, before it has any: it leaves no core behind, and no other
 * process of the same user may read its memory or its environment.
 */
void
tw_vault_protect_process (void)
{
  const struct rlimit none = { 0, 0 };

  if (setrlimit (RLIMIT_CORE, &none) != 0 || prctl (PR_SET_DUMPABLE, 0) != 0)
    g_message ("The memory of this process can't be protected: %s", g_strerror (errno));
}
