// SPDX-License-Identifier: GPL-3.0-or-later
/* What the operators of a service do from a terminal. */
#pragma once

#include <glib.h>

#include "db/tw-db.h"
#include "server/command/tw-keys.h"

G_BEGIN_DECLS

/* How a verb ends, for scripts. */
typedef enum
{
  TW_EXIT_DONE = 0,
  TW_EXIT_NOT_SO = 1,      /* looked at, and it is not as it should be */
  TW_EXIT_BAD_INPUT = 2,   /* what was asked for makes no sense, or may not be */
  TW_EXIT_UNREACHABLE = 3, /* the database or the service can't be reached */
} TwExit;

/* What may stand on the command line; each verb has some of it. */
typedef struct
{
  char *database;
  char *keys;
  char *socket_dir;
  char *blobs;
  char *counterpart;
  char *checkpoint;
  char *rails_key;
  char *day;
  char **statement;
  char *account;
  char *party;
  char *role;
  char *name;
  gboolean practice;
  gboolean accept_older;
  gboolean lease;
  gboolean log_json;
  gboolean password_stdin;
  gboolean json;
  char **rest; /* what is not an option */
} TwOpsOptions;

/* Each runs to its end; %FALSE with @error, or the exit in @code. */
typedef gboolean (*TwVerbFunc) (const TwOpsOptions *options, TwExit *code, GError **error);

int tw_ops_run (int argc, char **argv);

gboolean tw_verb_serve (const TwOpsOptions *options, TwExit *code, GError **error);
gboolean tw_verb_migrate (const TwOpsOptions *options, TwExit *code, GError **error);
gboolean tw_verb_verify (const TwOpsOptions *options, TwExit *code, GError **error);
gboolean tw_verb_backup (const TwOpsOptions *options, TwExit *code, GError **error);
gboolean tw_verb_restore (const TwOpsOptions *options, TwExit *code, GError **error);
gboolean tw_verb_add_agent (const TwOpsOptions *options, TwExit *code, GError **error);
gboolean tw_verb_reconcile (const TwOpsOptions *options, TwExit *code, GError **error);
gboolean tw_verb_metrics (const TwOpsOptions *options, TwExit *code, GError **error);

/* Shared by the verbs. */
typedef struct
{
  TwKeys *keys;
  TwDb *db;
} TwOpsBase;

gboolean tw_ops_base_open (TwOpsBase *base, const TwOpsOptions *options, GError **error);
void tw_ops_base_clear (TwOpsBase *base);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwOpsBase, tw_ops_base_clear)

gboolean tw_ops_check_key (TwDb *db, TwKeys *keys, GError **error);
const char *tw_ops_get_database_path (const TwOpsOptions *options);
char *tw_ops_get_checkpoint_path (const TwOpsOptions *options);
const char *tw_ops_get_rails_key_path (const TwOpsOptions *options);
void tw_ops_say (const TwOpsOptions *options, const char *words, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
