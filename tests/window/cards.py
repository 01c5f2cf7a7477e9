# SPDX-License-Identifier: GPL-3.0-or-later
"""A bank card, in the real window against the real service and its partners: bound by the amount that
the bank sends, paid into with a code, taxes paid from it, and a part of a bill out of the wallet.

The steps build on one another, as they do for a person: each is a test, in order.
"""

import re
import sys

import paying
import tw_practice as practice
import tw_window as w
from paying import HERE, balance, tap, text_of, user

CARD = "9901234000000014"
# A code that has no card of four digits, no amount and no phone number around it.
CODE = re.compile(r"code: (\d{6}),")


def tell_code(page):
    page.wait_for_label(re.compile("six digits were sent to 138"), practice.SLOW_S)
    code = CODE.search(page.wait_for_label(CODE, practice.SLOW_S)).group(1)
    text_of(page, "Six digits").set_text(code)
    page.find("push button", "Confirm").click()


def answer(heading, button):
    asked = user().program.window(re.compile(heading), practice.SLOW_S)
    asked.find("push button", re.compile(f"{button}$")).click()


def choose_next(page, combo):
    """Takes the entry after the one that a list of choices has."""
    box = page.find("combo box", combo, practice.SLOW_S)
    user().reach(box)
    w.press("space", "Down", "Return")


def test_enter():
    button = user().find("push button", "Enter as the sample person", practice.START_S)
    w.wait_for(lambda: button.has_state("sensitive"), "practice is ready", practice.START_S)
    button.click()
    user().wait_title("Home")


def test_bind_a_card():
    user().go("pay")
    user().open_row(user().page("Pay"), re.compile("^Bank cards"))
    user().wait_title("Bank cards")
    page = user().page("Cards")
    text_of(page, "Number on the card").set_text(CARD)
    page.find("push button", "Bind").click()
    user().wait_title(re.compile("0014"))
    page = user().page("Card")
    amount = text_of(page, "Amount that the bank has sent, in yuan")
    # In practice the bank's message is shown, as nobody has the phone that it went to.
    sent = re.compile(r"card ending in 0014 has received ¥(\d\.\d\d)")
    right = sent.search(page.wait_for_label(sent, practice.SLOW_S)).group(1)
    amount.set_text("1.50")
    page.find("push button", "That is it").click()
    page.wait_for_label(re.compile("^The bank never sends more than ¥0.99"))
    page.wait_for_label(re.compile("3 tries are left"))
    amount.set_text("0.01" if right != "0.01" else "0.02")
    page.find("push button", "That is it").click()
    page.wait_for_label(re.compile("2 tries are left"), practice.SLOW_S)
    amount.set_text(right)
    page.find("push button", "That is it").click()
    page.wait_for_label(re.compile("^This card is yours"), practice.SLOW_S)


def test_top_up_from_the_card():
    user().go("wallet")
    page = user().page("Wallet")
    before = w.wait_for(lambda: balance(page), "the balance", practice.SLOW_S)
    choose_next(page, "From")
    paying.top_up("600")
    w.wait_for(lambda: balance(page) == before + 60000,
               lambda: f"the balance; there is {page.labels()[:6]}", practice.SLOW_S)


def test_take_money_out():
    page = user().page("Wallet")
    before = balance(page)
    page.find("push button", "Take out").click()
    user().wait_title("To your bank card")
    page = user().page("Withdraw")
    text_of(page, "Amount in yuan").set_text("250")
    page.find("push button", "Take out").click()
    page.wait_for_label("Waits for your code", practice.SLOW_S)
    # Whoever looks at home finds what it waits for, and can tell the code there.
    user().go("home")
    home = user().page("Home")
    home.find("list item", re.compile("^Withdrawal to a bank card.*Waits for your code$"),
              practice.SLOW_S)
    tell_code(home)
    user().go("wallet")
    page = user().page("Wallet")
    page.find("list item", re.compile("^Withdrawal to a bank card.*-¥250.00, On your card$"),
              practice.SLOW_S)
    assert balance(page) == before - 25000


def test_pay_a_part_of_a_bill():
    user().go("wallet")
    before = balance(user().page("Wallet"))
    user().go("bills")
    user().open_row(user().page("Bills"), re.compile("property rent"))
    page = user().page("Bill")
    part = page.find("check box", "Pay a part of it", practice.SLOW_S)
    user().reach(part)
    w.press("space")
    text_of(page, "Part of the tax, in yuan").set_text("100")
    # The late fee of that part is paid with it.
    pay = page.find("push button", re.compile("^Pay ¥10"))
    fen = practice.yuan(pay.name)
    assert 10000 < fen < 11000, pay.name
    pay.click()
    answer("^Pay ¥10", "Pay")
    page.wait_for_label(re.compile("^Confirmed by the tax office"), practice.SLOW_S)
    user().go("wallet")
    assert balance(user().page("Wallet")) == before - fen


def test_pay_a_bill_from_the_card():
    before = balance(user().page("Wallet"))
    user().go("bills")
    user().open_row(user().page("Bills"), re.compile("^Vehicle and vessel tax"))
    page = user().page("Bill")
    choose_next(page, "Pay from")
    page.find("push button", re.compile("^Pay ¥"), practice.SLOW_S).click()
    answer("^Pay ¥", "Pay")
    page.find("push button", "Show the receipt", practice.SLOW_S).click()
    user().wait_title(re.compile("^Vehicle and vessel tax"))
    # From the payment to its line in the tax history, and back.
    receipt = user().page("Payment")
    receipt.find("push button", "See it in the tax history", practice.SLOW_S).click()
    user().page("Story").find("push button", "Show the payment", practice.SLOW_S)
    user().go("wallet")
    assert balance(user().page("Wallet")) == before


def main():
    with practice.user() as program:
        HERE["user"] = practice.UserWindow(program)
        return tap.run_tests([test for name, test in globals().items()
                              if name.startswith("test_")])


if __name__ == "__main__":
    sys.exit(main())
