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
import shutil
import sys

import checks
import kills
import sim
import world

RUNS = 3
KILLS = 50
SEEDS = 300
SEEDS_AT_ONCE = 10
OWN_WORLD = {"CHAIN_SKIPS_TIME"}  # a ledger that another program has begun would not fit
ROW = re.compile(r"^\| `TW_MUTANT_([A-Z0-9_]+)` \| (service|client|simulation) \|.*\| ([a-z ]+) \|$",
                 re.MULTILINE)


def read_list():
    """The planted bugs: name, whose it is, the check that must find it."""
    with open(os.path.join(os.path.dirname(__file__), "MUTANTS.md"), encoding="utf-8") as page:
        return ROW.findall(page.read())


def _kill(seed, name, whose):
    """Yields what each block of kills has found: check -> words."""
    program = f"{world.BUILD}/tests/faults/mutant-{name}"
    options = argparse.Namespace(
        server=program if whose == "service" else None,
        client=program if whose == "client" else None,
        only_service=False, keep=False, keep_wrong=False)
    for run in range(seed, seed + RUNS):
        found, words = kills.run_block(run, KILLS, options)
        yield found, f"seed {run}: {words}"


def _simulate(seed, name, template):
    """Yields what some simulated worlds have found."""
    options = argparse.Namespace(program=f"{world.BUILD}/tests/faults/mutant-{name}",
                                 commands=sim.COMMANDS, jobs=len(os.sched_getaffinity(0)),
                                 verbose=False)
    if name in OWN_WORLD:
        template += "-" + name
        sim.make_template(template, options.program)
    for first in range(seed, seed + SEEDS, SEEDS_AT_ONCE):
        run = sim.Run(options, template)
        run.run(first, SEEDS_AT_ONCE)
        yield run.found, f"seeds {first} to {first + SEEDS_AT_ONCE - 1}"


def is_caught(seed, name, whose, check, template):
    """Runs until the check has found something; whether it did, and what."""
    runs = _simulate(seed, name, template) if whose == "simulation" else _kill(seed, name, whose)
    for found, words in runs:
        by = [key.replace("_", " ") for key, problems in found.items() if problems]
        kills.summarize_block(f"{name}, {words}: {', '.join(by) or 'nothing found'}")
        if check in by:
            for line in checks.tell(found[check.replace(" ", "_")])[:2]:
                print(f"#   {line.splitlines()[0]}", flush=True)
            return True
    return False


def main():
    """One after the other."""
    seed = int(os.environ.get("TW_FAULTS_SEED") or secrets.randbelow(1 << 30))
    rows = [row for row in read_list() if len(sys.argv) == 1 or row[0] in sys.argv[1:]]
    print(f"# TW_FAULTS_SEED={seed}\n1..{len(rows)}", flush=True)
    missed = 0
    folder = sim.make_folder()
    try:
        template = os.path.join(folder, "template")
        sim.make_template(template, sim.PROGRAM)
        for number, (name, whose, check) in enumerate(rows, 1):
            caught = is_caught(seed, name, whose, check, template)
            missed += not caught
            print(f"{'ok' if caught else 'not ok'} {number} {name} is caught: {check}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"# {len(rows) - missed} of {len(rows)} planted bugs caught", flush=True)
    return 1 if missed or len(rows) < len(sys.argv) - 1 or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
