// SPDX-License-Identifier: GPL-3.0-or-later
/* A service with its rails in this process, and the practice bank and tax office in one of their
 * own, for a test that has a folder to itself. */
#pragma once

#include "protocol/tw-command.h"
#include "server/command/tw-service.h"
#include "server/rails/tw-rails.h"

G_BEGIN_DECLS

typedef struct
{
  char *folder;
  char *url;
  TwKeys *keys;
  TwService *service;
  TwRails *rails;
  GSubprocess *counterpart;
  GSocketConnection *lease; /* so that it ends with this process, however that ends */
  TwDb *db;                 /* reads the service's database */
  TwDb *books;              /* reads the counterpart's */
  TwSigner *signer;
  TwActor *person;
} TwTestMoney;

TwTestMoney *tw_test_money_new (void);
/* In another process, on the folder of one whose service is stopped. */
TwTestMoney *tw_test_money_join (const char *folder, const char *url);
void tw_test_money_start_service (TwTestMoney *t, gboolean with_rails);
void tw_test_money_stop_service (TwTestMoney *t);
void tw_test_money_start_counterpart (TwTestMoney *t);
void tw_test_money_stop_counterpart (TwTestMoney *t);
void tw_test_money_free (TwTestMoney *t);

/* A person with an approved identity, and what the office has on them. */
void tw_test_money_add_person (TwTestMoney *t, int serial);
TwActor *tw_test_money_register (TwTestMoney *t, int serial);
/* A colleague decides about their identity. */
void tw_test_money_decide (TwTestMoney *t, TwActor *person, gboolean approve);
void tw_test_money_fault (TwTestMoney *t, const char *name, int count);

/* (transfer full): how it ended. @id, @intent: (nullable): new ones */
TwResult *tw_test_money_run (TwTestMoney *t,
                             TwActor *actor,
                             const char *kind,
                             const char *id,
                             const char *intent,
                             JsonObject *body);
TwResult *
tw_test_money_top_up (TwTestMoney *t, const char *id, const char *intent, gint64 amount_fen);
TwResult *tw_test_money_transfer (TwTestMoney *t, const char *to, gint64 amount_fen);

gint64 tw_test_money_number (TwDb *db, const char *sql, const char *id);
/* Until @sql, with @id for $1, says @wanted. */
void tw_test_money_wait (TwTestMoney *t, const char *sql, const char *id, gint64 wanted);
void tw_test_money_wait_payment (TwTestMoney *t, const char *id, int state);
gint64 tw_test_money_balance (TwTestMoney *t);
/* What the metrics say on the line that begins with @name; -1 without one. */
void tw_test_money_assert_forgotten (TwTestMoney *t, const char *rail);
double tw_test_money_metric (TwTestMoney *t, const char *name);
void tw_test_money_assert_sound (TwTestMoney *t);
/* That what was settled today stands in the partners' books, and nothing else does. */
void tw_test_money_assert_reconciles (TwTestMoney *t);
/* Another process gives the command @id of @kind, gets as far as written down (without rails) or
 * sent (with them), and is killed. No service runs after it. First in main(), for the process that
 * is the other one: tw_test_money_child(). */
void tw_test_money_kill (
  TwTestMoney *t, gboolean with_rails, const char *kind, const char *id, JsonObject *body);
void tw_test_money_child (int argc, char **argv);

/* A body of names and values: "s" a text, "i" a number, "b" a truth. */
JsonObject *tw_test_money_body (const char *name, ...) G_GNUC_NULL_TERMINATED;
/* (transfer full): the last message with a code that has come to the phone for a command that still
 * waits or has been answered; waits until all of them are there. */
char *tw_test_money_message (TwTestMoney *t, const char *phone);
/* (transfer full): the code in it */
char *tw_test_money_code (TwTestMoney *t, const char *phone);
/* (transfer full): what becomes of a held command when its code is told. */
TwResult *tw_test_money_answer (TwTestMoney *t, const char *challenge_id, const char *code);

#define tw_assert_done(result)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (TwResult) result_ = (result);                                                       \
    g_assert_cmpstr (result_->code, ==, NULL);                                                     \
    g_assert_cmpint (result_->state, ==, TW_RESULT_DONE);                                          \
  }                                                                                                \
  G_STMT_END

#define tw_assert_held(result)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (TwResult) result_ = (result);                                                       \
    g_assert_cmpstr (result_->code, ==, NULL);                                                     \
    g_assert_cmpint (result_->state, ==, TW_RESULT_STEP_UP);                                       \
  }                                                                                                \
  G_STMT_END

#define tw_assert_code(result, wanted)                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (TwResult) result_ = (result);                                                       \
    g_assert_cmpint (result_->state, ==, TW_RESULT_REFUSED);                                       \
    g_assert_cmpstr (result_->code, ==, wanted);                                                   \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
