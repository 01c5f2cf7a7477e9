// SPDX-License-Identifier: GPL-3.0-or-later
/* The encrypting layer under every SQLite file. docs: see the head of tw-vfs-page.c for what is on
 * the disk, and of tw-vfs-recovery.c for what happens to a damaged log. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Page size and the bytes at the end of each page that SQLite leaves to us. Both are fixed. */
#define TW_VFS_PAGE_BYTES 4096
#define TW_VFS_RESERVED_BYTES 48

const char *tw_vfs_acquire (const guint8 *key, GError **error);
void tw_vfs_release (const char *name);

G_END_DECLS
