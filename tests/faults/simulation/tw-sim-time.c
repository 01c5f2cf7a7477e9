// SPDX-License-Identifier: GPL-3.0-or-later
/* The system's calls for time, random numbers and safety, in its place. Built as
 * tw-sim-threads.c is. */
#include <stddef.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

#include "tw-sim-system.h"
#include "tw-sim-threads-private.h"

/* What a look at the clock costs, so that who waits in a loop comes to an end. */
#define LOOK_US 1

static int
tell (int64_t us, struct timespec *time)
{
  time->tv_sec = us / 1000000;
  time->tv_nsec = us % 1000000 * 1000;
  return 0;
}

static int64_t
get_real_us (void)
{
  tw_sim_us += LOOK_US;
  return tw_sim_real_us + tw_sim_us;
}

int
clock_gettime (clockid_t clock, struct timespec *time)
{
  if (!tw_sim_is_on () || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID)
    return tw_system_clock (clock, time);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
    return tell (get_real_us (), time);
  tw_sim_us += LOOK_US;
  return tell (tw_sim_us, time);
}

int
gettimeofday (struct timeval *time, void *zone)
{
  struct timespec exact;

  clock_gettime (CLOCK_REALTIME, &exact);
  time->tv_sec = exact.tv_sec;
  time->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t
time (time_t *result)
{
  struct timespec exact;

  clock_gettime (CLOCK_REALTIME, &exact);
  if (result != NULL)
    *result = exact.tv_sec;
  return exact.tv_sec;
}

static int
sleep_us (int64_t us)
{
  if (!tw_sim_is_on ())
    {
      struct timespec span;

      tell (us, &span);
      return tw_system_sleep (&span);
    }
  tw_sim_sleep (us);
  return 0;
}

int
nanosleep (const struct timespec *span, struct timespec *left)
{
  return sleep_us (span->tv_sec * 1000000 + span->tv_nsec / 1000);
}

int
usleep (useconds_t us)
{
  return sleep_us (us);
}

unsigned
sleep (unsigned s)
{
  return (unsigned) sleep_us (s * (int64_t) 1000000);
}

/* No file here outlives its run, and what a power cut leaves is decided by tw-sim-disk.c. */

int
fsync (int fd)
{
  return 0;
}

int
fdatasync (int fd)
{
  return 0;
}

/* Random numbers. */

ssize_t
getrandom (void *buffer, size_t length, unsigned flags)
{
  unsigned char *bytes = buffer;

  if (!tw_sim_is_on ())
    return tw_system_random (buffer, length, flags);
  for (size_t i = 0; i < length; i++)
    bytes[i] = (unsigned char) (tw_sim_random () >> 32);
  return (ssize_t) length;
}

int
getentropy (void *buffer, size_t length)
{
  return getrandom (buffer, length, 0) == (ssize_t) length ? 0 : -1;
}
