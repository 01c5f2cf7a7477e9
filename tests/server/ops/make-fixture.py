#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a fixture of the migrations out of the programs as they are built: what a service of this version
leaves behind when two people have done everything that there is to do with money.

    TW_SRCDIR=. TW_BUILDDIR=BUILD tests/server/ops/make-fixture.py FOLDER

FOLDER is called after the version of the structure, as in fixtures/v24. What is printed is what
test-migrations.py has to find there: for each phone, the balance in fen, the payments, the questions.
"""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TW_SRCDIR"], "tests", "server", "front"))
# pylint: disable=wrong-import-position
import everything
from service import BUILD, Service


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
    with open(f"{folder}/rows.jsonl", "wb") as rows:
        subprocess.run([f"{BUILD}/tests/server/ops/rows", "dump", service.database, keys], stdout=rows, check=True)
    service.close()
    print(f'    "{os.path.basename(folder)}": {known},')


if __name__ == "__main__":
    main(*sys.argv[1:])
