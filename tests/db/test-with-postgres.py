#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/tools/with-postgres passes on what its command does, and leaves no server and no folder."""

import os
import signal
import subprocess
import sys
import time

TOOLS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools")
sys.path.insert(0, TOOLS)
sys.dont_write_bytecode = True
import tap  # noqa: E402

WRAPPER = os.path.join(TOOLS, "with-postgres")
TELL = 'echo "$TW_TEST_POSTGRES"; echo "$TW_TEST_POSTGRES_PID"; '


def start(command, **more):
    return subprocess.Popen([WRAPPER, "--", "bash", "-c", command], stdout=subprocess.PIPE, text=True,
                            **more)


def told(process):
    conninfo = process.stdout.readline().split()
    pid = int(process.stdout.readline())
    folder = next(word.removeprefix("host=") for word in conninfo if word.startswith("host="))
    return folder, pid


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid):
    deadline = time.monotonic() + 20
    while is_running(pid):
        assert time.monotonic() < deadline, "the server is still there"


def test_passes_on_what_the_command_does():
    with start(TELL + "cat; exit 7", stdin=subprocess.PIPE) as process:
        folder, pid = told(process)
        assert os.path.isdir(folder) and is_running(pid)
        # Nobody else on this machine gets in.
        assert os.stat(folder).st_mode & 0o077 == 0
        said, _ = process.communicate("what comes in\n", timeout=30)
        assert said == "what comes in\n", said
        assert process.returncode == 7, process.returncode
    assert not is_running(pid) and not os.path.exists(folder)


def test_ends_with_a_signal():
    for number in (signal.SIGTERM, signal.SIGINT):
        with start(TELL + "exec cat", stdin=subprocess.PIPE,
                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as process:
            folder, pid = told(process)
            process.send_signal(number)
            assert process.wait(timeout=30) == 128 + number
        assert not is_running(pid) and not os.path.exists(folder)


def test_server_dies_with_a_killed_wrapper():
    with start(TELL + "exec cat", stdin=subprocess.PIPE) as process:
        folder, pid = told(process)
        process.kill()
        process.wait(timeout=30)
        process.stdin.close()
        wait_until_gone(pid)
    # Nobody is left to remove it.
    subprocess.run(["rm", "-rf", folder], check=True)


def test_settings():
    answer = subprocess.run(
        [WRAPPER, "--fsync", "--set", "work_mem=9MB", "bash", "-c",
         'psql -Atc "SHOW fsync" -c "SHOW work_mem" "$TW_TEST_POSTGRES"'],
        stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout
    assert answer.split() == ["on", "9MB"], answer


def test_wrong_use():
    for arguments in ([], ["--nonsense"], ["--set"]):
        result = subprocess.run([WRAPPER, *arguments], stderr=subprocess.PIPE, check=False, timeout=30)
        assert result.returncode == 2 and b"usage" in result.stderr
    result = subprocess.run([WRAPPER, "true"], env={**os.environ, "TW_POSTGRES_BIN": "/nonexistent"},
                            stderr=subprocess.PIPE, check=False, timeout=30)
    assert result.returncode == 77


if __name__ == "__main__":
    sys.exit(tap.run_tests([test_passes_on_what_the_command_does, test_ends_with_a_signal,
                            test_server_dies_with_a_killed_wrapper, test_settings, test_wrong_use]))
