# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true after the last fault. Each check takes the evidence of a run and returns what is
wrong, in words; nothing when all is well.

The evidence: `journals` (a list of lines a person), `books` (rows by table), `digests` (what each
person's client shows), `fresh` (what a new computer of theirs reads from the feed's start), `replayed`
(what each id was answered again), `books_after` (as `books`, after that), `accounts`, `unsettled`,
`settle_s`, `allowed_s`, `verify`, `processes`; where there is one, `desk`: which person is an agent; `compared`:
that the counterpart's books of all days were held against the service's at the end; and `unnoticed`: what was
altered in the ledger without the proof noticing.
"""

from collections import Counter, defaultdict

from checks_money import (no_limit_is_passed, refunds_stay_within, the_counterpart_agrees,
                          wallets_hold_what_payments_say, what_is_due_has_run,
                          what_is_held_waits_for_its_code, what_was_cancelled_did_not_happen, wrong_books_are_found)
from evidence import (BILLER, COMPANY, ENDS, MERCHANT, ORDER_ACCEPTED, POSTED, REFUND, STATES, TAX, TOP_UP, TRANSFER,
                      VOIDED, WITHDRAWAL, WORDS, commands, day, lines, payments)

LATE_FEE_PPM_A_DAY = 500  # Tax Collection Administration Law, Art. 32
FIRST_TOP_UP_FEN = 1000
GIVEN = ("transfer", "company", "merchant", "biller")
BETWEEN = "house:cards:"  # between the bank and the office
MAX_TOLD = 5


def the_proof_passes(evidence):
    """`tax-wallet-server verify` passes."""
    return [evidence["verify"]] if evidence["verify"] else []


def the_proof_notices_alterations(evidence):
    """... and does not when an entry was altered."""
    return evidence.get("unnoticed", [])


def entries_sum_to_zero(evidence):
    """The entries of each transfer sum to zero, and only those that are posted have any."""
    wrong = []
    sums, counts = Counter(), Counter()
    for _, _, transfer, amount in evidence["books"].get("entry", []):
        sums[transfer] += amount
        counts[transfer] += 1
    for transfer, kind, state, _ in evidence["books"].get("transfer", []):
        if sums[transfer] != 0:
            wrong.append(f"the entries of {kind} {transfer} sum to {sums[transfer]} fen")
        if (counts[transfer] >= 2) != (state == "posted"):
            wrong.append(f"{kind} {transfer} is {state} and has {counts[transfer]} entries")
    return wrong


def no_account_is_below_its_floor(evidence):
    """No account is below its floor, with what is reserved."""
    return [f"{account} has {balance} fen, {reserved} of them reserved, and a floor of {floor}"
            for account, floor, balance, reserved, _ in evidence["books"].get("ledger_account", [])
            if floor is not None and balance - reserved < floor]


def _result_text(result):
    return sorted((result or {}).items())


def acknowledged_exists_once(evidence):
    """What a person was told stands in the service: once, and as they were told."""
    wrong = []
    counts = Counter((row[0], row[1]) for row in evidence["books"].get("command", []))
    known = commands(evidence["books"])
    for person, line in lines(evidence, "told"):
        key = (evidence["accounts"][person], line["id"])
        by_service = line["state"] in ("done", "refused") and line.get("code") != "not_saved"
        if counts[key] != (1 if by_service else 0):
            wrong.append(f"client-{person} was told {line['state']} of {line['id']}; the service has"
                         f" it {counts[key]} times")
        elif by_service:
            _, _, _, kind, state, code, _ = known[key]
            if (STATES[state], code) != (line["state"], line.get("code")):
                wrong.append(f"client-{person} was told {line['state']} {line.get('code')} of {kind}"
                             f" {line['id']}; the service has {STATES[state]} {code}")
    return wrong


def _list_made(books):
    """What commands have made, by kind: each has the id of its command. What has no intent came from the
    service itself: a standing order, or what the tax office did not want."""
    made = defaultdict(set)
    kinds = {TOP_UP: "wallet.top_up", TRANSFER: "wallet.transfer", TAX: "tax.pay",
             WITHDRAWAL: "wallet.withdraw", COMPANY: "wallet.pay", MERCHANT: "wallet.pay",
             BILLER: "wallet.pay", REFUND: "payment.refund"}
    for payment in payments(books).values():
        if payment.intent and payment.kind in kinds:
            made[kinds[payment.kind]].add((payment.account, payment.id))
    for kind, table in (("ticket.ask", "ticket"), ("card.bind", "card")):
        made[kind] = {(row[1], row[0]) for row in books.get(table, [])}
    return made


def done_has_its_effect(evidence):
    """Each command that is done has made its one thing, and each thing comes from such a command."""
    wrong = []
    books = evidence["books"]
    made = _list_made(books)
    messages = Counter(row[0] for row in books.get("message", []))
    done = defaultdict(set)
    for account, ident, _, kind, state, _, _ in books.get("command", []):
        if account in evidence["accounts"] and STATES[state] == "done":
            done[kind].add((account, ident))
    for kind in ("wallet.top_up", "wallet.transfer", "wallet.pay", "wallet.withdraw", "tax.pay",
                 "payment.refund", "card.bind", "ticket.ask"):
        own = {key for key in made[kind] if key[0] in evidence["accounts"]}
        wrong += [f"{kind} {ident} is done and made nothing" for _, ident in done[kind] - own]
        wrong += [f"{kind} {ident} is there without a command" for _, ident in own - done[kind]]
    return wrong + [f"ticket.write {ident} made {messages[ident]} messages"
                    for _, ident in done["ticket.write"] if messages[ident] != 1]


def late_fees_are_as_the_law_says(evidence):
    """Each tax payment has the fee of the days from the one after the due day to its own."""
    wrong = []
    days = {row[0]: day(row[3]) for row in evidence["books"].get("transfer", [])}
    dues = {row[0]: row[4] for row in evidence["books"].get("bill", [])}
    for payment in payments(evidence["books"]).values():
        if payment.kind != TAX or payment.bill not in dues:
            continue
        late = max(0, days[payment.id] - dues[payment.bill])
        part = payment.amount - payment.fee
        fee = (part * late * LATE_FEE_PPM_A_DAY + 500000) // 1000000
        if payment.fee != fee:
            wrong.append(f"{payment.id} has a late fee of {payment.fee} fen; {late} days late it is"
                         f" {fee} fen")
    return wrong


def what_was_refused_was_told(evidence):
    """Whatever the service has refused of a person's wishes, their client was told. What was done may
    have been told by the feed alone: a client that was killed forgets that it asked."""
    wrong = []
    known = commands(evidence["books"])
    told = {(person, line["id"]) for person, line in lines(evidence, "told")}
    for person, line in lines(evidence, "asked"):
        row = known.get((evidence["accounts"][person], line["id"]))
        if row and STATES[row[4]] == "refused" and (person, line["id"]) not in told:
            wrong.append(f"client-{person} was never told that {line['kind']} {line['id']} is refused")
    return wrong


def what_is_shown_stands_in_the_books(evidence):
    """A person is shown the payments and the wallet that the service's books have."""
    wrong = []
    ours = payments(evidence["books"])
    wallets = {row[0]: row for row in evidence["books"].get("ledger_account", [])}
    for person, digest in enumerate(evidence["fresh"]):
        shown = digest.get("payment", {})
        for ident, payment in shown.items():
            row = ours.get(ident)
            if row is None or payment["state"] != WORDS["payment"][row.state]:
                wrong.append(f"client-{person} is shown {ident} {payment['state']}; the books have {row}")
        if person == evidence.get("desk"):
            continue
        wrong += [f"client-{person} is not shown the payment {ident}" for ident, row in ours.items()
                  if row.account == evidence["accounts"][person] and ident not in shown]
        for wallet in digest.get("wallet", {}).values():
            row = wallets.get(f"wallet:{evidence['accounts'][person]}")
            amounts = [wallet[f"{what}_fen"] for what in ("balance", "reserved", "incoming")]
            if row is None or amounts != row[2:]:
                wrong.append(f"client-{person} is shown {amounts} in the wallet; the ledger has {row}")
    return wrong


def _show_up(digest):
    """How often each wish of a person shows up, by kind of thing."""
    counts = Counter()
    for payment in digest["payment"].values():
        if payment["kind"] == "top_up" and not payment.get("title"):
            number = payment["amount_fen"] - FIRST_TOP_UP_FEN
            counts["top-up", f"wish {number}"] += 1
        elif payment["kind"] in GIVEN and not payment.get("standing_id"):
            counts["payment", payment["title"]] += 1
    for ticket in digest["ticket"].values():
        counts["ticket", ticket["subject"]] += 1
    for message in digest["message"].values():
        if message["author"] == "customer":
            counts["message", message["text"]] += 1
    return counts


def each_wish_happens_once(evidence):
    """Whatever a person wished for once, they have at most once."""
    wrong = []
    for person, digest in enumerate(evidence["fresh"]):
        if person == evidence.get("desk"):
            continue  # who sees what several people have wished for
        wrong += [f"client-{person} has the {thing} of {wish} {n} times"
                  for (thing, wish), n in _show_up(digest).items() if n > 1]
    for person, line in lines(evidence, "asked"):
        if ("wish" not in line and "first" not in line
                and line["body"].get("amount_fen") not in (300, 6000000)):
            wrong.append(f"client-{person} asked for {line['kind']} {line['id']} that nobody wished")
    days = {row[0]: day(row[3]) for row in evidence["books"].get("transfer", [])}
    runs = Counter((payment.standing, days[payment.id])
                   for payment in payments(evidence["books"]).values() if payment.standing)
    wrong += [f"the standing order {ident} was paid {n} times in a day"
              for (ident, _), n in runs.items() if n > 1]
    paid = Counter()
    amounts = {row[0]: row[3] for row in evidence["books"].get("bill", [])}
    for payment in payments(evidence["books"]).values():
        if payment.kind == TAX and payment.state == POSTED:
            paid[payment.bill] += payment.amount - payment.fee
    return wrong + [f"{fen} fen of the bill {bill} were paid" for bill, fen in paid.items()
                    if fen > amounts.get(bill, 0)]


def nothing_is_lost(evidence):
    """What was written down is at the service, or the person was told that it never will be."""
    wrong = []
    known = commands(evidence["books"])
    for person, journal in enumerate(evidence["journals"]):
        told = {line["id"] for line in journal if line["event"] == "told"}
        held = {line["id"] for line in journal if line["event"] in ("kept", "sent")}
        for ident in sorted(held - told):
            if (evidence["accounts"][person], ident) not in known:
                wrong.append(f"{ident} was in the outbox of client-{person} and is nowhere now")
    return wrong


def everything_came_from_a_client(evidence):
    """The service has no command of a person that their client did not ask for."""
    asked = {(evidence["accounts"][person], line["id"]) for person, line in lines(evidence, "asked")}
    return [f"{row[3]} {row[1]} was never asked for by {row[0]}"
            for row in evidence["books"].get("command", [])
            if row[0] in evidence["accounts"] and (row[0], row[1]) not in asked]


# What the service tells itself to do when it is time, which goes on meanwhile.
BROUGHT_BY_TIME = ("challenge.end",)


def replay_gives_the_same_answer(evidence):
    """Each id again: the answer of the first time, and nothing new in the books."""
    wrong = []
    known = commands(evidence["books"])
    told = {line["id"]: line for _, line in lines(evidence, "told")}
    for (account, ident), result in evidence["replayed"].items():
        row = known[account, ident]
        if (result["state"], result.get("code")) != (STATES[row[4]], row[5]):
            wrong.append(f"{row[3]} {ident} was {STATES[row[4]]} {row[5]} and is"
                         f" {result['state']} {result.get('code')} when it is sent again")
        first = told.get(ident)
        if first and _result_text(first.get("result")) != _result_text(result.get("result")):
            wrong.append(f"{row[3]} {ident} was answered {first.get('result')} and then"
                         f" {result.get('result')}")
    for table in ("command", "transfer", "entry", "payment", "ticket", "card", "challenge", "payee",
                  "standing", "rail_op"):
        before, after = (sum(table != "command" or row[3] not in BROUGHT_BY_TIME
                             for row in evidence[b].get(table, [])) for b in ("books", "books_after"))
        if before != after:
            wrong.append(f"{table} had {before} rows, and {after} after sending everything again")
    return wrong


def everything_settles_in_time(evidence):
    """Soon after the last fault each command in an outbox is done, refused or asks its person."""
    return evidence["unsettled"]


def no_payment_is_left_in_doubt(evidence):
    """Once the counterpart is up, no payment, transfer or intent is half way."""
    books = evidence["books"]
    wrong = [f"the payment {row[0]} is in state {row[4]}" for row in books.get("payment", [])
             if row[4] not in (POSTED, VOIDED)]
    wrong += [f"the order {row[0]} to {row[1]} is in state {row[3]}" for row in books.get("rail_op", [])
              if row[3] < ORDER_ACCEPTED and row[1] != "sms"]
    wrong += [f"the transfer {row[0]} is {row[2]}" for row in books.get("transfer", [])
              if row[2] not in ("posted", "voided")]
    wrong += [f"{row[0]} holds {row[2]} fen, which are somebody's"
              for row in books.get("ledger_account", []) if row[0].startswith(BETWEEN) and row[2]]
    return wrong + [f"{row[0]} has {row[3]} fen reserved and {row[4]} coming"
                    for row in books.get("ledger_account", []) if row[3] or row[4]]


def _only(one, other):
    """What the one has and the other has not."""
    if one is None or other is None:
        return "nothing" if one is None else "everything"
    return ", ".join(f"{name} {value!r}" for name, value in sorted(one.items())
                     if other.get(name) != value)


def each_client_shows_what_the_service_has(evidence):
    """The lists of each client are those that a new computer reads from the start of the feed."""
    wrong = []
    for person, (shown, fresh) in enumerate(zip(evidence["digests"], evidence["fresh"])):
        for kind in sorted(set(shown) | set(fresh)):
            ours, theirs = shown.get(kind, {}), fresh.get(kind, {})
            for ident in sorted(set(ours) | set(theirs)):
                one, two = ours.get(ident), theirs.get(ident)
                if one != two:
                    wrong.append(f"client-{person} shows {kind} {ident} with {_only(one, two)}; a new"
                                 f" computer with {_only(two, one)}")
    return wrong


def _list_states(books):
    """The state of each thing that comes to an end, in words, by type and id."""
    places = {"payment": 4, "bill": 2, "card": 2, "challenge": 2, "payee": 2, "standing": 2}
    return {(kind, row[0]): WORDS[kind][row[place]] for kind, place in places.items()
            for row in books.get(kind, [])}


def nothing_was_shown_as_settled_too_early(evidence):
    """What was shown at its end (a payment as posted or voided, a card as unbound, ...) never had another
    state, and does not now."""
    wrong = []
    now = _list_states(evidence["books"])
    for person, journal in enumerate(evidence["journals"]):
        last = {}
        for line in journal:
            if line["event"] != "saw":
                continue
            key = line["type"], line["id"]
            before = last.get(key)
            if before in ENDS[key[0]] and line["state"] != before:
                wrong.append(f"client-{person} saw the {key[0]} {key[1]} {before}, then {line['state']}")
            last[key] = line["state"]
        for key, state in last.items():
            # A payee may be let go altogether.
            if state in ENDS[key[0]] and now.get(key, state if key[0] == "payee" else None) != state:
                wrong.append(f"client-{person} saw the {key[0]} {key[1]} {state}; the service has"
                             f" {now.get(key)}")
    return wrong


def processes_end_only_when_killed(evidence):
    """No process ended by itself, had something to complain of, or did not end well."""
    return evidence["processes"]


ALL = (the_proof_passes, the_proof_notices_alterations, entries_sum_to_zero,
       no_account_is_below_its_floor, no_limit_is_passed, what_is_held_waits_for_its_code,
       what_is_due_has_run, refunds_stay_within, what_was_cancelled_did_not_happen, wrong_books_are_found, late_fees_are_as_the_law_says,
       acknowledged_exists_once, done_has_its_effect, each_wish_happens_once, nothing_is_lost,
       everything_came_from_a_client, replay_gives_the_same_answer, what_was_refused_was_told,
       everything_settles_in_time, no_payment_is_left_in_doubt, the_counterpart_agrees,
       wallets_hold_what_payments_say, what_is_shown_stands_in_the_books,
       each_client_shows_what_the_service_has, nothing_was_shown_as_settled_too_early,
       processes_end_only_when_killed)


def tell(problems):
    """The first few, one a line."""
    more = [f"... and {len(problems) - MAX_TOLD} more"] if len(problems) > MAX_TOLD else []
    return problems[:MAX_TOLD] + more
