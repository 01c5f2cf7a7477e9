# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's window with a service that is not on this computer: through TLS and the shipped nginx
configuration, with a certificate that is trusted and one that is not."""

import os
import re
import subprocess
import sys
import tempfile

import tw_practice as practice
import tw_window as w

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import tap  # noqa: E402
from front import Front  # noqa: E402

PHONE = "13800000000"
PASSWORD = "Practice-2026-Wallet"
UNTRUSTED = re.compile("can.t prove who it is")

HERE = {}


def sockets():
    """The folder of the practice service's sockets."""
    with open(f"/proc/{practice.server_pid()}/cmdline", encoding="utf-8") as file:
        words = file.read().split("\0")
    return words[words.index("--socket-dir") + 1]


def address():
    return f"https://localhost:{HERE['front'].port}"


def window_to(*arguments):
    return w.Program([practice.APP, *arguments], env=practice.ENVIRONMENT,
                     deadline=practice.START_S)


def sign_in(window):
    page = window.page("Welcome", practice.START_S)
    fields = {node.name: node for node in page.walk() if node.role in ("text", "password text")}
    fields["Phone number"].set_text(PHONE)
    fields["Password"].set_text(PASSWORD)
    page.find("push button", "Sign in").click()
    return page


def refused(*arguments):
    done = subprocess.run([practice.APP, *arguments], env={**os.environ, **practice.ENVIRONMENT},
                          capture_output=True, text=True, timeout=practice.START_S, check=False)
    assert done.returncode == 2, done
    return done.stderr


def test_what_is_no_address_is_refused():
    for wrong in ("http://localhost:1", "https://", "localhost", "https://name:word@localhost",
                  "https://localhost/path", "ftp://localhost"):
        said = refused("--service", wrong)
        assert wrong in said and "https://host" in said, said
    said = refused("--service", "https://localhost", "--trust", "/nowhere/at-all.pem")
    assert "/nowhere/at-all.pem" in said, said


def test_a_certificate_that_nobody_vouches_for():
    with window_to("--service", address()) as program:
        page = sign_in(practice.UserWindow(program))
        page.find("alert", UNTRUSTED, practice.SLOW_S)


def test_a_certificate_for_another_name():
    with window_to("--service", address().replace("localhost", "127.0.0.1"),
                   "--trust", HERE["front"].certificate) as program:
        window = practice.UserWindow(program)
        sign_in(window).find("alert", re.compile("can.t"), practice.SLOW_S)
        assert "Home" not in window.header(), window.header()


def test_the_wallet_through_tls():
    with window_to("--service", address(), "--trust", HERE["front"].certificate) as program:
        window = practice.UserWindow(program)
        sign_in(window)
        window.wait_title("Home")
        window.go("wallet")
        page = window.page("Wallet")
        before = w.wait_for(lambda: next((text for text in page.labels()
                                          if re.match(r"¥[\d,]+\.\d\d$", text)), None),
                            lambda: f"the balance; there is {page.labels()}", practice.SLOW_S)
        amount = next(node for node in page.walk()
                      if node.role == "text" and node.name == "Amount in yuan")
        amount.set_text("12.50")
        page.find("push button", "Top up").click()
        after = f"¥{(practice.yuan(before) + 1250) / 100:,.2f}"
        page.wait_for_label(after, practice.SLOW_S)
        # The front goes: what there is stays, with its time.
        HERE["front"].stop()
        window.says(re.compile("No connection to the service just now"), practice.SLOW_S)
        page.wait_for_label(after)


def main():
    with tempfile.TemporaryDirectory() as folder, practice.agent() as desk:
        desk.window("Tax Wallet Desk")
        HERE["front"] = Front(folder, sockets(), name="localhost")
        try:
            return tap.run_tests([test_what_is_no_address_is_refused,
                                  test_a_certificate_that_nobody_vouches_for,
                                  test_a_certificate_for_another_name,
                                  test_the_wallet_through_tls])
        finally:
            HERE["front"].stop()


if __name__ == "__main__":
    sys.exit(main())
