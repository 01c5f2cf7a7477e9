#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every icon that the desktop entries name is there, is drawn, and is not blank."""

import os
import re
import sys

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import tap  # noqa: E402

DATA = os.path.join(HERE, "..", "..", "data")


def icons():
    for name in os.listdir(DATA):
        if name.endswith(".desktop.in"):
            with open(os.path.join(DATA, name), encoding="utf-8") as entry:
                icon = re.search(r"^Icon=(.*)$", entry.read(), re.MULTILINE)[1]
            assert icon == name.removesuffix(".desktop.in"), f"{name} has the icon of another"
            yield os.path.join("scalable", "apps", icon + ".svg")
            yield os.path.join("symbolic", "apps", icon + "-symbolic.svg")


def test_icons_are_drawn():
    found = list(icons())
    assert len(found) == 4, found
    for icon in found:
        path = os.path.join(DATA, "icons", "hicolor", icon)
        for size in (16, 48, 128):
            picture = GdkPixbuf.Pixbuf.new_from_file_at_size(path, size, size)
            assert (picture.get_width(), picture.get_height()) == (size, size), icon
            opaque = sum(alpha > 127 for alpha in picture.get_pixels()[3::4])
            assert size * size * 0.3 < opaque < size * size * 0.95, (icon, size, opaque)


if __name__ == "__main__":
    sys.exit(tap.run_tests([test_icons_are_drawn]))
