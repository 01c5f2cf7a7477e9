# SPDX-License-Identifier: GPL-3.0-or-later
"""How the evidence of a run is read: the rows of the books by their place, as tw-faults-books.c has them."""

from collections import namedtuple

POSTED, VOIDED = 3, 4
STATES = {0: "done", 1: "refused", 2: "step_up", 3: "failed"}
TOP_UP, TAX, TRANSFER, RECEIVED, WITHDRAWAL, COMPANY, MERCHANT, BILLER, REFUND = range(9)
# What leaves for others, and is counted against the limits.
COUNTED = (TRANSFER, COMPANY, MERCHANT, BILLER)
# What becomes of an order.
ORDER_ACCEPTED, ORDER_CONFIRMED, ORDER_REFUSED = 3, 4, 5
CARD_BOUND = 2
PAYEE_SAVED = 3
IDENTITY_APPROVED = 1
CHALLENGES = ("waiting", "answered", "expired", "refused", "dropped")
BILL_PAID = 2
# In the words of the wire, by number.
WORDS = {
    "payment": ("reserved", "sent", "unknown", "posted", "voided"),
    "bill": ("due", "paying", "paid", "withdrawn"),
    "card": ("asking", "proving", "bound", "refused", "unbound"),
    "challenge": CHALLENGES,
    "payee": ("checking", "checked", "missing", "saved"),
    "standing": ("active", "ended"),
}
# What has come to its end stays so.
ENDS = {
    "payment": {"posted", "voided"},
    "bill": {"paid", "withdrawn"},
    "card": {"refused", "unbound"},
    "challenge": {"answered", "expired", "refused", "dropped"},
    "payee": {"saved"},
    "standing": {"ended"},
}

Payment = namedtuple("Payment", "id account intent kind state amount fee bill rail_reference refunds"
                     " refunded card standing transfer")
# An order that is accepted and not settled yet is looked for in the books when its day is over.
Order = namedtuple("Order", "id rail subject state posts reference account settled_at", defaults=[1])
Standing = namedtuple("Standing", "id account state amount last_payment next_day next_try_at")
Difference = namedtuple("Difference", "party kind order entry here there state")


def lines(evidence, event):
    """Person and line, of all journals."""
    for person, journal in enumerate(evidence["journals"]):
        for line in journal:
            if line["event"] == event:
                yield person, line


def commands(books):
    """The service's, by account and id."""
    return {(row[0], row[1]): row for row in books.get("command", [])}


def payments(books):
    """By id."""
    return {row[0]: Payment(*row) for row in books.get("payment", [])}


def orders(books):
    """What the service has ordered, by id."""
    return {row[0]: Order(*row) for row in books.get("rail_op", [])}


def challenges(books):
    """What was held for a code: its state in words, by account and id."""
    return {(row[1], row[0]): CHALLENGES[row[2]] for row in books.get("challenge", [])}


def bodies(evidence):
    """What each command was about, by account and id."""
    return {(evidence["accounts"][person], line["id"]): line["body"]
            for event in ("asked", "kept") for person, line in lines(evidence, event)}


def day(time_ms):
    """The day in China, as days since 1970-01-01."""
    return (time_ms + 8 * 3600000) // 86400000


def start_of(number):
    """When a day in China begins."""
    return number * 86400000 - 8 * 3600000
