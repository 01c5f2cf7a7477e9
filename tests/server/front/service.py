# SPDX-License-Identifier: GPL-3.0-or-later
"""A real service in a folder of its own, and people who talk to it over its sockets.

All that goes over the sockets is written down, one JSON object a line, to be held against the
description of the API.
"""

import atexit
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import uuid
from datetime import datetime, timedelta, timezone

BUILD = os.environ["TW_BUILDDIR"]
DEADLINE_S = 60
PASSWORD = "quiet-otter-lamp-seven"


def uuid7():
    """An id as clients make it: time first."""
    milliseconds = time.time_ns() // 1_000_000
    number = milliseconds << 80 | uuid.uuid4().int & ((1 << 80) - 1)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))


def resident_id(sequence, birthday="19900307", region="110105"):
    """A made-up number that passes the check."""
    digits = f"{region}{birthday}{sequence:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]


def wait_for(function, what):
    """Calls the function until it returns something true."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        result = function()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited too long for {what}")
        threading.Event().wait(0.02)


class Connection(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path):
        super().__init__("localhost", timeout=DEADLINE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    """What came back."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        """The body, which must be JSON."""
        return json.loads(self.body)

    @property
    def code(self):
        """The code of an error."""
        return self.json["error"]["code"]


PERSONAL = {"name", "id_number", "phone", "email", "password", "memo", "text", "subject", "title", "token",
            "login", "last_text", "customer_name", "card", "number", "code", "to", "customer_number", "alias"}
# What these are called in an answer is for programs.
PERSONAL_ASKED = {"code"}
SHORTEST_PERSONAL = 5


def collect_personal(text, into, keys=frozenset(PERSONAL)):
    """What of a request or an answer nobody else may read, added to a set."""
    try:
        _collect(json.loads(text or "null"), into, keys)
    except (ValueError, RecursionError):
        pass  # some send what is no JSON on purpose


def _collect(value, into, keys):
    if isinstance(value, list):
        for item in value:
            _collect(item, into, keys)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key in keys and isinstance(item, str) and len(item) >= SHORTEST_PERSONAL:
            into.add(item)
        else:
            _collect(item, into, keys)


class Service:
    """The service and the counterpart, as processes."""

    def __init__(self, *options, callback=None):
        self.folder = tempfile.mkdtemp(prefix="tw-front-")
        self.options = list(options)
        self.database = self._make_database()
        self.signer = subprocess.Popen(
            [f"{BUILD}/tests/server/front/front-signer"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lock = threading.Lock()
        self.traffic_path = os.path.join(self.folder, "traffic.jsonl")
        self.traffic = open(self.traffic_path, "w", encoding="utf-8")
        self.process = None
        atexit.register(self._end)
        self.counterpart = self._start(
            "src/counterpart/tax-wallet-counterpart", "counterpart.log",
            "--socket-dir", self.folder, "--database", f"sqlite:{self.folder}/books.db",
            "--keys", f"{self.folder}/counterpart-keys", "--confirm-ms", "50", "--callback",
            callback or f"{self.folder}/rails.sock")
        wait_for(lambda: os.path.exists(f"{self.folder}/counterpart.sock"), "the counterpart")

    def _make_database(self):
        postgres = os.environ.get("TW_TEST_POSTGRES")
        if postgres is None:
            return f"sqlite:{self.folder}/service.db"
        name = "front_" + uuid.uuid4().hex
        subprocess.run(["psql", "-X", "-q", postgres, "-c", f"CREATE DATABASE {name}"], check=True)
        return f"{postgres} dbname={name}"

    def _start(self, program, log, *arguments):
        with open(os.path.join(self.folder, log), "a", encoding="utf-8") as out:
            return subprocess.Popen([f"{BUILD}/{program}", *arguments], stdout=out, stderr=out)

    def _base(self):
        return ["--database", self.database, "--keys", f"{self.folder}/keys"]

    def _serve(self, log):
        return self._start(
            "src/server/tax-wallet-server", log, "serve", *self._base(), "--socket-dir",
            self.folder, "--blobs", f"{self.folder}/blobs", "--counterpart",
            f"{self.folder}/counterpart.sock", *self.options)

    def begin(self):
        """Starts the service, which need not get as far as to answer."""
        self.process = self._serve("service.log")
        return self

    def start(self):
        """Starts the service and waits until it answers."""
        self.begin()
        wait_for(self._is_up, "the service")
        return self

    def refuses_to_start(self):
        """Starts one that must end by itself; returns its exit status."""
        process = self._serve("refused.log")
        try:
            return process.wait(DEADLINE_S)
        finally:
            process.kill()
            process.wait()

    def _is_up(self):
        assert self.process.poll() is None, self.read_log()
        try:
            return self.call("GET", "/v1/health").status == 200
        except OSError:
            return False

    def read_log(self):
        """What the service has said."""
        with open(f"{self.folder}/service.log", encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self, how=signal.SIGTERM):
        """Stops the service; returns its exit status."""
        self.process.send_signal(how)
        return self.process.wait(DEADLINE_S)

    def _end(self):
        """However the test ended, nothing is left running."""
        for process in (self.process, self.counterpart, self.signer):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()

    def close(self):
        """Stops everything; fails when the service did not end well or had something to say."""
        status = self.stop() if self.process.poll() is None else self.process.returncode
        self.counterpart.terminate()
        self.counterpart.wait(DEADLINE_S)
        self.signer.stdin.close()
        self.signer.wait(DEADLINE_S)
        self.signer.stdout.close()
        self.traffic.flush()
        log = self.read_log()
        assert status == 0, f"the service ended with {status}:\n{log}"
        for word in ("CRITICAL", "WARNING", "Sanitizer", "runtime error"):
            assert word not in log, log
        self.check_logs()
        self.traffic.close()
        shutil.rmtree(self.folder)

    def personal(self):
        """What people have sent and seen so far that nobody else may read."""
        said = set()
        self.traffic.flush()
        with open(self.traffic_path, encoding="utf-8") as traffic:
            for line in map(json.loads, traffic):
                collect_personal(line["body"], said)
                collect_personal(line["answer"], said, PERSONAL - PERSONAL_ASKED)
        return said

    def check_logs(self):
        """What the processes have said tells nothing of anybody."""
        said = self.personal()
        for name in os.listdir(self.folder):
            if not name.endswith(".log"):
                continue
            with open(f"{self.folder}/{name}", encoding="utf-8", errors="replace") as log:
                text = log.read()
            found = sorted(value for value in said if value in text)
            assert not found, f"{name} tells of {found[:3]}:\n{text}"

    def add_agent(self, login, role, name):
        """A colleague, added as an operator does."""
        subprocess.run(
            [f"{BUILD}/src/server/tax-wallet-server", "add-agent", *self._base(), "--role", role,
             "--name", name, "--password-stdin", login], input=PASSWORD + "\n", text=True,
            check=True, stdout=subprocess.DEVNULL)

    def ask_signer(self, line):
        """One question to the device."""
        with self.lock:
            self.signer.stdin.write(line + "\n")
            self.signer.stdin.flush()
            return self.signer.stdout.readline().strip()

    # pylint: disable-next=too-many-arguments
    def call(self, method, path, body=None, headers=None, feed=False, connection=None):
        """One request; a body that is not bytes is sent as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if isinstance(body, bytes) and "Content-Type" not in headers:
            headers["Content-Type"] = "application/json"
        own = connection is None
        if own:
            connection = Connection(f"{self.folder}/{'feed' if feed else 'api'}.sock")
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()},
                        response.read())
        if own:
            connection.close()
        self._write_down(method, path, body, headers, answer)
        return answer

    def _write_down(self, method, path, body, headers, answer):
        parts = urllib.parse.urlsplit(path)
        line = {
            "method": method, "path": parts.path,
            "query": dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True)),
            "headers": {k.lower(): v for k, v in headers.items()},
            "body": body.decode("utf-8", "replace") if body is not None else None,
            "status": answer.status, "answer_headers": answer.headers,
            "answer": answer.body.decode("utf-8", "replace"),
        }
        with self.lock:
            self.traffic.write(json.dumps(line) + "\n")


    def check_traffic(self, *options):
        """Holds what has gone over the sockets so far against the description of the API."""
        self.traffic.flush()
        replay = os.path.join(os.environ["TW_SRCDIR"], "tests", "server", "front", "openapi", "replay")
        subprocess.run([replay, *options, self.traffic_path], check=True, stdout=subprocess.DEVNULL)


class Person:
    """Somebody with a device."""

    def __init__(self, service, name="Sample Person", sequence=1):
        self.service = service
        self.name = name
        self.device = uuid7()
        self.seed, self.public_key = service.ask_signer("key").split()
        self.account = ""
        self.token = None
        self.login = f"138{sequence:08d}"
        self.id_number = resident_id(sequence % 1000)
        self.cursor = ""
        self.seen = {}
        self.events = []

    def device_json(self):
        """As it stands in requests."""
        return {"id": self.device, "public_key": self.public_key}

    def command(self, kind, body, signed=True, **other):
        """A command; other members override what would be right."""
        at = datetime.now(timezone.utc) + timedelta(seconds=other.pop("ahead_s", 0))
        command = {"id": uuid7(), "intent": uuid7(), "kind": kind, "body": body,
                   "at": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"}
        command.update(other)
        if signed:
            text = json.dumps(command, ensure_ascii=True)
            command["signature"] = self.service.ask_signer(
                f"sign {self.seed} {self.account or '-'} {self.device} {text}")
        return command

    def headers(self):
        """Who asks."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def call(self, method, path, body=None, headers=None, feed=False):
        """A request of theirs."""
        return self.service.call(method, path, body, {**self.headers(), **(headers or {})}, feed)

    def send(self, *commands):
        """Commands as they stand; the answer as it stands."""
        body = {"commands": list(commands)}
        if self.token is None:
            body["device"] = self.device_json()
        return self.call("POST", "/v1/commands", body)

    def do(self, kind, body, **other):
        """One command; its result."""
        answer = self.send(self.command(kind, body, **other))
        assert answer.status == 200, (kind, answer.status, answer.body)
        return answer.json["results"][0]

    def must(self, kind, body, **other):
        """One command that must be done; what it made."""
        result = self.do(kind, body, **other)
        assert result["state"] == "done", result
        return result.get("result", {})

    def registration(self, **changes):
        """The form."""
        return {"name": self.name, "id_number": self.id_number, "phone": self.login,
                "email": f"sample{self.login}@example.com", "password": PASSWORD, **changes}

    def register(self):
        """Asks for an account."""
        result = self.must("account.register", self.registration())
        self.account = result["account_id"]
        return result

    def try_sign_in(self, login=None, password=PASSWORD):
        """Signs in or not."""
        return self.service.call("POST", "/v1/sessions", {
            "login": login or self.login, "password": password, "device": self.device_json()})

    def sign_in(self, login=None):
        """Signs in."""
        answer = self.try_sign_in(login)
        assert answer.status == 201, answer.body
        self.token = answer.json["token"]
        self.account = answer.json["account_id"]
        return answer.json

    def poll(self, wait=0):
        """Follows the feed; what came."""
        query = urllib.parse.urlencode({"after": self.cursor, "wait": wait})
        answer = self.call("GET", f"/v1/feed?{query}", feed=True)
        assert answer.status == 200, answer.body
        page = answer.json
        self.cursor = page["cursor"]
        for scope in page.get("dropped", []) + page.get("gap", []):
            for key in [k for k in self.seen if k[0] == scope]:
                del self.seen[key]
        for item in page["items"]:
            key = (item["scope"], item["type"], item["id"])
            if item.get("removed"):
                self.seen.pop(key, None)
            else:
                self.seen[key] = item["object"]
        return page

    def follow(self):
        """Follows the feed to its end."""
        while self.poll()["more"]:
            pass
        return self

    def find(self, kind, /, **values):
        """Objects of a kind that they see now and that say so."""
        return [o for k, o in self.seen.items() if k[1] == kind and
                all(o[name] == value for name, value in values.items())]

    def scopes(self):
        """Where they see something."""
        return {key[0] for key in self.seen}


def approve(service, people):
    """A new colleague approves the identities of people, who can be paid from then on."""
    service.add_agent("mei", "senior", "Agent Mei")
    mei = Person(service)
    mei.sign_in("mei")
    for person in people:
        mei.must("identity.decide", {"account_id": person.account, "approve": True, "reason": ""})
