# SPDX-License-Identifier: GPL-3.0-or-later
"""The real gnome-keyring in trouble, in front of the real window: locked, its question dismissed, not
answering, not running. Each time there is a page that says what to do, and its button leads on.

Run by "with-keyring --here". The tests build on one another: the third one makes the data that the
later ones have to find again.
"""

import os
import re
import signal
import subprocess
import sys

import opening
import tw_practice as practice
import tw_window as w

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import tap  # noqa: E402

PRESS = os.path.join(os.environ["TW_SRCDIR"], "tests/keyring/press")
DAEMON = int(os.environ["TW_KEYRING_PID"])
# How long the wallet waits for an answer, and what a busy machine puts on top.
PATIENCE_S = 10 + practice.SLOW_S

HERE = {}


def lock():
    subprocess.run(["gdbus", "call", "--session", "--dest", "org.freedesktop.secrets",
                    "--object-path", "/org/freedesktop/secrets", "--method",
                    "org.freedesktop.Secret.Service.Lock",
                    "['/org/freedesktop/secrets/aliases/default']"],
                   check=True, stdout=subprocess.DEVNULL)


def answer(how):
    """Does in the keyring's own dialog what a person would."""
    subprocess.run([PRESS, "gcr-prompter", how], check=True)


def unlock_elsewhere():
    """Another program asks for the password, and gets it."""
    other = subprocess.Popen(["secret-tool", "lookup", *opening.ATTRIBUTES],
                             stdout=subprocess.DEVNULL)
    answer("password")
    assert other.wait(practice.SLOW_S) == 0


def wait_page(program, title, *words):
    """The page of that title, which says these words too."""
    window = opening.key_window(program)
    window.wait_for_label(title, PATIENCE_S)
    for each in words:
        window.wait_for_label(re.compile(each))
    return window


def buttons(window):
    return {node.name for node in window.all("push button")}


def wait_data(program):
    """The wallet opens as the one that it was: signed in, and with its money and history."""
    # Until then the page about the key has that title.
    w.wait_for(lambda: any(window.all("filler", "TwHomePage") for window in program.windows()),
               "the wallet", practice.START_S)
    wallet = practice.UserWindow(program)
    wallet.wait_title("Home")
    w.wait_for(lambda: HERE["balance"] in wallet.page("Home").labels(),
               lambda: f"{HERE['balance']}; there is {wallet.page('Home').labels()}", practice.SLOW_S)
    return wallet


def test_locked_before_the_first_start():
    lock()
    with practice.user() as program:
        answer("Escape")
        window = wait_page(program, "The Keyring Is Locked", "Unlock it with the password")
        window.find("push button", "Use a Passphrase Instead").click()
        window.wait_for_label("Choose a Passphrase", practice.SLOW_S)
        assert len(opening.fields(window)) == 2, window.describe()


def test_nothing_is_kept_without_a_key():
    with practice.user() as program:
        answer("Escape")
        window = wait_page(program, "The Keyring Is Locked")
        assert not os.path.isdir(opening.DATA) or not os.listdir(opening.DATA)
        window.find("push button", "Unlock").click()
        answer("Escape")
        window.wait_for_label("The Keyring Is Locked", practice.SLOW_S)
        window.find("push button", "Unlock").click()
        answer("password")
        opening.enter_wallet(program)


def test_what_is_kept():
    with practice.user() as program:
        wallet = practice.UserWindow(program)
        wallet.click("Enter as the sample person", practice.START_S)
        wallet.wait_title("Home")
        label = wallet.page("Home").wait_for_label(re.compile(r"^¥[1-9][\d,]*\.\d\d$"),
                                                   practice.SLOW_S)
        HERE["balance"] = label
        wallet.close()


def test_locked_and_dismissed_then_unlocked():
    lock()
    with practice.user() as program:
        answer("Escape")
        window = wait_page(program, "The Keyring Is Locked",
                           "password that you use to sign in to this computer")
        # There is data: another key would not open it.
        assert "Quit" in buttons(window) and "Use a Passphrase Instead" not in buttons(window)
        window.find("push button", "Unlock").click()
        answer("Escape")
        window.wait_for_label("The Keyring Is Locked", practice.SLOW_S)
        window.find("push button", "Unlock").click()
        answer("password")
        wait_data(program).close()


def test_unlocked_by_another_program():
    lock()
    with practice.user() as program:
        answer("Escape")
        window = wait_page(program, "The Keyring Is Locked")
        unlock_elsewhere()
        window.find("push button", "Unlock").click()
        wait_data(program).close()


def test_a_locked_one_can_be_left():
    lock()
    with practice.user() as program:
        answer("Escape")
        wait_page(program, "The Keyring Is Locked").find("push button", "Quit").click()
        assert program.wait_closed(practice.SLOW_S) == 0
    unlock_elsewhere()


def test_one_that_does_not_answer():
    os.kill(DAEMON, signal.SIGSTOP)
    try:
        with practice.user() as program:
            window = wait_page(program, "The Keyring Does Not Answer", "Try again in a moment")
            os.kill(DAEMON, signal.SIGCONT)
            window.find("push button", "Try Again").click()
            wait_data(program).close()
    finally:
        os.kill(DAEMON, signal.SIGCONT)


def test_one_that_is_not_running():
    os.kill(DAEMON, signal.SIGKILL)
    bus, environment = opening.bus_without_a_keyring()
    keyring = None
    try:
        with practice.user(**environment) as program:
            window = wait_page(program, "The Keyring Is Not Running", "Your data is safe")
            window.find("push button", "Try Again").click()
            window.wait_for_label("The Keyring Is Not Running", practice.SLOW_S)
            keyring = subprocess.Popen(
                ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                env=dict(os.environ, **environment), stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            keyring.stdin.write(b"test")
            keyring.stdin.close()
            subprocess.run(["gdbus", "wait", "--session", "--timeout", "15",
                            "org.freedesktop.secrets"], env=dict(os.environ, **environment),
                           check=True)
            # The first try may have taken until the keyring was there, and then it went on.
            try:
                window.find("push button", "Try Again").click()
            except w.Missing:
                pass
            wait_data(program).close()
    finally:
        if keyring is not None:
            keyring.terminate()
            keyring.wait()
        bus.terminate()
        bus.wait()


def main():
    return tap.run_tests([test for name, test in globals().items() if name.startswith("test_")])


if __name__ == "__main__":
    sys.exit(main())
