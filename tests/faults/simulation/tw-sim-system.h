// SPDX-License-Identifier: GPL-3.0-or-later
/* The system itself, below the functions that the simulation takes the place of. */
#pragma once

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

long tw_system_call (long number, const long a[6]);
void tw_system_wait (int *go);
void tw_system_wake (int *go);
int tw_system_poll (struct pollfd *fds, nfds_t n);
int tw_system_poll_for (struct pollfd *fds, nfds_t n, int timeout_ms);
int tw_system_clock (clockid_t clock, struct timespec *time);
int tw_system_sleep (const struct timespec *span);
ssize_t tw_system_random (void *buffer, size_t length, unsigned flags);
