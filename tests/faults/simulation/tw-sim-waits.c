// SPDX-License-Identifier: GPL-3.0-or-later
/* What threads wait with, in the place of the system's. Built as tw-sim-threads.c is. */
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <time.h>

#include "tw-sim-system.h"
#include "tw-sim-threads-private.h"
#include "tw-sim-threads.h"

int
pthread_mutex_lock (pthread_mutex_t *mutex)
{
  int failed;

  while ((failed = pthread_mutex_trylock (mutex)) == EBUSY)
    if (tw_sim_self != NULL)
      tw_sim_wait_as (TW_SIM_WAITS_MUTEX, mutex, TW_SIM_NEVER);
  return failed;
}

int
sched_yield (void)
{
  tw_sim_yield ();
  return 0;
}

/* What GLib waits with. */
static long
futex_wait (int *futex, int value, const struct timespec *span)
{
  int64_t deadline_us = span != NULL
                          ? tw_sim_after_us (span->tv_sec * 1000000 + (span->tv_nsec + 999) / 1000)
                          : TW_SIM_NEVER;

  if (__atomic_load_n (futex, __ATOMIC_SEQ_CST) != value)
    {
      errno = EAGAIN;
      return -1;
    }
  tw_sim_self->state = TW_SIM_WAITS_FUTEX;
  tw_sim_self->what = futex;
  tw_sim_self->deadline_us = deadline_us;
  tw_sim_pass_on ();
  if (tw_sim_self->state == TW_SIM_READY)
    return 0;
  tw_sim_self->state = TW_SIM_READY;
  errno = ETIMEDOUT;
  return -1;
}

/* Who waits longest is not always woken first. */
static long
futex_wake (int *futex, int most)
{
  unsigned first = (unsigned) (tw_sim_random () % tw_sim_n);
  int woken = 0;

  for (unsigned i = 0; i < tw_sim_n && woken < most; i++)
    {
      TwSimThread *thread = tw_sim_all[(first + i) % tw_sim_n];

      if (thread->state == TW_SIM_WAITS_FUTEX && thread->what == futex)
        {
          thread->state = TW_SIM_READY;
          woken++;
        }
    }
  return woken;
}

long
syscall (long number, ...)
{
  va_list list;
  long a[6];

  va_start (list, number);
  for (int i = 0; i < 6; i++)
    a[i] = va_arg (list, long);
  va_end (list);
  if (number == SYS_futex && tw_sim_self != NULL)
    switch (a[1] & FUTEX_CMD_MASK)
      {
      case FUTEX_WAIT:
        return futex_wait ((int *) a[0], (int) a[2], (const struct timespec *) a[3]);
      case FUTEX_WAKE:
        return futex_wake ((int *) a[0], (int) a[2]);
      default:
        tw_sim_give_up ("an operation of futex that nobody knows");
      }
  return tw_system_call (number, a);
}

int
poll (struct pollfd *fds, nfds_t n, int timeout_ms)
{
  int found;

  if (tw_sim_self == NULL)
    return tw_system_poll_for (fds, n, timeout_ms);
  found = tw_system_poll (fds, n);
  if (found != 0 || timeout_ms == 0)
    return found;
  tw_sim_self->fds = fds;
  tw_sim_self->n_fds = n;
  tw_sim_wait_as (TW_SIM_WAITS_POLL, NULL,
                  timeout_ms < 0 ? TW_SIM_NEVER : tw_sim_after_us (timeout_ms * (int64_t) 1000));
  return tw_system_poll (fds, n);
}
