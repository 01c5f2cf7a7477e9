#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves the window driver on a very small window: what it does arrives, what is not there fails."""

import os
import re
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import tap  # noqa: E402
import tw_window  # noqa: E402
from tw_window import Missing, Program  # noqa: E402

TINY = [os.path.join(HERE, "tiny_window.py")]


def fails(what, *arguments, **options):
    try:
        what(*arguments, **options)
    except Missing as error:
        return str(error)
    raise AssertionError(f"{what.__name__} found what is not there")


def test_fill_in_and_press():
    with Program(TINY) as program:
        window = program.window("User")
        assert window.find("label", "nothing yet")
        window.find("text", "Amount").set_text("12.50")
        window.find("text", "Payee").set_text("上海市税务局 👍")
        window.find("push button", "Pay").click()
        window.wait_for_label("12.50 to 上海市税务局 👍")
        window.find("check box", "At once").toggle()
        window.find("push button", "Pay").click()
        window.wait_for_label(re.compile("at once$"))


def test_select():
    with Program(TINY) as program:
        window = program.window()
        window.find("list", "Year").select("2024")
        window.wait_for_label("2024 is chosen")
        window.find("list", "Year").select(2)
        window.wait_for_label("2025 is chosen")
        window.wait_gone("label", "no year")


def test_keys():
    with Program(TINY) as program:
        window = program.window()
        tw_window.focus_window("User")
        tw_window.type_text("7.00")
        tw_window.press("Tab")
        tw_window.type_text("税务局", into=window.find("text", "Payee"))
        for name, text in (("Amount", "7.00"), ("Payee", "税务局")):
            entry = window.find("text", name)
            tw_window.wait_for(lambda: entry.text() == text, window.describe)


def test_screenshot():
    with Program(TINY) as program:
        program.window()
        path = os.path.join(os.environ["TW_SESSION_DIR"], "shot.png")

        def drawn():
            tw_window.screenshot(path, "User")
            with open(path, "rb") as shot:
                assert shot.read(8) == b"\x89PNG\r\n\x1a\n"
            return os.path.getsize(path) > 1500

        tw_window.wait_for(drawn, "a picture with something in it")


def test_close():
    with Program(TINY) as program:
        program.window().close()
        assert program.wait_closed() == 0


def test_language():
    assert os.environ["LANG"] == "zh_CN.UTF-8"
    with os.popen("LC_ALL=zh_CN.UTF-8 date +%A") as date:
        assert date.read().startswith("星期"), "the Chinese locale is not there"


def test_what_is_missing_fails():
    with Program(TINY) as program:
        window = program.window()
        words = fails(window.find, "push button", "Refund", seconds=0.3)
        assert "push button 'Pay'" in words, "the message does not show what there is"
        fails(window.find, "text", "Pay", seconds=0.3)
        fails(window.wait_for_label, "never said", seconds=0.3)
        fails(window.wait_gone, "push button", "Pay", seconds=0.3)
        fails(window.find("label", "nothing yet").act, "fly")
        fails(program.window, "Agent", seconds=0.3)


def test_a_program_that_ends_fails():
    with Program(["false"]) as program:
        assert "ended with 1" in fails(program.window)


if __name__ == "__main__":
    sys.exit(tap.run_tests([
        test_fill_in_and_press, test_select, test_keys, test_screenshot, test_close, test_language,
        test_what_is_missing_fails, test_a_program_that_ends_fails]))
