// SPDX-License-Identifier: GPL-3.0-or-later
/* A disk in memory, as a VFS below the encrypting one. It can lose power: what was written since
 * the last sync of a file is then kept, lost, or torn at a sector, at random. One connection at a
 * time, with locking_mode=EXCLUSIVE (so no shared memory is needed). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void tw_test_disk_install (void);
void tw_test_disk_clear (void);

/* From the @n-th write or sync on, counted from now, every access fails; negative: never. */
void tw_test_disk_fail_after (int n);
gboolean tw_test_disk_has_failed (void);
void tw_test_disk_lose_power (GRand *rand);

/* The contents as they are: a copy, and back again. */
GHashTable *tw_test_disk_save (void);
void tw_test_disk_restore (GHashTable *saved);
GByteArray *tw_test_disk_peek (const char *name);

G_END_DECLS
