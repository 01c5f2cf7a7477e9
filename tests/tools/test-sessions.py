#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What starts processes leaves none behind: xsession, and the practice session of build-aux/run."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
BUILD_AUX = os.path.join(HERE, "..", "..", "build-aux")
sys.path[:0] = [HERE, BUILD_AUX]
sys.dont_write_bytecode = True
import processes  # noqa: E402
import tap  # noqa: E402
from practice import TINY, XSESSION, Practice, nothing_is_left, read_until  # noqa: E402, F401


def in_browser(practice, **how):
    """Both windows are served, to this machine only; returns the ports."""
    session = practice.start(**how)
    said = read_until(session, "stops everything")
    addresses = [word for word in said.split() if word.startswith("http://127.0.0.1:")]
    assert len(addresses) == 2 and addresses[0] != addresses[1], said
    for address in addresses:
        with urllib.request.urlopen(address, timeout=5) as page:
            assert b"broadway" in page.read().lower()
    return session, [int(address.rsplit(":", 1)[1].strip("/")) for address in addresses]


def refused(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def listens_beyond_this_machine(port):
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
                   and not line.split()[1].startswith("0100007F:") for line in list(table)[1:])


def test_browser_and_interrupt():
    for number, ignored in ((signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGINT, True)):
        practice = Practice()
        session, ports = in_browser(practice, ignore_interrupt=ignored)
        assert not any(listens_beyond_this_machine(port) for port in ports)
        session.send_signal(number)
        rest = session.communicate(timeout=20)[0]
        assert session.returncode == 0, rest
        assert "Stopping" in rest, rest
        nothing_is_left()
        assert all(refused(port) for port in ports)
        assert not practice.leftovers(), practice.leftovers()
        assert os.path.exists(os.path.join(practice.data, "practice/keyring/keyrings/login.keyring"))


def listening_sockets():
    """The paths and abstract names of the UNIX sockets that are there now."""
    with open("/proc/net/unix", encoding="utf-8", errors="replace") as table:
        return {line.split()[7] for line in table if len(line.split()) > 7}


def test_the_real_windows_in_a_browser():
    """The windows themselves with their service, bank and keyring: Ctrl-C leaves nothing of them."""
    programs = {"TW_SERVER": "src/server/tax-wallet-server",
                "TW_COUNTERPART": "src/counterpart/tax-wallet-counterpart", "TW_LOCALEDIR": "po"}
    build = os.environ["TW_BUILDDIR"]
    practice = Practice()
    practice.environment.update({name: os.path.join(build, path)
                                 for name, path in programs.items()})
    # What goes at Ctrl-C is not looked at for leaks: that takes the windows longer than they have.
    practice.environment["ASAN_OPTIONS"] = "detect_leaks=0"
    session, ports = in_browser(practice,
                                program=os.path.join(build, "src/client/app/tax-wallet"))

    def running():
        found = set()
        for pid in processes.descendants():
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    found.add(os.path.basename(file.read().split(b"\0")[0].decode()))
            except OSError:
                continue
        return found

    def served():
        return any(practice.folder.name in path and path.endswith("api.sock")
                   for path in listening_sockets())

    wanted = {"tax-wallet", "tax-wallet-server", "tax-wallet-counterpart", "gtk4-broadwayd",
              "gnome-keyring-daemon", "dbus-daemon"}
    assert processes.wait_until(lambda: wanted <= running() and served(), 60), running()
    for port in ports:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            assert b"broadway" in page.read().lower()
    session.send_signal(signal.SIGINT)
    rest = session.communicate(timeout=60)[0]
    assert session.returncode == 0 and "Stopping" in rest, rest
    nothing_is_left()
    assert all(refused(port) for port in ports)
    left = [path for path in listening_sockets() if practice.folder.name in path]
    assert not left and not practice.leftovers(), (left, practice.leftovers())


def test_interrupt_while_starting():
    practice = Practice()
    session = practice.start()
    read_until(session, "keyring")
    session.send_signal(signal.SIGINT)
    session.communicate(timeout=20)
    assert session.returncode == 0
    nothing_is_left()
    assert not practice.leftovers(), practice.leftovers()


def test_two_people_at_once():
    one, two = Practice(), Practice()
    first, first_ports = in_browser(one)
    second, second_ports = in_browser(two)
    assert not set(first_ports) & set(second_ports)
    for session in (first, second):
        session.send_signal(signal.SIGTERM)
        session.communicate(timeout=20)
    nothing_is_left()


def test_one_person_twice():
    practice = Practice()
    session, ports = in_browser(practice)
    again = practice.start()
    said = again.communicate(timeout=20)[0]
    assert again.returncode == 0 and "running already" in said and str(ports[1]) in said, said
    afresh = practice.start("--fresh")
    said = afresh.communicate(timeout=20)[0]
    assert afresh.returncode == 1 and "Close its windows" in said, said
    session.send_signal(signal.SIGTERM)
    session.communicate(timeout=20)
    nothing_is_left()


def test_fresh_forgets():
    practice = Practice()
    kept = os.path.join(practice.data, "practice", "store")
    for options, stays in (((), True), (("--fresh",), False)):
        os.makedirs(kept, exist_ok=True)
        session = practice.start(*options)
        read_until(session, "stops everything")
        assert os.path.exists(kept) is stays
        session.send_signal(signal.SIGTERM)
        session.communicate(timeout=20)
    nothing_is_left()


def test_a_window_that_fails_is_told():
    practice = Practice()
    session = practice.start(program="/bin/false")
    said = session.communicate(timeout=20)[0]
    assert session.returncode == 1 and "ended unexpectedly" in said, said
    nothing_is_left()
    assert not practice.leftovers(), practice.leftovers()


def test_on_a_display_it_ends_with_its_windows():
    practice = Practice(wrapper=(XSESSION, "--keyring", "--timeout", "60", "--", "sh", "-c",
                                 f'"$@" & {HERE}/close_windows.py User Agent && wait $!', "sh"))
    session = practice.start()
    said = session.communicate(timeout=90)[0]
    assert session.returncode == 0 and "Both windows are opening" in said, said
    assert "Stopping" not in said, said
    nothing_is_left()


def test_on_a_display_it_stops_when_asked():
    practice = Practice(wrapper=(XSESSION, "--timeout", "60", "--", "sh", "-c",
                                 '"$@" & for t in User Agent; do xdotool search --sync '
                                 '--onlyvisible --name "^$t\\$" >/dev/null; done; '
                                 'kill $!; wait $!', "sh"))
    session = practice.start()
    said = session.communicate(timeout=90)[0]
    assert session.returncode == 0 and "Stopping" in said, said
    nothing_is_left()


def test_which_keyring():
    begun = 'mkdir -p "$HOME/.local/share/tax-wallet/practice/{}"; exec "$@"'
    for options, data, own in ((["--keyring"], "", False), ([], "", True),
                               (["--keyring"], "keyring", True), (["--keyring"], "user", False),
                               # only activated, and perhaps locked: but the key is in there
                               ([], "user", False)):
        practice = Practice(wrapper=(XSESSION, "--no-display", "--timeout", "60", *options, "--",
                                     "sh", "-c", begun.format(data), "sh"))
        session = practice.start(program="/bin/true")
        said = session.communicate(timeout=60)[0]
        assert session.returncode == 0, said
        assert ("Starting a keyring" in said) is own, (options, data, said)
    nothing_is_left()


def test_xsession_reaps():
    folder = tempfile.TemporaryDirectory()
    done = subprocess.run(
        [XSESSION, "--", "sh", "-c", "setsid sleep 1000 & (setsid setsid sleep 1000 &) & exit 3"],
        check=False, timeout=60, env=dict(os.environ, TMPDIR=folder.name))
    assert done.returncode == 3
    nothing_is_left()
    assert not os.listdir(folder.name)


def test_xsession_timeout():
    done = subprocess.run([XSESSION, "--no-display", "--timeout", "0.5", "--", "sleep", "1000"],
                          check=False, timeout=60, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 124 and "over 0.5 s" in done.stderr
    nothing_is_left()


def counted(*tests):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        for test in tests:
            log.write(json.dumps({"name": "x", **test}) + "\n")
        log.flush()
        done = subprocess.run([os.path.join(BUILD_AUX, "count-tests"), log.name],
                              capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def count(*results):
    status, said = counted(*({"result": result} for result in results))
    return status, said[-1]


def test_counting():
    assert count("OK", "OK") == (0, "2 passed, 0 failed")
    for result in ("FAIL", "SKIP", "TIMEOUT", "ERROR", "EXPECTEDFAIL", "UNEXPECTEDPASS",
                   "INTERRUPT"):
        assert count("OK", result) == (1, "1 passed, 1 failed"), result
    assert count() == (1, "0 passed, 1 failed")


def test_what_failed_is_told():
    steps = "1..3\nok 1 first\n# Missing: within 40 s: a row\nnot ok 2 second\nok 3 third\n"
    status, said = counted({"result": "ERROR", "stdout": steps, "stderr": "a trace"},
                           {"result": "TIMEOUT", "stdout": "1..2\nok 1 first\n"})
    assert status == 1
    assert said == ["FAILED x: error", "  # Missing: within 40 s: a row", "  not ok 2 second",
                    "FAILED x: timeout", "  1..2", "  ok 1 first", "0 passed, 2 failed"], said


if __name__ == "__main__":
    processes.become_reaper()
    sys.exit(tap.run_tests([
        test_browser_and_interrupt, test_the_real_windows_in_a_browser,
        test_interrupt_while_starting, test_two_people_at_once, test_one_person_twice,
        test_fresh_forgets, test_a_window_that_fails_is_told,
        test_on_a_display_it_ends_with_its_windows, test_on_a_display_it_stops_when_asked,
        test_which_keyring, test_xsession_reaps, test_xsession_timeout,
        test_counting, test_what_failed_is_told]))
