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
import checks_money  # noqa: E402
import evidence  # noqa: E402
import plan  # noqa: E402
import tap  # noqa: E402

ME, OTHER = "me", "other"
ORDERS = ("s-order", "s-again", "s-ended")
BILL = "bill-1"


def _pay(ident, kind, amount, account=ME, **more):
    """A payment that is posted, if nothing else is said."""
    payment = evidence.Payment(ident, account, "i", kind, evidence.POSTED, amount, 0, "", "", "", 0, "", "",
                               ident)
    return list(payment._replace(**more))


def _make_payments():
    return [_pay("a-up", evidence.TOP_UP, 1000, rail_reference="BANK"),
            _pay("b-give", evidence.TRANSFER, 7),
            _pay("c-pay", evidence.TAX, 110, fee=10, bill=BILL, rail_reference="TAX"),
            _pay("g-out", evidence.WITHDRAWAL, 5),
            _pay("r-in", evidence.RECEIVED, 20, intent="", refunded=8, transfer="o-paid"),
            _pay("i-back", evidence.REFUND, 8, refunds="r-in"),
            _pay("o-paid", evidence.TRANSFER, 20, OTHER, refunded=8),
            _pay("o-back", evidence.RECEIVED, 8, OTHER, intent="", refunds="o-paid", transfer="i-back"),
            _pay("j-void", evidence.TOP_UP, 30, state=evidence.VOIDED),
            _pay("m-card", evidence.TAX, 40, bill="bill-2", card="card-1", rail_reference="TAX-2")]


def _make_books(done):
    """What both sides have of it."""
    payments = _make_payments()
    posted = {row[13]: row for row in payments if row[4] == evidence.POSTED}
    orders = [["a-up", "bank", "a-up", 3, 1, "BANK", ME], ["c-pay", "office", "c-pay", 4, 1, "TAX", ME],
              ["g-out", "credits", "g-out", 3, 1, "CR", ME], ["j-void", "bank", "j-void", 5, 0, "", ME],
              ["m-leg", "card-debits", "m-card", 3, 2, "BANK-2", ME],
              ["m-card", "office", "m-card", 4, 1, "TAX-2", ME], ["s-1", "sms", "g-out", 3, 1, "", ME]]
    return {
        "command": [[ME, ident, f"i-{ident}", kind, 0, None, "{}"] for ident, kind in done.items()]
        + [[OTHER, ident, f"i-{ident}", "standing.set", 0, None, "{}"] for ident in ORDERS]
        + [[ME, "f-poor", "i-f", "tax.pay", 1, "no_balance", None],
           [ME, "l-held", "i-l", "wallet.transfer", 2, None, None]],
        "transfer": [[ident, "kind", "posted", 1000] for ident in posted]
        + [["j-void", "kind", "voided", 1000]],
        "entry": [[account, number, ident, sign * row[5]] for number, (ident, row) in enumerate(posted.items())
                  for account, sign in (("wallet:me", 1), ("elsewhere", -1))],
        "account": [[ME, evidence.IDENTITY_APPROVED], [OTHER, evidence.IDENTITY_APPROVED]],
        "payee": [["kept", ME, evidence.PAYEE_SAVED], ["found", ME, 1]],
        "ledger_account": [["wallet:me", 0, 890, 0, 0], ["clearing", None, -900, 0, 0]],
        "payment": payments, "card": [["card-1", ME, 2]],
        "standing": [["s-order", OTHER, 0, 77, "", 1, 0], ["s-again", OTHER, 0, 77, "", 0, 7200000],
                     ["s-ended", OTHER, 1, 77, "", 0, 0]],
        "read_at": [[3600000]],
        "challenge": [["g-out", ME, 1, "wallet.withdraw", "d"], ["l-held", ME, 0, "wallet.transfer", "d"]]
        + [[ident, OTHER, 1, "standing.set", "d"] for ident in ORDERS] + [["n-keep", ME, 1, "payee.save", "d"]],
        "bill": [[BILL, ME, 2, 100, -200], ["bill-2", ME, 0, 90, 5]], "ticket": [["d-ask", ME]],
        "message": [["m-0", "d-ask", ME], ["e-write", "d-ask", ME]],
        "rail_op": orders, "debit": [["a-up", ME, 1000, "done"], ["m-leg", ME, 40, "done"]],
        "office_payment": [["c-pay", BILL, 100, 10, "accepted"], ["m-card", "bill-2", 40, 0, "accepted"]],
        "office_bill": [[BILL, "c-pay", 100], ["bill-2", None, 40]],
        "plain_order": [["g-out", "credit", 5, "done"], ["s-1", "sms", 0, "done"]],
        "book_entry": [[1, "bank", "a-up", 1000, "BANK"], [2, "office", "c-pay", -110, "TAX"],
                       [3, "bank", "g-out", -5, "CR"], [4, "bank", "m-leg", 40, "BANK-2"],
                       [5, "office", "m-card", -41, "TAX-2"]],
        "difference": [["office", 2, "m-card", "00000005", -40, -41, 0],
                       ["bank", 3, "a-up", "", 0, 1000, 1]],
    }


def make_evidence():
    """One person who topped up, gave something away, paid bills, asked, wrote, took something out with a
    code, gave a part back of what came in, and cancelled; one line of the office's books is wrong, and all
    is well."""
    done = {"a-up": "wallet.top_up", "b-give": "wallet.transfer", "c-pay": "tax.pay",
            "d-ask": "ticket.ask", "e-write": "ticket.write", "card-1": "card.bind",
            "g-out": "wallet.withdraw", "h-code": "challenge.answer", "i-back": "payment.refund",
            "j-void": "wallet.top_up", "k-cancel": "payment.cancel", "m-card": "tax.pay",
            "n-keep": "payee.save", "p-code": "challenge.answer"}
    about = {"h-code": {"challenge_id": "g-out"}, "k-cancel": {"payment_id": "j-void"},
             "n-keep": {"payee_id": "kept"}, "p-code": {"challenge_id": "n-keep"}}
    books = _make_books(done)
    states = {**{ident: ("done", None) for ident in done}, "f-poor": ("refused", "no_balance"),
              "l-held": ("step_up", None)}
    journal = []
    for wish, ident in enumerate(sorted(states)):
        body = about.get(ident, {"amount_fen": 1000 + wish})
        state, code = states[ident]
        journal.append({"event": "asked", "id": ident, "kind": "kind", "wish": wish, "body": body})
        if state != "step_up":
            journal.append({"event": "told", "id": ident, "state": state, "code": code, "result": {}})
    journal += [{"event": "saw", "type": "payment", "id": "a-up", "state": state}
                for state in ("reserved", "sent", "posted")]
    journal += [{"event": "saw", "type": "challenge", "id": "g-out", "state": state}
                for state in ("waiting", "answered")]
    titles = {"b-give": "wish 1"}
    kinds = ("top_up", "tax", "transfer", "received", "withdrawal", "company", "merchant", "biller", "refund")
    digest = {"payment": {row[0]: {"kind": kinds[row[3]], "amount_fen": row[5], "title": titles.get(row[0], ""),
                                   "state": evidence.WORDS["payment"][row[4]]}
                          for row in books["payment"] if row[1] == ME},
              "wallet": {ME: {"balance_fen": 890, "reserved_fen": 0, "incoming_fen": 0}},
              "ticket": {"d-ask": {"subject": "wish 3"}},
              "message": {"e-write": {"author": "customer", "text": "wish 4"}}}
    return {
        "accounts": [ME], "books": books, "books_after": copy.deepcopy(books), "journals": [journal],
        "digests": [digest], "fresh": [copy.deepcopy(digest)],
        "replayed": {(ME, ident): {"state": state, "code": code, "result": {}}
                     for ident, (state, code) in states.items()},
        "unsettled": [], "verify": "", "processes": [], "compared": True,
    }


def _set(table, row, column, value):
    def lie(run):
        run["books"][table][row][column] = value
    return lie


def _add(table, row):
    def lie(run):
        run["books"][table].append(row)
        run["books_after"][table].append(row)
    return lie


def _drop(table, row):
    def lie(run):
        del run["books"][table][row]
        del run["books_after"][table][row]
    return lie


def _write(**line):
    def lie(run):
        run["journals"][0].append(line)
    return lie


def _show_twice(run):
    run["fresh"][0]["ticket"]["again"] = {"subject": "wish 3"}


def _forget_message(run):
    del run["digests"][0]["message"]["e-write"]


def _forget_record(run):
    run["fresh"][0]["record"] = {"a-tax": {"amount_fen": 100}}


def _answer_otherwise(run):
    run["replayed"][ME, "a-up"]["state"] = "refused"


def _do_it_again(run):
    run["books_after"]["payment"].append(_pay("again", evidence.TRANSFER, 7))


def _show_other_payment(run):
    run["fresh"][0]["payment"]["a-up"]["state"] = "voided"


def _show_no_payment(run):
    del run["fresh"][0]["payment"]["b-give"]


def _show_other_wallet(run):
    run["fresh"][0]["wallet"][ME]["balance_fen"] = 891


def _never_tell(run):
    run["journals"][0] = [line for line in run["journals"][0]
                               if (line["event"], line["id"]) != ("told", "f-poor")]


def _put(name, value):
    def lie(run):
        run[name] = value
    return lie


def _give_twice(run):
    """Each is within the limit; both are not."""
    for row, ident in ((1, "b-give"), (6, "o-paid")):
        run["books"]["payment"][row][1] = ME
        run["books"]["payment"][row][5] = checks_money.DAY_FREE_FEN // 2 + 1
        assert run["books"]["payment"][row][0] == ident


def _give_by_rail(run):
    run["books"]["payment"][3][3] = evidence.COMPANY
    run["books"]["payment"][3][5] = checks_money.DAY_FREE_FEN + 1
    run["books"]["challenge"][0][2] = 3


def _give_unverified(run):
    """Each is within the limit of a day, or has its code."""
    run["books"]["account"][0][1] = 0
    run["books"]["payment"][3][3] = evidence.COMPANY
    for row in (1, 3):
        run["books"]["payment"][row][5] = checks_money.UNVERIFIED_FEN // 2 + 1


def _order_much(run):
    """By rail; each is within the limit."""
    for row in (3, 9):
        run["books"]["payment"][row][3] = evidence.COMPANY
        run["books"]["payment"][row][5] = checks_money.DAY_STANDING_FEN // 2 + 1
        run["books"]["payment"][row][12] = "s-order"


def _run_twice(run):
    for row in (1, 3):
        run["books"]["payment"][row][12] = "s-order"


def _answer_twice(run):
    run["books"]["command"].append([ME, "again", "i", "challenge.answer", 0, None, "{}"])
    run["journals"][0].append({"event": "asked", "id": "again", "wish": 99, "kind": "challenge.answer",
                               "body": {"challenge_id": "g-out"}})


LIES = {
    "the_proof_passes": [_put("verify", "verify ended with 1")],
    "the_proof_notices_alterations": [_put("unnoticed", ["another kind"])],
    "late_fees_are_as_the_law_says": [_set("bill", 0, 4, -220), _set("payment", 2, 6, 9)],
    "what_was_refused_was_told": [_never_tell],
    "wallets_hold_what_payments_say": [_set("ledger_account", 0, 2, 891), _set("payment", 1, 4, 4)],
    "what_is_shown_stands_in_the_books": [_show_other_payment, _show_no_payment, _show_other_wallet],
    "entries_sum_to_zero": [_set("entry", 0, 3, 999), _set("transfer", 0, 2, "voided")],
    "no_account_is_below_its_floor": [_set("ledger_account", 0, 2, -1),
                                      _set("ledger_account", 0, 3, 891)],
    "no_limit_is_passed": [_set("payment", 1, 5, checks_money.DAY_FREE_FEN + 1),
                           _set("payment", 1, 5, checks_money.DAY_LIMIT_FEN + 1), _give_twice,
                           _give_by_rail, _give_unverified, _order_much],
    "what_is_held_waits_for_its_code": [
        _set("challenge", 0, 2, 0), _set("challenge", 0, 2, 2), _drop("challenge", 0),
        _drop("challenge", 1), _set("command", -1, 4, 0), _drop("command", -1),
        _add("payment", _pay("l-held", evidence.TRANSFER, 3)), _answer_twice,
        _add("standing", ["s-codeless", ME, 0, 77, "", 1, 0]), _set("payee", 1, 2, evidence.PAYEE_SAVED),
        _add("command", [OTHER, "s-change", "i-s", "standing.set", 0, None, "{}"])],
    "what_is_due_has_run": [_set("standing", 0, 5, 0), _set("standing", 1, 6, 0), _set("standing", 2, 2, 0)],
    "refunds_stay_within": [
        _set("payment", 5, 5, 9), _set("payment", 4, 10, 9), _set("payment", 6, 10, 7),
        _set("payment", 7, 5, 7), _set("payment", 4, 5, 7), _set("payment", 5, 9, "a-up"),
        _add("payment", _pay("again", evidence.REFUND, 13, refunds="r-in"))],
    "what_was_cancelled_did_not_happen": [
        _set("payment", 8, 4, 3), _drop("payment", 8), _add("debit", ["j-void", ME, 30, "refused"])],
    "wrong_books_are_found": [
        _drop("difference", 0), _set("difference", 0, 6, 2), _set("difference", 1, 6, 0),
        _drop("book_entry", 0), _set("book_entry", 0, 3, 1100), _set("book_entry", 0, 3, -1000), _set("rail_op", 0, 3, 5),
        _add("book_entry", [6, "bank", "a-up", 1000, "BANK"]),
        _add("book_entry", [6, "bank", "nobody's", 1000, "BANK"])],
    "acknowledged_exists_once": [_drop("command", 0), _set("command", 0, 4, 1),
                                 _add("command", [ME, "a-up", "i", "wallet.top_up", 0, None, "{}"]),
                                 _write(event="told", id="e-write", state="expired")],
    "done_has_its_effect": [_drop("payment", 1), _drop("ticket", 0), _drop("message", 1),
                            _drop("payment", 3), _drop("payment", 5), _drop("card", 0),
                            _add("payment", _pay("by-nobody", evidence.COMPANY, 3)),
                            _add("ticket", ["by-nobody", ME])],
    "each_wish_happens_once": [_show_twice, _run_twice,
                               _add("payment", _pay("again", evidence.TAX, 110, fee=10, bill=BILL)),
                               _write(event="asked", id="x", kind="kind", body={})],
    "nothing_is_lost": [_write(event="kept", id="lost"), _write(event="sent", id="lost")],
    "everything_came_from_a_client": [_add("command", [ME, "x", "i", "ticket.ask", 0, None, None])],
    "replay_gives_the_same_answer": [_answer_otherwise, _do_it_again],
    "everything_settles_in_time": [_put("unsettled", ["client-0 waits"])],
    "no_payment_is_left_in_doubt": [_set("payment", 0, 4, 2), _set("rail_op", 0, 3, 2),
                                    _add("ledger_account", ["house:cards:me", None, 5, 0, 0]), _set("transfer", 0, 2, "reserved"),
                                    _set("ledger_account", 0, 4, 1)],
    "the_counterpart_agrees": [_drop("debit", 0), _set("debit", 0, 2, 999),
                               _set("debit", 0, 3, "refused"), _set("office_payment", 0, 3, 9),
                               _add("debit", ["a-second", ME, 1000, "done"]), _set("bill", 0, 2, 0),
                               _set("rail_op", 1, 5, "TAX-2"), _set("rail_op", 2, 5, "BANK"), _drop("rail_op", 0),
                               _set("rail_op", 4, 3, 5), _set("office_bill", 1, 2, 41),
                               _set("plain_order", 0, 2, 6), _drop("plain_order", 0),
                               _set("bill", 1, 2, 2), _set("debit", 1, 2, 41)],
    "each_client_shows_what_the_service_has": [_forget_message, _forget_record],
    "nothing_was_shown_as_settled_too_early": [
        _write(event="saw", type="payment", id="a-up", state="unknown"), _set("payment", 0, 4, 4),
        _write(event="saw", type="challenge", id="g-out", state="waiting"), _set("challenge", 0, 2, 3),
        _write(event="saw", type="card", id="card-1", state="unbound"),
        _write(event="saw", type="bill", id="bill-2", state="paid"),
        _write(event="saw", type="standing", id="gone", state="ended")],
    "processes_end_only_when_killed": [_put("processes", ["the service ended with -6"])],
}


def test_truth_passes():
    """Where all is well nothing is found."""
    run = make_evidence()
    for check in checks.ALL:
        assert check(run) == [], (check.__name__, check(run))


def test_each_lie_is_found():
    """By the check whose matter it is."""
    assert set(LIES) == {check.__name__ for check in checks.ALL}
    for check in checks.ALL:
        for number, lie in enumerate(LIES[check.__name__]):
            run = make_evidence()
            lie(run)
            assert check(run), f"{check.__name__} does not find lie {number}"


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
