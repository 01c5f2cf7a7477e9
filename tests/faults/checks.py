# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true after the last fault. Each check takes the evidence of a run and returns what is
wrong, in words; nothing when all is well.

The evidence: `journals` (a list of lines a person), `books` (rows by table), `digests` (what each
person's client shows), `fresh` (what a new computer of theirs reads from the feed's start), `replayed`
(what each id was answered again), `books_after` (as `books`, after that), `accounts`, `unsettled`,
`settle_s`, `allowed_s`, `verify`, `processes`; where there is one, `desk`: which person is an agent; and
`unnoticed`: what was altered in the ledger without the proof noticing.
"""

from collections import Counter, defaultdict

POSTED, VOIDED = 3, 4
STATES = {0: "done", 1: "refused", 2: "step_up", 3: "failed"}
TOP_UP, TAX, TRANSFER, RECEIVED = 0, 1, 2, 3
PAYMENT_STATES = ("reserved", "sent", "unknown", "posted", "voided")
LATE_FEE_PPM_A_DAY = 500  # Tax Collection Administration Law, Art. 32
FIRST_TOP_UP_FEN = 1000
DAY_LIMIT_FEN = 100000
BILL_PAID = 2
MAX_TOLD = 5


def _lines(evidence, event):
    for person, journal in enumerate(evidence["journals"]):
        for line in journal:
            if line["event"] == event:
                yield person, line


def _commands(books):
    return {(row[0], row[1]): row for row in books.get("command", [])}


def _payments(books):
    return {row[0]: row for row in books.get("payment", [])}


def _day(time_ms):
    """The day in China, as days since 1970-01-01."""
    return (time_ms + 8 * 3600000) // 86400000


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


def no_limit_is_passed(evidence):
    """What a person gave to others in a day stays within the limit."""
    sums = Counter()
    days = {row[0]: _day(row[3]) for row in evidence["books"].get("transfer", [])}
    for row in evidence["books"].get("payment", []):
        if row[3] == TRANSFER and row[4] == POSTED:
            sums[row[1], days[row[0]]] += row[5]
    return [f"{account} gave {fen} fen in a day" for (account, _), fen in sums.items()
            if fen > DAY_LIMIT_FEN]


def _result_text(result):
    return sorted((result or {}).items())


def acknowledged_exists_once(evidence):
    """What a person was told stands in the service: once, and as they were told."""
    wrong = []
    counts = Counter((row[0], row[1]) for row in evidence["books"].get("command", []))
    commands = _commands(evidence["books"])
    for person, line in _lines(evidence, "told"):
        key = (evidence["accounts"][person], line["id"])
        by_service = line["state"] in ("done", "refused") and line.get("code") != "not_saved"
        if counts[key] != (1 if by_service else 0):
            wrong.append(f"client-{person} was told {line['state']} of {line['id']}; the service has"
                         f" it {counts[key]} times")
        elif by_service:
            _, _, _, kind, state, code, _ = commands[key]
            if (STATES[state], code) != (line["state"], line.get("code")):
                wrong.append(f"client-{person} was told {line['state']} {line.get('code')} of {kind}"
                             f" {line['id']}; the service has {STATES[state]} {code}")
    return wrong


def done_has_its_effect(evidence):
    """Each command that is done has made its one thing, and each thing comes from such a command."""
    wrong = []
    books = evidence["books"]
    made = {"wallet.top_up": {row[0] for row in books.get("payment", []) if row[3] == TOP_UP},
            "wallet.transfer": {row[0] for row in books.get("payment", []) if row[3] == TRANSFER},
            "tax.pay": {row[0] for row in books.get("payment", []) if row[3] == TAX},
            "ticket.ask": {row[0] for row in books.get("ticket", [])}}
    messages = Counter(row[0] for row in books.get("message", []))
    done = defaultdict(set)
    for account, ident, _, kind, state, _, _ in books.get("command", []):
        if account in evidence["accounts"] and STATES[state] == "done":
            done[kind].add(ident)
    for kind, things in made.items():
        others = {row[0] for row in books.get("payment", []) + books.get("ticket", [])
                  if row[1] not in evidence["accounts"]}
        wrong += [f"{kind} {ident} is done and made nothing" for ident in done[kind] - things]
        wrong += [f"{kind} {ident} is there without a command" for ident in
                  things - done[kind] - others]
    wrong += [f"ticket.write {ident} made {messages[ident]} messages"
              for ident in done["ticket.write"] if messages[ident] != 1]
    return wrong


def late_fees_are_as_the_law_says(evidence):
    """Each tax payment has the fee of the days from the one after the due day to its own."""
    wrong = []
    days = {row[0]: _day(row[3]) for row in evidence["books"].get("transfer", [])}
    bills = {row[0]: row for row in evidence["books"].get("bill", [])}
    for row in evidence["books"].get("payment", []):
        if row[3] != TAX or row[7] not in bills:
            continue
        _, _, _, amount, due = bills[row[7]]
        late = max(0, days[row[0]] - due)
        fee = (amount * late * LATE_FEE_PPM_A_DAY + 500000) // 1000000
        if row[6] != fee:
            wrong.append(f"{row[0]} has a late fee of {row[6]} fen; {late} days late it is {fee} fen")
    return wrong


def what_was_refused_was_told(evidence):
    """Whatever the service has refused of a person's wishes, their client was told. What was done may
    have been told by the feed alone: a client that was killed forgets that it asked."""
    wrong = []
    commands = _commands(evidence["books"])
    told = {(person, line["id"]) for person, line in _lines(evidence, "told")}
    for person, line in _lines(evidence, "asked"):
        row = commands.get((evidence["accounts"][person], line["id"]))
        if row and STATES[row[4]] == "refused" and (person, line["id"]) not in told:
            wrong.append(f"client-{person} was never told that {line['kind']} {line['id']} is refused")
    return wrong


def wallets_hold_what_payments_say(evidence):
    """What has come into a wallet, less what has left it by its payments, is what it holds."""
    wrong = []
    signs = {TOP_UP: 1, RECEIVED: 1, TAX: -1, TRANSFER: -1}
    sums = Counter()
    for row in evidence["books"].get("payment", []):
        if row[4] == POSTED:
            sums[row[1]] += signs.get(row[3], 0) * row[5]
    for account in evidence["accounts"]:
        for ident, _, balance, _, _ in evidence["books"].get("ledger_account", []):
            if ident == f"wallet:{account}" and balance != sums[account]:
                wrong.append(f"the wallet of {account} holds {balance} fen; its payments make"
                             f" {sums[account]}")
    return wrong


def what_is_shown_stands_in_the_books(evidence):
    """A person is shown the payments and the wallet that the service's books have."""
    wrong = []
    payments = _payments(evidence["books"])
    wallets = {row[0]: row for row in evidence["books"].get("ledger_account", [])}
    for person, digest in enumerate(evidence["fresh"]):
        shown = digest.get("payment", {})
        for ident, payment in shown.items():
            row = payments.get(ident)
            if row is None or payment["state"] != PAYMENT_STATES[row[4]]:
                wrong.append(f"client-{person} is shown {ident} {payment['state']}; the books have {row}")
        if person == evidence.get("desk"):
            continue
        wrong += [f"client-{person} is not shown the payment {ident}" for ident, row in payments.items()
                  if row[1] == evidence["accounts"][person] and ident not in shown]
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
        if payment["kind"] == "top_up":
            number = payment["amount_fen"] - FIRST_TOP_UP_FEN
            counts["top-up", f"wish {number}"] += 1
        elif payment["kind"] == "transfer":
            counts["transfer", payment["title"]] += 1
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
    for person, line in _lines(evidence, "asked"):
        if "wish" not in line and line["body"].get("amount_fen") not in (300, 6000000):
            wrong.append(f"client-{person} asked for {line['kind']} {line['id']} that nobody wished")
    paid = Counter(row[7] for row in evidence["books"].get("payment", [])
                   if row[3] == TAX and row[4] == POSTED)
    return wrong + [f"the bill {bill} was paid {n} times" for bill, n in paid.items() if n > 1]


def nothing_is_lost(evidence):
    """What was written down is at the service, or the person was told that it never will be."""
    wrong = []
    commands = _commands(evidence["books"])
    for person, journal in enumerate(evidence["journals"]):
        told = {line["id"] for line in journal if line["event"] == "told"}
        held = {line["id"] for line in journal if line["event"] in ("kept", "sent")}
        for ident in sorted(held - told):
            if (evidence["accounts"][person], ident) not in commands:
                wrong.append(f"{ident} was in the outbox of client-{person} and is nowhere now")
    return wrong


def everything_came_from_a_client(evidence):
    """The service has no command of a person that their client did not ask for."""
    asked = {(evidence["accounts"][person], line["id"]) for person, line in _lines(evidence, "asked")}
    return [f"{row[3]} {row[1]} was never asked for by {row[0]}"
            for row in evidence["books"].get("command", [])
            if row[0] in evidence["accounts"] and (row[0], row[1]) not in asked]


def replay_gives_the_same_answer(evidence):
    """Each id again: the answer of the first time, and nothing new in the books."""
    wrong = []
    commands = _commands(evidence["books"])
    told = {line["id"]: line for _, line in _lines(evidence, "told")}
    for (account, ident), result in evidence["replayed"].items():
        row = commands[account, ident]
        if (result["state"], result.get("code")) != (STATES[row[4]], row[5]):
            wrong.append(f"{row[3]} {ident} was {STATES[row[4]]} {row[5]} and is"
                         f" {result['state']} {result.get('code')} when it is sent again")
        first = told.get(ident)
        if first and _result_text(first.get("result")) != _result_text(result.get("result")):
            wrong.append(f"{row[3]} {ident} was answered {first.get('result')} and then"
                         f" {result.get('result')}")
    for table in ("command", "transfer", "entry", "payment", "ticket"):
        before, after = (len(evidence[b].get(table, [])) for b in ("books", "books_after"))
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
    wrong += [f"the transfer {row[0]} is {row[2]}" for row in books.get("transfer", [])
              if row[2] not in ("posted", "voided")]
    return wrong + [f"{row[0]} has {row[3]} fen reserved and {row[4]} coming"
                    for row in books.get("ledger_account", []) if row[3] or row[4]]


def the_counterpart_agrees(evidence):
    """Each payment that crosses a rail stands in the counterpart's books once, with its amount."""
    wrong = []
    books = evidence["books"]
    debits = {row[0]: row for row in books.get("debit", [])}
    office = {row[0]: row for row in books.get("office_payment", [])}
    payments = _payments(books)
    for ident, row in payments.items():
        account, kind, state, amount, fee, bill = row[1], row[3], row[4], row[5], row[6], row[7]
        if kind == TOP_UP:
            theirs = debits.get(ident)
            ours = (account, amount, "done" if state == POSTED else "refused")
            if theirs is None or tuple(theirs[1:]) != ours:
                wrong.append(f"the bank has {theirs} where the service has {ident} {ours}")
        elif kind == TAX:
            theirs = office.get(ident)
            said = theirs and "refused" if theirs and theirs[4] == "refused" else theirs and "done"
            if (theirs is None or tuple(theirs[1:4]) != (bill, amount - fee, fee)
                    or said != ("done" if state == POSTED else "refused")):
                wrong.append(f"the office has {theirs} where the service has {row}")
    references = Counter(row[8] for row in payments.values()
                         if row[3] in (TOP_UP, TAX) and row[4] == POSTED)
    wrong += [f"{n} payments have the reference {reference}" for reference, n in references.items()
              if n > 1]
    for ident, row in {**debits, **office}.items():
        if ident not in payments:
            wrong.append(f"the counterpart has {row}, of which the service knows nothing")
    paid = {row[7] for row in payments.values() if row[3] == TAX and row[4] == POSTED}
    for bill, account, state, *_ in books.get("bill", []):
        if account in evidence["accounts"] and (state == BILL_PAID) != (bill in paid):
            wrong.append(f"the bill {bill} is in state {state}; paid: {bill in paid}")
    return wrong


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


def nothing_was_shown_as_settled_too_early(evidence):
    """A payment that was shown as posted or voided never had another state, and does not now."""
    wrong = []
    payments = _payments(evidence["books"])
    words = {POSTED: "posted", VOIDED: "voided"}
    for person, journal in enumerate(evidence["journals"]):
        last = {}
        for line in journal:
            if line["event"] != "saw":
                continue
            before = last.get(line["id"])
            if before in words.values() and line["state"] != before:
                wrong.append(f"client-{person} saw {line['id']} {before}, then {line['state']}")
            last[line["id"]] = line["state"]
        for ident, state in last.items():
            now = payments[ident][4] if ident in payments else None
            if state in words.values() and words.get(now) != state:
                wrong.append(f"client-{person} saw {ident} {state}; the service has state {now}")
    return wrong


def processes_end_only_when_killed(evidence):
    """No process ended by itself, had something to complain of, or did not end well."""
    return evidence["processes"]


ALL = (the_proof_passes, the_proof_notices_alterations, entries_sum_to_zero,
       no_account_is_below_its_floor, no_limit_is_passed, late_fees_are_as_the_law_says,
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
