# SPDX-License-Identifier: GPL-3.0-or-later
"""Both real windows in practice mode, for a test within xsession.

GTK 4.8 tells AT-SPI about hidden pages too, so that what is looked for is looked for in its page:

    with user() as program:
        window = UserWindow(program)
        window.page("Welcome").find("push button", "Enter as the sample person").click()
        window.go("wallet")
        window.page("Wallet").find("text", "Amount in yuan").set_text("12.50")
"""

import os
import re
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tools"))

import tw_window as w  # noqa: E402

BUILD = os.environ["TW_BUILDDIR"]
SESSION = os.environ["TW_SESSION_DIR"]
APP = os.path.join(BUILD, "src/client/app/tax-wallet")
# A first start makes the databases and the sample person; under a sanitizer that takes a while.
START_S = 60.0
# How long anything may take that goes through the service, on a busy machine under a sanitizer.
SLOW_S = 40.0

PLACES = ("home", "wallet", "pay", "bills", "records", "help", "account")

ENVIRONMENT = {
    "TW_SERVER": os.path.join(BUILD, "src/server/tax-wallet-server"),
    "TW_COUNTERPART": os.path.join(BUILD, "src/counterpart/tax-wallet-counterpart"),
    "TW_LOCALEDIR": os.path.join(BUILD, "po"),
}


def user(**environment):
    return w.Program([APP, "--practice"], env={**ENVIRONMENT, **environment}, deadline=START_S)


def agent(**environment):
    return w.Program([APP, "--practice", "--agent"], env={**ENVIRONMENT, **environment},
                     deadline=START_S)


def resident_id(sequence, birthday="19900307", region="110105"):
    """A number that passes the check, and that nobody was given."""
    digits = f"{region}{birthday}{sequence:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * f for d, f in zip(digits, weights)) % 11]


class Window:
    """One of the two windows of a running program."""

    title = None

    def __init__(self, program):
        self.program = program
        self.node = program.window(self.title)

    def focus(self):
        w.focus_window(self.title)
        return self

    def press(self, *keys):
        """Presses keys in this window."""
        self.focus()
        w.press(*keys)

    def find(self, role, name, seconds=w.DEADLINE_S):
        return self.node.find(role, name, seconds)

    def click(self, name, seconds=w.DEADLINE_S):
        self.node.find("push button", name, seconds).click()

    def says(self, words, seconds=SLOW_S):
        """Waits for a label anywhere in the window."""
        return self.node.wait_for_label(words, seconds)

    def focused(self):
        """What has the keyboard, or None."""
        return next((node for node in self.node.walk() if node.has_state("focused")), None)

    def wait_focused(self, role, name=None, seconds=w.DEADLINE_S):
        def look():
            node = self.focused()
            if node is not None and node.role == role and (name is None or node.name == name):
                return node
            return None

        def what():
            node = self.focused()
            return (f"the focus on {role} {name!r}; it is on "
                    f"{(node.role, node.name) if node is not None else None}")

        return w.wait_for(look, what, seconds)

    def reach(self, node, key="Tab", presses=80):
        """Moves the focus, as a person without a mouse does, until it is on that control or in it."""
        def there():
            try:
                return any(inner.has_state("focused") for inner in node.walk())
            except w.GLib.Error:
                return False  # it went away while it was looked at

        self.focus()
        for _ in range(presses):
            if there():
                return
            w.press(key)
            try:
                w.wait_for(there, "", 0.15)
            except w.Missing:
                continue
        raise w.Missing(f"the focus never came to {node.role} '{node.name}'")

    def open_row(self, page, which, seconds=SLOW_S):
        """Opens the row of a list of the page whose name has these words; returns its name."""
        name = page.find("list item", which, seconds).name
        rows = next(node for node in page.all("list")
                    if any(child.name == name for child in node.children()))
        # By its place: what a row says may change as soon as it is looked at.
        place = [child.name for child in rows.children()].index(name)

        def there():
            return any(inner.has_state("focused") for inner in list(rows.children())[place].walk())

        # A key that is still on its way when the list is reached moves the focus on: the row is
        # opened only once the focus stands on it.
        for _ in range(5):
            self.reach(rows)
            w.press("Home", *["Down"] * place)
            try:
                w.wait_for(there, "", 2.0)
            except w.Missing:
                continue
            w.press("Return")
            return name
        raise w.Missing(f"the focus never came to the row {name!r}; it is on {self.focused()}")

    def close(self):
        """Closes the window as a person does, and waits until the program ended well."""
        self.node.close()
        status = self.program.wait_closed(SLOW_S)
        if status != 0:
            raise w.Missing(f"{self.title} ended with {status}")


class UserWindow(Window):
    title = "Tax Wallet"
    bars = None

    def page(self, name, seconds=w.DEADLINE_S):
        """One page of the window, which must have been shown before, by its name in the code."""
        return self.node.find("filler", f"Tw{name}Page", seconds)

    def go(self, place):
        """Goes to a place by its key, and waits until the header says so."""
        self.press(f"alt+{PLACES.index(place) + 1}")
        titles = ("Home", "Wallet", "Pay", "Bills", "Tax history", "Help", "Account")
        self.wait_title(titles[PLACES.index(place)])

    def header(self):
        """What stands in the header bar: the title, then the subtitle."""
        # Looking through all pages takes seconds, and the bars stay the same.
        if not self.bars:
            self.bars = self.node.all("filler", "AdwWindowTitle")
        return [node.name for bar in self.bars for node in bar.walk() if node.role == "label"]

    def wait_title(self, title, seconds=SLOW_S):
        w.wait_for(lambda: any(w._matches(title, text) for text in self.header()),
                   lambda: f"the page {title!r}; it is {self.header()}", seconds)


class AgentWindow(Window):
    title = "Tax Wallet Desk"

    def part(self, name, seconds=w.DEADLINE_S):
        return self.node.find("filler", f"Tw{name}", seconds)


def server_pid():
    """The process of this session's practice service."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().decode().split("\0")
        except OSError:
            continue
        if words[0].endswith("tax-wallet-server") and any(SESSION in word for word in words):
            return int(name)
    return None


def stop_service(number=signal.SIGTERM):
    """Pulls the service away from under both windows."""
    pid = w.wait_for(server_pid, "the practice service runs")
    os.kill(pid, number)
    w.wait_for(lambda: server_pid() != pid, "the service is gone", SLOW_S)


def pdf_text(path):
    return subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True,
                          text=True).stdout


def yuan(text):
    """The amount in a text like "-¥1,234.50", in fen."""
    found = re.search(r"¥([\d,]+)\.(\d\d)", text)
    if found is None:
        raise w.Missing(f"an amount in {text!r}")
    return int(found.group(1).replace(",", "")) * 100 + int(found.group(2))
