// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * TwConnection:
 * @TW_CONNECTION_STARTING: not known yet
 * @TW_CONNECTION_ONLINE: the feed is being followed
 * @TW_CONNECTION_OFFLINE: the service can't be reached; what is shown is as of `as-of-ms`
 *
 * Whether the service can be reached.
 */
typedef enum
{
  TW_CONNECTION_STARTING,
  TW_CONNECTION_ONLINE,
  TW_CONNECTION_OFFLINE,
} TwConnection;

/**
 * TwNetwork:
 * @TW_NETWORK_THERE: as far as the computer knows the way to the service is open
 * @TW_NETWORK_PORTAL: there is one that wants a person to sign in at it first
 * @TW_NETWORK_NONE: this computer has none
 *
 * What the computer says of its network, apart from whether the service answers.
 */
typedef enum
{
  TW_NETWORK_THERE,
  TW_NETWORK_PORTAL,
  TW_NETWORK_NONE,
} TwNetwork;

#define TW_TYPE_STATUS (tw_status_get_type ())
G_DECLARE_FINAL_TYPE (TwStatus, tw_status, TW, STATUS, GObject)

/* Properties: connection (int, TwConnection), network (int, TwNetwork), as-of-ms (int64), signed-in
 * (boolean), account-id and display-name (string), agent (boolean: the session has an agent's
 * role), practice (boolean), unsent (uint: commands that wait), phone-message (string: in practice,
 * what the person's phone shows while a code is waited for), ready (boolean: the store is open and
 * its lists are filled).
 */
TwStatus *tw_status_new (void);
TwConnection tw_status_get_connection (TwStatus *self);
TwNetwork tw_status_get_network (TwStatus *self);
gint64 tw_status_get_as_of_ms (TwStatus *self);
gboolean tw_status_get_signed_in (TwStatus *self);
const char *tw_status_get_account_id (TwStatus *self);

G_END_DECLS
