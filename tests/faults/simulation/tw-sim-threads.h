// SPDX-License-Identifier: GPL-3.0-or-later
/* One thread at a time, and a clock that only moves when all of them wait.
 *
 * The program takes the place of the system's calls for time, random numbers, threads and waiting
 * (clock_gettime(), getrandom(), pthread_create(), futex, poll() ...), for our code and for the
 * libraries below it alike. From tw_sim_threads_start() on, a thread runs until it waits; who goes
 * on then is drawn from the seed. When all wait, the clock moves to the first deadline. So the
 * threads of the product run as they are shipped, no second is ever waited for, and the same seed
 * is the same run, switch by switch: tw_sim_get_trace() tells two runs apart.
 *
 * Not seen: two threads that really run at once. What races without a lock is found by other
 * tools. Addresses are the same in each run only where the system lets a process ask for that. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void tw_sim_threads_start (guint64 seed, gint64 real_us);
void tw_sim_yield (void);
gint64 tw_sim_now_us (void);
void tw_sim_step_clock (gint64 us);
guint64 tw_sim_get_trace (void);
void tw_sim_trace (const char *text);

G_END_DECLS
