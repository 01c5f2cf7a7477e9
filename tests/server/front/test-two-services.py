# SPDX-License-Identifier: GPL-3.0-or-later
"""Two services on one PostgreSQL, of which one dies: what it had begun the other one brings to its end."""

import copy
import os
import shutil
import signal
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.environ["TW_SRCDIR"], "tests", "tools"))
# pylint: disable=wrong-import-position
import front
import tap
from service import DEADLINE_S, Person, Service, wait_for

SLACK = float(os.environ.get("TW_FAULTS_SLACK", "1"))
ORDERS = 6
# A look at all orders every 5 s would take twice as long.
ORDERS_S = 7 * SLACK
# Several times as long as it takes one of them to find that the bank is down.
WATCH_S = 20
# As GRACE_S of the service, and what there is to do besides.
GRACE_S = 20 * SLACK

PORT = front.free_port()
FIRST = Service(callback=f"http://127.0.0.1:{PORT}")
SECOND = copy.copy(FIRST)
SECOND.folder = os.path.join(FIRST.folder, "second")
FRONT_FOLDER = tempfile.mkdtemp(prefix="tw-front-nginx-")
FRONT = front.Front(FRONT_FOLDER, FIRST.folder, others=[SECOND.folder], callback_port=PORT)
USER = Person(FIRST, "Sample Person", 1)
MEI = Person(FIRST)
FIRST_COUNTERPART = f"{FIRST.folder}/counterpart.sock"


def begin_second():
    """The other one, with sockets of its own, on the same of everything else."""
    SECOND.process = FIRST._start(  # pylint: disable=protected-access
        "src/server/tax-wallet-server", "service-2.log", "serve",
        *FIRST._base(),  # pylint: disable=protected-access
        "--socket-dir", SECOND.folder, "--blobs", f"{FIRST.folder}/blobs",
        "--counterpart", FIRST_COUNTERPART)
    wait_for(SECOND._is_up, "the second service")  # pylint: disable=protected-access


def kill_first():
    FIRST.stop(signal.SIGKILL)


def metric(service, name):
    lines = service.call("GET", "/metrics").body.decode().splitlines()
    return next(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def payment(ident):
    """How far it is, as the second service shows it."""
    USER.service = SECOND
    found = USER.follow().find("payment", id=ident)
    return found[0]["state"] if found else None


def test_two():
    FIRST.start()
    FIRST.add_agent("mei", "senior", "Agent Mei")
    begin_second()
    USER.register()
    USER.sign_in()
    MEI.sign_in("mei")
    wait_for(lambda: metric(FIRST, "tax_wallet_leader") == 1, "the first one to lead")
    assert metric(SECOND, "tax_wallet_leader") == 0


def test_callbacks_reach_whoever_is_there():
    """The first one sends an order and dies before there is an answer."""
    before = metric(SECOND, "tax_wallet_rail_callbacks_total")
    took_s = 0
    for _ in range(ORDERS):
        USER.service = FIRST
        FIRST.counterpart.send_signal(signal.SIGSTOP)
        command = USER.command("wallet.top_up", {"amount_fen": 100, "again": True})
        assert USER.send(command).json["results"][0]["state"] == "done"
        # Until it is sent.
        wait_for(lambda i=command["id"]: payment(i) is not None and
                 sent(i), "the order on its way")
        kill_first()
        start = time.monotonic()
        FIRST.counterpart.send_signal(signal.SIGCONT)
        wait_for(lambda i=command["id"]: payment(i) == "posted", "the payment")
        took_s += time.monotonic() - start
        FIRST.start()
    print(f"# {ORDERS} orders of one that died were settled in {took_s:.2f} s")
    assert metric(SECOND, "tax_wallet_rail_callbacks_total") - before >= ORDERS
    assert took_s < ORDERS_S, took_s


def sent(ident):
    """Whether an order may have left, as the books say."""
    return query(f"SELECT posts FROM rail_op WHERE id = '{ident}'") == "1"


def query(sql):
    return front.subprocess.run(["psql", "-X", "-q", "-A", "-t", FIRST.database, "-c", sql], check=True,
                                stdout=front.subprocess.PIPE, text=True).stdout.strip()


def test_who_leads_dies_with_a_wish():
    """A senior wants a day looked at again; whoever was asked dies before it is done."""
    kill_first()
    wait_for(lambda: metric(SECOND, "tax_wallet_leader") == 1, "the second one to lead")
    FIRST.start()
    FIRST.counterpart.send_signal(signal.SIGSTOP)
    today = int((time.time() + 8 * 3600) // 86400)
    MEI.service = SECOND
    MEI.must("reconcile.ask", {"party": "bank", "day": today})
    SECOND.stop(signal.SIGKILL)
    FIRST.counterpart.send_signal(signal.SIGCONT)
    MEI.service = FIRST
    wait_for(lambda: MEI.follow().find("reconciliation", party="bank", state="agrees"),
             "the day that was asked for")
    assert query("SELECT count(*) FROM reconcile_wish") == "0"
    begin_second()


def test_they_disagree_about_the_bank():
    """One of them does not reach it. What it takes the other one does, and nobody is told back and forth."""
    assert FIRST.stop() == 0
    FIRST.options += ["--counterpart", f"{FIRST.folder}/nowhere.sock", "--rails-key",
                      f"{FIRST.folder}/rails.key"]
    FIRST.start()
    USER.service = FIRST
    ids = [USER.must("wallet.top_up", {"amount_fen": 100, "again": True})["payment_id"] for _ in range(3)]
    wait_for(lambda: query("SELECT count(*) FROM rail_word WHERE party = 'bank' AND down = 1") != "0",
             "its word")
    changes = []
    end = time.monotonic() + WATCH_S
    MEI.service = SECOND
    while time.monotonic() < end:
        for item in MEI.poll(wait=1)["items"]:
            if item["type"] == "partner" and item["id"] == "bank":
                changes.append(item["object"]["state"])
    assert len(changes) <= 2, changes
    assert query("SELECT down FROM rail_party WHERE party = 'bank'") == "0"
    for ident in ids:
        wait_for(lambda i=ident: payment(i) == "posted", "a payment that the other one took")
    # When nobody reaches it any more, all are told.
    FIRST.counterpart.send_signal(signal.SIGSTOP)
    wait_for(lambda: MEI.follow().find("partner", id="bank", state="down"), "the word of all")
    FIRST.counterpart.send_signal(signal.SIGCONT)
    wait_for(lambda: MEI.follow().find("partner", id="bank", state="up"), "the word of one")


def test_stopping_does_not_wait_for_ever():
    """What is written waits for a standby that never comes: who stops says that it is not known, and ends."""
    USER.service = SECOND
    command = USER.command("wallet.top_up", {"amount_fen": 100, "again": True})
    told = []
    query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    query("SELECT pg_reload_conf()")
    asking = threading.Thread(target=lambda: told.append(USER.send(command)))
    asking.start()
    wait_for(lambda: SECOND.call("GET", "/v1/health").status == 503, "a word about the standby")
    start = time.monotonic()
    SECOND.process.terminate()
    assert SECOND.process.wait(DEADLINE_S) == 0
    took_s = time.monotonic() - start
    asking.join()
    print(f"# it ended after {took_s:.1f} s, and said {told[0].json['results'][0]['words']}")
    assert took_s < GRACE_S, took_s
    result = told[0].json["results"][0]
    assert result["state"] == "failed" and "not known" in result["words"], result
    query("ALTER SYSTEM RESET synchronous_standby_names")
    query("SELECT pg_reload_conf()")
    begin_second()
    assert USER.send(command).json["results"][0]["state"] == "done"
    assert query(f"SELECT count(*) FROM payment WHERE id = '{command['id']}'") == "1"


def test_end():
    SECOND.process.terminate()
    assert SECOND.process.wait(DEADLINE_S) == 0
    FRONT.stop()
    FIRST.close()
    shutil.rmtree(FRONT_FOLDER)


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
