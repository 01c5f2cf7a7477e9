# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole road in both real windows: from registering to a rated answer, with the service taken
away on the way. The practice service, bank, tax office and keyring are real ones of this session.

The steps build on one another, as they do for a person: each is a test, in order.
"""

import csv
import os
import re
import sys
import time

import tw_practice as practice
import tw_window as w

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import tap  # noqa: E402

NAME = "样例甲"
PHONE = "13912345678"
PASSWORD = "violet-anchor-4711-meadow"
QUESTION = "Why is there a late fee?"
REPLY = "0.05 % for each day after the last one."

HERE = {}  # the windows, and what one step leaves for the next


def user():
    return HERE["user"]


def agent():
    return HERE["agent"]


def start(which):
    """Opens a window; it is closed when the tests are through, whatever happens."""
    program = (practice.user if which == "user" else practice.agent)()
    HERE.setdefault("programs", []).append(program.__enter__())
    window = practice.UserWindow if which == "user" else practice.AgentWindow
    HERE[which] = window(program)
    return HERE[which]


def text_of(page, label):
    """The control that takes text, for the label next to it has the same name."""
    return next(node for node in page.walk()
                if node.name == label and node.role in ("text", "password text"))


def wait_labels(page, *words, seconds=practice.SLOW_S):
    for each in words:
        page.wait_for_label(each, seconds)


def soon(what, wait):
    """Says how long something took that a person waits for; wait() gets the bound, and fails when it
    is passed."""
    begun = time.monotonic()
    found = wait(HERE["soon"])
    print(f"# {what}: {time.monotonic() - begun:.2f} s (at most {HERE['soon']:g} s)", flush=True)
    return found


def wait_said(page, words):
    """Waits for words in a conversation."""
    soon("said at the other side", lambda within: page.wait_for_label(words, within))


# 1. Register, with mistakes on the way, by the keyboard

def test_register_shows_mistakes_at_the_field():
    window = start("user").focus()
    user().click("Register")
    user().wait_title("Register")
    page = user().page("Register")
    wrong = practice.resident_id(17)
    wrong = wrong[:-1] + ("1" if wrong[-1] != "1" else "2")
    text_of(page, "Name as on the ID card").set_text(NAME)
    text_of(page, "ID number").set_text(wrong)
    text_of(page, "Phone number").set_text("1391234")
    text_of(page, "E-mail").set_text("sample@example.invalid")
    text_of(page, "Password").set_text("password")
    text_of(page, "The same password again").set_text("passwort")
    page.find("push button", "Register").click()
    wait_labels(page, re.compile("last character does not fit"), re.compile("11 digits"))
    # The focus is on the first mistake, marked: what is typed takes its place.
    window.press("ctrl+a")
    w.type_text(practice.resident_id(17))
    w.press("Return")
    w.wait_for(lambda: text_of(page, "ID number").text() == practice.resident_id(17),
               lambda: f"the number; there is {text_of(page, 'ID number').text()}")
    page.wait_for_label(re.compile("Born 1990-03-07"))
    w.press("ctrl+a")
    w.type_text(PHONE)
    w.press("Return")
    w.wait_for(lambda: text_of(page, "Phone number").text() == PHONE,
               lambda: f"the phone number; there is {text_of(page, 'Phone number').text()}")


def test_register_refuses_a_weak_password():
    page = user().page("Register")
    text_of(page, "The same password again").set_text("password")
    page.find("push button", "Register").click()
    page.wait_for_label(re.compile("easy to guess"), practice.SLOW_S)


def test_register_and_sign_in():
    page = user().page("Register")
    for field in ("Password", "The same password again"):
        text_of(page, field).set_text(PASSWORD)
    page.find("push button", "Register").click()
    page.wait_for_label(re.compile(r"^TW-\w{4}-\w{4}$"), practice.SLOW_S)
    page.find("push button", "Go to your wallet").click()
    user().wait_title("Home")


# 2. A colleague approves; money comes in

def test_top_up_after_a_colleague_approved():
    user().go("home")
    home = user().page("Home")
    # Until then the page says that the identity is being looked at.
    home.wait_gone("label", re.compile("identity", re.IGNORECASE), practice.SLOW_S)
    user().go("wallet")
    page = user().page("Wallet")
    amount = text_of(page, "Amount in yuan")
    for wrong, words in (("12.345", "two decimals"), ("-5", "negative"),
                         ("999999999999", "too large"), ("", "")):
        amount.set_text(wrong)
        page.find("push button", "Top up").click()
        if words:
            page.wait_for_label(re.compile(words))
    amount.set_text("５,０００")
    page.wait_for_label("¥5,000.00")
    page.find("push button", "Top up").click()
    wait_labels(page, "Asked for", "Sent to the bank", re.compile("BANK-"))
    w.wait_for(lambda: page.labels()[1] == "¥5,000.00",
               lambda: f"the balance; there is {page.labels()[:6]}", practice.SLOW_S)
    page.find("list item", re.compile(r"^Top-up from the bank.*\+¥5,000.00, In your wallet$"))


# 3. Bills; 4. pay one

def test_bills_and_their_late_fee():
    user().go("bills")
    page = user().page("Bills")
    w.wait_for(lambda: len(page.all("list item", re.compile("¥"))) == 3,
               lambda: f"three bills; there are {page.labels()}", practice.SLOW_S)
    names = [node.name for node in page.all("list item", re.compile("¥"))]
    assert "overdue" in names[0] and "property rent" in names[0], names
    assert any("Individual income tax" in name and "left" in name for name in names), names
    assert any("Vehicle and vessel tax" in name for name in names), names
    user().open_row(page, re.compile("property rent"))
    user().wait_title(re.compile("property rent"))
    bill = user().page("Bill")
    tax = practice.yuan(bill.find("list item", re.compile("^Tax due")).name)
    fee = practice.yuan(bill.find("list item", re.compile("^Late fee until today")).name)
    total = practice.yuan(bill.find("list item", re.compile("^To pay today")).name)
    days = int(re.search(r"(\d+) days? overdue", names[0]).group(1))
    # 0.05 % a day, on the whole time, rounded once.
    assert fee == (tax * 5 * days + 5000) // 10000, (tax, fee, days)
    assert total == tax + fee == practice.yuan(names[0]), (tax, fee, total, names[0])
    bill.wait_for_label(re.compile(r"^The late fee grows by ¥\d+\.\d\d a day\.$"))
    HERE.update(tax=tax, fee=fee, total=total)


def test_pay_a_bill():
    bill = user().page("Bill")
    bill.find("push button", re.compile("^Pay ¥")).click()
    ask = user().program.window(re.compile("^Pay ¥"))
    ask.find("label", re.compile("property rent.*late fee"))
    ask.find("push button", re.compile("Pay$")).click()
    wait_labels(bill, "Set aside in your wallet", "Sent to the tax office", "Paid",
                "Confirmed by the tax office", re.compile("TAX-"))
    bill.find("push button", "Show the receipt", practice.SLOW_S).click()
    page = user().page("Payment")
    reference = page.find("list item", re.compile("^Reference of the tax office: "),
                          practice.SLOW_S).name
    HERE["reference"] = reference.split(": ")[1]
    page.find("list item", re.compile("^Confirmed by the tax office, done"))
    assert practice.yuan(page.find("list item", re.compile("^Late fee")).name) == HERE["fee"]
    user().press("Escape")
    user().wait_title(re.compile("property rent"))
    user().go("wallet")
    left = 500000 - HERE["total"]
    wallet = user().page("Wallet")
    w.wait_for(lambda: practice.yuan(wallet.labels()[1]) == left,
               lambda: f"{left} fen left; there is {wallet.labels()[:4]}", practice.SLOW_S)


# 5. Find it; look at it; take it home

def records():
    return user().page("Records").all("list item", re.compile("¥"))


def choose(page, combo, text):
    """Chooses in a drop-down list, by the keyboard once it is open."""
    box = page.find("combo box", combo)
    box.all("push button")[0].click()
    rows = box.find("list").children()
    names = [next(node.name for node in row.walk() if node.role == "label") for row in rows]
    user().reach(box.find("list"), "Up")
    w.press("Home", *["Down"] * names.index(text), "Return")
    w.wait_for(lambda: text in [n.name for n in box.all("push button")[0].walk()],
               lambda: f"{text} in {box.describe()}")


def test_find_the_record():
    user().go("records")
    page = user().page("Records")
    page.wait_for_label(re.compile(r"^3\d\d records$"), practice.SLOW_S)
    year = w.subprocess.run(["date", "+%Y"], capture_output=True, text=True, check=True,
                            env=dict(os.environ, TZ="Asia/Shanghai")).stdout.strip()
    choose(page, "Year", year)
    page.wait_for_label(re.compile(r"^\d\d records$"), practice.SLOW_S)
    choose(page, "Tax", "Tax on property rent")
    page.wait_for_label(re.compile(r"^\d records$"), practice.SLOW_S)
    HERE["filtered"] = len(records())
    assert HERE["filtered"] >= 2, HERE["filtered"]
    user().press("ctrl+f")
    w.type_text(HERE["reference"])
    page.wait_for_label("1 record", practice.SLOW_S)
    assert practice.yuan(records()[0].name) == HERE["total"], records()[0].name
    w.press("Escape")
    page.wait_for_label(re.compile(r"^\d records$"), practice.SLOW_S)


def save(menu_item, title, name):
    path = os.path.join(practice.SESSION, name)
    user().node.all("push button", "Print or save")[-1].click()
    user().find("menu item", menu_item).click()
    chooser = user().program.window(title, practice.SLOW_S)
    chooser.find("text", "Name:").set_text(path)
    chooser.find("push button", re.compile("Save$")).click()
    w.wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 0,
               f"{path} is written", practice.SLOW_S)
    w.wait_for(lambda: len(user().program.windows()) == 1, "the file chooser is gone")
    return path


def test_save_the_filtered_list():
    text = practice.pdf_text(save("Save as PDF…", "Save as PDF", "history.pdf"))
    assert HERE["reference"] in text and "Page 1 of 1" in text, text
    assert f"Total of {HERE['filtered']} entries" in text, text
    with open(save("Save as CSV…", "Save as CSV", "history.csv"), "rb") as file:
        data = file.read()
    assert data.startswith("\ufeff".encode()), data[:20]
    lines = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert sum(HERE["reference"] in line for line in lines) == 1, lines
    assert len(lines) >= HERE["filtered"] + 2, lines
    assert all(not cell.startswith(("=", "@", "\t")) for line in lines for cell in line), lines


def test_open_and_print_its_detail():
    page = user().page("Records")
    user().open_row(page, re.compile(f"property rent.*{HERE['total'] // 100 % 1000:03d}"))
    user().wait_title(re.compile("property rent"))
    story = user().page("Story")
    wait_labels(story, "Assessed", "Paid", "Confirmed by the tax office",
                re.compile(HERE["reference"]))
    assert practice.yuan(story.find("list item", re.compile("^Tax paid")).name) == HERE["tax"]
    user().press("ctrl+p")
    user().program.window("Print", practice.SLOW_S)
    w.press("Escape")
    w.wait_for(lambda: len(user().program.windows()) == 1, "the print dialog is gone")


# 6. Ask about it; 7. the desk answers

def test_ask_about_it_and_the_desk_sees_it():
    desk = start("agent")
    desk.click("Enter as a Practice Agent", practice.START_S)
    queue = desk.part("QueuePage")
    queue.find("list item", re.compile("^Unassigned, 0$"), practice.SLOW_S)
    user().press("ctrl+n")
    user().wait_title("Ask a person")
    page = user().page("Ask")
    page.wait_for_label(re.compile("Tax on property rent"))
    text_of(page, "In a few words").set_text(QUESTION)
    text_of(page, "Your question").set_text("I paid today. How is it made up?")
    page.find("push button", "Send").click()

    def on_top():
        rows = queue.find("list", "Conversations").all("list item")
        return rows[0] if rows and rows[0].name.startswith(QUESTION) else None

    row = soon("the question on top of the queue",
               lambda within: w.wait_for(on_top, lambda: queue.describe(), within))
    assert NAME in row.name, row.name
    queue.find("list item", re.compile("^Unassigned, 1$"))


def test_take_it_and_see_the_customer():
    desk = agent()
    desk.press("alt+2")
    desk.open_row(desk.part("QueuePage"), re.compile("^" + re.escape(QUESTION)))
    ticket = desk.part("TicketPage")
    wait_labels(ticket, QUESTION, re.compile("Tax on property rent"),
                "I paid today. How is it made up?")
    customer = desk.part("CustomerPane")
    wait_labels(customer, NAME, "Approved", re.compile(r"^139\*+5678$"))
    wait_labels(customer, f"¥{HERE['total'] / 100:,.2f}")
    # What is left in the wallet: nobody at the desk has to ask for it.
    balance = w.wait_for(lambda: next((node for node in customer.all("list item", "Balance")), None),
                         "the balance", practice.SLOW_S)
    balance.wait_for_label(f"¥{(500000 - HERE['total']) / 100:,.2f}", practice.SLOW_S)
    assert PHONE not in customer.labels()
    desk.press("ctrl+t")
    ticket.find("label", re.compile(" · With "), practice.SLOW_S)
    desk.find("list item", re.compile("^Mine, 1$"), practice.SLOW_S)


def test_reply_answer_and_notes():
    desk = agent()
    conversation = user().page("Conversation")
    ticket = desk.part("TicketPage")
    desk.press("ctrl+n")
    desk.wait_focused("text", "Reply")
    w.type_text(REPLY)
    w.wait_for(lambda: text_of(ticket, "Reply").text() == REPLY, "the reply is typed")
    w.press("ctrl+Return")
    wait_said(conversation, REPLY)
    assert text_of(ticket, "Reply").text() == ""
    # A note stays among colleagues; its switch is turned by the keyboard.
    text_of(ticket, "Reply").set_text("Only for colleagues")
    desk.reach(ticket.find("check box", "Note for colleagues only"))
    w.press("space")
    ticket.find("push button", "Add Note").click()
    ticket.wait_for_label("Only for colleagues", practice.SLOW_S)
    ticket.find("push button", "Send")
    # The customer answers by the keyboard.
    user().press("Tab")
    user().reach(text_of(conversation, "Your answer"))
    w.type_text("Thank you")
    w.press("ctrl+Return")
    wait_said(ticket, "Thank you")
    assert "Only for colleagues" not in conversation.labels()


def test_resolve_and_rate():
    agent().part("TicketPage").find("push button", "Resolve").click()
    conversation = user().page("Conversation")
    conversation.find("push button", "5, Very good", practice.SLOW_S).click()
    conversation.wait_for_label(re.compile("^Thank you for your rating"), practice.SLOW_S)
    agent().part("TicketPage").wait_for_label(re.compile("rated 5 of 5"), practice.SLOW_S)


CONTROLS = ("push button", "toggle button", "text", "password text", "entry", "check box",
            "combo box", "spin button", "list item", "menu item")


def unnamed(node, inside=()):
    """Every control below that a screen reader has no words for; GTK gives those its class name."""
    found = []
    # The button of a drop-down list speaks by the list's name.
    if node.role in CONTROLS and "combo box" not in inside and (
            node.name == "" or re.match("(Gtk|Adw|Tw)[A-Z]", node.name)):
        found.append(f"{' > '.join(inside)} > {node.role} '{node.name}'")
    for child in node.children():
        found += unnamed(child, (*inside, node.role))
    return found


def test_every_control_has_a_name():
    for window in (user(), agent()):
        missing = w.wait_for(lambda: [unnamed(window.node)], "the controls")[0]
        assert not missing, "\n".join(missing)


# 8. Close and come back; the service goes away

def test_close_mid_sentence_and_come_back():
    text_of(user().page("Conversation"), "Your answer").set_text("One more thing, be")
    text_of(agent().part("TicketPage"), "Reply").set_text("You may al")
    user().close()
    agent().close()
    start("agent")
    start("user").wait_title(QUESTION)
    w.wait_for(lambda: text_of(user().page("Conversation"), "Your answer").text()
               == "One more thing, be", "the draft of the user", practice.SLOW_S)
    w.wait_for(lambda: text_of(agent().part("TicketPage"), "Reply").text() == "You may al",
               "the draft of the agent", practice.SLOW_S)
    wait_labels(user().page("Conversation"), REPLY)
    wait_labels(agent().part("TicketPage"), REPLY, "Only for colleagues")


def test_the_service_goes_away():
    practice.stop_service(practice.signal.SIGKILL)
    calm = re.compile("^No connection to the service just now. You see everything as of ")
    user().says(calm)
    agent().says(calm)
    conversation = user().page("Conversation")
    writer = text_of(conversation, "Your answer")
    writer.set_text("Written while nobody listens")
    w.wait_for(lambda: writer.text() == "Written while nobody listens", "typing goes on")
    conversation.find("push button", "Send").click()
    wait_labels(conversation, "Written while nobody listens",
                re.compile("^Not sent yet"))
    user().says(re.compile("^1 thing you wrote is kept"))
    wait_labels(conversation, REPLY)
    assert "Written while nobody listens" not in agent().part("TicketPage").labels()


def test_the_service_comes_back():
    user().click("Try again")
    calm = re.compile("^No connection to the service just now")
    ticket = agent().part("TicketPage")
    ticket.wait_for_label("Written while nobody listens", practice.START_S)
    for window in (user(), agent()):
        window.node.wait_gone("label", calm, practice.START_S)
    conversation = user().page("Conversation")
    conversation.wait_gone("label", re.compile("^Not sent yet"), practice.SLOW_S)
    # Nothing twice, on neither side; the agent's unfinished words are still there.
    for page in (conversation, ticket):
        assert page.labels().count("Written while nobody listens") == 1, page.labels()
    assert text_of(ticket, "Reply").text() == "You may al"
    user().close()
    agent().close()


def main():
    # "Within a second", as a person feels it; a sanitizer and a crowded machine get more.
    HERE["soon"] = float(os.environ.get("TW_SOON_S", "8"))
    try:
        return tap.run_tests([test for name, test in globals().items()
                              if name.startswith("test_")])
    finally:
        for program in HERE.get("programs", []):
            program.__exit__(*sys.exc_info())


if __name__ == "__main__":
    sys.exit(main())
