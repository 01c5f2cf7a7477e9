# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of money after the last fault: see checks.py."""

from collections import Counter, defaultdict

from evidence import (BILL_PAID, COUNTED, IDENTITY_APPROVED, ORDER_ACCEPTED, ORDER_CONFIRMED, ORDER_REFUSED,
                      PAYEE_SAVED, POSTED, RECEIVED, REFUND, STATES, TAX, TOP_UP, TRANSFER, VOIDED,
                      WITHDRAWAL, bodies, challenges, commands, day, orders, payments, start_of, Difference,
                      Standing)

DAY_FREE_FEN, DAY_STANDING_FEN, DAY_LIMIT_FEN = 100000, 500000, 5000000
YEAR_LIMIT_FEN = 20000000
UNVERIFIED_FEN = 100000  # ever
STEPS_BACK_MS = 3600000  # no clock here is put back by more
OPEN, SETTLED = 0, 1
ACTIVE = 0
LOOKED_AT_MS = 60000  # what is due is looked for each second
MISSING_HERE, MISSING_THERE, AMOUNT, STATE, TWICE = range(5)
PARTIES = {"bank": "bank", "card-debits": "bank", "credits": "bank", "cards": "bank",
           "billers": "billers", "office": "office"}
RAILS_IN = ("bank", "card-debits")  # what comes to us by these; by the others it leaves


def _payment_days(books):
    days = {row[0]: day(row[3]) for row in books.get("transfer", [])}
    return {ident: days[payment.transfer] for ident, payment in payments(books).items()}


def _free_steps(books):
    """What a person gave to another wallet without a code, and what had left on that day before. The
    entries of a wallet say what came first; a clock that was put back opens no day again."""
    days = _payment_days(books)
    ours = {(payment.account, payment.transfer): payment for payment in payments(books).values()
            if payment.kind in COUNTED and payment.state == POSTED}
    left, today = Counter(), Counter()
    for account, _, transfer, _ in sorted(books.get("entry", []), key=lambda row: (row[0], row[1])):
        payment = ours.get((account.removeprefix("wallet:"), transfer))
        if payment is None or not account.startswith("wallet:"):
            continue
        now = days[payment.id]
        if payment.kind == TRANSFER:
            now = today[account] = max(today[account], now)
        left[account, now] += payment.amount
        if payment.kind == TRANSFER or payment.amount > DAY_FREE_FEN:
            yield payment, left[account, now] if payment.kind == TRANSFER else payment.amount


def _judge_standing(books):
    """What left on a day by itself, over whichever rail. What left at the end of one may count for the
    next, where the clock had been already."""
    times = {row[0]: row[3] for row in books.get("transfer", [])}
    left = Counter()
    for payment in payments(books).values():
        at_ms = times.get(payment.transfer, 0)
        if (payment.standing and payment.kind in COUNTED and payment.state == POSTED
                and day(at_ms) == day(at_ms + STEPS_BACK_MS)):
            left[payment.account, day(at_ms)] += payment.amount
    return [f"{account} gave {fen} fen in a day by standing orders" for (account, _), fen in left.items()
            if fen > DAY_STANDING_FEN]


def no_limit_is_passed(evidence):
    """What leaves for others stays within the limits: of a day without a code and with one, of a year."""
    books = evidence["books"]
    in_day, in_year, ever = Counter(), Counter(), Counter()
    days = _payment_days(books)
    for payment in payments(books).values():
        if payment.kind in COUNTED and payment.state == POSTED:
            in_day[payment.account, days[payment.id]] += payment.amount
            in_year[payment.account] += payment.amount
            ever[payment.account] += payment.amount
    wrong = [f"{account} gave {fen} fen in a day" for (account, _), fen in in_day.items()
             if fen > DAY_LIMIT_FEN]
    wrong += [f"{account} gave {fen} fen in a year" for account, fen in in_year.items()
              if fen > YEAR_LIMIT_FEN]
    wrong += [f"{account} gave {ever[account]} fen without having been approved"
              for account, identity in books.get("account", [])
              if identity != IDENTITY_APPROVED and ever[account] > UNVERIFIED_FEN]
    wrong += _judge_standing(books)
    held = challenges(books)
    for payment, fen in _free_steps(books):
        limit = DAY_STANDING_FEN if payment.standing else DAY_FREE_FEN
        if held.get((payment.account, payment.id)) != "answered" and fen > limit:
            wrong.append(f"{payment.account} gave {payment.amount} fen by {payment.id} without a code;"
                         f" that made {fen} fen in a day")
    return wrong


def what_is_held_waits_for_its_code(evidence):
    """A command that is held has done nothing; it ends once, as its code was told or not; and what
    always needs a code had one."""
    wrong = []
    books = evidence["books"]
    known, held = commands(books), challenges(books)
    moved = payments(books)
    for key, state in held.items():
        row = known.get(key)
        ends = {"waiting": ("step_up",), "answered": ("done", "refused")}.get(state, ("refused",))
        if row is None or STATES[row[4]] not in ends:
            wrong.append(f"the code of {key[1]} is {state}; the command is {row}")
        elif STATES[row[4]] != "done" and key[1] in moved:
            wrong.append(f"{row[3]} {key[1]} is {STATES[row[4]]} and has moved money")
    wrong += [f"{row[3]} {row[1]} is held and no code is out" for key, row in known.items()
              if STATES[row[4]] == "step_up" and held.get(key) != "waiting"]
    needs = [(payment.account, payment.id) for payment in moved.values()
             if payment.kind == WITHDRAWAL]
    needs += [(row[1], row[0]) for row in books.get("standing", [])]
    needs += [key for key, row in known.items() if row[3] == "standing.set" and STATES[row[4]] == "done"]
    wrong += [f"{ident} of {account} was done without a code" for account, ident in needs
              if held.get((account, ident)) != "answered"]
    told = bodies(evidence)
    kept = {(key[0], told[key]["payee_id"]) for key, row in known.items()
            if row[3] == "payee.save" and key in told and held.get(key) == "answered"}
    wrong += [f"the payee {ident} of {account} was kept without a code"
              for ident, account, state in books.get("payee", [])
              if state == PAYEE_SAVED and account in evidence["accounts"] and (account, ident) not in kept]
    answers = Counter((key[0], told[key]["challenge_id"]) for key, row in known.items()
                      if row[3] == "challenge.answer" and STATES[row[4]] == "done" and key in told)
    for key, state in held.items():
        if answers[key] != (1 if state == "answered" else 0) and key[0] in evidence["accounts"]:
            wrong.append(f"the code of {key[1]} is {state} and was told rightly {answers[key]} times")
    return wrong


def what_is_due_has_run(evidence):
    """No standing order waits past its day, or past its next try: it was paid, or its person was told."""
    books = evidence["books"]
    wrong = []
    for order in map(Standing._make, books.get("standing", [])):
        late_ms = books["read_at"][0][0] - max(start_of(order.next_day), order.next_try_at)
        if order.state == ACTIVE and late_ms > LOOKED_AT_MS:
            wrong.append(f"the standing order {order.id} of {order.account} is {late_ms} ms late")
    return wrong


def refunds_stay_within(evidence):
    """What was given back is never more than what came; both sides show the same of it."""
    wrong = []
    every = payments(evidence["books"])
    by_transfer = defaultdict(dict)
    given, returned = Counter(), Counter()
    for payment in every.values():
        by_transfer[payment.transfer][payment.kind] = payment
        if payment.kind == REFUND and payment.state == POSTED:
            given[payment.refunds] += payment.amount
        elif payment.kind == RECEIVED and payment.refunds:
            returned[payment.refunds] += payment.amount
    for payment in every.values():
        if payment.kind != RECEIVED or payment.refunds:
            continue
        paid = by_transfer[payment.transfer].get(TRANSFER)
        if given[payment.id] > payment.amount:
            wrong.append(f"of the {payment.amount} fen of {payment.id} {given[payment.id]} were given back")
        sums = {given[payment.id], payment.refunded, paid.refunded if paid else None,
                returned[paid.id] if paid else None}
        if len(sums) != 1:
            wrong.append(f"of {payment.id} {given[payment.id]} fen were given back; it says"
                         f" {payment.refunded}, and who paid has {paid}")
    return wrong + [f"{ident} was given back, which never came" for ident in given
                    if ident not in every or every[ident].kind != RECEIVED or every[ident].refunds]


def what_was_cancelled_did_not_happen(evidence):
    """A payment whose cancelling was done is void, and the counterpart has never heard of it."""
    wrong = []
    books = evidence["books"]
    told, every = bodies(evidence), payments(books)
    theirs = {row[0] for table in ("debit", "office_payment", "plain_order")
              for row in books.get(table, [])}
    for key, row in commands(books).items():
        if row[3] != "payment.cancel" or STATES[row[4]] != "done" or key not in told:
            continue
        ident = told[key]["payment_id"]
        payment = every.get(ident)
        if payment is None or payment.state != VOIDED:
            wrong.append(f"{ident} was cancelled and is {payment}")
        wrong += [f"{ident} was cancelled, and the counterpart has its order {order.id}"
                  for order in orders(books).values()
                  if order.subject == ident and order.rail != "sms" and order.id in theirs]
    return wrong


def wallets_hold_what_payments_say(evidence):
    """What has come into a wallet, less what has left it by its payments, is what it holds."""
    wrong = []
    sums = Counter()
    for payment in payments(evidence["books"]).values():
        if payment.state != POSTED or (payment.kind == TAX and payment.card):
            continue  # straight from a card it goes past the wallet
        sign = 1 if payment.kind in (TOP_UP, RECEIVED) else -1
        sums[payment.account] += sign * payment.amount
    for account in evidence["accounts"]:
        for ident, _, balance, _, _ in evidence["books"].get("ledger_account", []):
            if ident == f"wallet:{account}" and balance != sums[account]:
                wrong.append(f"the wallet of {account} holds {balance} fen; its payments make"
                             f" {sums[account]}")
    return wrong


def _their_orders(books):
    """By id: amount, and whether it was done."""
    theirs = {row[0]: (row[2], row[3] == "done") for row in books.get("debit", [])}
    theirs.update((row[0], (row[2] + row[3], row[4] != "refused"))
                  for row in books.get("office_payment", []))
    theirs.update((row[0], (row[2], row[3] == "done")) for row in books.get("plain_order", []))
    return theirs


def _judge_bills(books, accounts):
    """Each bill is paid as far as its payments go, here and at the office."""
    paid = Counter()
    for payment in payments(books).values():
        if payment.kind == TAX and payment.state == POSTED:
            paid[payment.bill] += payment.amount - payment.fee
    office = {row[0]: row[2] for row in books.get("office_bill", [])}
    for bill, account, state, amount, _ in books.get("bill", []):
        if account in accounts and (state == BILL_PAID) != (paid[bill] == amount):
            yield f"the bill {bill} of {amount} fen is in state {state}; paid: {paid[bill]}"
        if bill in office and office[bill] != paid[bill]:
            yield f"of the bill {bill} the office has {office[bill]} fen, and the service {paid[bill]}"


def the_counterpart_agrees(evidence):
    """Each order stands in the counterpart's books once, with its amount, and as the service has it."""
    wrong = []
    books = evidence["books"]
    ours, theirs, moved = orders(books), _their_orders(books), payments(books)
    office = {row[0]: row for row in books.get("office_payment", [])}
    for order in ours.values():
        if order.rail == "sms" and order.state not in (ORDER_ACCEPTED, ORDER_CONFIRMED):
            continue  # it is no money: it may be tried for some time, or called off on its way
        amount, done = theirs.get(order.id, (None, False))
        settled = order.state in (ORDER_ACCEPTED, ORDER_CONFIRMED)
        if settled != done or (amount is None and (settled or order.posts > 0)):
            wrong.append(f"the counterpart has {theirs.get(order.id)} where the service has {order}")
        payment = moved.get(order.subject)
        if amount is not None and payment is not None and amount != payment.amount and order.rail != "sms":
            wrong.append(f"the counterpart has {amount} fen where the service has {payment}")
        said = office.get(order.id)
        if said and tuple(said[1:4]) != (payment.bill, payment.amount - payment.fee, payment.fee):
            wrong.append(f"the office has {said} where the service has {payment}")
    asked = {order.subject for order in ours.values()}
    wrong += [f"{payment} crosses a rail and was never ordered" for payment in moved.values()
              if payment.kind not in (TRANSFER, RECEIVED, REFUND) and payment.intent
              and payment.id not in asked]
    for payment in moved.values():
        order = ours.get(payment.id)
        if order and (payment.state == POSTED) != (order.state in (ORDER_ACCEPTED, ORDER_CONFIRMED)):
            wrong.append(f"{payment} has the order {order}")
    references = Counter((PARTIES[order.rail], order.reference) for order in ours.values()
                         if order.rail in PARTIES and order.rail != "cards" and order.reference)
    wrong += [f"{n} orders have the reference {reference}" for (_, reference), n in references.items()
              if n > 1]
    wrong += [f"the counterpart has {row} of {ident}, of which the service knows nothing"
              for ident, row in theirs.items() if ident not in ours]
    return wrong + list(_judge_bills(books, evidence["accounts"]))


def _expect_differences(books):
    """What a comparison of the two sides has to find: party, kind, and the order or the entry."""
    ours = {order.id: order for order in orders(books).values() if order.rail in PARTIES}
    theirs = _their_orders(books)
    seen = set()
    for number, party, ident, amount, _ in books.get("book_entry", []):
        order = ours.get(ident)
        if order is None or PARTIES[order.rail] != party:
            yield party, MISSING_HERE, f"{number:08d}"
        elif ident in seen:
            yield party, TWICE, f"{number:08d}"
        elif amount != theirs[ident][0] * (1 if order.rail in RAILS_IN else -1):
            yield party, AMOUNT, ident
        elif order.state == ORDER_REFUSED:
            yield party, STATE, ident
        seen.add(ident)
    for order in ours.values():
        if order.settled_at and order.state in (ORDER_ACCEPTED, ORDER_CONFIRMED) and order.id not in seen:
            yield PARTIES[order.rail], MISSING_THERE, order.id


def wrong_books_are_found(evidence):
    """Where books were compared, each line that does not agree is an open difference, and no other is:
    what was only late has been settled."""
    books = evidence["books"]
    if not evidence.get("compared"):
        return []
    found = set()
    for difference in map(Difference._make, books.get("difference", [])):
        if difference.state == OPEN:
            by_entry = difference.kind in (MISSING_HERE, TWICE)
            found.add((difference.party, difference.kind,
                       difference.entry if by_entry else difference.order))
    expected = set(_expect_differences(books))
    return ([f"the books are wrong about {what} and nobody is told" for what in sorted(expected - found)]
            + [f"the books agree about {what}, which is called wrong" for what in sorted(found - expected)])
