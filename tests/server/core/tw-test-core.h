// SPDX-License-Identifier: GPL-3.0-or-later
/* A service of its own for each test: a database in a folder of its own or, with TW_TEST_POSTGRES,
 * a database of its own in that cluster; handlers of a few kinds that do as their body says. */
#pragma once

#include "server/command/tw-service.h"

G_BEGIN_DECLS

#define TW_TEST_DEADLINE_MS 20000

typedef struct
{
  char *folder;
  char *url;
  TwKeys *keys;
  TwService *service;
  TwSigner *signer;
  char *public_key;
} TwTestCore;

void tw_test_core_set_up (TwTestCore *core, gconstpointer unused);
void tw_test_core_tear_down (TwTestCore *core, gconstpointer unused);
void tw_test_core_restart (TwTestCore *core);
TwService *tw_test_core_open (const char *url, TwKeys *keys);
char *tw_test_core_new_url (const char *folder);

/* Handlers of ticket.ask (unsigned), wallet.top_up (signed), tax.pay (signed, its intent stays
 * live), account.register (a guest's, with slow work), rail.settle, ticket.reply (the system's
 * too). Bodies:
 * {"do": "write", "note": ID}            a row, and a message in the account's scope
 * {"do": "fail", "note": ID}             writes, then fails
 * {"do": "refuse"}                       no_balance
 * {"do": "nothing"}                      forgets to end it
 * {"do": "count", "note": ID}            how many notes there are
 * {"do": "settle", "account", "intent", "succeeded": 0/1} */
void tw_test_core_add_handlers (void);

TwActor *tw_test_actor (TwTestCore *core, TwRole role, const char *account_id);
TwCommand *tw_test_command (const char *kind, const char *what, const char *note);
TwCommand *tw_test_command_full (
  const char *id, const char *intent, const char *kind, gint64 at_ms, const char *body);
void tw_test_sign (TwTestCore *core, TwCommand *command, TwActor *actor);
TwJob *tw_test_job (TwTestCore *core, TwRole role, const char *account_id, TwCommand *command);

/* Submits and waits. */
void tw_test_run (TwTestCore *core, GPtrArray *jobs);
TwJob *tw_test_run_one (TwTestCore *core, TwJob *job);
GPtrArray *tw_test_jobs_new (void);
void tw_test_wait (gboolean *done);
void tw_test_call (TwTestCore *core, TwWriteFunc func, gpointer data);

gint64 tw_test_number (TwTestCore *core, const char *sql);
void tw_test_exec (TwTestCore *core, const char *sql);

#define tw_assert_result(job, state_, code_)                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const TwResult *result_ = tw_job_result (job);                                                 \
    g_assert_nonnull (result_);                                                                    \
    g_assert_cmpstr (result_->code, ==, code_);                                                    \
    g_assert_cmpint (result_->state, ==, state_);                                                  \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
