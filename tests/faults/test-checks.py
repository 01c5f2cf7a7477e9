#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks themselves: evidence in which all is well, and one lie at a time that one check must find.
What a planted bug can't show at will is shown here."""

import copy
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import checks  # noqa: E402
import plan  # noqa: E402
import tap  # noqa: E402

ME, OTHER = "me", "other"
BILL = "bill-1"


def make_evidence():
    """One person who topped up, gave something away, paid a bill, asked and wrote; all is well."""
    done = {"a-up": "wallet.top_up", "b-give": "wallet.transfer", "c-pay": "tax.pay",
            "d-ask": "ticket.ask", "e-write": "ticket.write"}
    books = {
        "command": [[ME, ident, f"i-{ident}", kind, 0, None, "{}"] for ident, kind in done.items()]
        + [[ME, "f-poor", "i-f", "tax.pay", 1, "no_balance", None]],
        "transfer": [[ident, "kind", "posted", 1000] for ident in ("a-up", "b-give", "c-pay")],
        "entry": [[account, 1, ident, sign * fen] for ident, fen in
                  (("a-up", 1000), ("b-give", 7), ("c-pay", 110))
                  for account, sign in (("wallet:me", 1), ("elsewhere", -1))],
        "ledger_account": [["wallet:me", 0, 883, 0, 0], ["clearing", None, -900, 0, 0]],
        "payment": [["a-up", ME, "i", 0, 3, 1000, 0, "", "BANK"],
                    ["b-give", ME, "i", 2, 3, 7, 0, "", ""],
                    ["c-pay", ME, "i", 1, 3, 110, 10, BILL, "TAX"]],
        "bill": [[BILL, ME, 2, 100, -200]], "ticket": [["d-ask", ME]],
        "message": [["m-0", "d-ask", ME], ["e-write", "d-ask", ME]],
        "debit": [["a-up", ME, 1000, "done"]],
        "office_payment": [["c-pay", BILL, 100, 10, "accepted"]],
    }
    states = {**{ident: ("done", None) for ident in done}, "f-poor": ("refused", "no_balance")}
    journal = []
    for wish, ident in enumerate(sorted(states)):
        body = {"amount_fen": 1000 + wish}
        state, code = states[ident]
        journal += [{"event": "asked", "id": ident, "kind": "kind", "wish": wish, "body": body},
                    {"event": "told", "id": ident, "state": state, "code": code, "result": {}}]
    journal += [{"event": "saw", "id": "a-up", "state": state}
                for state in ("reserved", "sent", "posted")]
    digest = {"payment": {ident: {"kind": kind, "amount_fen": fen, "title": title, "state": "posted"}
                          for ident, kind, fen, title in (("a-up", "top_up", 1000, ""),
                                                          ("b-give", "transfer", 7, "wish 1"),
                                                          ("c-pay", "tax", 110, ""))},
              "wallet": {ME: {"balance_fen": 883, "reserved_fen": 0, "incoming_fen": 0}},
              "ticket": {"d-ask": {"subject": "wish 3"}},
              "message": {"e-write": {"author": "customer", "text": "wish 4"}}}
    return {
        "accounts": [ME], "books": books, "books_after": copy.deepcopy(books), "journals": [journal],
        "digests": [digest], "fresh": [copy.deepcopy(digest)],
        "replayed": {(ME, ident): {"state": state, "code": code, "result": {}}
                     for ident, (state, code) in states.items()},
        "unsettled": [], "verify": "", "processes": [],
    }


def _set(table, row, column, value):
    def lie(evidence):
        evidence["books"][table][row][column] = value
    return lie


def _add(table, row):
    def lie(evidence):
        evidence["books"][table].append(row)
        evidence["books_after"][table].append(row)
    return lie


def _drop(table, row):
    def lie(evidence):
        del evidence["books"][table][row]
        del evidence["books_after"][table][row]
    return lie


def _write(**line):
    def lie(evidence):
        evidence["journals"][0].append(line)
    return lie


def _show_twice(evidence):
    evidence["fresh"][0]["ticket"]["again"] = {"subject": "wish 3"}


def _forget_message(evidence):
    del evidence["digests"][0]["message"]["e-write"]


def _answer_otherwise(evidence):
    evidence["replayed"][ME, "a-up"]["state"] = "refused"


def _do_it_again(evidence):
    evidence["books_after"]["payment"].append(["again", ME, "i", 2, 3, 7, 0, "", ""])


def _show_other_payment(evidence):
    evidence["fresh"][0]["payment"]["a-up"]["state"] = "voided"


def _show_no_payment(evidence):
    del evidence["fresh"][0]["payment"]["b-give"]


def _show_other_wallet(evidence):
    evidence["fresh"][0]["wallet"][ME]["balance_fen"] = 884


def _never_tell(evidence):
    evidence["journals"][0] = [line for line in evidence["journals"][0]
                               if (line["event"], line["id"]) != ("told", "f-poor")]


def _put(name, value):
    def lie(evidence):
        evidence[name] = value
    return lie


LIES = {
    "the_proof_passes": [_put("verify", "verify ended with 1")],
    "the_proof_notices_alterations": [_put("unnoticed", ["another kind"])],
    "late_fees_are_as_the_law_says": [_set("bill", 0, 4, -220), _set("payment", 2, 6, 9)],
    "what_was_refused_was_told": [_never_tell],
    "wallets_hold_what_payments_say": [_set("ledger_account", 0, 2, 884), _set("payment", 1, 4, 4)],
    "what_is_shown_stands_in_the_books": [_show_other_payment, _show_no_payment, _show_other_wallet],
    "entries_sum_to_zero": [_set("entry", 0, 3, 999), _set("transfer", 0, 2, "voided")],
    "no_account_is_below_its_floor": [_set("ledger_account", 0, 2, -1),
                                      _set("ledger_account", 0, 3, 884)],
    "no_limit_is_passed": [_set("payment", 1, 5, checks.DAY_LIMIT_FEN + 1)],
    "acknowledged_exists_once": [_drop("command", 0), _set("command", 0, 4, 1),
                                 _add("command", [ME, "a-up", "i", "wallet.top_up", 0, None, "{}"]),
                                 _write(event="told", id="e-write", state="expired")],
    "done_has_its_effect": [_drop("payment", 1), _drop("ticket", 0), _drop("message", 1),
                            _add("ticket", ["by-nobody", ME])],
    "each_wish_happens_once": [_show_twice,
                               _add("payment", ["again", ME, "i", 1, 3, 110, 10, BILL, ""]),
                               _write(event="asked", id="x", kind="kind", body={})],
    "nothing_is_lost": [_write(event="kept", id="lost"), _write(event="sent", id="lost")],
    "everything_came_from_a_client": [_add("command", [ME, "x", "i", "ticket.ask", 0, None, None])],
    "replay_gives_the_same_answer": [_answer_otherwise, _do_it_again],
    "everything_settles_in_time": [_put("unsettled", ["client-0 waits"])],
    "no_payment_is_left_in_doubt": [_set("payment", 0, 4, 2), _set("transfer", 0, 2, "reserved"),
                                    _set("ledger_account", 0, 4, 1)],
    "the_counterpart_agrees": [_drop("debit", 0), _set("debit", 0, 2, 999),
                               _set("debit", 0, 3, "refused"), _set("office_payment", 0, 3, 9),
                               _add("debit", ["a-second", ME, 1000, "done"]), _set("bill", 0, 2, 0),
                               _set("payment", 2, 8, "BANK")],
    "each_client_shows_what_the_service_has": [_forget_message],
    "nothing_was_shown_as_settled_too_early": [
        _write(event="saw", id="a-up", state="unknown"), _set("payment", 0, 4, 4)],
    "processes_end_only_when_killed": [_put("processes", ["the service ended with -6"])],
}


def test_truth_passes():
    """Where all is well nothing is found."""
    evidence = make_evidence()
    for check in checks.ALL:
        assert check(evidence) == [], (check.__name__, check(evidence))


def test_each_lie_is_found():
    """By the check whose matter it is."""
    assert set(LIES) == {check.__name__ for check in checks.ALL}
    for check in checks.ALL:
        for number, lie in enumerate(LIES[check.__name__]):
            evidence = make_evidence()
            lie(evidence)
            assert check(evidence), f"{check.__name__} does not find lie {number}"


def test_a_plan_follows_from_its_seed():
    """The same seed, the same plan; nobody is killed who is not there."""
    for seed in range(50):
        events = plan.make(seed, 50)
        assert [str(event) for event in events] == [str(event) for event in plan.make(seed, 50)]
        assert [str(event) for event in events] != [str(event) for event in plan.make(seed + 1, 50)]
        assert sum(event.what == "kill" for event in events) == 50
        down = set()
        for event in events:
            if event.what != "misbehave":
                for name in plan.members(event.target):
                    assert (name in down) == (event.what == "start"), f"seed {seed}: {event}"
                    (down.remove if event.what == "start" else down.add)(name)
        assert not down


sys.exit(tap.run_tests([test_truth_passes, test_each_lie_is_found,
                        test_a_plan_follows_from_its_seed]))
