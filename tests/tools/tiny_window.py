#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A very small window, to prove the window driver and the practice session on.

It takes the two options of the real program, and like it leaves a detached process behind that
ends when no window is left; that one is told by the file that TINY_LEASE names.
"""

import os
import subprocess
import sys

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("Adw", "1")
from gi.repository import Adw, Gio, GLib, Gtk  # noqa: E402

AGENT = "--agent" in sys.argv


def on_activate(application):
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    entry = Gtk.Entry()
    entry.update_property([Gtk.AccessibleProperty.LABEL], ["Amount"])
    row = Adw.EntryRow(title="Payee")
    said = Gtk.Label(label="nothing yet")
    button = Gtk.Button(label="Pay")
    button.connect("clicked", lambda *_: said.set_label(
        f"{entry.get_text()} to {row.get_text()}{' at once' if switch.get_active() else ''}"))
    switch = Gtk.Switch()
    switch.update_property([Gtk.AccessibleProperty.LABEL], ["At once"])
    choices = Gtk.ListBox()
    choices.update_property([Gtk.AccessibleProperty.LABEL], ["Year"])
    for year in ("2023", "2024", "2025"):
        choices.append(Gtk.Label(label=year))
    chosen = Gtk.Label(label="no year")
    choices.connect("row-selected", lambda _, r: chosen.set_label(
        r.get_child().get_label() + " is chosen" if r else "no year"))
    for widget in (entry, row, switch, button, said, choices, chosen):
        box.append(widget)
    window = Adw.ApplicationWindow(application=application, title="Agent" if AGENT else "User",
                                   default_width=360, default_height=400, content=box)
    window.present()


def main():
    if "TINY_LEASE" in os.environ and not AGENT:
        subprocess.Popen(["sh", "-c", 'while [ -e "$TINY_LEASE" ]; do sleep 0.05; done'],
                         start_new_session=True)
    application = Adw.Application(application_id="org.example.TinyAgent" if AGENT
                                  else "org.example.TinyUser", flags=Gio.ApplicationFlags.NON_UNIQUE)
    application.connect("activate", on_activate)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, 15, application.quit)
    status = application.run(None)
    if "TINY_LEASE" in os.environ and os.path.exists(os.environ["TINY_LEASE"]):
        os.unlink(os.environ["TINY_LEASE"])
    return status


if __name__ == "__main__":
    sys.exit(main())
