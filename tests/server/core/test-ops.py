#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service as a process: how it starts, refuses to, ends, and what its verbs say.

usage: test-ops.py SERVER
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

SERVER = sys.argv[1]
POSTGRES = os.environ.get("TW_TEST_POSTGRES")
DEADLINE_S = 60
PASSWORD = "Reasonable-Horse-77-Battery"

failures = 0
number = 0


def check(name, good, told=""):
    global failures, number
    number += 1
    print(f"{'ok' if good else 'not ok'} {number} {name}", flush=True)
    if not good:
        failures += 1
        for line in str(told).splitlines():
            print(f"# {line}", flush=True)


def until(what, deadline_s=DEADLINE_S):
    """Waits until what() is true; returns whether it was in time."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def make_database():
    name = "ops_" + uuid.uuid4().hex
    subprocess.run(["psql", "-X", "-q", POSTGRES, "-c", f"CREATE DATABASE {name}"], check=True)
    return f"{POSTGRES} dbname={name}"


class Place:
    """A folder of its own, and verbs on the database in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="tw-ops-")
        self.sockets = os.path.join(self.folder, "s")
        self.keys = os.path.join(self.folder, "keys")
        self.path = os.path.join(self.folder, "data", "service.db")
        self.database = "sqlite:" + self.path if POSTGRES is None else make_database()
        self.processes = []

    def verb(self, name, *arguments, text=None, database=None, keys=None):
        line = [SERVER, name]
        if name != "metrics":
            line += ["--database", database or self.database, "--keys", keys or self.keys]
        return subprocess.run(line + list(arguments), input=text, capture_output=True, text=True,
                              timeout=DEADLINE_S, check=False)

    def serve(self, *arguments):
        process = subprocess.Popen(
            [SERVER, "serve", "--socket-dir", self.sockets, "--database", self.database,
             "--keys", self.keys, "--blobs", os.path.join(self.folder, "blobs"), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def answers(self, name="api.sock"):
        return request(os.path.join(self.sockets, name), "GET /v1/health") is not None

    def metrics(self):
        done = self.verb("metrics", "--socket-dir", self.sockets, "--json")
        return json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr}

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.communicate()
        shutil.rmtree(self.folder)


def request(path, line):
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(DEADLINE_S)
            connection.connect(path)
            connection.sendall(f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
    except OSError:
        return None
    return answer.decode() if answer.startswith(b"HTTP/1.1 200") else None


def one_line(text):
    return text.startswith("tax-wallet-server: ") and text.count("\n") == 1


def test_bad_input(place):
    for line in ([], ["dance"], ["serve"], ["verify", "--database", "sqlite:/x"],
                 ["serve", "--colour", "red"], ["backup", "--database", "sqlite:/x", "--keys", "/x"]):
        done = subprocess.run([SERVER, *line], capture_output=True, text=True, check=False,
                              timeout=DEADLINE_S)
        check(f"bad input: {' '.join(line) or 'nothing'}", done.returncode == 2 and one_line(done.stderr),
              f"{done.returncode} {done.stderr}")
    done = place.verb("verify")
    check("no database yet", done.returncode == 2 and one_line(done.stderr), done.stderr)
    check("and none was made", not os.path.exists(place.path))
    done = subprocess.run([SERVER, "--help"], capture_output=True, text=True, check=False)
    check("help", done.returncode == 0 and "add-agent" in done.stdout)


def test_life(place):
    first = place.serve()
    check("it answers", until(place.answers) and until(lambda: place.answers("feed.sock")))
    mode = os.stat(os.path.join(place.sockets, "api.sock")).st_mode & 0o777
    check("sockets are for owner and group", mode == 0o660, oct(mode))
    mode = os.stat(os.path.join(place.keys, "master.key")).st_mode & 0o777
    check("the key is its owner's alone", mode == 0o600, oct(mode))
    with open(os.path.join(place.keys, "master.key"), "rb") as file:
        check("a key of 32 bytes", len(file.read()) == 32)

    second = place.serve()
    _, told = second.communicate(timeout=DEADLINE_S)
    check("a second one refuses to start", second.returncode == 3 and one_line(told), told)
    check("and the first one is none the worse", place.answers())

    metrics = place.metrics()
    check("metrics", "tax_wallet_commits_total" in metrics, metrics)
    check("and in the metrics", metrics.get("tax_wallet_rails_configured") == "0", metrics)

    first.send_signal(signal.SIGTERM)
    out, told = first.communicate(timeout=DEADLINE_S)
    check("it ends when told to", first.returncode == 0, told)
    lines = 1 if POSTGRES is None else 2  # what it can't see of PostgreSQL's volume
    check("it said that there is no bank", told.count("\n") == lines and "--counterpart" in told, told)
    check("it said where it serves", place.sockets in out, out)
    check("no socket is left", os.listdir(place.sockets) == [], os.listdir(place.sockets))
    done = place.verb("metrics", "--socket-dir", place.sockets)
    check("nobody to ask", done.returncode == 3 and one_line(done.stderr), done.stderr)


def test_counterpart(place):
    """One that is not there yet is one all the same; an empty name is none. Practice can do without."""
    process = place.serve("--practice")
    check("practice without a counterpart", until(place.answers))
    process.terminate()
    process.communicate(timeout=DEADLINE_S)
    for name, says in ((os.path.join(place.folder, "later.sock"), "1"), ("", "0")):
        process = place.serve("--counterpart", name)
        until(place.answers)
        metrics = place.metrics()
        check(f"a counterpart called '{os.path.basename(name)}'",
              metrics.get("tax_wallet_rails_configured") == says, metrics)
        process.terminate()
        _, told = process.communicate(timeout=DEADLINE_S)
        check("and what it says", ("--counterpart" in told) == (says == "0"), told)


def test_after_a_kill(place):
    process = place.serve()
    until(place.answers)
    process.kill()
    process.communicate()
    check("a kill leaves its sockets", "api.sock" in os.listdir(place.sockets))
    process = place.serve()
    check("and the next one takes their place", until(place.answers))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=DEADLINE_S)
    check("Ctrl-C is as good as a signal", process.returncode == 0)


def test_lease(place):
    process = place.serve("--lease")
    path = os.path.join(place.sockets, "lease.sock")
    holder = socket.socket(socket.AF_UNIX)
    check("the lease comes last", until(lambda: os.path.exists(path)) and place.answers())
    holder.connect(path)
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(path)
    check("it stays while somebody holds it", not until(lambda: process.poll() is not None, 4))
    holder.close()
    check("it ends after the last one", until(lambda: process.poll() is not None, 20))
    check("cleanly", process.returncode == 0 and os.listdir(place.sockets) == [],
          os.listdir(place.sockets))


def test_verbs(place):
    done = place.verb("migrate", "--json")
    check("migrate needs no service", done.returncode == 0 and json.loads(done.stdout)["ok"], done.stderr)
    done = place.verb("add-agent", "amy", "--role", "senior", "--password-stdin", text=PASSWORD + "\n")
    check("add-agent", done.returncode == 0, done.stderr)
    for name, arguments, text in (
            ("a login twice", ("amy", "--role", "agent", "--password-stdin"), PASSWORD),
            ("a weak password", ("ben", "--role", "agent", "--password-stdin"), "12345678"),
            ("no password", ("ben", "--role", "agent", "--password-stdin"), ""),
            ("no role of ours", ("ben", "--role", "king", "--password-stdin"), PASSWORD),
            ("a password that nobody gave", ("ben", "--role", "agent"), None)):
        done = place.verb("add-agent", *arguments, text=text)
        check(f"add-agent: {name}", done.returncode == 2 and one_line(done.stderr), done.stderr)
    done = place.verb("verify", "--json")
    check("verify", done.returncode == 0 and json.loads(done.stdout) == {"ok": True, "wrong": []},
          done.stdout + done.stderr)
    kept = os.path.join(place.keys, "ledger.checkpoint")
    done = place.verb("verify", "--checkpoint", kept)
    check("verify against a checkpoint by name", done.returncode == 0, done.stdout + done.stderr)
    done = place.verb("verify", "--checkpoint", kept + ".not-there")
    check("a checkpoint that is not there proves nothing", done.returncode == 2 and one_line(done.stderr),
          f"{done.returncode} {done.stdout} {done.stderr}")


def test_postgres_has_its_own(place):
    """Copies are PostgreSQL's matter; what is the service's own holds there too."""
    for verb in ("backup", "restore"):
        done = place.verb(verb, os.path.join(place.folder, "copy"))
        check(f"{verb} is left to PostgreSQL", done.returncode == 2 and one_line(done.stderr), done.stderr)
    check("nothing was written", not os.path.exists(os.path.join(place.folder, "copy")))
    other = make_other_keys(place)
    for verb, arguments in (("verify", ()), ("migrate", ()),
                            ("add-agent", ("ben", "--role", "agent", "--password-stdin"))):
        done = place.verb(verb, *arguments, keys=other, text=PASSWORD)
        check(f"{verb} with another key", done.returncode == 2 and one_line(done.stderr),
              done.stdout + done.stderr)
    place.keys, keys = other, place.keys
    process = place.serve()
    _, told = process.communicate(timeout=DEADLINE_S)
    check("nobody is served with another key", process.returncode != 0 and one_line(told), told)
    place.keys = keys
    test_no_new_key(place)


def make_other_keys(place):
    other = os.path.join(place.folder, "keys2")
    os.mkdir(other, 0o700)
    with open(os.path.join(other, "master.key"), "wb") as file:
        file.write(os.urandom(32))
    os.chmod(os.path.join(other, "master.key"), 0o600)
    return other


def test_no_new_key(place):
    os.unlink(os.path.join(place.keys, "master.key"))
    process = place.serve()
    _, told = process.communicate(timeout=DEADLINE_S)
    check("no new key for an old database", process.returncode == 2 and one_line(told), told)


def test_backup(place):
    copy = os.path.join(place.folder, "copy.db")
    moved = os.path.join(place.folder, "moved.db")
    done = place.verb("backup", copy)
    check("backup", done.returncode == 0 and os.path.exists(copy), done.stderr)
    done = place.verb("backup", copy)
    check("a backup never overwrites", done.returncode == 2 and one_line(done.stderr), done.stderr)
    done = place.verb("restore", copy)
    check("restore never overwrites", done.returncode == 2 and one_line(done.stderr), done.stderr)
    done = place.verb("restore", copy, database="sqlite:" + moved)
    check("restore", done.returncode == 0, done.stderr)
    done = place.verb("verify", database="sqlite:" + moved)
    check("what was put back is whole", done.returncode == 0, done.stdout + done.stderr)

    with open(moved, "r+b") as file:
        file.seek(-2000, os.SEEK_END)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    done = place.verb("verify", database="sqlite:" + moved)
    check("a flipped bit is found", done.returncode == 1 and one_line(done.stderr),
          f"{done.returncode} {done.stdout} {done.stderr}")
    other = make_other_keys(place)
    done = place.verb("verify", keys=other)
    check("another key does not open it", done.returncode in (1, 2) and one_line(done.stderr), done.stderr)
    os.chmod(os.path.join(other, "master.key"), 0o644)
    done = place.verb("verify", keys=other)
    check("a key that others can read is refused", done.returncode == 2 and "chmod" in done.stderr,
          done.stderr)
    test_no_new_key(place)


def main():
    for tests in ((test_bad_input, test_life, test_counterpart, test_after_a_kill,
                   test_lease), 
                  (test_verbs, test_backup if POSTGRES is None else test_postgres_has_its_own)):
        place = Place()
        try:
            if tests[0] is test_verbs:
                process = place.serve()
                until(place.answers)
                process.terminate()
                process.communicate()
            for test in tests:
                test(place)
        finally:
            place.close()
    print(f"1..{number}")
    return 1 if failures else 0


sys.exit(main())
