// SPDX-License-Identifier: GPL-3.0-or-later
/* What a handler works with: one command inside the writer's transaction. */
#pragma once

#include <json-glib/json-glib.h>

#include "db/tw-db-rows.h"
#include "model/tw-object.h"
#include "protocol/tw-command.h"
#include "protocol/tw-kinds.h"
#include "server/command/tw-actor.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

typedef struct _TwTx TwTx;   /* the writer's transaction */
typedef struct _TwJob TwJob; /* one command in it */

TwDb *tw_tx_db (TwTx *tx);
gint64 tw_tx_now_ms (TwTx *tx);

/* Service keys: purpose is one of "column" (sealing), "lookup" (keyed hashes). (transfer none) */
TwKey *tw_tx_key (TwTx *tx, const char *purpose);

/* Says that @object is now what @scope shows (or that it is gone). Written at the end of the batch:
 * the last word on an object wins, and each scope's counter is locked once, in sorted order. The
 * object is read then, so it must not be changed after this; its text is sealed by the feed room.
 * _first: as tw_feed_batch_publish_first(). */
void tw_tx_publish (TwTx *tx, const char *scope, TwObject *object);
void tw_tx_publish_first (TwTx *tx, const char *scope, TwObject *object);
void tw_tx_withdraw (TwTx *tx, const char *scope, const char *wire_type, const char *id);

/* Grants and revocations of scopes, in the same transaction. @view: TwView of protocol/tw-wire.h */
gboolean
tw_tx_grant (TwTx *tx, const char *account_id, const char *scope, int view, GError **error);
gboolean tw_tx_revoke (TwTx *tx, const char *account_id, const char *scope, GError **error);

/* One line of the audit chain: who did what to what; @facts without personal data. */
gboolean
tw_tx_audit (TwTx *tx, TwJob *job, const char *what, const char *subject_id, GError **error);

/* For commands whose outcome comes later, when a rail has answered: the intent that a handler kept
 * live has succeeded (nobody can do it again), or failed (a new attempt may be made). @account_id
 * and
 * @intent: those of the command that kept it live. */
gboolean tw_tx_settle_intent (
  TwTx *tx, const char *account_id, const char *intent, gboolean succeeded, GError **error);

/* Called in the writer thread after the commit (never after a rollback). */
void tw_tx_after_commit (TwTx *tx,
                         void (*func) (gpointer data),
                         gpointer data,
                         GDestroyNotify free_data);

TwActor *tw_job_actor (TwJob *job);
const TwCommand *tw_job_command (TwJob *job);
JsonObject *tw_job_body (TwJob *job);
gpointer tw_job_prepared (TwJob *job);
void tw_job_set_prepared (TwJob *job, gpointer data, GDestroyNotify free_data);

/* Ends the job: done, with what was made (strings and integers: "name", "s"|"i", value, ..., NULL).
 */
gboolean tw_job_done (TwJob *job, ...) G_GNUC_NULL_TERMINATED;
/* Ends the job: refused with a code of protocol/tw-refusal.h and facts. Always returns TRUE, so
 * that a handler can `return tw_job_refuse (...)`; nothing may have been written before it. */
gboolean tw_job_refuse (TwJob *job, const char *code, ...) G_GNUC_NULL_TERMINATED;
/* The job was done, but whether it succeeds is known later: until tw_tx_settle_intent() the intent
 * is live, and other attempts are refused `intent_live`. */
void tw_job_keep_intent_live (TwJob *job);
/* Ends the job as held until the person has told a code. The kind's row has to say so; nothing may
 * have been written before it. With the code it comes once more, and tw_job_has_code() is true.
 * @payee: (nullable): whom it is about, by the name that was found, as an alias is anybody's
 * choice; of a card of one's own, its last four digits; @amount_fen: 0 for none. Both are said in
 * the message with the code. */
gboolean tw_job_step_up (TwJob *job, const char *payee, gint64 amount_fen);
const char *tw_job_get_held_payee (TwJob *job);
gint64 tw_job_get_held_amount_fen (TwJob *job);
gboolean tw_job_has_code (TwJob *job);
/* Ends the job as refused `invalid`, with the error's words; takes @error. Always returns TRUE. */
gboolean tw_job_invalid (TwJob *job, GError *error);

/**
 * TwHandler:
 *
 * Decides and does one command. Returns %TRUE when the job was ended by one of the three above;
 * %FALSE with @error for anything unexpected (the whole batch is rolled back and run again one by
 * one).
 */
typedef gboolean (*TwHandler) (TwTx *tx, TwJob *job, GError **error);

/* Runs before the writer, in a worker thread, without the database; may end the job as refused. At
 * most two run at a time, in a queue of their own: it is meant for Argon2id and the like. Quick
 * checks belong into the handler. What it prepared may be used by several runs of the handler. */
typedef void (*TwPrepare) (TwJob *job);

/* Names the rows that the command will touch, for PostgreSQL to lock in sorted order before any
 * handler of the batch runs: calls tw_locks_add() for ledger accounts, tickets, bills; and
 * tw_locks_foresee() for what it will read with tw_db_get_row(), to be asked for at once for the
 * whole batch. What is not named is asked for when it is needed. (nullable) */
typedef struct _TwLocks TwLocks;
void tw_locks_add (TwLocks *locks, const char *table, const char *id);
void tw_locks_foresee (TwLocks *locks, const TwTable *table, const char *first, const char *second);
typedef gboolean (*TwLocker) (TwTx *tx, TwJob *job, TwLocks *locks, GError **error);

void tw_handlers_add (const char *kind, TwHandler handle, TwPrepare prepare, TwLocker lock);

/* What holds commands: keeps @job's until its code is told, and sends the code. @facts take what
 * the asker is told; with @refusal the command is refused instead, and nothing may have been
 * written.
 */
typedef gboolean (*TwHold) (
  TwTx *tx, TwJob *job, JsonObject *facts, const char **refusal, GError **error);
void tw_handlers_set_hold (TwHold hold);

/* A held command comes to its end: it runs as if it came now, given by @job's actor; or it is
 * refused with @code. One that is not held any more stays as it is. */
gboolean tw_held_run (TwTx *tx, TwJob *job, TwCommand *command, TwResult **result, GError **error);
gboolean
tw_held_refuse (TwTx *tx, const char *account, const char *id, const char *code, GError **error);
gboolean tw_held_lock (TwTx *tx, TwJob *job, TwCommand *command, TwLocks *locks, GError **error);

/* A room that has tables exports them as one text, `extern const char tw_ROOM_schema[];`;
 * ops/tw-schema.c lines them up as numbered migrations. What is released is never edited: later
 * changes are new steps. */

G_END_DECLS
