#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts in build-aux, on machines that are made up: other rights, other languages.

dpkg-query, apt-get, sudo and id are replaced by small ones that note what they were asked, so that
nothing is installed here.
"""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.realpath(os.path.join(HERE, "..", ".."))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import tap  # noqa: E402

PACKAGES = "# comment\n\nbuild aaa\nbuild bbb\nrun ccc\ntest ddd\n"


class Machine:
    """A machine with some packages installed, and a person with some rights on it."""

    def __init__(self, installed=(), root=False, sudo=None, apt_fails=False, debian=True):
        self.folder = tempfile.TemporaryDirectory(prefix="tw-scripts.")
        self.noted = self.path("noted")
        self.write("installed", "".join(f"{name}\n" for name in installed))
        self.write("noted", "")
        self.write("tree/build-aux/packages", PACKAGES)
        self.tool("id", f"echo {0 if root else 1000}")
        if debian:
            self.tool("dpkg-query", f'shift 3; for p; do grep -qx "$p" {self.path("installed")} && '
                      'echo "installed $p"; done; exit 1')
            self.tool("apt-get", f'echo "apt-get $*" >>{self.noted}; ' + (
                "echo no network >&2; exit 100" if apt_fails else
                'case " $* " in *" install "*) for p; do case $p in -*) ;; *) echo "$p" ;; esac; '
                f'done >>{self.path("installed")} ;; esac'))
        if sudo == "free":
            self.tool("sudo", f'echo sudo >>{self.noted}; [ "$1" = -n ] && shift; exec "$@"')
        elif sudo == "refuses":
            self.tool("sudo", "echo you may not >&2; exit 1")

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def tool(self, name, body):
        self.write("bin/" + name, f"#!/bin/sh\n{body}\n")
        os.chmod(self.path("bin/" + name), 0o755)

    def bash(self, script, **environment):
        # Only the tools that are no question of rights come from this machine.
        for name in ("bash", "sh", "grep", "sed", "sort", "comm", "tr", "cat", "env", "mktemp", "rm",
                     "tail", "mkdir", "localedef", "gzip", "gunzip", "true"):
            link = self.path("bin/" + name)
            if not os.path.lexists(link):
                os.symlink(os.path.join("/usr/bin", name), link)
        done = subprocess.run(
            ["/bin/bash", "-c", "set -u -o pipefail; " + script],
            env={"PATH": self.path("bin"), "top": self.path("tree"), **environment},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        return done.returncode, done.stdout

    def install(self, *groups):
        return self.bash(f". {TOP}/build-aux/install-missing; install_missing {' '.join(groups)}")

    def asked(self):
        with open(self.noted, encoding="utf-8") as noted:
            return noted.read()


def test_nothing_missing():
    machine = Machine(installed=("aaa", "bbb", "ccc"))
    status, said = machine.install("build", "run")
    assert (status, said, machine.asked()) == (0, "", ""), (said, machine.asked())


def test_as_root():
    machine = Machine(installed=("bbb",), root=True)
    status, said = machine.install("build", "run")
    assert status == 0 and "aaa ccc" in said and "bbb" not in said and "ddd" not in said, said
    lines = machine.asked().splitlines()
    assert len(lines) == 2 and lines[0].endswith("update"), lines
    assert lines[1].endswith("install --no-install-recommends -y aaa ccc"), lines
    assert machine.install("build", "run") == (0, "")
    assert len(machine.asked().splitlines()) == 2, "it installed again"


def test_with_sudo():
    machine = Machine(installed=("aaa",), sudo="free")
    status, said = machine.install("build")
    assert status == 0, said
    assert "sudo" in machine.asked() and "-y bbb" in machine.asked()


def test_without_rights():
    for sudo in (None, "refuses"):
        machine = Machine(installed=("aaa",), sudo=sudo)
        status, said = machine.install("build", "test")
        assert status == 1
        assert "apt-get update && apt-get install --no-install-recommends -y bbb ddd" in said, said
        assert "apt-get" not in machine.asked()


def test_when_installing_fails():
    machine = Machine(root=True, apt_fails=True)
    status, said = machine.install("build")
    assert status == 1 and "no network" in said and "Installing failed" in said, said


def test_not_debian():
    machine = Machine(debian=False)
    status, said = machine.install("build")
    assert status == 0 and "not a Debian" in said, said


def test_the_list():
    with open(os.path.join(TOP, "build-aux", "packages"), encoding="utf-8") as lines:
        rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    assert all(len(row) in (2, 3) and row[0] in ("build", "run", "test", "night") for row in rows)
    names = [row[1] for row in rows]
    assert len(names) == len(set(names)), "a package is listed twice"
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for name in names)
    assert len(rows) > 30


def language(asked="", **environment):
    machine = Machine()
    status, said = machine.bash(
        f'. {TOP}/build-aux/choose-language; choose_language "{asked}" {machine.path("locale")}; '
        'echo "$LANG|$LANGUAGE|${LC_ALL-}${LC_MESSAGES-}|${LOCPATH+made}"', **environment)
    assert status == 0, said
    return said.splitlines()[-1].split("|")


def test_language():
    for environment in ({}, {"LANG": "C"}, {"LANG": "C.UTF-8"}, {"LC_ALL": "POSIX"},
                        {"LANG": "zh_CN.UTF-8"}, {"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"},
                        {"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}):
        assert language(**environment)[:3] == ["zh_CN.UTF-8", "zh_CN", ""], environment
    for environment in ({"LANG": "en_US.UTF-8"}, {"LANG": "de_DE.UTF-8"},
                        {"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}):
        assert language(**environment)[1] == "en", environment
    assert language(LANG="en_GB.UTF-8")[0] == "en_GB.UTF-8"
    assert language("en", LANG="zh_CN.UTF-8")[:2] == ["C.UTF-8", "en"]
    assert language("zh_CN", LANG="en_US.UTF-8", LC_ALL="en_US.UTF-8")[:3] == \
        ["zh_CN.UTF-8", "zh_CN", ""]


def test_locale_is_made():
    machine = Machine()
    folder = machine.path("locale")
    # An empty LOCPATH folder hides what the system may have.
    status, said = machine.bash(
        f'. {TOP}/build-aux/choose-language; choose_language zh_CN {folder}; '
        f'LC_ALL=zh_CN.UTF-8 /usr/bin/date -d 2026-03-01 +%A', LOCPATH=machine.path("none"))
    assert status == 0 and said.splitlines()[-1] == "星期日", said


def run_script(*arguments):
    done = subprocess.run([os.path.join(TOP, "build-aux", "run"), *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_options_of_run():
    status, said, _ = run_script("--help")
    assert status == 0 and "--fresh" in said and "--lang" in said
    for wrong in (("--lang", "fr"), ("--lang=",), ("--lang",), ("--frsh",), ("zh_CN",)):
        status, _, said = run_script(*wrong)
        assert status == 2 and said.startswith("build-aux/run: "), (wrong, status, said)


if __name__ == "__main__":
    sys.exit(tap.run_tests([
        test_nothing_missing, test_as_root, test_with_sudo, test_without_rights,
        test_when_installing_fails, test_not_debian, test_the_list, test_language,
        test_locale_is_made, test_options_of_run]))
