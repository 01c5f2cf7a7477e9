#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every C file is as .clang-format says: build-aux/format does it."""

import os
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..")


def sources():
    for room in ("src", "tests"):
        for folder, _, names in os.walk(os.path.join(TOP, room)):
            yield from (os.path.join(folder, name) for name in names if name.endswith((".c", ".h")))


def main():
    """With --mend the files are written; else the first places that differ are told."""
    how = ["-i"] if sys.argv[1:] == ["--mend"] else ["--dry-run", "-Werror", "--ferror-limit=3"]
    files = sorted(sources())
    assert len(files) > 300, f"only {len(files)} files were found"
    return subprocess.run(["clang-format", "--style=file", *how, *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
