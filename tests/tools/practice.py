# SPDX-License-Identifier: GPL-3.0-or-later
"""A practice session of build-aux/run for a test: a person of its own, with an own home."""

import os
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
BUILD_AUX = os.path.join(HERE, "..", "..", "build-aux")
sys.path.insert(0, BUILD_AUX)
import processes  # noqa: E402

XSESSION = os.path.join(HERE, "xsession")
TINY = os.path.join(HERE, "tiny_window.py")


def nothing_is_left():
    """Everything that a test starts descends from here."""
    assert processes.wait_until(lambda: not processes.descendants(), 5), \
        [open(f"/proc/{pid}/cmdline", encoding="utf-8").read().replace("\0", " ")
         for pid in processes.descendants()]


class Practice:
    """A practice session with a home of its own and the tiny window as its program."""

    def __init__(self, display=False, wrapper=()):
        self.folder = tempfile.TemporaryDirectory(prefix="tw-practice.")
        self.runtime = os.path.join(self.folder.name, "run")
        self.lease = os.path.join(self.folder.name, "lease")
        os.mkdir(self.runtime, mode=0o700)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("XDG_", "DBUS_"))
                            and name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.environment.update(HOME=self.folder.name, XDG_RUNTIME_DIR=self.runtime,
                                TINY_LEASE=self.lease, GSK_RENDERER="cairo",
                                TMPDIR=self.folder.name, GSETTINGS_BACKEND="memory")
        self.wrapper = wrapper

    @property
    def data(self):
        return os.path.join(self.folder.name, ".local/share/tax-wallet")

    def start(self, *options, program=TINY, ignore_interrupt=False):
        with open(self.lease, "w", encoding="utf-8"):
            pass
        before = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if ignore_interrupt else None
        return subprocess.Popen(
            [*self.wrapper, "/usr/bin/python3", "-B", os.path.join(BUILD_AUX, "practice-session"),
             *options, "--logs", self.folder.name, program],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, preexec_fn=before)

    def leftovers(self):
        """What is left of sockets and temporary folders."""
        found = []
        for folder, _, names in os.walk(self.folder.name):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.isfile(path) and not os.path.islink(path):
                    found.append(path)
        return found + [name for name in os.listdir(self.folder.name)
                        if name.startswith("tax-wallet-")]


def read_until(process, words):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"it never said {words!r}, but: {''.join(lines)}")
