#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any single bit that is flipped in the database of a service, or in its log, is found by `verify`, or
makes no difference; whether the last that was acknowledged is money, which a checkpoint kept elsewhere
knows of, or is not. TW_FLIPS is how many are tried with each end.
"""

import json
import os
import secrets
import signal
import subprocess
import sys

SOURCE = os.environ["TW_SRCDIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "tools"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "server", "front"))
# pylint: disable=wrong-import-position
import tap
from service import BUILD, Person, Service, approve, wait_for

FLIPS = int(os.environ.get("TW_FLIPS") or 100)
SEED = int(os.environ.get("TW_FLIPS_SEED") or secrets.randbelow(1 << 31))


class End:
    """A service that was killed while some of what it holds stood in the file, and some in the log."""

    def __init__(self):
        self.service = Service()
        self.people = [Person(self.service, "Sample Person", 1), Person(self.service, "Sample Person", 2)]

    def top_up(self, person, amount_fen):
        payment = person.must("wallet.top_up", {"amount_fen": amount_fen})["payment_id"]
        wait_for(lambda: person.follow().find("payment", id=payment, state="posted"), "the bank")

    def transfer(self, number):
        self.people[0].must("wallet.transfer", {"to_account": self.people[1].account,
                                                "amount_fen": number + 1, "memo": f"number {number}"})

    def ask(self, subject):
        self.people[1].must("ticket.ask", {"subject": subject, "text": "text " * 20, "about_type": "",
                                           "about_id": ""})

    def checkpoint(self):
        try:
            with open(f"{self.service.folder}/keys/ledger.checkpoint", encoding="utf-8") as file:
                return json.load(file)["entries"]
        except FileNotFoundError:
            return 0

    def live(self, last):
        """Until it is killed, right after the last ones were acknowledged."""
        self.service.start()
        for person in self.people:
            person.register()
            person.sign_in()
            self.top_up(person, 50000)
        approve(self.service, self.people)
        for number in range(20):
            self.transfer(number)
            self.ask(f"subject {number}")
        assert self.service.stop() == 0
        before = self.checkpoint()
        self.service.start()
        for number in range(10):
            self.ask(f"later {number}")
            self.transfer(number)
        wait_for(lambda: self.checkpoint() == before + 20, "the checkpoint")
        last(self)
        self.service.stop(signal.SIGKILL)

    def flip(self):
        print(f"# TW_FLIPS_SEED={SEED}", flush=True)
        done = subprocess.run(
            [f"{BUILD}/tests/server/ops/flip-bits", f"{self.service.folder}/service.db",
             f"{self.service.folder}/keys", str(FLIPS), str(SEED)], text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        print(f"# {done.stdout.strip()}")
        assert done.returncode == 0, done.stdout + done.stderr[-3000:]

    def close(self):
        """It starts again: what was flipped was a copy."""
        self.service.start()
        self.service.close()


def ask_ten(end):
    """Nothing of this is in the checkpoint."""
    for number in range(10):
        end.ask(f"last {number}")


def try_end(last):
    end = End()
    end.live(last)
    end.flip()
    end.close()


def test_the_last_is_money():
    """It is in the checkpoint: that the log ended too early would be seen by that alone."""
    try_end(lambda end: None)


def test_the_last_is_no_money():
    try_end(ask_ten)


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
