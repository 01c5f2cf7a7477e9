#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped Patroni configuration: two members, of which the one that leads is killed, first its
PostgreSQL, then all of it; the service goes on by itself, and nothing that was acknowledged is lost.

Only what belongs to a machine is replaced: addresses, folders, names. Takes minutes, as Patroni waits for
a lease to run out: build-aux/nightly runs it.
"""

import atexit
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SOURCE = os.environ["TW_SRCDIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "tools"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "server", "front"))
# pylint: disable=wrong-import-position
import tap

SHIPPED = os.path.join(SOURCE, "data", "patroni", "tax-wallet.yml")
DEADLINE_S = 120
FAILOVER_S = 10 * float(os.environ.get("TW_FAULTS_SLACK", "1"))


def wait_for(function, what, deadline_s=DEADLINE_S):
    """Calls the function until it returns something true; how long that took."""
    start = time.monotonic()
    while not function():
        assert time.monotonic() - start < deadline_s, f"waited too long for {what}"
        time.sleep(0.05)
    return time.monotonic() - start


def free_port():
    """A port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Member:
    """Patroni and the PostgreSQL that it looks after."""

    def __init__(self, place, name):
        self.place, self.name = place, name
        self.port, self.rest = free_port(), free_port()
        self.data = f"{place.folder}/{name}"
        self.process = None

    def write(self):
        """The shipped file, for this machine."""
        with open(SHIPPED, encoding="utf-8") as shipped:
            text = shipped.read()
        for before, after in ((r"^name: a$", f"name: {self.name}"),
                              (r"10\.0\.0\.1:8008", f"127.0.0.1:{self.rest}"),
                              (r"10\.0\.0\.1:5432", f"127.0.0.1:{self.port}"),
                              (r"    - 10\.0\.0\.1:2379\n    - .*\n    - .*",
                               f"    - 127.0.0.1:{self.place.etcd_port}"),
                              (r"10\.0\.0\.0/24", "127.0.0.1/32"),
                              (r"/var/lib/postgresql/15/tax-wallet", self.data),
                              (r"/var/lib/postgresql/", f"{self.place.folder}/{self.name}-"),
                              (r"/var/run/postgresql", self.place.folder),
                              (r"/usr/lib/postgresql/15/bin", self.place.bin),
                              (r"peer$", "trust")):
            text, n = re.subn(before, after, text, flags=re.MULTILINE)
            assert n > 0, before
        assert "10.0.0" not in re.sub(r"^#.*", "", text, flags=re.MULTILINE), text
        with open(f"{self.data}.yml", "w", encoding="utf-8") as out:
            out.write(text)

    def start(self):
        """Starts it; it may take a while."""
        self.write()
        self.process = self.place.start(self.name, ["patroni", f"{self.data}.yml"])

    def postmaster(self):
        """The process of its PostgreSQL."""
        with open(f"{self.data}/postmaster.pid", encoding="utf-8") as file:
            return int(file.readline())

    def ask(self, page):
        """A page of its REST interface; nothing when it is away."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest}/{page}", timeout=2) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as answer:
            return json.load(answer)
        except (OSError, ValueError):
            return {}

    def kill_postgres(self):
        """PostgreSQL dies."""
        os.kill(self.postmaster(), signal.SIGKILL)

    def kill_all(self):
        """The machine is gone."""
        postmaster = self.postmaster()
        os.kill(self.process.pid, signal.SIGKILL)
        os.kill(postmaster, signal.SIGKILL)
        self.process.wait()
        self.process = None


class Place:
    """etcd and the two members."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="tw-patroni-", dir="/tmp")
        self.bin = os.environ.get("TW_POSTGRES_BIN") or "/usr/lib/postgresql/15/bin"
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.user is not None:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.etcd_port = free_port()
        self.processes = []
        self.members = []
        atexit.register(self.end)
        peer = free_port()
        self.start("etcd", [
            "etcd", "--name", "e", "--data-dir", f"{self.folder}/etcd",
            "--listen-client-urls", f"http://127.0.0.1:{self.etcd_port}",
            "--advertise-client-urls", f"http://127.0.0.1:{self.etcd_port}",
            "--listen-peer-urls", f"http://127.0.0.1:{peer}",
            "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
            "--initial-cluster", f"e=http://127.0.0.1:{peer}", "--unsafe-no-fsync"])
        wait_for(self._etcd_answers, "etcd")
        self.members = [Member(self, name) for name in ("a", "b")]

    def _etcd_answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.etcd_port)) == 0

    def start(self, name, command):
        """A process that ends with us."""
        options = ["--pdeathsig", "KILL"]
        if self.user is not None:
            options += ["--reuid", str(self.user.pw_uid), "--regid", str(self.user.pw_gid),
                        "--clear-groups"]
        with open(f"{self.folder}/{name}.log", "ab") as log:
            process = subprocess.Popen(["setpriv", *options, "--", *command], cwd=self.folder,
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def leader(self):
        """The member that leads, if there is one."""
        return next((m for m in self.members if m.process and
                     (m.ask("patroni").get("role"), m.ask("patroni").get("state"))
                     == ("master", "running")), None)

    def is_synchronous(self):
        """Whether each commit waits for the other one, and that one may take over: Patroni writes the
        latter down after the former."""
        leader = self.leader()
        return leader is not None and any(m.get("role") == "sync_standby" for m in
                                          leader.ask("cluster").get("members", []))

    def conninfo(self):
        """How to reach whichever leads."""
        ports = ",".join(str(m.port) for m in self.members)
        return (f"host=127.0.0.1,127.0.0.1 port={ports} user=postgres password=change-me-1"
                " dbname=postgres target_session_attrs=read-write")

    def end(self):
        """Nothing is left; PostgreSQL outlives its Patroni."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        for member in self.members:
            try:
                os.kill(member.postmaster(), signal.SIGQUIT)
            except (OSError, ValueError):
                pass
        shutil.rmtree(self.folder, ignore_errors=True)


PLACE = Place()
STATE = {}


def test_two_members():
    PLACE.members[0].start()
    wait_for(PLACE.leader, "the first member")
    PLACE.members[1].start()
    print(f"# each commit waits for both after {wait_for(PLACE.is_synchronous, 'the standby'):.0f} s")


def test_the_service_serves():
    os.environ["TW_TEST_POSTGRES"] = PLACE.conninfo()
    from service import Person, Service  # pylint: disable=import-outside-toplevel
    service = STATE["service"] = Service().start()
    person = STATE["person"] = Person(service, "Sample Person", 1)
    person.register()
    person.sign_in()
    STATE["told"] = [ask(f"first {n}") for n in range(20)]


def ask(subject):
    """A question; its id once it was acknowledged."""
    person = STATE["person"]
    command = person.command("ticket.ask", {"subject": subject, "text": "text", "about_type": "",
                                            "about_id": ""})
    deadline = time.monotonic() + DEADLINE_S
    while True:
        assert time.monotonic() < deadline, f"nobody has answered to {subject}"
        try:
            answer = person.send(command)
            if answer.status == 200 and answer.json["results"][0]["state"] == "done":
                return answer.json["results"][0]["result"]["ticket_id"]
            assert answer.status in (200, 503), answer.body
        except OSError:
            pass
        time.sleep(0.05)


def fail_over(kill, what):
    before = PLACE.leader()
    start = time.monotonic()
    kill(before)
    # The first may still be answered by what is dying.
    STATE["told"] += [ask(f"after {what} {n}") for n in range(20)]
    took_s = time.monotonic() - start
    print(f"# {what}: twenty were answered after {took_s:.1f} s")
    wait_for(lambda: PLACE.leader() not in (None, before), "the other one to say that it leads", 30)
    return took_s


def test_postgres_dies():
    took_s = fail_over(Member.kill_postgres, "PostgreSQL of the leader killed")
    wait_for(PLACE.is_synchronous, "the old one as standby")
    assert took_s <= FAILOVER_S, took_s


def test_the_machine_is_gone():
    before = PLACE.leader()
    took_s = fail_over(Member.kill_all, "the leader killed with its Patroni")
    before.start()
    wait_for(PLACE.is_synchronous, "the old one as standby")
    assert took_s <= FAILOVER_S, took_s


def test_the_standby_is_gone():
    """Patroni gives it up, and what waits goes on."""
    leader = PLACE.leader()
    standby = next(member for member in PLACE.members if member is not leader)
    start = time.monotonic()
    standby.kill_all()
    STATE["told"].append(ask("alone"))
    print(f"# the standby killed: answered again after {time.monotonic() - start:.1f} s")


def test_nothing_is_lost():
    person, service = STATE["person"], STATE["service"]
    shown = {ticket["id"] for ticket in person.follow().find("ticket")}
    assert shown == set(STATE["told"]), (len(shown), len(STATE["told"]))
    assert service.stop() == 0
    service.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
