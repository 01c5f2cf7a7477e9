// SPDX-License-Identifier: GPL-3.0-or-later
/* A real service with its counterpart, in a folder of their own; and a road to it that can be made
 * to lose answers. */
#pragma once

#include "client/app/tw-engine.h"
#include "tw-client-test.h"

G_BEGIN_DECLS

typedef struct _TwTestService TwTestService;

TwTestService *tw_test_service_new (void);
const char *tw_test_service_get_sockets (TwTestService *service);
const char *tw_test_service_get_folder (TwTestService *service);
void tw_test_service_start (TwTestService *service);
void tw_test_service_stop (TwTestService *service);
void tw_test_service_kill (TwTestService *service);
void tw_test_service_free (TwTestService *service);

/* A folder of sockets like the service's, with a go-between at its api.sock. */
typedef struct _TwTestProxy TwTestProxy;

TwTestProxy *tw_test_proxy_new (TwTestService *service);
const char *tw_test_proxy_get_sockets (TwTestProxy *proxy);
void tw_test_proxy_lose_answers (TwTestProxy *proxy, int count);
int tw_test_proxy_count_commands (TwTestProxy *proxy);
void tw_test_proxy_shut (TwTestProxy *proxy);
void tw_test_proxy_free (TwTestProxy *proxy);

/* One client: an engine with data of its own. */
typedef struct
{
  TwEngine *engine;
  TwClient *client;
  TwStatus *status;
  char *folder;
  GBytes *secret;
  char *sockets;
  gboolean agent;
  GPtrArray *messages; /* what the engine said in passing */
} TwTestPerson;

TwTestPerson *tw_test_person_new (const char *sockets, gboolean agent);
void tw_test_person_open (TwTestPerson *person);
void tw_test_person_close (TwTestPerson *person);
gboolean tw_test_person_sign_in (TwTestPerson *person,
                                 const char *login,
                                 const char *password,
                                 GError **error);
void tw_test_person_free (TwTestPerson *person);

TwObject *tw_test_person_wait_object (TwTestPerson *person,
                                      const char *type,
                                      gboolean (*is_it) (gpointer object, gpointer data),
                                      gpointer data,
                                      const char *what);
TwOutgoing *tw_test_person_submit (TwTestPerson *person, const char *kind, GVariant *body);
void tw_test_wait_settled (TwOutgoing *outgoing, TwOutgoingState state);
void tw_test_wait_int (gpointer object, const char *property, gint64 value);
void tw_test_wait_boolean (gpointer object, const char *property, gboolean value);

G_END_DECLS
