// SPDX-License-Identifier: GPL-3.0-or-later
/* A service that is reached over its sockets, in this process, and a colleague who is signed in;
 * the test may look into it, and get in its way. */
#pragma once

#include <libsoup/soup.h>

#include "server/http/tw-http.h"
#include "tw-test-core.h"

G_BEGIN_DECLS

#define TW_TEST_PASSWORD "quiet-otter-lamp-seven"

typedef struct
{
  TwTestCore core;
  TwHttp *http;
  char *socket_dir;
  SoupSession *api;
  SoupSession *feed;
  char *account_id;
  char *token;
  TwRole role;
  gint64 expires_at_ms;
} TwTestFront;

typedef struct
{
  SoupMessage *message;
  GBytes *body;
  gboolean done;
  gint64 begun_us;
  gint64 ended_us;
} TwTestAsked;

/* @role: a TwRole, of who is signed in. */
void tw_test_front_set_up (TwTestFront *f, gconstpointer role);
void tw_test_front_tear_down (TwTestFront *f, gconstpointer role);

/* Asks with the colleague's token; wait for its `done` in the default context. */
void tw_test_ask (
  TwTestFront *f, TwTestAsked *asked, SoupSession *session, const char *method, const char *path);
/* The same for a message of the test's own. */
void tw_test_send (TwTestAsked *asked, SoupSession *session);
void tw_test_asked_clear (TwTestAsked *asked);

G_END_DECLS
