# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs test functions and reports in TAP, which meson reads."""

import sys
import traceback


def run_tests(functions):
    """Runs test functions in order and reports in TAP; the exit status is for sys.exit()."""
    failed = 0
    print(f"1..{len(functions)}", flush=True)
    for number, function in enumerate(functions, 1):
        name = function.__name__.removeprefix("test_").replace("_", " ")
        try:
            function()
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            for line in f"{type(error).__name__}: {error}".splitlines():
                print(f"# {line}")
            print(f"not ok {number} {name}", flush=True)
            traceback.print_exc(file=sys.stderr)
        else:
            print(f"ok {number} {name}", flush=True)
    return 1 if failed else 0
