// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean tw_folder_make_private (const char *path, GError **error);

G_END_DECLS
