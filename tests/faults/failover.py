#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two services behind nginx on two PostgreSQL servers, all of which may die.

    failover.py [--seed N] [--rounds N] [--keep] [--keep-wrong]

In a round people pay, ask and write through nginx; services are killed, among them the one that leads; the
primary is killed and its synchronous standby takes over; the one that was killed comes back as standby, is
lost again, and given up. Each check is a line of TAP, each round a line of summary. Exit: 0 all is well,
1 something was found. TW_FAULTS_SEED and TW_FAULTS_FAILOVERS stand for --seed and --rounds.
"""

import argparse
import http.client
import os
import random
import secrets
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
# pylint: disable=wrong-import-position
import checks
import kills
import plan
import world
from cluster import Cluster
from front import Front

SERVICES = ("service", "service-2")
FAILOVER_S = 10
LEADER_S = 10
# As TW_STALL_MS, and a look a second.
STALL_S = 7
SERVICE_KILLS = 4
QUIET_S = 1.0


class _Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("service", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class ManyWorld(world.World):
    """A world with several services, and a database that fails over."""

    def __init__(self, seed):
        self.cluster = Cluster()
        self.cluster.start()
        self.front = None
        super().__init__(seed)

    def _make_database(self):
        self.cluster.primary.ask("CREATE DATABASE wallet")
        return self.cluster.conninfo("wallet")

    def _add_services(self):
        self.services = list(SERVICES)
        folders = [self.socket_folder(name) for name in SERVICES]
        self.front = Front(self.folder, folders[0], name="localhost", others=folders[1:], rates=5000)
        self.address = f"https://localhost:{self.front.port}"
        # Whichever service is there is told what has become of an order.
        callback = self.processes[plan.COUNTERPART].command
        callback[callback.index("--callback") + 1] = f"http://127.0.0.1:{self.front.callback_port}"
        # The leaks of a client are looked for elsewhere; beside TLS the look itself falls over.
        self.environment.update(TW_FAULTS_TRUST=self.front.certificate,
                                ASAN_OPTIONS="detect_leaks=0:abort_on_error=1")
        for name, folder in zip(SERVICES, folders):
            self._add_service(name, folder)

    def socket_folder(self, name):
        """Where the sockets of a service are."""
        return self.sockets if name == SERVICES[0] else f"{self.sockets}-{name}"

    def start_services(self):
        for name in SERVICES:
            self.processes[name].start()
            # One after the other: the first one makes the keys and the tables.
            world.wait_for(lambda n=name: self.call(n, "/v1/health")[0] == 200, name)

    def call(self, name, path):
        """Status and text of a page of one of the services; 0 when it can't be reached."""
        try:
            connection = _Connection(f"{self.socket_folder(name)}/api.sock")
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""

    def metric(self, name, what):
        """A number that a service counts; None when it can't be asked."""
        for line in self.call(name, "/metrics")[1].splitlines():
            if line.startswith(what + " "):
                return float(line.split()[1])
        return None

    def leaders(self):
        """Who leads, as they say."""
        return [name for name in SERVICES if self.metric(name, "tax_wallet_leader") == 1]

    def ids(self, event):
        """The commands that people have asked for, or were told what became of."""
        return {line["id"] for person in range(plan.PEOPLE)
                for line in self._read_whole_lines(person)
                if line["event"] == event and line.get("state", "done") in ("done", "refused")}

    def _read_whole_lines(self, person):
        try:
            return self.read_journal(person)
        except ValueError:  # the last line is being written
            return []

    def clear_away(self):
        super().clear_away()
        if self.front is not None:
            self.front.stop()
        self.cluster.remove()


class Round:  # pylint: disable=too-few-public-methods
    """What happens in one world; `figures` is what it took, `wrong` what was not as it should be."""

    def __init__(self, place, seed):
        self.place = place
        self.draw = random.Random(f"failover {seed}")
        self.slack = float(os.environ.get("TW_FAULTS_SLACK", "1"))
        self.figures = {}
        self.wrong = []

    def _rest(self, seconds):
        threading.Event().wait(seconds)

    def _goes_on(self, what, deadline_s):
        """Something that is asked for from now on is answered."""
        before = self.place.ids("asked")
        world.wait_for(lambda: self.place.ids("told") - before, what, deadline_s)

    def _kill_service(self, name):
        self.place.processes[name].kill()
        self._rest(self.draw.uniform(0, 0.3))

    def kill_services(self):
        """One after the other, and nobody outside has to notice."""
        for _ in range(SERVICE_KILLS):
            name = self.draw.choice(SERVICES)
            self._kill_service(name)
            self._goes_on("the other service", 20 * self.slack)
            self.place.processes[name].start()
            world.wait_for(lambda n=name: self.place.call(n, "/v1/health")[0] == 200, name)
            self._rest(self.draw.uniform(0, 0.5))

    def kill_leader(self):
        """What one of several does, another one does from then on."""
        world.wait_for(lambda: len(self.place.leaders()) == 1, "a leader")
        leader = self.place.leaders()[0]
        other = next(name for name in SERVICES if name != leader)
        start = time.monotonic()
        self.place.processes[leader].kill()
        world.wait_for(lambda: self.place.leaders() == [other], "the other leader",
                       LEADER_S * self.slack)
        self.figures["leader"] = time.monotonic() - start
        self.place.processes[leader].start()
        world.wait_for(lambda: self.place.call(leader, "/v1/health")[0] == 200, leader)
        if self.place.leaders() != [other]:
            self.wrong.append(f"{self.place.leaders()} lead after {leader} came back")

    def kill_primary(self):
        """The standby takes over; the services find it by themselves."""
        how = self.draw.choice((signal.SIGKILL, signal.SIGQUIT))
        start = time.monotonic()
        self.place.cluster.fail_over(how)
        self._goes_on("the new primary", FAILOVER_S * self.slack)
        self.figures["failover"] = time.monotonic() - start
        self._rest(QUIET_S)
        self.place.cluster.rejoin()
        self._goes_on("the new standby", 20 * self.slack)

    def lose_standby(self):
        """Nothing is answered that one machine alone knows; the service says so, and goes on when the
        standby is given up."""
        cluster = self.place.cluster
        cluster.standby.kill()
        start = time.monotonic()
        world.wait_for(lambda: any(self.place.call(name, "/v1/health")[0] == 503
                                   for name in SERVICES), "a word about the standby",
                       STALL_S * self.slack)
        self.figures["stall said"] = time.monotonic() - start
        told = self.place.ids("told")
        self._rest(QUIET_S)
        if self.place.ids("told") != told:
            self.wrong.append("something was acknowledged that the standby did not have")
        world.wait_for(lambda: any("synchronous_standby_names" in self.place.processes[name].read_log()
                                   for name in SERVICES), "a line of the log about the standby",
                       STALL_S * self.slack)
        cluster.primary.set("synchronous_standby_names", "")
        start = time.monotonic()
        world.wait_for(lambda: all(self.place.call(name, "/v1/health")[0] == 200
                                   for name in SERVICES), "the services", 10 * self.slack)
        self._goes_on("the primary alone", 40 * self.slack)
        self.figures["alone"] = time.monotonic() - start

    def run(self, _events):
        """Everything, in an order that the seed says; the monotonic time of the last fault."""
        for person in range(plan.PEOPLE):
            self.place.go(person)
        self._goes_on("the first command", 20 * self.slack)
        first = [self.kill_services, self.kill_leader, self.kill_primary]
        self.draw.shuffle(first)
        for step in first:
            step()
        self.lose_standby()
        return time.monotonic()


def run_round(seed, options):
    """One world; what each check has found, by its name, and a line about it."""
    start = time.monotonic()
    place = ManyWorld(seed)
    happens = Round(place, seed)
    place.run = happens.run
    evidence = None
    try:
        place.start()
        evidence = kills.collect(place, [])
        evidence["processes"] += happens.wrong
        found = {check.__name__: check(evidence) for check in checks.ALL}
    except world.Trouble as trouble:
        found = {"processes_end_only_when_killed": [str(trouble)]}
    took_s = time.monotonic() - start
    words = kills.summarize(evidence, took_s) if evidence else f"cut short after {took_s:.0f} s"
    words += "".join(f", {name} {value:.1f} s" for name, value in happens.figures.items())
    if options.keep or any(found.values()) and options.keep_wrong:
        place.clear_away()
        print(f"# the folder is {place.folder}", flush=True)
    else:
        place.remove()
    return found, words


def main():
    """Round after round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=int(
        os.environ.get("TW_FAULTS_SEED") or secrets.randbelow(1 << 31)))
    parser.add_argument("--rounds", type=int,
                        default=int(os.environ.get("TW_FAULTS_FAILOVERS") or 1))
    parser.add_argument("--keep", action="store_true", help="leave the folder behind")
    parser.add_argument("--keep-wrong", action="store_true", help="... when something was found")
    options = parser.parse_args()
    print(f"1..{options.rounds * len(checks.ALL)}", flush=True)
    number = wrong = 0
    for index in range(options.rounds):
        seed = options.seed + index
        print(f"# seed {seed}: TW_FAULTS_SEED={seed} does it again", flush=True)
        found, words = run_round(seed, options)
        number, bad = kills.report(number, found)
        wrong += bad
        kills.summarize_block(f"failover {index + 1} of {options.rounds}: seed {seed}:"
                              f" {'WRONG' if any(found.values()) else 'ok'}: {words}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
