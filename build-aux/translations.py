#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings po/ up to date with the sources: POTFILES.in, and new messages into each language's file.

    build-aux/translations.py

tests/translation.py uses the same functions to tell whether that was forgotten.
"""

import os
import re
import subprocess
import sys
import tempfile

MARKED_C = re.compile(r'(?<![A-Za-z0-9_])(?:_|N_|C_|NC_|g_dngettext|ngettext|gettext)\s*\(\s*(?:"|[A-Za-z_]+,)')
MARKED_UI = re.compile(r'translatable="(?:yes|true|1)"')
FOLDERS = ("data", "resources", "src")
DOMAIN = "tax-wallet"


def languages(root):
    with open(os.path.join(root, "po", "LINGUAS"), encoding="utf-8") as names:
        return [name for name in names.read().split() if not name.startswith("#")]


def has_messages(path):
    if path.endswith((".desktop.in", ".metainfo.xml.in")):
        return True
    if not path.endswith((".c", ".h", ".ui")):
        return False
    with open(path, encoding="utf-8") as text:
        marked = MARKED_UI if path.endswith(".ui") else MARKED_C
        return marked.search(text.read()) is not None


def files_with_messages(root):
    """Every file below the root that has something to translate, sorted, as POTFILES.in has them."""
    found = []
    for folder in FOLDERS:
        for where, _, names in os.walk(os.path.join(root, folder)):
            paths = (os.path.join(where, name) for name in names)
            found.extend(os.path.relpath(path, root) for path in paths if has_messages(path))
    return sorted(found)


def listed_files(root):
    with open(os.path.join(root, "po", "POTFILES.in"), encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def extract(root, files, pot):
    """Writes what xgettext finds in the files to pot; returns its warnings, "" when all is well."""
    done = subprocess.run(
        ["xgettext", "--from-code=UTF-8", "--add-comments=Translators", "--directory", root,
         "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2",
         "--keyword=g_dngettext:2,3", "--keyword=ngettext:1,2",
         "--flag=N_:1:pass-c-format", "--flag=C_:2:pass-c-format", "--flag=NC_:2:pass-c-format",
         "--flag=g_dngettext:2:pass-c-format", "--flag=g_strdup_printf:1:c-format",
         "--flag=g_string_printf:2:c-format", "--flag=g_string_append_printf:2:c-format",
         "--flag=g_error_new:3:c-format", "--flag=g_set_error:4:c-format",
         "--package-name", DOMAIN, "--no-wrap", "--add-location=file",
         "--output", pot, *files],
        capture_output=True, text=True, check=False, env=dict(os.environ, LC_ALL="C.UTF-8"))
    if done.returncode != 0:
        raise RuntimeError(f"xgettext: {done.stderr.strip()}")
    return done.stderr.strip()


def update(root):
    files = files_with_messages(root)
    with open(os.path.join(root, "po", "POTFILES.in"), "w", encoding="utf-8") as listed:
        listed.write("# Written by build-aux/translations.py.\n" + "\n".join(files) + "\n")
    with tempfile.TemporaryDirectory() as folder:
        pot = os.path.join(folder, "new.pot")
        print(extract(root, files, pot), file=sys.stderr, end="")
        for language in languages(root):
            path = os.path.join(root, "po", language + ".po")
            if not os.path.exists(path):
                subprocess.run(["msginit", "--no-translator", "--locale", language + ".UTF-8",
                                "--no-wrap", "--input", pot, "--output-file", path],
                               check=True, stderr=subprocess.DEVNULL)
            # No guessing from like messages: what is new is empty, and what is gone goes.
            subprocess.run(["msgmerge", "--quiet", "--update", "--backup=none", "--no-wrap",
                            "--no-fuzzy-matching", "--sort-by-file", "--add-location=file",
                            path, pot], check=True)
            subprocess.run(["msgattrib", "--no-obsolete", "--no-wrap", "--output-file", path, path],
                           check=True)
            counted = subprocess.run(["msgfmt", "--statistics", "--output-file=/dev/null", path],
                                     check=True, capture_output=True, text=True,
                                     env=dict(os.environ, LC_ALL="C.UTF-8"))
            print(f"{language}: {counted.stderr.strip()}")


if __name__ == "__main__":
    update(os.path.join(os.path.dirname(os.path.realpath(sys.argv[0])), ".."))
