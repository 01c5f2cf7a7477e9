# SPDX-License-Identifier: GPL-3.0-or-later
"""Paying, in the real window against the real service and its partners: a transfer whose masked name
is confirmed and whose code is told, a payment that fails and is walked to its end, one whose outcome
nobody knows for a while, and one that is taken back.

The steps build on one another, as they do for a person: each is a test, in order.
"""

import glob
import http.client
import json
import os
import re
import socket
import sys

import tw_practice as practice
import tw_window as w

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import tap  # noqa: E402

NAME = "样例甲"
PHONE = "13912345678"
PASSWORD = "violet-anchor-4711-meadow"

HERE = {}


def user():
    return HERE["user"]


def text_of(page, label):
    """The control that takes text, for the label next to it has the same name."""
    return next(node for node in page.walk()
                if node.name == label and node.role in ("text", "password text"))


class Counterpart(http.client.HTTPConnection):
    """The practice partners, asked past the service."""

    def __init__(self):
        super().__init__("counterpart")

    def connect(self):
        found = glob.glob(os.path.join(os.environ["XDG_RUNTIME_DIR"], "**", "counterpart.sock"),
                          recursive=True)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(found[0])


def partner(method, path, body=None):
    connection = Counterpart()
    connection.request(method, path, body and json.dumps(body),
                       {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status < 300, (answer.status, text)
    return json.loads(text) if text else {}


def code_on_the_phone(page):
    """The six digits that were sent to the sample person, as the practice phone shows them."""
    page.wait_for_label("The practice phone shows:", practice.SLOW_S)
    code = re.compile(r"(?<!\d)(\d{6})(?!\d)")
    return code.search(page.wait_for_label(code, practice.SLOW_S)).group(1)


def balance(page):
    return practice.yuan(next(text for text in page.labels() if text.startswith("¥")))


def top_up(amount):
    user().go("wallet")
    page = user().page("Wallet")
    text_of(page, "Amount in yuan").set_text(amount)
    page.find("push button", "Top up").click()
    return page


# 1. Somebody who can be paid

def test_register_the_payee():
    user().click("Register")
    user().wait_title("Register")
    page = user().page("Register")
    for field, text in (("Name as on the ID card", NAME), ("ID number", practice.resident_id(17)),
                        ("Phone number", PHONE), ("E-mail", "sample@example.invalid"),
                        ("Password", PASSWORD), ("The same password again", PASSWORD)):
        text_of(page, field).set_text(text)
    page.find("push button", "Register").click()
    page.wait_for_label(re.compile(r"^TW-\w{4}-\w{4}$"), practice.SLOW_S)
    page.find("push button", "Go to your wallet").click()
    user().wait_title("Home")
    user().press("F10")
    user().wait_focused("menu item")
    user().node.find("menu item", "Sign Out").click()
    user().find("push button", "Enter as the sample person", practice.SLOW_S)


def test_money_comes_in():
    button = user().find("push button", "Enter as the sample person", practice.START_S)
    w.wait_for(lambda: button.has_state("sensitive"), "practice is ready", practice.START_S)
    button.click()
    user().wait_title("Home")
    user().go("wallet")
    page = user().page("Wallet")
    before = w.wait_for(lambda: balance(page), "the balance", practice.SLOW_S)
    top_up("3000")
    w.wait_for(lambda: balance(page) == before + 300000,
               lambda: f"the balance; there is {page.labels()[:6]}", practice.SLOW_S)


# 2. A transfer: the name, the limits, the code

def test_find_the_payee():
    user().go("pay")
    user().open_row(user().page("Pay"), re.compile("^To a person"))
    user().wait_title("Pay a person")
    page = user().page("Find")
    field = text_of(page, "Phone number or account")
    field.set_text("139 1234 5679")
    page.find("push button", "Look up").click()
    page.wait_for_label(re.compile("nobody under|no such payee", re.IGNORECASE), practice.SLOW_S)
    field.set_text("139 1234 5678")
    page.find("push button", "Look up").click()
    user().page("Give", practice.SLOW_S).wait_for_label("**甲", practice.SLOW_S)


def test_transfer_with_a_code():
    page = user().page("Give")
    text_of(page, "Amount in yuan").set_text("1200")
    page.wait_for_label("¥1,200.00. You will be asked for a code.")
    text_of(page, "A few words with it").set_text("lunch")
    page.find("push button", "Pay").click()
    asked = user().program.window(re.compile("^Pay ¥1,200"), practice.SLOW_S)
    asked.find("label", re.compile("甲"))
    asked.find("push button", re.compile("Pay$")).click()
    page.wait_for_label(re.compile("six digits were sent to 138"), practice.SLOW_S)
    right = code_on_the_phone(page)
    wrong = "000000" if right != "000000" else "111111"
    text_of(page, "Six digits").set_text(wrong)
    page.find("push button", "Confirm").click()
    page.wait_for_label(re.compile("^This is not the code that was sent to you."), practice.SLOW_S)
    text_of(page, "Six digits").set_text(right)
    page.find("push button", "Confirm").click()
    page.wait_for_label("Paid", practice.SLOW_S)
    user().go("wallet")
    user().page("Wallet").find("list item", re.compile(r"^To \*\*甲.*-¥1,200.00, Paid$"),
                               practice.SLOW_S)


# 3. A payment that fails, walked to its end

def test_a_refused_payment_is_walked_to_its_end():
    partner("POST", "/faults", {"next": "refuse", "count": 1})
    page = top_up("77")
    page.wait_for_label("The bank has refused.", practice.SLOW_S)
    for words in ("No money has moved.", "You are connected.",
                  "Not needed: the money comes from your bank.", "Safe: nothing can be paid twice."):
        page.wait_for_label(words)
    # A person who helps would get all of this.
    page.find("push button", "Ask a person").click()
    user().wait_title("Ask a person")
    w.wait_for(lambda: "You are connected." in text_of(user().page("Ask"), "Your question").text(),
               lambda: text_of(user().page("Ask"), "Your question").text())
    user().press("alt+Left")
    user().wait_title("Wallet")
    before = balance(page)
    page.find("push button", "Try again").click()
    w.wait_for(lambda: text_of(page, "Amount in yuan").text() == "77.00", "the amount again")
    page.find("push button", "Top up").click()
    w.wait_for(lambda: balance(page) == before + 7700,
               lambda: f"the balance; there is {page.labels()[:6]}", practice.SLOW_S)


# 4. An outcome that nobody knows for a while

def told():
    try:
        with open(os.path.join(practice.SESSION, "notifications"), encoding="utf-8") as file:
            return [json.loads(line)["title"] for line in file]
    except OSError:
        return []


def test_an_unknown_outcome_invites_to_nothing():
    partner("POST", "/faults", {"next": "down", "count": 100000})
    page = top_up("33")
    page.wait_for_label("The outcome is not known yet", practice.SLOW_S)
    names = [node.name for node in page.all("push button")]
    assert "Try again" not in names, names
    user().go("home")
    user().page("Home").wait_for_label("Outcome not known yet", practice.SLOW_S)


def test_cancel_what_has_not_been_sent():
    # Once everybody knows that the bank is away, nothing is sent to it; before, it may still be.
    user().says(re.compile("^The bank can't be reached just now"), practice.SLOW_S)
    page = top_up("44")
    user().open_row(page, re.compile("^Top-up from the bank.*¥44.00, Under way$"))
    user().wait_title("Top-up from the bank")
    payment = user().page("Payment")
    payment.find("push button", "Cancel it", practice.SLOW_S).click()
    asked = user().program.window("Cancel this payment?", practice.SLOW_S)
    asked.find("push button", re.compile("Cancel It$")).click()
    payment.wait_for_label("You have cancelled this.", practice.SLOW_S)
    payment.wait_for_label("No money has moved.")


def test_the_outcome_comes_by_itself():
    partner("POST", "/faults", {"next": "none"})
    user().go("home")
    user().page("Home").wait_gone("label", "Outcome not known yet", practice.SLOW_S * 2)
    w.wait_for(lambda: [title for title in told()
                        if re.match("¥33.00 (went through|did not go through)$", title)],
               lambda: f"a notification; there are {told()}", practice.SLOW_S)


def main():
    with practice.user() as program:
        HERE["user"] = practice.UserWindow(program)
        return tap.run_tests([test for name, test in globals().items()
                              if name.startswith("test_")])


if __name__ == "__main__":
    sys.exit(main())
