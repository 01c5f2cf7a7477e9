#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes whose surroundings fail: a disk is full for a while, a clock jumps. The checks are those
of kills.py. (What becomes of a keyring that is gone: keyring/test-keyring.c and window/keyring.py.)

TW_FAULTS_SEED is the seed of what people wish for.
"""

import os
import secrets
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import checks  # noqa: E402
import kills  # noqa: E402
import plan  # noqa: E402
import tap  # noqa: E402
import world  # noqa: E402

SEED = int(os.environ.get("TW_FAULTS_SEED") or secrets.randbelow(1 << 31))
# Room for the database and its log, and not much more.
DISK_MB = 48
MINUTE_MS = 60000
# What the programs say of a disk that is full is no fault of theirs.
ABOUT_A_FULL_DISK = ("could not be written down", "can’t be read", "disk is full", "disk I/O error",
                     "database or disk", "No space left")


# The bank takes no request that is dated many minutes off; it is asked again when clocks agree.
ABOUT_A_CLOCK = ("our signature is not taken", "(turned_away): HTTP 401")


def _call(at_ms, function):
    return plan.Event(at_ms, "call", None, function)


def _judge(place, events, excused=()):
    """Lets the events happen, and looks at everything."""
    try:
        place.start()
        evidence = kills.collect(place, events)
        evidence["processes"] = [line for line in evidence["processes"]
                                 if not any(words in line for words in excused)]
        found = {check.__name__: problems for check in checks.ALL if (problems := check(evidence))}
        evidence["service_log"] = place.processes[plan.SERVICE].read_log()
        print(f"# seed {place.seed}: {kills.summarize(evidence, 0)}", flush=True)
    finally:
        place.remove_all()
    for name, problems in found.items():
        for line in checks.tell(problems):
            print(f"# {name}: {line}", flush=True)
    assert not found, ", ".join(found)
    return evidence


class SmallDisk(world.World):
    """A folder of the world is on a disk of its own."""

    def __init__(self, seed):
        self.disk = None
        super().__init__(seed)

    def _make_database(self):
        self.disk = os.path.join(self.folder, "disk")
        self._mount(self.disk)
        return f"sqlite:{self.disk}/service.db"

    def _mount(self, path):
        os.makedirs(path, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", path], check=True)

    def fill(self, path):
        """Nothing more can be written there."""
        with open(os.path.join(path, "ballast"), "wb", buffering=0) as ballast:
            size = 1 << 20
            while size >= 4096:
                try:
                    ballast.write(bytes(size))
                except OSError:
                    size //= 2

    def free(self, path):
        """There is room again."""
        os.unlink(os.path.join(path, "ballast"))

    def remove_all(self):
        """Disks too."""
        self.clear_away()
        for path in (self.disk, os.path.join(self.folder, plan.client(0))):
            subprocess.run(["umount", "-l", path], check=False, stderr=subprocess.DEVNULL)
        self.remove()


def test_the_disk_of_the_service_is_full():
    """Nothing is acknowledged that was not written; all goes on when there is room."""
    place = SmallDisk(SEED)
    events = []
    for start_ms in (1500, 4500):
        events += [_call(start_ms, lambda: place.fill(place.disk)),
                   _call(start_ms + 2000, lambda: place.free(place.disk))]
    events.append(plan.Event(7000, "kill", plan.SERVICE))
    events.append(plan.Event(7100, "start", plan.SERVICE))
    evidence = _judge(place, events, ABOUT_A_FULL_DISK)
    assert "disk is full" in evidence["service_log"], "It was never full"


def test_the_disk_of_a_client_is_full():
    """What can't be written down is not sent, and its person is told."""
    place = SmallDisk(SEED)
    disk = os.path.join(place.folder, plan.client(0))
    place._mount(disk)  # pylint: disable=protected-access
    events = [_call(1500, lambda: place.fill(disk)), _call(3500, lambda: place.free(disk)),
              plan.Event(5000, "kill", plan.client(0)), plan.Event(5100, "start", plan.client(0))]
    evidence = _judge(place, events, ABOUT_A_FULL_DISK)
    assert any(line.get("code") == "not_saved" for line in evidence["journals"][0]), "It was never full"


class MovedClock(world.World):
    """Some programs go by a clock of their own."""

    def __init__(self, seed, *names):
        super().__init__(seed)
        self.clock = os.path.join(self.folder, "clock")
        self.step(0)
        for name in names:
            self.processes[name].command[:0] = [
                "env", "G_DEBUG=", f"LD_PRELOAD={world.BUILD}/tests/faults/libtw-step-clock.so",
                f"TW_STEP_CLOCK={self.clock}",
                "ASAN_OPTIONS=" + os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"]

    def step(self, ahead_ms):
        """From now on the clock is so much ahead."""
        exists = os.path.exists(self.clock)
        with open(self.clock, "r+b" if exists else "wb", buffering=0) as clock:
            clock.write(struct.pack("=q", ahead_ms))

    def remove_all(self):
        """As any other."""
        self.remove()


def _step(names, minutes):
    place = MovedClock(SEED, *names)
    events = [_call(1200 * (number + 1), lambda ahead=ahead: place.step(ahead * MINUTE_MS))
              for number, ahead in enumerate(minutes)]
    return _judge(place, events, ABOUT_A_CLOCK)


def test_the_clock_of_the_service_steps():
    """Forth and back, by less and by more than what commands may be late."""
    evidence = _step([plan.SERVICE], (2, -3, 0, 25, 40, 0))
    times = [row[3] for row in evidence["books"]["transfer"]]
    assert max(times) - min(times) > 20 * MINUTE_MS, "It never stepped"


def test_the_clocks_of_clients_step():
    """Forth and back: what they ask for is told apart by the service's clock."""
    evidence = _step([plan.client(0), plan.client(1)], (3, -4, 0, 30, -25, 0))
    times = [line["at_ms"] for line in evidence["journals"][0] if line["event"] == "asked"]
    assert max(times) - min(times) > 20 * MINUTE_MS, "They never stepped"


def main():
    """In a space of its own for what is mounted."""
    if "TW_FAULTS_APART" not in os.environ:
        os.environ["TW_FAULTS_APART"] = "1"
        os.execvp("unshare", ["unshare", "--map-root-user", "--mount", sys.executable, "-B", *sys.argv])
    print(f"# TW_FAULTS_SEED={SEED}")
    return tap.run_tests([test_the_disk_of_the_service_is_full, test_the_disk_of_a_client_is_full,
                          test_the_clock_of_the_service_steps, test_the_clocks_of_clients_step])


if __name__ == "__main__":
    sys.exit(main())
