# SPDX-License-Identifier: GPL-3.0-or-later
"""The bank goes away and comes back, as the user's window and the agent's tell it."""

import re
import sys

import paying
import tw_practice as practice
from cards import test_enter
from paying import HERE, balance, partner, tap, user

AWAY = re.compile("^The bank can't be reached just now")


def agent():
    return HERE["agent"]


def both_enter():
    test_enter()
    agent().click("Enter as a Practice Agent", practice.START_S)
    agent().part("QueuePage", practice.START_S)


def the_bank_goes_away():
    assert not user().node.all("label", AWAY)
    partner("POST", "/faults", {"next": "down", "count": 100000})
    paying.top_up("21")
    for window in (user(), agent()):
        window.says(AWAY)


def the_bank_comes_back():
    before = balance(user().page("Wallet"))
    partner("POST", "/faults", {"next": "none"})
    for window in (user(), agent()):
        window.node.wait_gone("label", AWAY, practice.SLOW_S)
    practice.w.wait_for(lambda: balance(user().page("Wallet")) == before + 2100,
                        "what waited went through", practice.SLOW_S)


def main():
    with practice.user() as program, practice.agent() as desk:
        HERE["user"] = practice.UserWindow(program)
        HERE["agent"] = practice.AgentWindow(desk)
        return tap.run_tests([both_enter, the_bank_goes_away, the_bank_comes_back])


if __name__ == "__main__":
    sys.exit(main())
