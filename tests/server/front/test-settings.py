# SPDX-License-Identifier: GPL-3.0-or-later
"""What the programs take from their surroundings, and what they don't show to them."""

import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.environ["TW_SRCDIR"], "tests", "tools"))
# pylint: disable=wrong-import-position
import tap
from service import Person, Service


class FromEnvironment(Service):
    """Told where its database is by its environment alone, and where its files are by nobody."""

    def _make_database(self):
        database = super()._make_database()
        os.environ["TW_DATABASE"] = database
        os.environ["STATE_DIRECTORY"] = f"{self.folder}/state:{self.folder}/state-keys"
        return database

    def _base(self):
        return ["--keys", f"{self.folder}/keys"]

    def _serve(self, log):
        return self._start(
            "src/server/tax-wallet-server", log, "serve", *self._base(), "--socket-dir",
            self.folder, "--counterpart", f"{self.folder}/counterpart.sock")


SERVICE = FromEnvironment()
os.mkdir(f"{SERVICE.folder}/state")
SERVICE.start()


def test_the_database_is_in_no_command_line():
    with open(f"/proc/{SERVICE.process.pid}/cmdline", "rb") as line:
        assert SERVICE.database.encode() not in line.read()
    SERVICE.add_agent("mei", "senior", "Agent Mei")
    person = Person(SERVICE)
    assert person.sign_in("mei")["role"] == "senior"


def test_files_are_in_one_folder():
    person = Person(SERVICE, "Sample Person", 1)
    person.register()
    person.sign_in()
    content = b"a small attachment"
    path = "/v1/blobs/" + hashlib.blake2b(content, digest_size=32).hexdigest()
    octets = {"Content-Type": "application/octet-stream"}
    assert person.call("PUT", path, content, octets).json["complete"]
    folder = "state" if "TW_TEST_POSTGRES" in os.environ else "."
    stored = [f for _, _, fs in os.walk(f"{SERVICE.folder}/{folder}/blobs") for f in fs]
    assert len(stored) == 1, os.listdir(SERVICE.folder)


def test_no_core_is_left():
    for process in (SERVICE.process, SERVICE.counterpart):
        with open(f"/proc/{process.pid}/limits", encoding="ascii") as limits:
            (line,) = [line for line in limits if line.startswith("Max core file size")]
        assert line.split()[4:6] == ["0", "0"], line


def test_ends_well():
    SERVICE.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
