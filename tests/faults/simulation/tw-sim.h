// SPDX-License-Identifier: GPL-3.0-or-later
/* Everybody in one process: the service, the counterpart and people's clients, each with a disk and
 * a fate of its own. */
#pragma once

#include <json-glib/json-glib.h>

#include "tw-faults-client.h"

G_BEGIN_DECLS

/* Four customers and an agent. */
#define TW_SIM_PEOPLE 5
#define TW_SIM_DESK 4

/* Who can die. A node that is dead does nothing more: its disk fails, what it says is not heard. It
 * is then cleared away, loses what it had not synced, and starts again after a while. */
typedef struct
{
  const char *name; /* also of its folder */
  gboolean up;
  gboolean dead;
  guint lives; /* how often it was started */
  guint timer; /* its clearing away, or its next start */
} TwSimNode;

enum
{
  TW_SIM_SERVICE,
  TW_SIM_COUNTERPART,
  TW_SIM_CLIENTS, /* the first of them; then a second computer of each, which is only read with */
  TW_SIM_COPIES = TW_SIM_CLIENTS + TW_SIM_PEOPLE,
  TW_SIM_NODES = TW_SIM_COPIES + TW_SIM_PEOPLE,
};

extern TwSimNode tw_sim_nodes[TW_SIM_NODES];

/* How much goes wrong, in so many of 1000. All 0: nothing does. */
typedef struct
{
  guint lose_request, lose_answer, twice, cut, delay; /* on the way to the service */
  guint lose_order, lose_word, order_twice, garble;   /* on the way to the counterpart */
  guint die;                                          /* at each named point */
  guint disk;                                         /* a write or sync that fails */
  guint yield;                                        /* somebody else goes on at a write */
} TwSimFaults;

extern TwSimFaults tw_sim_faults;

/* tw-sim-fate.c: what is drawn, and what came of it. */
void tw_sim_fate_start (guint seed, gboolean verbose);
gboolean tw_sim_chance (guint per_mille);
guint tw_sim_draw (guint n);
void tw_sim_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
guint tw_sim_count_faults (void);
gint64 tw_sim_get_last_fault_us (void);
gboolean tw_sim_is_there (guint node);
gboolean tw_sim_point (guint node, const char *point);
void tw_sim_die (guint node, const char *why);
void tw_sim_wrong (const char *format, ...) G_GNUC_PRINTF (1, 2);
JsonArray *tw_sim_list_wrong (void);

/* tw-sim-disk.c */
void tw_sim_disk_install (const char *folder);
void tw_sim_disk_lose_power (guint node);

/* tw-sim-net.c */
void tw_sim_keep_feed_from (guint node);

/* tw-sim-folder.c */
void tw_sim_copy_folder (const char *from, const char *to);
void tw_sim_remove_folder (const char *path);

/* tw-sim-nodes.c */
extern TwFaultsClient *tw_sim_clients[TW_SIM_PEOPLE * 2];
void tw_sim_nodes_init (const char *folder, guint seed);
void tw_sim_start (guint node);
void tw_sim_stop (guint node);
void tw_sim_go (guint seed, guint most, GStrv accounts);
void tw_sim_misbehave (const char *name, guint count);
gboolean tw_sim_reconcile (const char *party, int day, GError **error);
void tw_sim_ask_for_books (void);
char *tw_sim_path (guint node, const char *file);
void tw_sim_practise (void);

/* tw-sim-books.c */
JsonObject *tw_sim_read_books (void);
void tw_sim_compare_books (void);
char *tw_sim_verify (void);
JsonArray *tw_sim_tamper (void);

/* tw-sim-evidence.c */
JsonObject *tw_sim_ask (guint client, const char *question);
gboolean tw_sim_all_are_open (void);
JsonObject *tw_sim_collect (void);
gboolean tw_sim_wait (gboolean (*done) (void), guint every_ms, gint64 longest_us);

G_END_DECLS
