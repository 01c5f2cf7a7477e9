#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks the includes of src/ and fails on an arrow between rooms that is not on the page.

    arrows.py SOURCE-ROOT     checks; prints each arrow that may not be, and exits 1 if there is one
    arrows.py --self-test     proves that planted bad includes are found

The page is docs/architecture.md; this table is the same page for a machine. A room that is not in
the table is refused too: a new room wants its arrows written down.
"""

import os
import re
import sys
import tempfile

SERVICE = ("base", "model", "protocol", "vault", "db", "tax")

# The service's rooms from the top down: each may include those below it, never one above or beside
# it. Rooms of one row are halves of one thing and may include each other.
SERVER = (
    ("ops",),
    ("http",),
    ("desk",),
    ("pay",),
    ("identity",),
    ("reconcile",),
    ("taxes",),
    ("knowledge",),
    ("guard",),
    ("ledger",),
    ("rails",),
    ("command", "feed"),
)

# A page reaches the rest of the client through these, and through nothing else.
PAGE = ("base", "model", "tax", "client/widgets", "client/paper")

# What stands in single headers of a room that is otherwise closed to those who are named: the
# interface through which a page commands and reads, and the words that are said through it. None of
# them shows how something travels.
HEADERS = {
    header: ("client/widgets", "client/user", "client/agent")
    for header in ("client/sync/tw-client.h", "protocol/tw-failure.h", "protocol/tw-kinds.h",
                   "protocol/tw-practice-people.h", "protocol/tw-refusal.h")
}

ARROWS = {
    "base": (),
    "model": ("base",),
    "protocol": ("base", "model", "tax"),
    "vault": ("base",),
    "db": ("base",),
    "tax": ("base",),
    "client/store": ("base", "db", "vault", "model", "protocol"),
    "client/keyring": ("base", "vault"),
    "client/sync": ("base", "model", "protocol", "vault"),
    "client/paper": ("base", "model", "vault", "tax"),
    "client/widgets": ("base", "model", "tax"),
    "client/user": PAGE,
    "client/agent": PAGE,
    # The one place that ties the client's rooms together.
    "client/app": (*SERVICE, "client/store", "client/keyring", "client/sync", "client/paper",
                   "client/widgets", "client/user", "client/agent"),
    "counterpart": ("base", "model", "protocol", "vault", "db", "tax"),
    # main.c
    "server": (*SERVICE, *(f"server/{room}" for row in SERVER for room in row)),
}
for height, row in enumerate(SERVER):
    for room in row:
        below = [other for lower in SERVER[height:] for other in lower if other != room]
        ARROWS[f"server/{room}"] = (*SERVICE, *(f"server/{other}" for other in below))

# Libraries that stay behind one room's interface: header pattern, the rooms that may see it.
WINDOWS = ("client/widgets", "client/user", "client/agent", "client/app", "client/paper")
LIBRARIES = (
    (re.compile(r"^(gtk|gdk|gsk|adwaita)"), WINDOWS),
    (re.compile(r"^(sqlite3|libpq-fe)"), ("db",)),
    (re.compile(r"^libsecret/"), ("client/keyring",)),
    (re.compile(r"^sodium"), ("vault", "db")),
    (re.compile(r"^openssl/"), ("db",)),
    (re.compile(r"^(qrencode|zbar)"), ("client/widgets",)),
    (re.compile(r"^zxcvbn"), ("vault",)),
    (re.compile(r"^libxml/"), ("server/reconcile",)),
    (re.compile(r"^libsoup/"), ("client/sync", "client/app", "server/http", "server/rails",
                                "server/ops", "counterpart", "server")),
    (re.compile(r"^json-glib/"), tuple(room for room in ARROWS if room not in (
        "client/user", "client/agent", "client/widgets", "client/paper", "base", "db", "tax"))),
)

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def room_of(path):
    """The room that a file belongs to: the longest name in the table that its path begins with."""
    folder = os.path.dirname(path)
    while folder and folder not in ARROWS:
        folder = os.path.dirname(folder)
    return folder or None


def complaint(path, room, kind, header):
    """Why this file may not include that header, or None."""
    if kind == "<":
        for pattern, rooms in LIBRARIES:
            if pattern.search(header) and room not in rooms:
                return f"<{header}> is not for {room}"
        return None
    if "/" not in header:
        return f'"{header}" is included without its room'
    if ".." in header.split("/"):
        return f'"{header}" climbs out of its room'
    other = room_of(header)
    if other is None:
        return f'"{header}" is of no room that is known'
    if other == room:
        return None
    if room in HEADERS.get(header, ()):
        return None
    if other not in ARROWS[room]:
        return f'{room} → {other} is not on the page ("{header}")'
    if header.endswith("-private.h"):
        return f'"{header}" is private to {other}'
    return None


def check(root):
    """Returns all that is wrong below root/src, as lines, and how many files were read."""
    wrong, files = [], 0
    source = os.path.join(root, "src")
    for folder, _, names in os.walk(source):
        for name in sorted(names):
            if not name.endswith((".c", ".h")):
                continue
            files += 1
            path = os.path.relpath(os.path.join(folder, name), source)
            room = room_of(path)
            if room is None:
                wrong.append(f"src/{path}: is in no room that is known")
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as text:
                # A comment's lines are kept, so that numbers stay right.
                body = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text.read())
            for found in INCLUDE.finditer(body):
                words = complaint(path, room, found[1], found[2])
                if words is not None:
                    line = body.count("\n", 0, found.start(1)) + 1
                    wrong.append(f"src/{path}:{line}: {words}")
    return wrong, files


def cycles():
    """Rooms of the table from which arrows lead back; one row of the service may."""
    together = [{f"server/{room}" for room in row} for row in SERVER]

    def reaches(start):
        seen, open_rooms = set(), list(ARROWS[start])
        while open_rooms:
            room = open_rooms.pop()
            if room not in seen:
                seen.add(room)
                open_rooms.extend(ARROWS[room])
        return seen

    return [room for room in ARROWS
            if room in reaches(room) and not any(room in row and len(row) > 1 for row in together)]


# path, what it includes, whether that is fine
PLANTED = (
    ("model/a.c", '"base/tw-money.h"', True),
    ("model/a.c", '"model/tw-bill.h"', True),
    ("base/a.c", '"model/tw-bill.h"', False),
    ("model/a.c", '"protocol/tw-command.h"', False),
    ("db/a.c", '"model/tw-bill.h"', False),
    ("tax/a.c", '"db/tw-db.h"', False),
    ("vault/a.c", '"vault/tw-vault-private.h"', True),
    ("server/identity/a.c", '"vault/tw-vault-private.h"', False),
    ("client/user/pay/a.c", '"client/widgets/tw-row.h"', True),
    ("client/user/pay/a.c", '"client/store/tw-store.h"', False),
    ("client/user/pay/a.c", '"protocol/tw-json.h"', False),
    ("client/user/pay/a.c", '"protocol/tw-kinds.h"', True),
    ("client/user/pay/a.c", '"client/sync/tw-client.h"', True),
    ("client/user/pay/a.c", '"client/sync/tw-session.h"', False),
    ("client/paper/a.c", '"client/sync/tw-client.h"', False),
    ("client/user/pay/a.c", '"client/agent/tw-queue-page.h"', False),
    ("client/agent/queue/a.c", '"db/tw-db.h"', False),
    ("client/store/a.c", '"client/sync/tw-client.h"', False),
    ("client/sync/a.c", '"client/store/tw-store.h"', False),
    ("client/app/a.c", '"client/store/tw-store.h"', True),
    ("client/app/a.c", '"server/ledger/tw-ledger.h"', False),
    ("server/ledger/a.c", '"client/store/tw-store.h"', False),
    ("server/ledger/a.c", '"server/command/tw-tx.h"', True),
    ("server/command/a.c", '"server/http/tw-http.h"', False),
    ("server/http/a.c", '"server/ops/tw-ops.h"', False),
    ("server/ops/a.c", '"server/http/tw-http.h"', True),
    ("server/ledger/a.c", '"server/desk/tw-desk.h"', False),
    ("server/main.c", '"server/http/tw-http.h"', True),
    ("counterpart/a.c", '"server/ledger/tw-ledger.h"', False),
    ("cellar/a.c", '"base/tw-money.h"', False),
    ("client/a.c", '"base/tw-money.h"', False),
    ("model/a.c", '"tw-bill.h"', False),
    ("model/a.c", '"../base/tw-money.h"', False),
    ("model/a.c", '"cellar/wine.h"', False),
    ("client/user/pay/a.c", "<adwaita.h>", True),
    ("client/paper/a.c", "<gtk/gtk.h>", True),
    ("model/a.c", "<gtk/gtk.h>", False),
    ("client/sync/a.c", "<adwaita.h>", False),
    ("server/http/a.c", "<libsoup/soup.h>", True),
    ("client/user/pay/a.c", "<libsoup/soup.h>", False),
    ("client/user/pay/a.c", "<json-glib/json-glib.h>", False),
    ("client/agent/queue/a.c", "<sqlite3.h>", False),
    ("server/ledger/a.c", "<sqlite3.h>", False),
    ("client/app/a.c", "<libsecret/secret.h>", False),
    ("server/feed/a.c", "<sodium.h>", False),
    ("tax/a.c", "<glib.h>", True),
)


def self_test():
    failed = []
    for path, include, fine in PLANTED:
        with tempfile.TemporaryDirectory() as root:
            full = os.path.join(root, "src", path)
            os.makedirs(os.path.dirname(full))
            with open(full, "w", encoding="utf-8") as text:
                text.write(f'/* #include "nowhere/x.h"\n */\n#include <glib.h>\n# include {include}\n')
            wrong, files = check(root)
            if files != 1 or (not wrong) is not fine:
                failed.append(f"{path} including {include}: {wrong or 'nothing was said'}")
            if wrong and "no room" not in wrong[0] and not wrong[0].startswith(f"src/{path}:4:"):
                failed.append(f"{path} including {include}: the line is wrong in {wrong}")
    failed.extend(f"{room} is in a circle of arrows" for room in cycles())
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        wrong, files = self_test(), len(PLANTED)
    else:
        wrong, files = check(sys.argv[1])
        if files < 10:
            wrong.append(f"only {files} files were found below {sys.argv[1]}/src")
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{files} looked at, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
