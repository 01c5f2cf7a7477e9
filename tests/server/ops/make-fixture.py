#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a fixture of the migrations out of the programs as they are built: what a service of this version
leaves behind when two people have done everything that there is to do with money.

    TW_SRCDIR=. TW_BUILDDIR=BUILD tests/server/ops/make-fixture.py FOLDER

Of each person's records at the tax office, which are all alike, only some are kept.
FOLDER is called after the version of the structure, as in fixtures/v24. What is printed is what
test-migrations.py has to find there: for each phone, the balance in fen, the payments, the questions.
"""

import collections
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TW_SRCDIR"], "tests", "server", "front"))
# pylint: disable=wrong-import-position
import everything
from service import BUILD, Service


RECORDS = 3


def some(lines):
    """The lines without most of the records, and without what the feed says of those."""
    kept = collections.Counter()
    dropped = set()
    for line in lines:
        row = json.loads(line)
        if row[""] == "tax_record":
            kept[row["account_id"]] += 1
            if kept[row["account_id"]] > RECORDS:
                dropped.add(row["id"])
    return [line for line in lines if json.loads(line).get("id") not in dropped]


def main(folder):
    """Walks, stops, and keeps what is there."""
    service = Service().start()
    people = everything.walk(service)
    known = {}
    for person in people:
        person.follow()
        known[person.login] = (person.find("wallet")[0]["balance_fen"], len(person.find("payment")),
                               len(person.find("ticket")))
    assert service.stop() == 0
    os.makedirs(folder)
    keys = f"{service.folder}/keys"
    for name in ("master.key", "ledger.checkpoint"):
        shutil.copyfile(f"{keys}/{name}", f"{folder}/{name}")
    lines = subprocess.run([f"{BUILD}/tests/server/ops/rows", "dump", service.database, keys],
                           stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines(keepends=True)
    with open(f"{folder}/rows.jsonl", "w", encoding="utf-8") as rows:
        rows.writelines(some(lines))
    service.close()
    print(f'    "{os.path.basename(folder)}": {known},')


if __name__ == "__main__":
    main(*sys.argv[1:])
