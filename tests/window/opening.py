# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that stand in place of the wallet while its key is not at hand: without a keyring, with
one that lost the key, with another key."""

import os
import re
import subprocess
import sys

import tw_practice as practice
import tw_window as w

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import tap  # noqa: E402

DATA = os.path.join(os.environ["HOME"], ".local/share/tax-wallet/practice/user")
ATTRIBUTES = ("application", "org.taxwallet", "profile", "practice-user")
BUS = """<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
</policy></busconfig>
"""
PASSPHRASE = "violet anchor meadow 4711"


def bus_without_a_keyring():
    """A session bus that starts nothing by itself; the windows are still seen on the old one."""
    path = os.path.join(practice.SESSION, "bare-bus")
    config = path + ".conf"
    with open(config, "w", encoding="utf-8") as file:
        file.write(BUS.format(path))
    bus = subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork",
                            "--print-address"], stdout=subprocess.PIPE)
    bus.stdout.readline()
    asked = subprocess.run(["gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path",
                            "/org/a11y/bus", "--method", "org.a11y.Bus.GetAddress"],
                           check=True, capture_output=True, text=True).stdout
    return bus, {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={path}",
                 "AT_SPI_BUS_ADDRESS": asked.split("'")[1]}


def key_window(program):
    """The page about the key; it has the wallet's name, as it stands in its place."""
    window = program.window("Tax Wallet")
    return window


def fields(window):
    return [node for node in window.walk()
            if node.role in ("text", "password text") and node.name.startswith("Passphrase")]


def enter_wallet(program):
    """Waits for the wallet itself."""
    w.wait_for(lambda: any(window.all("push button", "Enter as the sample person")
                           for window in program.windows()),
               lambda: f"the wallet; there is {[x.describe() for x in program.windows()]}",
               practice.START_S)


def forget_key():
    subprocess.run(["secret-tool", "clear", *ATTRIBUTES], check=True)


def test_without_a_keyring_a_passphrase_is_chosen():
    with practice.user() as program:
        window = key_window(program)
        window.wait_for_label("Choose a Passphrase", practice.SLOW_S)
        open_button = window.find("push button", "Open")
        assert not open_button.has_state("sensitive")
        for first, again, words in (("password", "password", "easy to guess"),
                                    (PASSPHRASE, PASSPHRASE + "x", "not the same")):
            fields(window)[0].set_text(first)
            fields(window)[1].set_text(again)
            open_button.click()
            window.wait_for_label(re.compile(words), practice.SLOW_S)
            assert not os.path.isdir(DATA) or not os.listdir(DATA), os.listdir(DATA)
        fields(window)[1].set_text(PASSPHRASE)
        open_button.click()
        enter_wallet(program)


def test_a_wrong_passphrase_is_refused_and_the_right_one_opens():
    with practice.user() as program:
        window = key_window(program)
        window.wait_for_label("Enter Your Passphrase", practice.SLOW_S)
        assert len(fields(window)) == 1, window.describe()
        fields(window)[0].set_text(PASSPHRASE + "x")
        window.find("push button", "Open").click()
        window.wait_for_label(re.compile("^That is not the passphrase"), practice.SLOW_S)
        w.wait_for(lambda: window.find("push button", "Open").has_state("sensitive"), "again")
        fields(window)[0].set_text(PASSPHRASE)
        window.find("push button", "Open").click()
        enter_wallet(program)


def test_a_lost_key_leads_to_starting_anew():
    with practice.user() as program:
        enter_wallet(program)
    before = set(os.listdir(os.path.dirname(DATA)))
    forget_key()
    with practice.user() as program:
        window = key_window(program)
        window.wait_for_label("The Key to Your Data Is Missing", practice.SLOW_S)
        again, anew = (window.find("push button", name) for name in ("Try Again", "Start Anew"))
        again.click()
        anew.click()  # while the keyring is still being asked
        enter_wallet(program)
    aside = set(os.listdir(os.path.dirname(DATA))) - before
    assert any(name.startswith("user.aside-") for name in aside), aside


def test_another_key_leads_to_the_same_page():
    before = subprocess.run(["secret-tool", "lookup", *ATTRIBUTES], check=True,
                            capture_output=True).stdout
    other = bytes(before[:-3]) + (b"AAA" if before[-3:] != b"AAA" else b"BBB")
    subprocess.run(["secret-tool", "store", "--label=key", *ATTRIBUTES], check=True,
                   input=other)
    with practice.user() as program:
        window = key_window(program)
        window.wait_for_label("The Key to Your Data Is Missing", practice.SLOW_S)
        window.find("push button", "Start Anew").click()
        enter_wallet(program)


def main():
    wanted = "keyring" if sys.argv[1:] == ["keyring"] else "passphrase"
    bus = None
    if wanted == "passphrase":
        bus, environment = bus_without_a_keyring()
        practice.ENVIRONMENT.update(environment)
    tests = {
        "passphrase": [test_without_a_keyring_a_passphrase_is_chosen,
                       test_a_wrong_passphrase_is_refused_and_the_right_one_opens],
        "keyring": [test_a_lost_key_leads_to_starting_anew,
                    test_another_key_leads_to_the_same_page],
    }[wanted]
    status = tap.run_tests(tests)
    if bus is not None:
        bus.terminate()
    return status


if __name__ == "__main__":
    sys.exit(main())
