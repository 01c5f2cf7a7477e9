#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that people are at work with: copies are made of it, and it is told to stop; and what it
says meanwhile is for machines, and tells nothing of anybody.
"""

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading

SOURCE = os.environ["TW_SRCDIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "tools"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "server", "front"))
# pylint: disable=wrong-import-position
import tap
from service import BUILD, DEADLINE_S, Person, Service, approve, wait_for

POSTGRES = os.environ.get("TW_TEST_POSTGRES")
SERVICE = Service("--log-json")
PEOPLE = [Person(SERVICE, f"Sample Person {n}", n + 1) for n in range(6)]
COMMANDS = 60
STOPS = 3


def verb(name, *arguments, database=None):
    return subprocess.run(
        [f"{BUILD}/src/server/tax-wallet-server", name, "--database", database or SERVICE.database,
         "--keys", f"{SERVICE.folder}/keys", *arguments],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False)


class Load:
    """People who pay one another, each command on a connection of its own; made before, so that as
    many as can be are under way at once."""

    def __init__(self):
        self.commands = {person: [self._pay(person) for _ in range(COMMANDS)] for person in PEOPLE}
        self.answered, self.unanswered = [], []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run, args=(person,)) for person in PEOPLE]
        for thread in self.threads:
            thread.start()

    # Nobody pays the same again, as who does is asked whether they mean it.
    paid = dict.fromkeys(range(len(PEOPLE)), 0)

    @classmethod
    def _pay(cls, person):
        cls.paid[PEOPLE.index(person)] += 1
        payee = PEOPLE[(PEOPLE.index(person) + 1) % len(PEOPLE)]
        return person.command("wallet.transfer", {"to_account": payee.account, "amount_fen": cls.paid[PEOPLE.index(person)],
                                                  "memo": "the memo of it"})

    def _run(self, person):
        for command in self.commands[person]:
            try:
                answer = person.send(command)
                states = [result["state"] for result in answer.json.get("results", [])]
                assert (answer.status, states) == (200, ["done"]) or \
                    (answer.status == 503 and answer.code == "busy"), answer.body
                done = answer.status == 200
            except (OSError, http.client.HTTPException):
                done = False
            with self.lock:
                (self.answered if done else self.unanswered).append((person, command))

    def wait_for(self, n):
        wait_for(lambda: len(self.answered) >= n, "payments")

    def join(self):
        for thread in self.threads:
            thread.join()


def again(commands):
    for person, command in commands:
        answer = person.send(command)
        assert answer.status == 200 and answer.json["results"][0]["state"] == "done", answer.body


def test_begin():
    SERVICE.start()
    for person in PEOPLE:
        person.register()
        person.sign_in()
        payment = person.must("wallet.top_up", {"amount_fen": 50000})["payment_id"]
        wait_for(lambda p=person, i=payment: p.follow().find("payment", id=i, state="posted"),
                 "the bank")
    approve(SERVICE, PEOPLE)


def copy_while_running(name):
    """A copy that is a database of its own; what it is called."""
    if POSTGRES is None:
        copy = f"{SERVICE.folder}/{name}.db"
        done = verb("backup", copy)
        assert done.returncode == 0, done
        return copy
    copy = f"{SERVICE.folder}/{name}.dump"
    subprocess.run(["pg_dump", "--no-owner", "-f", copy, SERVICE.database], check=True)
    return copy


def put_back(copy, name):
    if POSTGRES is None:
        database = f"sqlite:{SERVICE.folder}/{name}.db"
        done = verb("restore", copy, "--checkpoint", f"{SERVICE.folder}/{name}.checkpoint",
                    database=database)
        assert done.returncode == 0, done
        return database
    subprocess.run(["psql", "-X", "-q", POSTGRES, "-c", f"CREATE DATABASE operated_{name}"],
                   check=True)
    database = f"{POSTGRES} dbname=operated_{name}"
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", copy, database], check=True,
                   stdout=subprocess.DEVNULL)
    return database


def test_copy_while_people_pay():
    load = Load()
    load.wait_for(COMMANDS)
    before = shutil.copy(f"{SERVICE.folder}/keys/ledger.checkpoint", f"{SERVICE.folder}/elsewhere.checkpoint")
    with load.lock:
        paid = len(load.answered)
    copy = copy_while_running("first")
    assert len(load.answered) < COMMANDS * len(PEOPLE), "they had all paid before there was a copy"
    load.join()
    database = put_back(copy, "moved")
    done = verb("verify", "--checkpoint", before, database=database)
    assert done.returncode == 0, done
    # What was answered before the copy was begun is in it.
    sql = "SELECT count(*) FROM command WHERE kind = 'wallet.transfer' AND state = 0"
    if POSTGRES is not None:
        there = int(subprocess.run(["psql", "-X", "-A", "-t", "-c", sql, database], check=True,
                                   capture_output=True, text=True).stdout)
        assert paid <= there, (paid, there)
    done = verb("verify")
    assert done.returncode == 0, done


def test_stop_while_people_pay():
    for _ in range(STOPS):
        load = Load()
        load.wait_for(random.randrange(1, COMMANDS * 2))
        assert SERVICE.stop(signal.SIGTERM) == 0
        load.join()
        assert load.unanswered, "it had ended before it was told to stop"
        done = verb("verify")
        assert done.returncode == 0, done
        SERVICE.start()
        # What was answered is there, and what was not answered was not done either.
        shown = {person: {payment["id"] for payment in person.follow().find("payment")}
                 for person in PEOPLE}
        for person, command in load.answered:
            assert command["id"] in shown[person], command
        for person, command in load.unanswered:
            assert command["id"] not in shown[person], command
        again(load.answered)
        again(load.unanswered)


def test_a_damaged_name_is_no_wrong_key():
    if POSTGRES is None:
        return  # a file's pages say by themselves what is wrong with them
    def flip():
        subprocess.run(["psql", "-X", "-q", SERVICE.database, "-c",
                        "UPDATE account SET name = set_byte (name, 30, get_byte (name, 30) # 4) "
                        "WHERE id = (SELECT min (id) FROM account)"], check=True)
    flip()
    done = verb("migrate")
    assert done.returncode == 0, done
    flip()
    other = f"{SERVICE.folder}/other-keys"
    shutil.copytree(f"{SERVICE.folder}/keys", other)
    with open(f"{other}/master.key", "wb") as key:
        key.write(os.urandom(32))
    done = subprocess.run([f"{BUILD}/src/server/tax-wallet-server", "migrate", "--database", SERVICE.database,
                           "--keys", other], capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 2 and "does not fit" in done.stderr, done


def test_lines_are_for_machines():
    assert SERVICE.stop() == 0
    SERVICE.database = "sqlite:/nowhere/x" if POSTGRES is None else "host=/nowhere dbname=x"
    assert SERVICE.refuses_to_start() != 0
    lines = SERVICE.read_log().splitlines()
    with open(f"{SERVICE.folder}/refused.log", encoding="utf-8") as log:
        lines += log.read().splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    assert told and all(set(line) == {"at", "level", "process", "words"} for line in told), lines
    others = [line for line in lines if not line.startswith("{") and not line.startswith("Serving")]
    assert not others, others


def test_end():
    SERVICE.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
