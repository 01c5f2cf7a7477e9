# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a window as a person with a screen reader and a keyboard does. For use within xsession.

Everything waits for its effect with a deadline, and fails with what was there instead. Controls are
found by role and name, as AT-SPI gives them, never by position. What AT-SPI of GTK 4.8 can't do
(moving the focus, keys) goes through xdotool.

    with Program(["tax-wallet", "--practice"]) as program:
        window = program.window()
        window.find("text", "Amount").set_text("12.50")
        window.find("button", "Pay").click()
        window.wait_for_label("Paid")
"""

import os
import re
import subprocess
import sys
import time

# Fatal warnings are meant for the program, which Program() gives them to; AT-SPI's own library
# warns about every GTK 4 program, and reads the variable as early as it is loaded.
if os.environ.pop("G_DEBUG", None) is not None:
    os.execv(sys.executable, sys.orig_argv)

import gi  # noqa: E402

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# AT-SPI gives up on a program after 0.8 s, which a busy machine under a sanitizer takes at times.
Atspi.set_timeout(20000, 60000)

DEADLINE_S = 15.0
POLL_S = 0.03


class Missing(AssertionError):
    """What was waited for did not come; the message says what was there."""


def wait_for(look, what, seconds=DEADLINE_S):
    """Returns what look() returns as soon as it is true; fails with what() after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = look()
        except GLib.Error:
            found = None  # it went away while it was looked at
        if found:
            return found
        if time.monotonic() > deadline:
            try:
                what = what() if callable(what) else what
            except GLib.Error:
                what = "it, and what was looked at went away"
            raise Missing(f"not within {seconds:g} s: {what}")
        time.sleep(POLL_S)


def _matches(wanted, name):
    if wanted is None:
        return True
    if isinstance(wanted, re.Pattern):
        return wanted.search(name) is not None
    return name == wanted


def _applications():
    """The programs that AT-SPI knows."""
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child is not None:
            yield child


class Node:
    """One accessible object."""

    def __init__(self, accessible):
        self.accessible = accessible

    @property
    def name(self):
        return self.accessible.get_name() or ""

    @property
    def role(self):
        return self.accessible.get_role_name()

    def children(self):
        # AT-SPI remembers nothing here, as no main loop of its own runs. Never clear its cache: what it
        # holds of a GTK 4.8 program may have a circle, in which that goes on until the stack is full.
        for index in range(self.accessible.get_child_count()):
            child = self.accessible.get_child_at_index(index)
            if child is not None:
                yield Node(child)

    def walk(self):
        """This node and all below it, as they stand on the screen."""
        yield self
        for child in self.children():
            try:
                yield from child.walk()
            except GLib.Error:
                continue

    def describe(self, depth=0):
        """The tree as text: what a failed test shows."""
        lines = []
        text = self.text() if self.role in ("text", "password text", "entry") else ""
        lines.append(f"{'  ' * depth}{self.role} '{self.name}'" + (f" = '{text}'" if text else ""))
        for child in self.children():
            try:
                lines.extend(child.describe(depth + 1).splitlines())
            except GLib.Error:
                continue
        return "\n".join(lines)

    def each(self, role=None, name=None):
        """Each node below of that role and name; a compiled pattern is searched for in the name."""
        return (node for node in self.walk()
                if (role is None or node.role == role) and _matches(name, node.name))

    def all(self, role=None, name=None):
        """All of them that there are."""
        return list(self.each(role, name))

    def find(self, role=None, name=None, seconds=DEADLINE_S):
        """The first such node, as soon as there is one."""
        def what():
            return f"{role or 'anything'} named {name!r}; there is\n{self.describe()}"

        return wait_for(lambda: next(self.each(role, name), None), what, seconds)

    def wait_gone(self, role=None, name=None, seconds=DEADLINE_S):
        wait_for(lambda: not self.all(role, name), lambda: f"{role} named {name!r} gone", seconds)

    def has_state(self, state):
        """state: a name like "focused", "sensitive", "checked", "selected"."""
        return self.accessible.get_state_set().contains(getattr(Atspi.StateType, state.upper()))

    # Text

    def text(self):
        """What stands in an entry or a text view."""
        try:
            # GTK 4.8 gives nothing for "to the end".
            return Atspi.Text.get_text(self.accessible, 0,
                                       Atspi.Text.get_character_count(self.accessible))
        except GLib.Error:
            return ""

    def set_text(self, text):
        """Replaces what stands in an entry, and waits until it does."""
        if not Atspi.EditableText.set_text_contents(self.accessible, text):
            raise Missing(f"{self.role} '{self.name}' takes no text")
        hidden = self.role == "password text"
        wait_for(lambda: hidden or self.text() == text,
                 lambda: f"'{text}' in '{self.name}'; it has '{self.text()}'")
        return self

    # Labels

    def labels(self):
        """The text of every label below, in order."""
        return [node.name for node in self.walk() if node.role == "label" and node.name]

    def wait_for_label(self, words, seconds=DEADLINE_S):
        """Waits for a label that is words (or matches the pattern); returns its text."""
        def look():
            return next((text for text in self.labels() if _matches(words, text)), None)

        return wait_for(look, lambda: f"label {words!r}; there are {self.labels()}", seconds)

    # Doing

    def actions(self):
        return [Atspi.Action.get_action_name(self.accessible, index)
                for index in range(Atspi.Action.get_n_actions(self.accessible))]

    def act(self, action):
        """Does a named action of the control; its effect comes up to 250 ms later."""
        wait_for(lambda: self.has_state("sensitive"), f"{self.role} '{self.name}' is insensitive")
        names = self.actions()
        if action not in names:
            raise Missing(f"{self.role} '{self.name}' has no '{action}', only {names}")
        Atspi.Action.do_action(self.accessible, names.index(action))
        return self

    def click(self):
        return self.act("click")

    def toggle(self):
        """Turns a switch, and waits until it is turned."""
        before = self.has_state("checked")
        self.act("toggle")
        wait_for(lambda: self.has_state("checked") != before, f"switch '{self.name}' turned")
        return self

    def select(self, which):
        """Selects a child of a list: by index, or the first whose labels have that name."""
        def look():
            if isinstance(which, int):
                return which if self.accessible.get_child_count() > which else None
            return next((index + 1 for index, child in enumerate(self.children())
                         if any(_matches(which, node.name) for node in child.walk())), None)

        found = wait_for(look, lambda: f"a row {which!r} in\n{self.describe()}")
        index = found if isinstance(which, int) else found - 1
        Atspi.Selection.select_child(self.accessible, index)
        return self

    def value(self):
        return Atspi.Value.get_current_value(self.accessible)

    def set_value(self, value):
        Atspi.Value.set_current_value(self.accessible, value)
        wait_for(lambda: self.value() == value, f"{value} in '{self.name}'")
        return self

    def close(self):
        """Closes a window the way its own button does."""
        if "window.close" in self.actions():
            try:
                return self.act("window.close")
            except GLib.Error as error:
                # The last window takes its program along, at times before that has answered.
                if "without replying" not in error.message and "no longer" not in error.message:
                    raise
                return self
        return self.find("button", "Close").click()


class Program:
    """A program with windows, started here; asked to end when the block is left.

    A warning by GLib or GTK ends it, and so fails the test.
    """

    def __init__(self, command, env=None, deadline=DEADLINE_S):
        self.deadline = deadline
        environment = dict(os.environ, G_DEBUG="fatal-warnings")
        environment.update(env or {})
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None and os.environ.get("TW_BUILDDIR"):
            screenshot(os.path.join(os.environ["TW_BUILDDIR"], "meson-logs",
                                    f"failed-{os.path.basename(sys.argv[0])}.png"))
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                if kind is None:
                    raise Missing("the program did not end when it was asked to") from None

    def accessible(self):
        for child in _applications():
            try:
                if child.get_process_id() == self.process.pid:
                    return Node(child)
            except GLib.Error:
                continue
        return None

    def windows(self):
        application = self.accessible()
        return [] if application is None else list(application.children())

    def window(self, name=None, seconds=None):
        """The first window of that name, as soon as it is on the screen with something in it."""
        def look():
            if self.process.poll() is not None:
                raise Missing(f"the program ended with {self.process.returncode}")
            return next((window for window in self.windows()
                         if _matches(name, window.name) and any(window.children())), None)

        return wait_for(look, lambda: f"a window named {name!r} of {self.process.args}; there are "
                        f"{[w.name for w in self.windows()]}", seconds or self.deadline)

    def wait_closed(self, seconds=DEADLINE_S):
        """Waits until the program ended by itself; returns its exit status."""
        wait_for(lambda: self.process.poll() is not None, "the program ended", seconds)
        return self.process.returncode


def any_window(name, seconds=DEADLINE_S):
    """A window of that name, whichever program it belongs to."""
    def look():
        return next((window for program in _applications() for window in Node(program).children()
                     if _matches(name, window.name) and any(window.children())), None)

    return wait_for(look, f"a window named {name!r}", seconds)


# The keyboard and the screen

def _xdotool(*arguments):
    done = subprocess.run(["xdotool", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing(f"xdotool {arguments}: {done.stderr.strip()}")
    return done.stdout.strip()


def x_window(title, seconds=DEADLINE_S):
    """The X id of the window with that title."""
    def look():
        done = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", f"^{re.escape(title)}$"],
                              capture_output=True, text=True, check=False)
        return done.stdout.split()[:1]

    return wait_for(look, f"a window titled {title!r} on the screen", seconds)[0]


def focus_window(title):
    """Gives a window the keyboard; needs a window manager (xsession --wm)."""
    window = x_window(title)
    _xdotool("windowactivate", "--sync", window)
    return window


def resize_window(title, width, height):
    """Makes a window another size; what it does of that is its own."""
    _xdotool("windowsize", x_window(title), str(width), str(height))


def press(*keys):
    """Presses keys one after another, named as X does: "ctrl+f", "Tab", "alt+Left"."""
    _xdotool("key", "--delay", "30", *keys)


def type_text(text, into=None):
    """Types into what has the focus; Chinese too.

    X lends a key to each character that no key has, and a busy program may look at the key only
    when it has been lent to the next one. With @into, the node that has the focus, one character
    follows the other when it has arrived, and is typed again when it has not.
    """
    if into is None:
        _xdotool("type", "--delay", "20", "--", text)
        return
    before = into.text() or ""
    for count in range(1, len(text) + 1):
        wanted = before + text[:count]
        for _ in range(5):
            _xdotool("type", "--delay", "20", "--", text[count - 1])
            try:
                wait_for(lambda: (into.text() or "") == wanted, wanted, 3)
                break
            except Missing:
                if len(into.text() or "") == len(wanted):
                    press("BackSpace")
        else:
            raise Missing(f"{text[count - 1]!r} does not arrive: {into.text()!r}")


def screenshot(path, title=None):
    """Saves the screen, or the window of that title, as PNG."""
    window = x_window(title) if title is not None else "root"
    subprocess.run(["import", "-window", window, path], check=True, stdin=subprocess.DEVNULL)


def wait_still(title, seconds=DEADLINE_S):
    """Waits until the window of that title looks the same for half a second."""
    seen = []

    def look():
        shot = subprocess.run(["import", "-window", x_window(title), "rgb:-"], check=True,
                              stdin=subprocess.DEVNULL, capture_output=True).stdout
        now = time.monotonic()
        if not seen or seen[0] != shot:
            seen[:] = [shot, now]
        return now - seen[1] > 0.5

    wait_for(look, f"{title!r} stands still", seconds)
