# SPDX-License-Identifier: GPL-3.0-or-later
"""Between two people, in the real window against the real service: money that came is given back in
two parts, and a standing order is set, says at home when it will be paid, and is ended.

The steps build on one another, as they do for two people on one computer: each is a test, in order.
"""

import datetime
import re
import sys

import paying
import tw_practice as practice
import tw_window as w
from cards import answer, tell_code, test_enter  # noqa: F401
from paying import HERE, PASSWORD, PHONE, balance, tap, text_of, user

SAMPLE_PHONE = "13800000000"


def find_payee(phone):
    user().go("pay")
    user().open_row(user().page("Pay"), re.compile("^To a person"))
    page = user().page("Find")
    text_of(page, "Phone number or account").set_text(phone)
    page.find("push button", "Look up").click()
    page = user().page("Give", practice.SLOW_S)
    page.wait_for_label(re.compile("^Is this whom you mean"), practice.SLOW_S)
    return page


def register():
    user().click("Register")
    user().wait_title("Register")
    page = user().page("Register")
    for field, text in (("Name as on the ID card", paying.NAME),
                        ("ID number", practice.resident_id(17)), ("Phone number", PHONE),
                        ("E-mail", "sample@example.invalid"), ("Password", PASSWORD),
                        ("The same password again", PASSWORD)):
        text_of(page, field).set_text(text)
    page.find("push button", "Register").click()
    page.wait_for_label(re.compile(r"^TW-\w{4}-\w{4}$"), practice.SLOW_S)
    page.find("push button", "Go to your wallet").click()
    user().wait_title("Home")


def pay_the_sample_person():
    register()
    page = paying.top_up("200")
    w.wait_for(lambda: balance(page) == 20000, "the balance", practice.SLOW_S)
    page = find_payee(SAMPLE_PHONE)
    text_of(page, "Amount in yuan").set_text("120")
    page.find("push button", "Pay").click()
    answer("^Pay ¥120", "Pay")
    page.wait_for_label("Paid", practice.SLOW_S)
    user().press("F10")
    user().wait_focused("menu item")
    user().node.find("menu item", "Sign Out").click()


def receive():
    test_enter()
    user().go("wallet")
    page = user().page("Wallet")
    user().open_row(page, re.compile(r"^From .*\+¥120.00, In your wallet$"))
    user().wait_title(re.compile("^From "))
    HERE["before"] = balance(page)


def give_back(yuan, left):
    page = user().page("Payment")
    amount = text_of(page, "Amount in yuan")
    w.wait_for(lambda: amount.text() == left, lambda: f"{left} to give back; it is {amount.text()}")
    amount.set_text(yuan)
    page.find("push button", "Give back").click()
    answer(f"^Give ¥{yuan}.* back[?]$", "Give Back")


def give_a_part_back():
    give_back("50", "120.00")
    page = user().page("Payment")
    page.find("list item", re.compile("^Given back of it: ¥50.00"), practice.SLOW_S)
    # More than is left is told before it is asked for.
    text_of(page, "Amount in yuan").set_text("70.01")
    page.find("push button", "Give back").click()
    page.wait_for_label("At most ¥70.00.")


def give_the_rest_back():
    page = user().page("Payment")
    text_of(page, "Amount in yuan").set_text("70")
    page.find("push button", "Give back").click()
    answer("^Give ¥70.00 back[?]$", "Give Back")
    page.find("list item", re.compile("^Given back of it: ¥120.00"), practice.SLOW_S)
    user().go("wallet")
    page = user().page("Wallet")
    assert balance(page) == HERE["before"] - 12000, page.labels()[:6]
    # Each is a payment of its own that leads to the first.
    user().open_row(page, re.compile("^Given back to .*-¥70.00, Given back$"))
    user().wait_title(re.compile("^Given back to"))
    user().page("Payment").find("push button", "See the payment").click()
    user().wait_title(re.compile("^From "))


def set_a_standing_order():
    page = find_payee(PHONE)
    page.find("push button", "Keep this payee").click()
    tell_code(page)
    page.find("push button", "Pay every month", practice.SLOW_S).click()
    page = user().page("Standing", practice.SLOW_S)
    tomorrow = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
    tomorrow = (tomorrow + datetime.timedelta(days=1)).day
    for field, text in (("Amount in yuan, each time", "5000.01"),
                        ("Day of the month", str(tomorrow))):
        text_of(page, field).set_text(text)
    page.find("push button", "Set").click()
    page.wait_for_label("At most ¥5,000.00 each time.")
    text_of(page, "Amount in yuan, each time").set_text("5000")
    page.find("push button", "Set").click()
    tell_code(page)
    page.wait_for_label(re.compile("^It will be paid on .*[.]$"), practice.SLOW_S)


def home_tells_of_it():
    user().go("home")
    page = user().page("Home")
    page.wait_for_label(re.compile("^It will be paid on .*[.]$"), practice.SLOW_S)
    page.find("push button", "See it").click()
    user().wait_title("Standing order")


def end_it():
    page = user().page("Standing")
    page.find("push button", "End it").click()
    answer("^End this standing order[?]$", "End It")
    page.wait_for_label("This standing order has ended.", practice.SLOW_S)


def main():
    with practice.user() as program:
        HERE["user"] = practice.UserWindow(program)
        return tap.run_tests([pay_the_sample_person, receive, give_a_part_back, give_the_rest_back,
                              set_a_standing_order, home_tells_of_it, end_it])


if __name__ == "__main__":
    sys.exit(main())
