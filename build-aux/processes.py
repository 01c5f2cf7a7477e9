# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting processes so that none is left behind.

The calling process becomes the reaper of everything that descends from it (Linux's "child
subreaper"): a service that detaches itself from its parent, or one that the session bus started,
still comes back here, so that stop_all() finds it. No process is ever looked for by its name.
"""

import ctypes
import os
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def become_reaper():
    """Makes orphans among our descendants our children."""
    if _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def start(command, **options):
    """Starts a process in a session of its own, which a Ctrl-C in the terminal does not reach."""
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(command, start_new_session=True, **options)


def _parents():
    """Every process on the machine that is not a zombie, with its parent."""
    parents = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                fields = stat.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if fields[0] not in (b"Z", b"X"):
            parents[int(name)] = int(fields[1])
    return parents


def descendants(apart_from=()):
    """The ids of the living processes below this one, but not those given nor what is below them."""
    parents = _parents()
    below = {os.getpid()}
    found = set()
    while below:
        below = {pid for pid, parent in parents.items() if parent in below} - set(apart_from)
        found |= below
    return found


def _reap():
    """Collects what has ended; nobody else would where process 1 is not an init."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def wait_until(condition, seconds):
    """Waits for the thing with a deadline; returns whether it came."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def stop(process, seconds=5.0):
    """Asks one process of start() to end, and makes it when it does not."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_all(seconds=5.0):
    """Ends all that is below this process; what is not gone so many seconds after being asked is
    killed.

    Returns how many had to be asked. Take the exit status of what matters before.
    """
    def gone():
        return not descendants()

    asked = descendants()
    for sent in (signal.SIGTERM, signal.SIGKILL):
        for pid in descendants():
            try:
                os.kill(pid, sent)
            except ProcessLookupError:
                pass
        if wait_until(gone, seconds):
            break
    _reap()
    return len(asked)
