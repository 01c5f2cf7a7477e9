#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes, killed with kill -9 at random instants while people pay, ask and write.

    kills.py [--seed N] [--kills N] [--only-service] [--keep] [--server PROGRAM] [--client PROGRAM]

One block has up to 50 kills and a world of its own; its seed is the first one's plus its number. Each
check is a line of TAP, each block a line of summary. Exit: 0 all is well, 1 something was found.
TW_FAULTS_SEED and TW_FAULTS_KILLS stand for --seed and --kills; TW_FAULTS_SUMMARY names a file that takes
the summaries too.
"""

import argparse
import os
import secrets
import sys
import time

import checks
import plan
import world

BLOCK = 50
SETTLE_S = 10
REPLAY_BATCH = 100


def _settle(place, last_fault, allowed_s):
    """Waits until nothing is under way; who still waits at the deadline, and how long it took."""
    while True:
        states = [client.ask("state") for client in place.clients()]
        waiting = [f"client-{person}: {len(state['unsettled'])} commands unsettled"
                   f" ({', '.join(state['unsettled'][:3])}), {state['doubtful']} payments in doubt"
                   for person, state in enumerate(states)
                   if state["unsettled"] or state["doubtful"] or not state["signed_in"]]
        took = time.monotonic() - last_fault
        if not waiting or took > allowed_s:
            return waiting, took
        place.check()


def _compare(place, allowed_s):
    """What each client shows and what a new computer reads; again until both are the same, as what was
    just written is on its way to each by itself."""
    copies = [place.add_client(person, "fresh") for person in range(plan.PEOPLE)]
    for copy in copies:
        copy.start()
        copy.tell("sign-in")
    for copy in copies:
        answer = copy.read_answer()
        if "error" in answer:
            raise world.Trouble(f"{copy.name} could not sign in: {answer['error']}")
    deadline = time.monotonic() + allowed_s
    while True:
        shown = [client.ask("digest") for client in place.clients()]
        fresh = [copy.ask("digest") for copy in copies]
        if shown == fresh or time.monotonic() > deadline:
            return shown, fresh


def _replay(place, books, journals):
    """Sends everything again that the service knows."""
    replayed = {}
    for person, client in enumerate(place.clients()):
        account = place.accounts[person]
        known = {row[1] for row in books.get("command", []) if row[0] == account}
        asked = {line["id"] for line in journals[person] if line["event"] == "asked"}
        ids = sorted(known & asked)
        for first in range(0, len(ids), REPLAY_BATCH):
            answer = client.ask("replay " + " ".join(ids[first:first + REPLAY_BATCH]))
            if "error" in answer:
                raise world.Trouble(f"{client.name} could not send again: {answer['error']}")
            for result in answer["results"]:
                replayed[account, result["id"]] = result
    return replayed


def collect(place, events):
    """Lets the events happen; all that the checks look at."""
    slack = float(os.environ.get("TW_FAULTS_SLACK", "1"))
    evidence = {"allowed_s": SETTLE_S * slack, "processes": []}
    last_fault = place.run(events)
    for client in place.clients():
        client.tell("stop")
    world.wait_for(lambda: place.misbehave({"next": "none"}), "the counterpart")
    evidence["unsettled"], evidence["settle_s"] = _settle(place, last_fault, evidence["allowed_s"])
    evidence["digests"], evidence["fresh"] = _compare(place, evidence["allowed_s"])
    evidence["books"] = place.read_books()
    evidence["journals"] = [place.read_journal(person) for person in range(plan.PEOPLE)]
    evidence["accounts"] = place.accounts
    evidence["replayed"] = _replay(place, evidence["books"], evidence["journals"])
    evidence["books_after"] = place.read_books()
    evidence["processes"] = place.stop()
    evidence["verify"] = place.verify()
    return evidence


def summarize(evidence, took_s):
    """A few figures that say whether there was anything to break."""
    told = {line["id"] for journal in evidence["journals"] for line in journal
            if line["event"] == "told"}
    commands = [row for row in evidence["books"].get("command", [])
                if row[0] in evidence["accounts"]]
    payments = evidence["books"].get("payment", [])
    return (f"{len(commands)} commands ({sum(row[4] == 0 for row in commands)} done), {len(told)}"
            f" acknowledged, {sum(row[4] == checks.POSTED for row in payments)} payments posted and"
            f" {sum(row[4] == checks.VOIDED for row in payments)} voided, settled"
            f" {evidence['settle_s']:.1f} s after the last fault, {took_s:.0f} s in all")


def run_block(seed, kills, options):
    """One world; what each check has found, by its name, and a line about it."""
    start = time.monotonic()
    place = world.World(seed, options.server, options.client)
    evidence = None
    events = plan.make(seed, kills, options.only_service)
    try:
        place.start()
        evidence = collect(place, events)
        found = {check.__name__: check(evidence) for check in checks.ALL}
    except world.Trouble as trouble:
        found = {"processes_end_only_when_killed": [str(trouble)]}
    words = summarize(evidence, time.monotonic() - start) if evidence else "cut short"
    if options.keep or any(found.values()) and options.keep_wrong:
        place.clear_away()
        print(f"# the folder is {place.folder}", flush=True)
    else:
        place.remove()
    return found, words


def summarize_block(line):
    """One line a block: for who reads the log, and for who waits for it."""
    print(f"# {line}", flush=True)
    if "TW_FAULTS_SUMMARY" in os.environ:
        with open(os.environ["TW_FAULTS_SUMMARY"], "a", encoding="utf-8") as summary:
            summary.write(line + "\n")


def report(number, found):
    """A line of TAP for each check; the number of the last line, and how many were not well."""
    wrong = 0
    for check in checks.ALL:
        number += 1
        problems = found.get(check.__name__, ["was not looked at"])
        for line in checks.tell(problems):
            for part in line.splitlines():
                print(f"# {part}")
        print(f"{'not ok' if problems else 'ok'} {number} {check.__name__.replace('_', ' ')}",
              flush=True)
        wrong += bool(problems)
    return number, wrong


def _parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=int(
        os.environ.get("TW_FAULTS_SEED") or secrets.randbelow(1 << 31)))
    parser.add_argument("--kills", type=int, default=int(os.environ.get("TW_FAULTS_KILLS") or BLOCK))
    parser.add_argument("--only-service", action="store_true")
    parser.add_argument("--server")
    parser.add_argument("--client")
    parser.add_argument("--keep", action="store_true", help="leave the folder behind")
    parser.add_argument("--keep-wrong", action="store_true", help="... when something was found")
    parser.add_argument("--show-plan", action="store_true")
    return parser.parse_args()


def main():
    """Block after block."""
    options = _parse()
    if options.show_plan:
        for event in plan.make(options.seed, options.kills, options.only_service):
            print(event)
        return 0
    sizes = [min(BLOCK, options.kills - done) for done in range(0, options.kills, BLOCK)]
    print(f"1..{len(sizes) * len(checks.ALL)}", flush=True)
    number = wrong = 0
    for block, kills in enumerate(sizes):
        seed = options.seed + block
        print(f"# seed {seed}, {kills} kills: TW_FAULTS_SEED={seed} TW_FAULTS_KILLS={kills} does it"
              " again", flush=True)
        found, words = run_block(seed, kills, options)
        number, bad = report(number, found)
        wrong += bad
        summarize_block(f"block {block + 1} of {len(sizes)}: seed {seed}, {kills} kills:"
                   f" {'WRONG' if any(found.values()) else 'ok'}: {words}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
