#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The suite tested: each planted bug of MUTANTS.md must be found, by the check that is named there.

    mutants.py [NAME ...]

A bug has a few runs to show itself, as it is chance what a kill hits. TW_FAULTS_SEED is the first seed.
"""

import argparse
import os
import re
import secrets
import sys

import checks
import kills
import world

RUNS = 3
KILLS = 50
ROW = re.compile(r"^\| `TW_MUTANT_([A-Z_]+)` \| (service|client) \|.*\| ([a-z ]+) \|$", re.MULTILINE)


def read_list():
    """The planted bugs: name, whose it is, the check that must find it."""
    with open(os.path.join(os.path.dirname(__file__), "MUTANTS.md"), encoding="utf-8") as page:
        return ROW.findall(page.read())


def is_caught(seed, name, whose, check):
    """Runs until the check has found something; whether it did, and what."""
    program = f"{world.BUILD}/tests/faults/mutant-{name}"
    options = argparse.Namespace(
        server=program if whose == "service" else None,
        client=program if whose == "client" else None,
        only_service=False, keep=False, keep_wrong=False)
    for run in range(RUNS):
        found, words = kills.run_block(seed + run, KILLS, options)
        by = [key.replace("_", " ") for key, problems in found.items() if problems]
        kills.summarize_block(f"{name}, seed {seed + run}: {', '.join(by) or 'nothing found'}; {words}")
        if check in by:
            for line in checks.tell(found[check.replace(" ", "_")])[:2]:
                print(f"#   {line.splitlines()[0]}", flush=True)
            return True
    return False


def main():
    """One after the other."""
    seed = int(os.environ.get("TW_FAULTS_SEED") or secrets.randbelow(1 << 31))
    rows = [row for row in read_list() if len(sys.argv) == 1 or row[0] in sys.argv[1:]]
    print(f"# TW_FAULTS_SEED={seed}\n1..{len(rows)}", flush=True)
    missed = 0
    for number, (name, whose, check) in enumerate(rows, 1):
        caught = is_caught(seed, name, whose, check)
        missed += not caught
        print(f"{'ok' if caught else 'not ok'} {number} {name} is caught: {check}", flush=True)
    print(f"# {len(rows) - missed} of {len(rows)} planted bugs caught", flush=True)
    return 1 if missed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
