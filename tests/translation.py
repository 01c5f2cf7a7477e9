#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails on a message that is not translated, or not known to po/ at all.

    translation.py SOURCE-ROOT    checks
    translation.py --self-test    proves that planted gaps are found
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "build-aux"))
sys.dont_write_bytecode = True
import translations  # noqa: E402

# Messages that a Chinese reader reads as they are.
SAME_IN_CHINESE = {"PDF", "CSV", "ID", "-", "¥", "name@example.com"}

HAN = re.compile("[\u4e00-\u9fff]")
FIELD = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$', re.MULTILINE)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8"))


def messages(path):
    """Maps each message of a .po or .pot (with its context) to its translations, fuzzy ones as ""."""
    found = {}
    # One line a field, and no obsolete message, is what makes reading it simple.
    for entry in run("msgattrib", "--no-wrap", "--no-obsolete", path).stdout.split("\n\n"):
        fields, name = {}, None
        for line in entry.splitlines():
            field = FIELD.match(line)
            if field:
                name = field[1]
                fields[name] = field[2][1:-1]
            elif line.startswith('"') and name:
                fields[name] += line.strip()[1:-1]
        fuzzy = re.search(r"^#,.*\bfuzzy\b", entry, re.MULTILINE)
        if fields.get("msgid"):
            key = (fields.get("msgctxt"), fields["msgid"], fields.get("msgid_plural"))
            found[key] = [text if not fuzzy else "" for field, text in fields.items()
                          if field.startswith("msgstr")]
    return found


def named(key):
    return f"“{key[1]}”" + (f" ({key[0]})" if key[0] else "")


def compare(po, wanted):
    translated = messages(po)
    name = os.path.basename(po)
    for key in wanted:
        if key not in translated:
            yield f"{name} does not have {named(key)}"
        elif not all(translated[key]):
            yield f"{name} has no (sure) translation of {named(key)}"
    for key, texts in translated.items():
        words = re.sub(r"%[-0-9.$']*l*[a-zA-Z]|\\.", "", key[1])
        if re.search("[A-Za-z]", words) and key[1] not in SAME_IN_CHINESE \
                and any(text and not HAN.search(text) for text in texts):
            yield f"{name} leaves in English: {named(key)}"
        if key not in wanted:
            yield f"{name} has {named(key)}, which nothing says any more"


def check(root):
    wrong = []
    found, listed = translations.files_with_messages(root), translations.listed_files(root)
    for path in sorted(set(found) - set(listed)):
        wrong.append(f"po/POTFILES.in lacks {path}")
    for path in sorted(set(listed) - set(found)):
        wrong.append(f"po/POTFILES.in has {path}, which has no message or is not there")
    if not found:
        wrong.append("no message was found at all")
    wanted = {}
    with tempfile.TemporaryDirectory() as folder:
        pot = os.path.join(folder, "new.pot")
        warnings = translations.extract(root, found, pot)
        if warnings:
            wrong.append(warnings)
        wanted = messages(pot)
    for language in translations.languages(root):
        po = os.path.join(root, "po", language + ".po")
        wrong.extend(compare(po, wanted))
        checked = run("msgfmt", "--check", "--output-file=/dev/null", po)
        if checked.returncode != 0:
            wrong.append(checked.stderr.strip())
    if wrong:
        wrong.append("build-aux/translations.py brings po/ up to date; then translate what is new.")
    return wrong


SOURCE = """#include <glib/gi18n.h>
char *a (void) { return g_strdup_printf (_("Paid %d of them"), 3); }
const char *b (void) { return N_("Pay"); }
"""
UI = """<interface><object class="GtkLabel"><property name="label" translatable="yes">Bill</property>
</object></interface>
"""
PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: zh_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

#, c-format
msgid "Paid %d of them"
msgstr "已付 %d 笔"

msgid "Pay"
msgstr "缴纳"

msgid "Bill"
msgstr "账单"
"""

# What is planted: file, its new content, what has to be said about it.
PLANTED = (
    ("src/new.c", SOURCE, "lacks src/new.c"),
    ("src/a.c", SOURCE.replace('"Paid %d of them"', '"Paid %" G_GINT64_FORMAT'), "format string"),
    ("src/a.c", SOURCE.replace('N_("Pay")', 'N_("Refund")'), "does not have “Refund”"),
    ("resources/a.ui", UI.replace("Bill", "Receipt"), "does not have “Receipt”"),
    ("resources/new.ui", UI, "lacks resources/new.ui"),
    ("po/zh_CN.po", PO.replace('msgstr "缴纳"', 'msgstr ""'), "no .* translation of “Pay”"),
    ("po/zh_CN.po", PO.replace('msgid "Pay"', '#, fuzzy\nmsgid "Pay"'), "no .* translation of “Pay”"),
    ("po/zh_CN.po", PO.replace('msgid "Bill"', 'msgid "Bills"'), "“Bills”, which nothing says"),
    ("po/zh_CN.po", PO.replace("%d 笔", "%s 笔"), "format"),
    ("po/zh_CN.po", PO.replace('msgstr "账单"', 'msgstr "Bill"'), "leaves in English: “Bill”"),
    ("po/POTFILES.in", "src/a.c\n", "lacks resources/a.ui"),
    ("po/POTFILES.in", "src/a.c\nsrc/gone.c\nresources/a.ui\n", "src/gone.c"),
)


def lay(root):
    for folder in ("po", "src", "resources", "data"):
        os.makedirs(os.path.join(root, folder))
    for path, text in (("src/a.c", SOURCE), ("resources/a.ui", UI), ("po/zh_CN.po", PO),
                       ("po/LINGUAS", "zh_CN\n"), ("po/POTFILES.in", "src/a.c\nresources/a.ui\n")):
        with open(os.path.join(root, path), "w", encoding="utf-8") as out:
            out.write(text)


def self_test():
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        sound = os.path.join(folder, "sound")
        lay(sound)
        failed.extend(f"said about a sound tree: {line}" for line in check(sound))
        for number, (path, text, words) in enumerate(PLANTED):
            root = os.path.join(folder, str(number))
            shutil.copytree(sound, root)
            with open(os.path.join(root, path), "w", encoding="utf-8") as out:
                out.write(text)
            said = check(root)
            if not any(re.search(words, line) for line in said):
                failed.append(f"planted {words!r} in {path}; said was {said}")
    return failed


def main():
    wrong = self_test() if sys.argv[1:] == ["--self-test"] else check(sys.argv[1])
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
