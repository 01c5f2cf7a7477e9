#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a person does with money, over the service's sockets: it comes to its end, what it
sends and gets is what the description of the API says, the books prove themselves, and nothing that the
service or its partners have said to operators tells of anybody.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TW_SRCDIR"], "tests", "tools"))
# pylint: disable=wrong-import-position
import everything
import tap
from service import BUILD, PERSONAL, Service

SERVICE = Service("--log-json").start()
PEOPLE = []


def test_walk():
    PEOPLE.extend(everything.walk(SERVICE))


def test_wallets():
    person, friend = PEOPLE
    for one in PEOPLE:
        posted = one.follow().find("payment", state="posted")
        # What is paid straight from a card goes past the wallet.
        total = sum(p["amount_fen"] * (1 if p["kind"] in ("top_up", "received") else -1) for p in posted
                    if p["kind"] != "tax" or not p.get("card_id"))
        assert one.find("wallet")[0]["balance_fen"] == total, (one.find("wallet"), posted)
    kinds = {payment["kind"] for payment in person.find("payment", state="posted")}
    assert kinds == {"top_up", "withdrawal", "tax", "transfer", "company", "merchant", "biller", "received"}, kinds
    assert {payment["kind"] for payment in friend.find("payment", state="posted")} == {"top_up", "received", "refund"}


def test_traffic():
    SERVICE.check_traffic()


def test_what_is_looked_for_in_the_logs():
    """The lines that operators read are looked through when the service is closed: for these, at least."""
    said = SERVICE.personal()
    person, friend = PEOPLE
    for what in (person.name, person.login, person.id_number, friend.login, "sample memo", "sample rent",
                 "Sample alias", everything.CARD, everything.COMPANY, "Where is my sample money?"):
        assert what in said, (what, sorted(said)[:40])
    assert "code" in PERSONAL


def test_proof():
    assert SERVICE.stop() == 0
    done = subprocess.run([f"{BUILD}/src/server/tax-wallet-server", "verify", "--database", SERVICE.database,
                           "--keys", f"{SERVICE.folder}/keys"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done


def test_end():
    SERVICE.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
