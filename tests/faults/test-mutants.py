#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planted bugs: each one in the source is on the list and built, and none can get into a program that
is not a test's."""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import mutants  # noqa: E402
import tap  # noqa: E402

TOP = os.environ.get("TW_SRCDIR") or os.path.join(os.path.dirname(__file__), "..", "..")
GUARD = "base/tw-planted.h"
SITE = re.compile(r"^#if(?:def)? .*TW_MUTANT_([A-Z0-9_]+).*\n(.*)$", re.MULTILINE)
LEAST = 30


def _read_sites():
    """Name, file, and the line after, of each place."""
    for folder, _, files in os.walk(os.path.join(TOP, "src")):
        for name in files:
            if name.endswith((".c", ".h")):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as text:
                    for mutant, after in SITE.findall(text.read()):
                        yield mutant, os.path.relpath(path, TOP), after


def test_each_is_listed_and_built():
    """Source, list and build have the same ones, and there are enough."""
    listed = {row[0] for row in mutants.read_list()}
    planted = {mutant for mutant, _, _ in _read_sites()}
    with open(os.path.join(TOP, "tests/faults/meson.build"), encoding="utf-8") as text:
        built = set(re.findall(r"^  '([A-Z0-9_]+)': \[", text.read(), re.MULTILINE))
    assert listed == planted, listed ^ planted
    assert listed == built, listed ^ built
    assert len(listed) >= LEAST


def test_each_has_the_guard():
    """Right behind the switch."""
    bare = [f"{path}: {mutant}" for mutant, path, after in _read_sites()
            if after != f'#include "{GUARD}"']
    assert not bare, bare


def _compile(*options):
    return subprocess.run(["cc", "-fsyntax-only", "-I", os.path.join(TOP, "src"), *options, "-include",
                           GUARD, "-x", "c", "-"], input="", text=True, check=False,
                          capture_output=True)


def test_the_guard_holds():
    """It lets nothing through but a test's build."""
    done = _compile()
    assert done.returncode != 0 and "for tests alone" in done.stderr, done.stderr
    assert _compile("-DTW_TEST_BUILD").returncode == 0


sys.exit(tap.run_tests([test_each_is_listed_and_built, test_each_has_the_guard,
                        test_the_guard_holds]))
