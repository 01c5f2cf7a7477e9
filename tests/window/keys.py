# SPDX-License-Identifier: GPL-3.0-or-later
"""Every step in both real windows without a mouse: nothing but keys is pressed here, and a screen
reader's eyes see what came of it. Then every key that the windows list.

The steps build on one another: each is a test, in order.
"""

import os
import re
import sys
import xml.etree.ElementTree as xml

import tw_practice as practice
import tw_window as w

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import tap  # noqa: E402

QUESTION = "By keys alone?"
# More than this from one control to the next one needed, and a person gives up.
AT_MOST = 20

HERE = {}
PRESSED = {"user": set(), "agent": set()}


def user():
    return HERE["user"]


def agent():
    return HERE["agent"]


def press(window, *keys):
    """Presses keys in a window, and remembers that they were tried."""
    PRESSED["agent" if window is agent() else "user"].update(key.lower() for key in keys)
    window.press(*keys)


def reach(window, node, key="Tab"):
    try:
        window.reach(node, key, AT_MOST)
    except w.Missing as missing:
        passed = []
        for _ in range(AT_MOST):
            w.press(key)
            now = window.focused()
            passed.append((now.role, now.name) if now is not None else None)
        raise w.Missing(f"{missing}, but went to {passed}") from None


def text_of(page, label):
    return next(node for node in page.walk()
                if node.name == label and node.role in ("text", "password text"))


def typed(page, label, words):
    """Types into the field of that name, which has the focus."""
    w.type_text(words)
    w.wait_for(lambda: text_of(page, label).text() == words,
               lambda: f"{words!r} in {label!r}; there is {text_of(page, label).text()!r}")


def on_a_row(window):
    """Whether the focus is in a row's field: libadwaita 1.2 does not tell AT-SPI of that one."""
    return window.focused() is None


def write(window, page, label, words):
    """Goes to a row's field and types."""
    window.focus()
    for _ in range(AT_MOST):
        if on_a_row(window):
            typed(page, label, words)
            return
        w.press("Tab")
        try:
            w.wait_for(lambda: on_a_row(window), "", 0.3)
        except w.Missing:
            continue
    raise w.Missing(f"the focus never came to {label!r}")


def open_row(window, page, which):
    """Goes to the list, down to the row and opens it."""
    name = page.find("list item", which, practice.SLOW_S).name
    rows = next(node for node in page.all("list")
                if any(child.name == name for child in node.children()))
    reach(window, rows)
    w.press("Home", *["Down"] * [child.name for child in rows.children()].index(name), "Return")
    return name


def has_focus(part, role, name):
    """Waits until the control of that name has the focus."""
    node = part.find(role, name)
    w.wait_for(lambda: node.has_state("focused"), lambda: f"the focus on {role} {name!r}")
    return node


def menu_comes_and_goes(window):
    press(window, "F10")
    window.wait_focused("menu item")
    press(window, "Escape")
    w.wait_for(lambda: window.focused() is None or window.focused().role != "menu item",
               "the menu is gone")


def wait_windows(window, count):
    w.wait_for(lambda: len(window.program.windows()) == count,
               lambda: f"{count} windows; there are {[x.name for x in window.program.windows()]}",
               practice.SLOW_S)


# The road

def test_enter():
    button = user().find("push button", "Enter as the sample person", practice.START_S)
    w.wait_for(lambda: button.has_state("sensitive"), "practice is ready", practice.START_S)
    reach(user(), button)
    press(user(), "Return")
    user().wait_title("Home")


def test_top_up():
    press(user(), "alt+2")
    user().wait_title("Wallet")
    page = user().page("Wallet")
    before = w.wait_for(lambda: practice.yuan(page.labels()[1]), "the balance", practice.SLOW_S)
    write(user(), page, "Amount in yuan", "9000")
    press(user(), "Return")
    page.wait_for_label("Sent to the bank", practice.SLOW_S)
    w.wait_for(lambda: practice.yuan(page.labels()[1]) == before + 900000,
               lambda: f"the balance; there is {page.labels()[:4]}", practice.SLOW_S)


def test_pay():
    press(user(), "alt+4")
    user().wait_title("Bills")
    open_row(user(), user().page("Bills"), re.compile("¥"))
    bill = user().page("Bill")
    pay = bill.find("push button", re.compile("^Pay ¥"), practice.SLOW_S)
    # Escape is no, Enter is yes.
    for answer in ("Escape", "Return"):
        reach(user(), pay)
        press(user(), "space")
        user().program.window(re.compile("^Pay ¥"), practice.SLOW_S)
        w.press(answer)
        wait_windows(user(), 1)
        if answer == "Escape":
            assert "Set aside in your wallet" not in bill.labels(), bill.labels()
    bill.wait_for_label("Paid", practice.SLOW_S)
    receipt = bill.find("push button", "Show the receipt", practice.SLOW_S)
    reach(user(), receipt)
    press(user(), "Return")
    user().page("Payment").find("list item", re.compile("^Reference of the tax office: "),
                                practice.SLOW_S)


def choose(page, combo, downs):
    """Opens a drop-down list, goes down in it, and takes what is there."""
    box = page.find("combo box", combo)
    before = [node.name for node in box.all("push button")[0].walk()]
    reach(user(), box)
    press(user(), "space")
    user().reach(box.find("list"), "Down", 2)
    w.press(*["Down"] * downs, "Return")
    w.wait_for(lambda: [node.name for node in box.all("push button")[0].walk()] != before,
               lambda: f"another choice than {before}")


def test_find_and_look():
    press(user(), "alt+5")
    user().wait_title("Tax history")
    page = user().page("Records")
    page.wait_for_label(re.compile(r"^\d+ records$"), practice.SLOW_S)
    everything = next(text for text in page.labels() if re.match(r"^\d+ records$", text))
    choose(page, "Year", 1)
    w.wait_for(lambda: everything not in page.labels(), "fewer records", practice.SLOW_S)
    press(user(), "ctrl+f")
    has_focus(page, "entry", "Search the tax history")
    w.type_text("no such record")
    page.wait_for_label("No records found", practice.SLOW_S)
    press(user(), "Escape")
    page.wait_for_label(re.compile(r"^\d+ records$"), practice.SLOW_S)
    open_row(user(), page, re.compile("¥"))
    user().page("Story").wait_for_label("Assessed", practice.SLOW_S)
    press(user(), "ctrl+p")
    user().program.window("Print", practice.SLOW_S)
    w.press("Escape")
    wait_windows(user(), 1)


def test_ask():
    press(user(), "ctrl+n")
    user().wait_title("Ask a person")
    page = user().page("Ask")
    # One may type at once.
    typed(page, "In a few words", QUESTION)
    w.press("Return")
    has_focus(page, "text", "Your question")
    typed(page, "Your question", "No mouse here.")
    press(user(), "ctrl+Return")
    user().wait_title(QUESTION)


def test_take():
    button = agent().find("push button", "Enter as a Practice Agent", practice.START_S)
    w.wait_for(lambda: button.has_state("sensitive"), "practice is ready", practice.START_S)
    reach(agent(), button)
    press(agent(), "Return")
    queue = agent().part("QueuePage", practice.SLOW_S)
    queue.find("list item", re.compile("^" + re.escape(QUESTION)), practice.SLOW_S)
    # From the queues to the conversations and into one.
    reach(agent(), queue.find("list", "Queues"))
    w.press("Home", "Down", "Return")
    open_row(agent(), queue, re.compile("^" + re.escape(QUESTION)))
    ticket = agent().part("TicketPage")
    ticket.wait_for_label("No mouse here.", practice.SLOW_S)
    reach(agent(), ticket.find("push button", "Take"))
    press(agent(), "space")
    ticket.find("label", re.compile(" · With "), practice.SLOW_S)


def test_reply():
    ticket = agent().part("TicketPage")
    # Who has taken it wants to write.
    has_focus(ticket, "text", "Reply")
    typed(ticket, "Reply", "None at all.")
    press(agent(), "ctrl+Return")
    user().page("Conversation").wait_for_label("None at all.", practice.SLOW_S)
    # A note: Tab leaves the text, space turns the switch, Enter sends.
    has_focus(ticket, "text", "Reply")
    typed(ticket, "Reply", "Keys only")
    reach(agent(), ticket.find("check box", "Note for colleagues only"))
    press(agent(), "space")
    reach(agent(), ticket.find("push button", "Add Note"))
    press(agent(), "Return")
    ticket.wait_for_label("Keys only", practice.SLOW_S)


def test_resolve_and_rate():
    ticket = agent().part("TicketPage")
    reach(agent(), ticket.find("push button", "Resolve"), "shift+Tab")
    press(agent(), "space")
    conversation = user().page("Conversation")
    five = conversation.find("push button", "5, Very good", practice.SLOW_S)
    reach(user(), five)
    press(user(), "space")
    conversation.wait_for_label(re.compile("^Thank you for your rating"), practice.SLOW_S)
    ticket.wait_for_label(re.compile("rated 5 of 5"), practice.SLOW_S)
    assert "Keys only" not in conversation.labels()


# The keys of the user's window

def test_places_and_the_way_back():
    for number, title in enumerate(("Home", "Wallet", "Pay", "Bills", "Tax history", "Help",
                                     "Account"), 1):
        press(user(), f"alt+{number}")
        user().wait_title(title)
    for key, title in (("alt+Left", "Help"), ("alt+Left", "Tax history"), ("alt+Right", "Help"),
                       ("alt+1", "Home"), ("F1", "Help"), ("ctrl+f", "Tax history")):
        press(user(), key)
        user().wait_title(title)
    open_row(user(), user().page("Records"), re.compile("¥"))
    user().page("Story").wait_for_label("Assessed", practice.SLOW_S)
    press(user(), "Escape")
    user().wait_title("Tax history")


def test_menu_and_side_bar():
    menu_comes_and_goes(user())
    user().wait_title("Tax history")  # that Escape was the menu's
    press(user(), "F9")
    press(user(), "F9")
    user().wait_title("Tax history")


def listed(window):
    """The titles and the keys in the file that the window of the keys is made of."""
    path = os.path.join(os.environ["TW_SRCDIR"], "resources/ui", window, "shortcuts.ui")
    shown = {}
    for entry in xml.parse(path).iter("object"):
        if entry.get("class") == "GtkShortcutsShortcut":
            said = {item.get("name"): item.text for item in entry.findall("property")}
            shown[said["title"]] = said["accelerator"]
    return shown


def keys_of(accelerators):
    """Their keys as X names them: "<Alt>1...5" are five."""
    found = set()
    for accelerator in accelerators:
        for one in accelerator.split():
            key = one.lower().replace("<primary>", "ctrl+").replace("<alt>", "alt+") \
                .replace("<shift>", "shift+")
            row = re.fullmatch(r"(.*)(\d)\.\.\.(\d)", key)
            found.update({f"{row[1]}{n}" for n in range(int(row[2]), int(row[3]) + 1)}
                         if row else {key})
    return found


def check_list(window, name, key):
    """The window of the keys comes by its key, says all that is listed, and goes by Escape."""
    press(window, key)
    shown = window.program.window(re.compile("[Ss]hortcuts"), practice.SLOW_S)
    for title in listed(name):
        shown.find("label", title)
    w.press("Escape")
    wait_windows(window, 1)


def test_the_list_of_the_users_keys():
    check_list(user(), "user", "ctrl+question")


# The keys of the agent's window

def test_queues_and_search():
    press(agent(), "Escape")  # where there is nothing to go back from
    queue = agent().part("QueuePage")
    press(agent(), "alt+6")  # a senior's: this agent stays where they are
    press(agent(), "Escape")
    for number in range(1, 6):
        press(agent(), f"alt+{number}")
        w.wait_for(lambda row=number: queue.find("list", "Queues").all("list item")[row - 1]
                   .has_state("selected"), f"queue {number}")
    press(agent(), "ctrl+f")
    field = has_focus(queue, "entry", "Search conversations")
    w.type_text("no such thing")
    queue.wait_for_label("Nothing found")
    press(agent(), "Escape")  # empties it
    w.wait_for(lambda: field.text() == "", lambda: f"nothing in the search; it has {field.text()!r}")


def test_conversation_keys():
    queue = agent().part("QueuePage")
    ticket = agent().part("TicketPage")
    # The customer writes once more: it may be taken, answered and resolved by keys of its own.
    conversation = user().page("Conversation")
    user().press("alt+6")
    open_row(user(), user().page("Help"), re.compile("^" + re.escape(QUESTION)))
    reach(user(), text_of(conversation, "Your answer"))
    typed(conversation, "Your answer", "And again?")
    w.press("ctrl+Return")
    ticket.wait_for_label("And again?", practice.SLOW_S)
    press(agent(), "alt+5")
    open_row(agent(), queue, re.compile("^" + re.escape(QUESTION)))
    reach(agent(), ticket.find("push button", re.compile("^(Take|Give Back)$")))
    if ticket.all("push button", "Give Back"):
        w.press("space")
        ticket.find("label", re.compile("Unassigned|New"), practice.SLOW_S)
    press(agent(), "ctrl+t")
    ticket.find("label", re.compile(" · With "), practice.SLOW_S)
    press(agent(), "F9")
    press(agent(), "F9")
    press(agent(), "ctrl+n")
    has_focus(ticket, "text", "Reply")
    press(agent(), "ctrl+shift+r")
    ticket.find("label", re.compile(" · Resolved"), practice.SLOW_S)


def test_the_agents_way_back():
    menu_comes_and_goes(agent())
    # In a narrow window the conversation covers the queues.
    w.resize_window(agent().title, 400, 700)
    queue = agent().part("QueuePage")
    for key in ("Escape", "alt+Left"):
        press(agent(), "alt+5")
        open_row(agent(), queue, re.compile("^" + re.escape(QUESTION)))
        press(agent(), "ctrl+n")
        has_focus(agent().part("TicketPage"), "text", "Reply")
        press(agent(), key)
        reach(agent(), queue.find("list", "Queues"))


def test_the_list_of_the_agents_keys():
    check_list(agent(), "agent", "F1")
    check_list(agent(), "agent", "ctrl+question")


def test_closing_and_quitting():
    for window, key in ((user(), "ctrl+w"), (agent(), "ctrl+q")):
        press(window, key)
        assert window.program.wait_closed(practice.SLOW_S) == 0
    for which in ("user", "agent"):
        with (practice.user if which == "user" else practice.agent)() as program:
            window = (practice.UserWindow if which == "user" else practice.AgentWindow)(program)
            key = "ctrl+q" if which == "user" else "ctrl+w"
            window.press(key)
            PRESSED[which].add(key)
            assert program.wait_closed(practice.SLOW_S) == 0


def test_every_key_that_is_listed_was_pressed():
    for window in ("user", "agent"):
        missing = keys_of(listed(window).values()) - PRESSED[window]
        assert not missing, (window, missing)


def main():
    tests = [test for name, test in globals().items() if name.startswith("test_")]
    with practice.user() as one, practice.agent() as two:
        HERE.update(user=practice.UserWindow(one), agent=practice.AgentWindow(two))
        return tap.run_tests(tests)


if __name__ == "__main__":
    sys.exit(main())
