# SPDX-License-Identifier: GPL-3.0-or-later
"""One walk through everything that a person does with money, over the service's sockets: each way to
pay, what is held until a code was told, what is refused, what is given back.

What it leaves behind is made a fixture of the migrations by make-fixture.py; what it made the service
say is looked through by test-money.py.
"""

import json
import re

from service import Connection, Person, approve, wait_for

CARD = "9901234000000014"
COMPANY = "91440300MA00EXA03H"
MERCHANT = "TWM1:88000002:0:NK"
BILLER_DIGITS = "4711471147114711"
# Six digits that are not a part of more.
CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


class Walker(Person):
    """Somebody with a phone at hand."""

    def messages(self):
        """What the practice phone shows."""
        connection = Connection(f"{self.service.folder}/counterpart.sock")
        try:
            connection.request("GET", f"/phones/{self.login}")
            return json.loads(connection.getresponse().read())["messages"]
        finally:
            connection.close()

    def see(self, what, kind, /, **values):
        """Waits for an object on the feed; the first one."""
        return wait_for(lambda: self.follow().find(kind, **values), what)[0]

    def told(self, kind, body):
        """A command that may be held: the code is read from the phone and told. What it made."""
        before = len(self.messages())
        command = self.command(kind, body)
        result = self._result(command)
        if result["state"] == "step_up":
            wait_for(lambda: len(self.messages()) > before, f"the message about {kind}")
            code = CODE.search(self.messages()[-1]["text"]).group(1)
            self.must("challenge.answer", {"challenge_id": command["id"], "code": code})
            result = self._result(command)
        assert result["state"] == "done", (kind, result)
        return result.get("result", {})

    def _result(self, command):
        answer = self.send(command)
        assert answer.status == 200, answer.body
        return answer.json["results"][0]

    def refused(self, kind, body):
        """A command that must be refused; the reason."""
        result = self.do(kind, body)
        assert result["state"] == "refused", (kind, result)
        return result["code"]

    def look_up(self, **to):
        """A payee that was found."""
        payee = self.must("payee.check", to)["payee_id"]
        seen = wait_for(lambda: [p for p in self.follow().find("payee", id=payee) if p["state"] != "checking"],
                        f"who {to} is")[0]
        return payee, seen

    def paid(self, kind, body):
        """A payment that went all its way; its id."""
        payment = self.told(kind, body)["payment_id"]
        self.see(f"what became of {kind}", "payment", id=payment, state="posted")
        return payment


def _bind(person):
    card = person.must("card.bind", {"number": CARD})["card_id"]
    person.see("the bank's small amount", "card", id=card, state="proving")
    sent = wait_for(lambda: [m for m in person.messages() if "¥0." in m["text"]], "the bank's message")
    assert person.refused("card.prove", {"card_id": card, "amount_fen": 100})
    amount = re.search(r"¥0\.(\d\d)", sent[-1]["text"]).group(1)
    person.must("card.prove", {"card_id": card, "amount_fen": int(amount)})
    person.see("the card", "card", id=card, state="bound")
    return card


def _pay_tax(person, bill, extra):
    """A late fee grows per day; what it is today is in the refusal of a first try without it."""
    body = {"bill_id": bill["id"], "revision": bill["revision"], "amount_fen": bill["amount_fen"], **extra}
    first = person.do("tax.pay", body)
    if first["state"] == "refused":
        assert first["code"] == "amount_changed", first
        first = {"result": {"payment_id": person.paid("tax.pay", {**body, "amount_fen": first["result"]["amount_fen"]})}}
    person.see("the receipt", "payment", id=first["result"]["payment_id"], state="posted")


def _pay_others(person, friend):
    payee, _ = person.look_up(to=friend.login)
    person.told("payee.save", {"payee_id": payee, "alias": "Sample alias"})
    payment = person.paid("wallet.pay", {"payee_id": payee, "amount_fen": 12345, "memo": "sample memo"})
    person.told("standing.set", {"payee_id": payee, "amount_fen": 2100, "day": 28, "memo": "sample rent"})
    received = friend.see("what came", "payment", kind="received")
    friend.paid("payment.refund", {"payment_id": received["id"], "amount_fen": 345})
    for to in (COMPANY, MERCHANT):
        payee, _ = person.look_up(to=to)
        person.paid("wallet.pay", {"payee_id": payee, "amount_fen": 4321, "memo": "sample order"})
    biller = next(b for b in person.see("the billers", "biller") and person.find("biller"))
    payee, _ = person.look_up(biller_id=biller["id"], customer_number=BILLER_DIGITS[:biller["digits"]])
    person.paid("wallet.pay", {"payee_id": payee, "amount_fen": 888, "memo": ""})
    _, nobody = person.look_up(to="13899999999")
    assert nobody["state"] == "missing", nobody
    return payment


def _go_wrong(person):
    """What is refused, by us and by the bank, and a code told wrongly until it is over."""
    assert person.refused("wallet.transfer", {"to_account": "nobody-is-called-so", "amount_fen": 5, "memo": ""})
    payee = person.find("payee", state="saved")[0]["id"]
    assert person.refused("wallet.pay", {"payee_id": payee, "amount_fen": 999999999, "memo": "sample dream"})
    before = len(person.messages())
    held = person.do("wallet.withdraw", {"card_id": person.find("card")[0]["id"], "amount_fen": 5000})
    assert held["state"] == "step_up", held
    wait_for(lambda: len(person.messages()) > before, "the code's message")
    right = CODE.search(person.messages()[-1]["text"]).group(1)
    wrong = "000000" if right != "000000" else "000001"
    reasons = {person.refused("challenge.answer", {"challenge_id": held["id"], "code": wrong}) for _ in range(5)}
    assert "wrong_code" in reasons, reasons


def walk(service):
    """Two people, and all of it; who they are."""
    person, friend = Walker(service, "Sample Walker", 71), Walker(service, "Sample Friend", 72)
    for one in (person, friend):
        one.register()
        one.sign_in()
    approve(service, (person, friend))
    friend.paid("wallet.top_up", {"amount_fen": 30000})
    person.paid("wallet.top_up", {"amount_fen": 900000})
    card = _bind(person)
    person.paid("wallet.top_up", {"amount_fen": 10000, "card_id": card})
    person.paid("wallet.withdraw", {"card_id": card, "amount_fen": 3300})
    bills = sorted(person.see("the bills", "bill") and person.find("bill", state="due"), key=lambda b: b["id"])
    for bill, extra in zip(bills, ({}, {"card_id": card})):
        _pay_tax(person, bill, extra)
    _pay_others(person, friend)
    _go_wrong(person)
    person.must("ticket.ask", {"subject": "sample question", "text": "Where is my sample money?",
                               "about_type": "", "about_id": ""})
    return person, friend
