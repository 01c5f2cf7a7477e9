#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of earlier versions are brought up to this one: everything in them is proved, people sign in
and go on, and nothing that they had is lost.

Each folder of fixtures has what a service of that version has left behind: the rows of its tables, its
key, its checkpoint. They are made with `rows dump`, and loaded into both engines.
"""

import glob
import json
import os
import shutil
import subprocess
import sys

SOURCE = os.environ["TW_SRCDIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "tools"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "server", "front"))
# pylint: disable=wrong-import-position
import tap
from service import BUILD, DEADLINE_S, Person, Service

POSTGRES = "TW_TEST_POSTGRES" in os.environ
FIXTURES = sorted(glob.glob(os.path.join(SOURCE, "tests", "server", "ops", "fixtures", "v*")))
# What each person had, as they would say it: balance in fen, payments, questions.
KNOWN = {
    "v10": {"13800000001": (131282, 3, 0), "13800000002": (251234, 2, 1)},
    "v19": {"13800000071": (816257, 10, 1), "13800000072": (42000, 3, 0)},
    "v20": {"13800000071": (794074, 10, 1), "13800000072": (42000, 3, 0)},
    "v24": {"13800000071": (743710, 10, 1), "13800000072": (42000, 3, 0)},
    "v25": {"13800000071": (776715, 10, 1), "13800000072": (42000, 3, 0)},
    "v26": {"13800000071": (741594, 10, 1), "13800000072": (42000, 3, 0)},
    "v27": {"13800000071": (739506, 10, 1), "13800000072": (42000, 3, 0)},
    "v28": {"13800000071": (763958, 10, 1), "13800000072": (42000, 3, 0)},
    "v29": {"13800000071": (819581, 10, 1), "13800000072": (42000, 3, 0)},
}


def verb(service, name, *arguments):
    return subprocess.run(
        [f"{BUILD}/src/server/tax-wallet-server", name, "--database", service.database, "--keys",
         f"{service.folder}/keys", *arguments],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def load(service, fixture):
    keys = f"{service.folder}/keys"
    os.mkdir(keys, 0o700)
    for name in ("master.key", "ledger.checkpoint"):
        shutil.copyfile(f"{fixture}/{name}", f"{keys}/{name}")
        os.chmod(f"{keys}/{name}", 0o600)
    with open(f"{fixture}/rows.jsonl", encoding="utf-8") as lines:
        subprocess.run([f"{BUILD}/tests/server/ops/rows", "load", service.database, keys,
                        os.path.basename(fixture)[1:]], stdin=lines, check=True)



def look(service, phone):
    """What a person finds who signs in on a new computer."""
    person = Person(service, "Sample Person", 1)
    person.sign_in(phone)
    person.follow()
    wallet = person.find("wallet")[0]
    return person, (wallet["balance_fen"], len(person.find("payment")), len(person.find("ticket")))


def ask(service, sql):
    return subprocess.run(["psql", "-X", "-A", "-t", "-c", sql, service.database], check=True,
                          capture_output=True, text=True).stdout.strip()


# What is moved into parts, in an order of its own.
MOVED = {"entry": "account_id, seq", "feed": "scope, seq"}


def sum_up(service):
    """What the tables hold that are moved into parts on PostgreSQL."""
    return {table: ask(service, f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY {order}))"
                                f" FROM {table} t") for table, order in MOVED.items()}


def check_parts(service, before):
    assert sum_up(service) == before
    for table in MOVED:
        parts = int(ask(service, f"SELECT count(*) FROM pg_inherits WHERE inhparent = '{table}'::regclass"))
        used = int(ask(service, f"SELECT count(DISTINCT tableoid) FROM {table}"))
        assert parts == 8 and used > 1, (table, parts, used)
        # Whoever asks for one account or scope looks into one part.
        key = MOVED[table].split(",")[0]
        plan = ask(service, f"EXPLAIN SELECT * FROM {table} WHERE {key} = 'account:x'")
        assert plan.count("_part_") >= 1 and "Append" not in plan, plan
    assert ask(service, "SELECT count(*) FROM pg_class WHERE relname LIKE '%_whole%'") == "0"


def migrate(fixture):
    service = Service()
    load(service, fixture)
    before = sum_up(service) if POSTGRES else None
    done = verb(service, "migrate")
    assert done.returncode == 0, done
    again = verb(service, "migrate")
    assert again.returncode == 0, again
    done = verb(service, "verify")
    assert done.returncode == 0, done
    if POSTGRES:
        check_parts(service, before)
    service.start()
    for phone, known in KNOWN[os.path.basename(fixture)].items():
        person, seen = look(service, phone)
        assert seen == known, (phone, seen, known)
    # They go on: the chain of entries continues what was there.
    person.must("ticket.ask", {"subject": "after", "text": "the change", "about_type": "",
                               "about_id": ""})
    payee = next(line["id"] for line in accounts(fixture) if line["id"] != "s" + person.account)[1:]
    person.must("wallet.transfer", {"to_account": payee, "amount_fen": 7, "memo": ""})
    assert service.stop() == 0
    done = verb(service, "verify")
    assert done.returncode == 0, done
    service.close()


def accounts(fixture):
    with open(f"{fixture}/rows.jsonl", encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines)
                if row[""] == "account"
                and row["role"] == "suser"]


def test_migrations():
    assert FIXTURES
    for fixture in FIXTURES:
        migrate(fixture)


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
