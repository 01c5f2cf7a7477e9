// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <poll.h>
#include <pthread.h>
#include <stdint.h>

#define TW_SIM_MAX_THREADS 4096
#define TW_SIM_NEVER INT64_MAX

typedef enum
{
  TW_SIM_READY,
  TW_SIM_WAITS_TIME,
  TW_SIM_WAITS_FUTEX,
  TW_SIM_WAITS_MUTEX,
  TW_SIM_WAITS_POLL,
  TW_SIM_WAITS_END,
  TW_SIM_ENDED,
} TwSimState;

typedef struct
{
  int go; /* the system's own: 1 when it may run */
  TwSimState state;
  unsigned number;
  const void *what; /* a futex, a mutex, a thread */
  struct pollfd *fds;
  nfds_t n_fds;
  int64_t deadline_us;
  pthread_t handle;
  void *(*func) (void *data);
  void *data;
  int rounds; /* of the end: see on_end() */
} TwSimThread;

extern TwSimThread *tw_sim_all[TW_SIM_MAX_THREADS];
extern unsigned tw_sim_n;
extern __thread TwSimThread *tw_sim_self; /* NULL: before the start */

extern int64_t tw_sim_us;      /* since some instant */
extern int64_t tw_sim_real_us; /* what the wall clock is ahead of that */

int tw_sim_is_on (void);
void tw_sim_sleep (int64_t us);
uint64_t tw_sim_random (void);
void tw_sim_give_up (const char *why);
void tw_sim_pass_on (void);
void tw_sim_wait_as (TwSimState state, const void *what, int64_t deadline_us);
int64_t tw_sim_after_us (int64_t us);
