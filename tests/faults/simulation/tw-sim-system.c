// SPDX-License-Identifier: GPL-3.0-or-later
#include "tw-sim-system.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
static long
enter (long number, long a, long b, long c, long d, long e, long f)
{
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;

  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
static long
enter (long number, long a, long b, long c, long d, long e, long f)
{
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;

  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}
#else
#error "The simulation knows no way into this system"
#endif

/* As libc's syscall(). */
long
tw_system_call (long number, const long a[6])
{
  long result = enter (number, a[0], a[1], a[2], a[3], a[4], a[5]);

  if (result >= 0 || result < -4095)
    return result;
  errno = (int) -result;
  return -1;
}

void
tw_system_wait (int *go)
{
  while (__atomic_exchange_n (go, 0, __ATOMIC_SEQ_CST) == 0)
    enter (SYS_futex, (long) go, FUTEX_WAIT_PRIVATE, 0, 0, 0, 0);
}

void
tw_system_wake (int *go)
{
  __atomic_store_n (go, 1, __ATOMIC_SEQ_CST);
  enter (SYS_futex, (long) go, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

/* What is there already; waits for nothing. */
int
tw_system_poll (struct pollfd *fds, nfds_t n)
{
  return tw_system_poll_for (fds, n, 0);
}

int
tw_system_poll_for (struct pollfd *fds, nfds_t n, int timeout_ms)
{
  struct timespec span = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
  long a[6] = { (long) fds, (long) n, timeout_ms < 0 ? 0 : (long) &span, 0, 8, 0 };

  return (int) tw_system_call (SYS_ppoll, a);
}

int
tw_system_clock (clockid_t clock, struct timespec *time)
{
  long a[6] = { clock, (long) time };

  return (int) tw_system_call (SYS_clock_gettime, a);
}

int
tw_system_sleep (const struct timespec *span)
{
  long a[6] = { (long) span };

  return (int) tw_system_call (SYS_nanosleep, a);
}

ssize_t
tw_system_random (void *buffer, size_t length, unsigned flags)
{
  long a[6] = { (long) buffer, (long) length, flags };

  return tw_system_call (SYS_getrandom, a);
}
