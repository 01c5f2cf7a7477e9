# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes of a run: the service, the counterpart, a client for each person. Each may be killed at
any instant; nothing of it is left running, however the run ends."""

import atexit
import ctypes
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid

import plan

BUILD = os.environ.get("TW_BUILDDIR", "_build-test")
START_DEADLINE_S = 60
ANSWER_DEADLINE_S = 60
STOP_DEADLINE_S = 60
WORDS_OF_TROUBLE = ("CRITICAL", "WARNING", "ERROR", "Sanitizer", "runtime error")
LATE_MS = 300
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Trouble(Exception):
    """Something that no fault of ours explains."""


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_for(function, what, deadline_s=START_DEADLINE_S):
    """Calls the function until it returns something true."""
    deadline = time.monotonic() + deadline_s
    while True:
        result = function()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Trouble(f"waited too long for {what}")
        threading.Event().wait(0.02)


def post(path, route, body):
    """One request over a socket in the file system; whether it was answered."""
    text = json.dumps(body).encode()
    head = (f"POST {route} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Connection: close\r\nContent-Length: {len(text)}\r\n\r\n").encode()
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(path)
            connection.sendall(head + text)
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


class Process:
    """A program that may be killed and started again."""

    # pylint: disable-next=too-many-arguments
    def __init__(self, name, command, folder, interactive=False, environment=None):
        self.name = name
        self.environment = environment or {}
        self.command = command
        self.log_path = os.path.join(folder, f"{name}.log")
        self.interactive = interactive
        self.process = None

    def start(self):
        """Starts it; does not wait for anything."""
        pipe = subprocess.PIPE if self.interactive else None
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(  # pylint: disable=subprocess-popen-preexec-fn
                self.command, stdin=pipe or subprocess.DEVNULL, stdout=pipe or log, stderr=log,
                env={**os.environ, **self.environment}, preexec_fn=_die_with_parent)

    def is_running(self):
        """Whether it is there."""
        return self.process is not None and self.process.poll() is None

    def check(self):
        """It ends when it is killed, and in no other way."""
        if self.process is not None and self.process.poll() is not None:
            raise Trouble(f"the {self.name} ended by itself with {self.process.returncode}:\n"
                          f"{self.read_log()[-4000:]}")

    def kill(self):
        """Ends it as a power cut would."""
        self.check()
        self.process.kill()
        self._forget()

    def _forget(self):
        self.process.wait()
        if self.interactive:
            self.process.stdin.close()
            self.process.stdout.close()
        self.process = None

    def stop(self):
        """Ends it as one does; its exit status."""
        self.check()
        if self.interactive:
            self.process.stdin.close()
        else:
            self.process.terminate()
        status = self.process.wait(STOP_DEADLINE_S)
        if self.interactive:
            self.process.stdout.close()
        self.process = None
        return status

    def clear_away(self):
        """However the run ended."""
        if self.is_running():
            self.process.kill()
            self.process.wait()

    def read_log(self):
        """What it has said."""
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def tell(self, line):
        """Says something to it; it may be dead already."""
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass

    def ask(self, line):
        """A question, and its answer."""
        self.tell(line)
        return self.read_answer()

    def read_answer(self):
        """The answer to the question before."""
        deadline = time.monotonic() + ANSWER_DEADLINE_S
        text = b""
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [],
                                        max(0, deadline - time.monotonic()))
            if not ready:
                raise Trouble(f"the {self.name} does not answer")
            part = os.read(self.process.stdout.fileno(), 1 << 16)
            if not part:
                self.process.wait()
                self.check()
            text += part
        return json.loads(text)


class World:
    """Everything that a run needs, in a folder of its own."""

    def __init__(self, seed, server=None, client=None):
        self.seed = seed
        self.folder = tempfile.mkdtemp(prefix="tw-faults-")
        self.sockets = os.path.join(self.folder, "s")
        self.services = [plan.SERVICE]
        self.address = self.sockets
        self.environment = {"TW_FAULTS_PHONES": f"{self.folder}/counterpart.sock"}
        self.database = self._make_database()
        self.server_program = server or f"{BUILD}/src/server/tax-wallet-server"
        self.client_program = client or f"{BUILD}/tests/faults/faults-client"
        self.processes = {}
        self.accounts = []
        self.troubles = []
        atexit.register(self.clear_away)
        self._add(plan.COUNTERPART, [
            f"{BUILD}/src/counterpart/tax-wallet-counterpart", "--socket-dir", self.folder,
            "--database", f"sqlite:{self.folder}/books.db", "--keys",
            f"{self.folder}/counterpart-keys", "--confirm-ms", "50", "--late-ms", str(LATE_MS),
            "--callback", f"{self.sockets}/rails.sock"])
        self._add_services()
        for person in range(plan.PEOPLE):
            self.add_client(person)

    def _add_services(self):
        self._add_service(plan.SERVICE, self.sockets)

    def _add_service(self, name, sockets):
        return self._add(name, [
            self.server_program, "serve", "--practice", *self._base(), "--socket-dir", sockets,
            "--blobs", f"{self.folder}/blobs", "--counterpart", f"{self.folder}/counterpart.sock"])

    def _make_database(self):
        postgres = os.environ.get("TW_TEST_POSTGRES")
        if postgres is None:
            return f"sqlite:{self.folder}/service.db"
        name = "faults_" + uuid.uuid4().hex
        subprocess.run(["psql", "-X", "-q", postgres, "-c", f"CREATE DATABASE {name}"], check=True)
        return f"{postgres} dbname={name}"

    def _base(self):
        return ["--database", self.database, "--keys", f"{self.folder}/keys"]

    def _add(self, name, command, interactive=False):
        self.processes[name] = Process(name, command, self.folder, interactive,
                                       self.environment if interactive else None)
        return self.processes[name]

    def journal_path(self, person, copy="first"):
        """Where a client writes down what it sees."""
        return os.path.join(self.folder, f"journal-{person}-{copy}.jsonl")

    def add_client(self, person, copy="first"):
        """A computer of a person."""
        name = plan.client(person) + ("" if copy == "first" else f"-{copy}")
        data = os.path.join(self.folder, name)
        os.mkdir(data)
        return self._add(name, [self.client_program, data, self.address,
                                self.journal_path(person, copy), str(self.seed), str(person), copy],
                         interactive=True)

    def clients(self):
        """Each person's own client."""
        return [self.processes[plan.client(person)] for person in range(plan.PEOPLE)]

    def is_up(self):
        """Whether the service takes connections."""
        self.check()
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(f"{self.sockets}/feed.sock")
                return True
            except OSError:
                return False

    def check(self):
        """No service has ended by itself."""
        for name in self.services:
            self.processes[name].check()

    def start_services(self):
        """Starts what serves, and waits until it does."""
        self.processes[plan.SERVICE].start()
        wait_for(self.is_up, "the service")

    def start(self):
        """Starts everything, and waits until everybody is known and has something in the wallet."""
        self.processes[plan.COUNTERPART].start()
        self.start_services()
        for client in self.clients():
            client.start()
        for step in ("register", "sign-in"):
            for client in self.clients():
                client.tell(step)
            for client in self.clients():
                answer = client.read_answer()
                if "error" in answer:
                    raise Trouble(f"{client.name} could not {step}: {answer['error']}")
        for client in self.clients():
            wait_for(lambda c=client: self._is_settled_in(c), f"{client.name} approved")
        self.accounts = [client.ask("state")["account"] for client in self.clients()]
        for person, client in enumerate(self.clients()):
            # One of them can't pay what they owe.
            client.ask(f"top-up {6000000 if person > 0 else 300}")
        for client in self.clients():
            wait_for(lambda c=client: self._is_quiet(c), f"{client.name} with money")
        wait_for(lambda: all([client.ask("prepare")["ready"] for client in self.clients()]),
                 "cards and payees")

    @staticmethod
    def _is_settled_in(client):
        state = client.ask("state")
        return state["approved"] and state["bills"] > 0

    @staticmethod
    def _is_quiet(client):
        state = client.ask("state")
        return not state["unsettled"] and not state["doubtful"]

    def go(self, person):
        """Lets a person begin, or go on after a start."""
        payees = [account for other, account in enumerate(self.accounts) if other != person]
        self.processes[plan.client(person)].tell("go " + " ".join(payees))

    def misbehave(self, order):
        """Tells the counterpart how to behave; it may be down."""
        return post(f"{self.folder}/counterpart.sock", "/faults", order)

    def run(self, events):
        """Lets the events happen, each at its instant; the monotonic time of the last."""
        for person in range(plan.PEOPLE):
            self.go(person)
        start = time.monotonic()
        for event in events:
            threading.Event().wait(max(0, start + event.at_ms / 1000 - time.monotonic()))
            self._happen(event)
        return time.monotonic()

    def _happen(self, event):
        if event.what == "call":
            event.detail()
            return
        if event.what == "misbehave":
            threading.Thread(target=self.misbehave, args=(event.detail,)).start()
            return
        for name in plan.members(event.target):
            if event.what == "kill":
                self.processes[name].kill()
            else:
                self.processes[name].start()
        if event.what == "start":
            for name in plan.members(event.target):
                if self.processes[name].interactive:
                    self.go(int(name.removeprefix("client-")))

    def read_books(self):
        """What the service and the counterpart have written, by table."""
        books = {}
        for whose, database, keys in (
                ("service", self.database, f"{self.folder}/keys"),
                ("counterpart", f"sqlite:{self.folder}/books.db", f"{self.folder}/counterpart-keys")):
            text = subprocess.run([f"{BUILD}/tests/faults/faults-books", whose, database, keys],
                                  check=True, stdout=subprocess.PIPE, text=True).stdout
            books.update(json.loads(text))
        return books

    def read_journal(self, person, copy="first"):
        """What a client has written down."""
        with open(self.journal_path(person, copy), encoding="utf-8") as journal:
            return [json.loads(line) for line in journal]

    def verify(self):
        """What the service's own proof finds; nothing when it passes."""
        done = subprocess.run([self.server_program, "verify", *self._base()], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return "" if done.returncode == 0 else f"verify ended with {done.returncode}: {done.stdout}"

    def stop(self):
        """Ends everything as one does; what was not as it should be."""
        wrong = []
        last = self.services + [plan.COUNTERPART]
        names = [name for name in self.processes if name not in last] + last
        for name in names:
            process = self.processes[name]
            status = process.stop() if process.is_running() else 0
            if status != 0:
                wrong.append(f"the {name} ended with {status}: {process.read_log()[-2000:]}")
            for line in process.read_log().splitlines():
                if any(word in line for word in WORDS_OF_TROUBLE):
                    wrong.append(f"the {name} said: {line}")
        return wrong

    def clear_away(self):
        """Nothing is left running."""
        for process in self.processes.values():
            process.clear_away()

    def remove(self):
        """Nothing is left on the disk either."""
        self.clear_away()
        shutil.rmtree(self.folder, ignore_errors=True)
