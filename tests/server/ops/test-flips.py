#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any single bit that is flipped in the database of a service, or in its log, is found by `verify`, or
makes no difference. TW_FLIPS is how many are tried.
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

FLIPS = int(os.environ.get("TW_FLIPS") or 200)
SEED = int(os.environ.get("TW_FLIPS_SEED") or secrets.randbelow(1 << 31))
SERVICE = Service()
PEOPLE = [Person(SERVICE, "Sample Person", 1), Person(SERVICE, "Sample Person", 2)]
STATE = {}


def top_up(person, amount_fen):
    payment = person.must("wallet.top_up", {"amount_fen": amount_fen})["payment_id"]
    wait_for(lambda: person.follow().find("payment", id=payment, state="posted"), "the bank")


def transfer(number):
    PEOPLE[0].must("wallet.transfer", {"to_account": PEOPLE[1].account, "amount_fen": number + 1,
                                       "memo": f"number {number}"})


def checkpoint():
    try:
        with open(f"{SERVICE.folder}/keys/ledger.checkpoint", encoding="utf-8") as file:
            return json.load(file)["entries"]
    except FileNotFoundError:
        return 0


def test_there_is_something():
    """Some of it in the file, some in the log; the last that was written is money, and is in the
    checkpoint: a torn end of the log would be seen by that alone."""
    SERVICE.start()
    for person in PEOPLE:
        person.register()
        person.sign_in()
        top_up(person, 50000)
    approve(SERVICE, PEOPLE)
    for number in range(20):
        transfer(number)
        PEOPLE[1].must("ticket.ask", {"subject": f"subject {number}", "text": "text " * 20,
                                      "about_type": "", "about_id": ""})
    assert SERVICE.stop() == 0
    before = checkpoint()
    SERVICE.start()
    for number in range(10):
        PEOPLE[1].must("ticket.ask", {"subject": f"later {number}", "text": "text " * 20,
                                      "about_type": "", "about_id": ""})
        transfer(number)
    wait_for(lambda: checkpoint() == before + 20, "the checkpoint")
    SERVICE.stop(signal.SIGKILL)
    STATE["killed"] = True


def test_every_flip_is_found():
    assert "killed" in STATE, "what was to be flipped is not there"
    print(f"# TW_FLIPS_SEED={SEED}", flush=True)
    done = subprocess.run(
        [f"{BUILD}/tests/server/ops/flip-bits", f"{SERVICE.folder}/service.db",
         f"{SERVICE.folder}/keys", str(FLIPS), str(SEED)], text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    print(f"# {done.stdout.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def test_end():
    SERVICE.start()
    SERVICE.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
