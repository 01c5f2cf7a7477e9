#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A practice that is cut off while it is being made, some times over, is complete after the next start:
keys, tables, people, and the sample person's first money.

TW_FAULTS_SEED is the seed of the instants, TW_FAULTS_ROUNDS how many folders are begun.
"""

import os
import random
import secrets
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import plan  # noqa: E402
import tap  # noqa: E402
import world  # noqa: E402

SEED = int(os.environ.get("TW_FAULTS_SEED") or secrets.randbelow(1 << 31))
ROUNDS = int(os.environ.get("TW_FAULTS_ROUNDS") or 4)
CUTS = 4
# A start takes about as long as half of this on a machine that does nothing else.
LONGEST_LIFE_MS = 1600
FIRST_MONEY_FEN = 680000
SAMPLE_PHONE = "13800000000"


def _has_all(client):
    digest = client.ask("digest")
    return (any(wallet["balance_fen"] == FIRST_MONEY_FEN for wallet in digest["wallet"].values())
            and any(account["identity"] == "approved" for account in digest["account"].values())
            and digest["bill"])


def _run_round(draw):
    place = world.World(SEED)
    both = [place.processes[plan.COUNTERPART], place.processes[plan.SERVICE]]
    lives = [draw.randint(0, LONGEST_LIFE_MS) for _ in range(CUTS)]
    for life_ms in lives:
        for process in both:
            process.start()
        threading.Event().wait(life_ms / 1000)
        for process in both:
            process.kill()
    for process in both:
        process.start()
    world.wait_for(place.is_up, "the service")
    client = place.processes[plan.client(0)]
    client.start()
    answer = client.ask(f"sign-in {SAMPLE_PHONE}")
    assert "error" not in answer, f"cut off after {lives} ms: {answer['error']}"
    try:
        world.wait_for(lambda: _has_all(client), "the sample person with money, approved, with bills",
                       deadline_s=20)
    except world.Trouble as trouble:
        digest = client.ask("digest")
        raise world.Trouble(f"cut off after {lives} ms: {trouble}; there is {digest['account']}"
                            f" {digest['wallet']}") from trouble
    wrong = place.stop() + ([place.verify()] if place.verify() else [])
    assert not wrong, f"cut off after {lives} ms: {wrong}"
    place.remove()


def test_a_first_start_that_was_cut_off():
    """Is finished by the next one."""
    print(f"# TW_FAULTS_SEED={SEED} does it again", flush=True)
    draw = random.Random(f"first starts {SEED}")
    for _ in range(ROUNDS):
        _run_round(draw)


def test_what_is_missing_is_made():
    """The sample person is known and nothing more: the worst instant for a cut, made on purpose."""
    place = world.World(SEED)
    service, client = place.processes[plan.SERVICE], place.processes[plan.client(0)]
    service.command.remove("--practice")
    service.start()
    world.wait_for(place.is_up, "the service")
    client.start()
    assert "error" not in client.ask(f"register {SAMPLE_PHONE}")
    service.kill()
    service.command.append("--practice")
    place.processes[plan.COUNTERPART].start()
    service.start()
    world.wait_for(place.is_up, "the service")
    assert "error" not in client.ask(f"sign-in {SAMPLE_PHONE}")
    world.wait_for(lambda: _has_all(client), "the sample person with money, approved, with bills")
    wrong = place.stop()
    assert not wrong, wrong
    place.remove()


sys.exit(tap.run_tests([test_what_is_missing_is_made, test_a_first_start_that_was_cut_off]))
