// SPDX-License-Identifier: GPL-3.0-or-later
/* Built without sanitizers: the loader and the sanitizers themselves come by here before they are
 * ready, and after. Nothing of GLib is called. */
#include "tw-sim-threads.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tw-sim-system.h"
#include "tw-sim-threads-private.h"

/* Nobody waits so long for anything. */
#define LONGEST_ABSENCE_US (900 * (int64_t) 1000000)
/* Sanitizers look after each byte of it, and there are many threads. */
#define STACK_BYTES (1 << 20)
/* What a change of threads costs. */
#define SWITCH_US 3

TwSimThread *tw_sim_all[TW_SIM_MAX_THREADS];
unsigned tw_sim_n;
__thread TwSimThread *tw_sim_self;
static pthread_key_t end_key;
int64_t tw_sim_us, tw_sim_real_us;
static int64_t main_us; /* when the first thread ran last */
static uint64_t random_state, trace = 14695981039346656037u;

uint64_t
tw_sim_random (void)
{
  uint64_t z = (random_state += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static void
note (uint64_t value)
{
  trace = (trace ^ value) * 1099511628211u;
}

static int
is_ready (TwSimThread *thread)
{
  switch (thread->state)
    {
    case TW_SIM_READY:
      return 1;
    case TW_SIM_ENDED:
      return 0;
    case TW_SIM_WAITS_END:
      return ((const TwSimThread *) thread->what)->state == TW_SIM_ENDED;
    case TW_SIM_WAITS_MUTEX:
      return ((const pthread_mutex_t *) thread->what)->__data.__lock == 0;
    case TW_SIM_WAITS_POLL:
      if (tw_system_poll (thread->fds, thread->n_fds) != 0)
        return 1;
      break;
    default:
      break;
    }
  return thread->deadline_us <= tw_sim_us;
}

void
tw_sim_give_up (const char *why)
{
  static const char *const words[] = { "ready", "time", "futex", "mutex", "poll", "end", "ended" };

  fprintf (stderr, "simulation: %s\n", why);
  for (unsigned i = 0; i < tw_sim_n; i++)
    if (tw_sim_all[i]->state != TW_SIM_ENDED)
      fprintf (stderr, "simulation: thread %u waits for %s\n", i, words[tw_sim_all[i]->state]);
  abort ();
}

/* Who goes on; when all wait, the clock moves. Some threads look at something every second: while
 * they do, not all wait, though it may be that all others do. */
static TwSimThread *
choose (void)
{
  for (;;)
    {
      static TwSimThread *ready[TW_SIM_MAX_THREADS];
      unsigned n = 0;
      int64_t next_us = TW_SIM_NEVER;

      for (unsigned i = 0; i < tw_sim_n; i++)
        {
          TwSimThread *thread = tw_sim_all[i];

          if (is_ready (thread))
            ready[n++] = thread;
          else if (thread->state != TW_SIM_ENDED && thread->deadline_us < next_us)
            next_us = thread->deadline_us;
        }
      if (tw_sim_us > main_us + LONGEST_ABSENCE_US)
        tw_sim_give_up ("the first thread waits for something that never comes");
      if (n > 0)
        return ready[n > 1 ? tw_sim_random () % n : 0];
      if (next_us == TW_SIM_NEVER)
        tw_sim_give_up ("all threads wait for each other");
      tw_sim_us = next_us;
    }
}

/* Lets somebody else go on, and returns when it is this thread's turn again. */
void
tw_sim_pass_on (void)
{
  TwSimThread *me = tw_sim_self;
  TwSimThread *next = choose ();

  tw_sim_us += SWITCH_US;
  note (next->number);
  if (next->number == 0)
    main_us = tw_sim_us;
  if (next == me)
    return;
  tw_system_wake (&next->go);
  if (me->state != TW_SIM_ENDED)
    tw_system_wait (&me->go);
}

void
tw_sim_wait_as (TwSimState state, const void *what, int64_t deadline_us)
{
  tw_sim_self->state = state;
  tw_sim_self->what = what;
  tw_sim_self->deadline_us = deadline_us;
  tw_sim_pass_on ();
  tw_sim_self->state = TW_SIM_READY;
}

int64_t
tw_sim_after_us (int64_t us)
{
  return us >= TW_SIM_NEVER - tw_sim_us ? TW_SIM_NEVER : tw_sim_us + us;
}

/* Whether the simulation has begun, for this thread. */
int
tw_sim_is_on (void)
{
  return tw_sim_self != NULL;
}

void
tw_sim_sleep (int64_t us)
{
  tw_sim_wait_as (TW_SIM_WAITS_TIME, NULL, tw_sim_after_us (us));
}

/* The threads of the program. */

/* Destructors of other thread's own data still run when this one is first called: it asks for more
 * rounds, and the thread's turn ends with the last. */
static void
on_end (void *data)
{
  TwSimThread *thread = data;

  if (++thread->rounds < 3)
    {
      pthread_setspecific (end_key, thread);
      return;
    }
  thread->state = TW_SIM_ENDED;
  tw_sim_pass_on ();
}

static void *
run (void *data)
{
  tw_sim_self = data;
  pthread_setspecific (end_key, data);
  tw_system_wait (&tw_sim_self->go);
  return tw_sim_self->func (tw_sim_self->data);
}

static TwSimThread *
add (void)
{
  TwSimThread *thread = calloc (1, sizeof *thread);

  if (thread == NULL || tw_sim_n == TW_SIM_MAX_THREADS)
    tw_sim_give_up ("too many threads");
  thread->number = tw_sim_n;
  thread->deadline_us = TW_SIM_NEVER;
  tw_sim_all[tw_sim_n++] = thread;
  return thread;
}

/* What the loader would have given instead of ours. */
static void *
find_next (const char *name)
{
  return dlsym (RTLD_NEXT, name);
}

int
pthread_create (pthread_t *handle,
                const pthread_attr_t *attributes,
                void *(*func) (void *data),
                void *data)
{
  static int (*next) (pthread_t *, const pthread_attr_t *, void *(*) (void *), void *);
  pthread_attr_t small;
  TwSimThread *thread;
  int failed;

  if (next == NULL)
    *(void **) &next = find_next ("pthread_create");
  if (tw_sim_self == NULL)
    return next (handle, attributes, func, data);
  thread = add ();
  thread->func = func;
  thread->data = data;
  pthread_attr_init (&small);
  pthread_attr_setstacksize (&small, STACK_BYTES);
  failed = next (&thread->handle, &small, run, thread);
  pthread_attr_destroy (&small);
  if (failed != 0)
    tw_sim_give_up ("no more threads");
  *handle = thread->handle;
  return 0;
}

int
pthread_join (pthread_t handle, void **result)
{
  static int (*next) (pthread_t, void **);

  if (next == NULL)
    *(void **) &next = find_next ("pthread_join");
  for (unsigned i = tw_sim_n; tw_sim_self != NULL && i > 1; i--)
    if (pthread_equal (tw_sim_all[i - 1]->handle, handle))
      {
        tw_sim_wait_as (TW_SIM_WAITS_END, tw_sim_all[i - 1], TW_SIM_NEVER);
        break;
      }
  return next (handle, result);
}

/**
 * tw_sim_threads_start:
 * @seed: what everything is drawn from
 * @real_us: what the wall clock says, in microseconds since 1970 UTC
 *
 * Takes over. The caller must be the only thread, and can't go back.
 */
void
tw_sim_threads_start (guint64 seed, gint64 real_us)
{
  random_state = seed;
  /* Far from 0, so that no time before the start is negative. */
  tw_sim_us = 1000 * (int64_t) 1000000;
  tw_sim_real_us = real_us - tw_sim_us;
  main_us = tw_sim_us;
  if (pthread_key_create (&end_key, on_end) != 0)
    tw_sim_give_up ("no more keys");
  tw_sim_self = add ();
}

/**
 * tw_sim_yield:
 *
 * Somebody else may go on here. Before the start it does nothing.
 */
void
tw_sim_yield (void)
{
  if (tw_sim_self != NULL)
    tw_sim_wait_as (TW_SIM_READY, NULL, TW_SIM_NEVER);
}

/**
 * tw_sim_now_us:
 *
 * Returns: the time since some instant, in microseconds; looking at it costs nothing
 */
gint64
tw_sim_now_us (void)
{
  return tw_sim_us;
}

/**
 * tw_sim_step_clock:
 * @us: how far the wall clock jumps, in microseconds; what is measured from a start goes on
 */
void
tw_sim_step_clock (gint64 us)
{
  tw_sim_real_us += us;
}

/**
 * tw_sim_get_trace:
 *
 * Returns: a number that follows from every change of threads so far and everything that was told
 *   to tw_sim_trace()
 */
guint64
tw_sim_get_trace (void)
{
  return trace;
}

/**
 * tw_sim_trace:
 * @text: something that happened
 */
void
tw_sim_trace (const char *text)
{
  for (; *text != '\0'; text++)
    note ((unsigned char) *text);
  note ((uint64_t) tw_sim_us);
}
