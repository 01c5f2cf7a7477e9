// SPDX-License-Identifier: GPL-3.0-or-later
/* The service on its sockets. */
#pragma once

#include "server/command/tw-service.h"

G_BEGIN_DECLS

typedef struct _TwHttp TwHttp;

TwHttp *
tw_http_start (TwService *service, const char *socket_dir, const char *blob_dir, GError **error);
void tw_http_stop (TwHttp *http);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHttp, tw_http_stop)

G_END_DECLS
