// SPDX-License-Identifier: GPL-3.0-or-later
/* Photos and attachments: whole files, sealed, which never change once they have their name. */
#pragma once

#include "server/ops/tw-ops.h"

G_BEGIN_DECLS

char *tw_ops_get_blobs_path (const TwOpsOptions *options);
gboolean tw_ops_copy_file (const char *from, const char *to, GError **error);
gboolean tw_blobs_copy (const char *from, const char *to, GError **error);
void tw_blobs_remove (const char *folder);
gboolean tw_blobs_verify (const char *folder, TwKey *key, GString *report, GError **error);

G_END_DECLS
