# SPDX-License-Identifier: GPL-3.0-or-later
"""The bank loses a line of its books: a senior finds it in their window and takes the money back, and
the customer sees that in theirs. Everything is real but the bank, which is practice's.

The steps build on one another: each is a test, in order.
"""

import re
import sys

import paying
import tw_practice as practice
import tw_window as w
from cards import test_enter
from paying import HERE, balance, partner, tap, text_of, user

REASON = "The bank says that it has lost the order."


def agent():
    return HERE["agent"]


def both_enter():
    test_enter()
    # The practice agent is none who may; this colleague is.
    text_of(agent().node, "Login name").set_text("senior1")
    text_of(agent().node, "Password").set_text("Practice-2026-Wallet")
    agent().click("Sign In", practice.START_S)
    agent().part("QueuePage", practice.START_S)


def the_bank_loses_a_line():
    user().go("wallet")
    HERE["before"] = balance(user().page("Wallet"))
    partner("POST", "/faults", {"next": "lose_row", "count": 1})
    page = paying.top_up("21")
    w.wait_for(lambda: balance(page) == HERE["before"] + 2100, "the top-up", practice.SLOW_S)


def a_senior_finds_it():
    agent().press("alt+6")
    page = agent().part("ReconciliationPage", practice.SLOW_S)
    page.find("push button", "Look Now", practice.SLOW_S).click()
    page.find("list item", re.compile("^Missing in their books"), practice.SLOW_S)
    for _ in range(20):
        at = agent().focused()
        if at is not None and at.name.startswith("Missing in their books"):
            break
        agent().press("Tab")
    agent().press("Return")
    pane = agent().part("DifferencePane")
    pane.wait_for_label("Put the Money Right", practice.SLOW_S)
    assert not pane.find("push button", re.compile("^Take ¥21.00 Back")).has_state("sensitive")


def a_senior_takes_it_back():
    pane = agent().part("DifferencePane")
    text_of(pane, "Why it is so").set_text(REASON)
    button = pane.find("push button", re.compile("^Take ¥21.00 Back"))
    w.wait_for(lambda: button.has_state("sensitive"), "it can be taken back")
    button.click()
    asked = agent().program.window(re.compile("^Take ¥21.00 back from "), practice.SLOW_S)
    asked.find("push button", re.compile("Take ¥21.00 Back$")).click()
    pane.wait_for_label("¥21.00 back from the customer", practice.SLOW_S)
    pane.wait_for_label("Put right")
    pane.wait_for_label(REASON)


def the_customer_sees_it():
    page = user().page("Wallet")
    w.wait_for(lambda: balance(page) == HERE["before"], "it has gone back", practice.SLOW_S)
    user().open_row(page, re.compile("^Put right after a check of the books.*-¥21.00, Taken back$"))
    user().wait_title("Put right after a check of the books")
    user().page("Payment").find("push button", "See the payment").click()
    user().wait_title("Top-up from the bank")


def main():
    with practice.user() as program, practice.agent() as desk:
        HERE["user"] = practice.UserWindow(program)
        HERE["agent"] = practice.AgentWindow(desk)
        return tap.run_tests([both_enter, the_bank_loses_a_line, a_senior_finds_it,
                              a_senior_takes_it_back, the_customer_sees_it])


if __name__ == "__main__":
    sys.exit(main())
