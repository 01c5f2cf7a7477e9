#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An old database that is put back: nobody is served from it by mistake, and nothing that proves it
is thrown away.
"""

import errno
import glob
import json
import os
import shutil
import signal
import stat
import subprocess
import sys

SOURCE = os.environ["TW_SRCDIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "tools"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "server", "front"))
# pylint: disable=wrong-import-position
import tap
from service import BUILD, DEADLINE_S, Person, Service, wait_for

SERVICE = Service()
USER = Person(SERVICE, "Sample Person", 1)
POSTGRES = os.environ.get("TW_TEST_POSTGRES")
CHECKPOINT = f"{SERVICE.folder}/keys/ledger.checkpoint"
PIPE = CHECKPOINT + ".pipe"
OLD_CHECKPOINT = CHECKPOINT + ".old"


def url_of(name):
    return (f"sqlite:{SERVICE.folder}/{name}.db" if POSTGRES is None
            else f"{POSTGRES} dbname={name}_checkpoint")


OLD = url_of("old")
CUT = url_of("cut")


def verb(name, *arguments, database=None):
    return subprocess.run(
        [f"{BUILD}/src/server/tax-wallet-server", name, "--database", database or SERVICE.database,
         "--keys", f"{SERVICE.folder}/keys", *arguments],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def content(path):
    with open(path, "rb") as file:
        return file.read()


def archives():
    return sorted(glob.glob(CHECKPOINT + ".*Z*"))


def metric(name):
    text = SERVICE.call("GET", "/metrics").body.decode()
    return [line.split()[1] for line in text.splitlines() if line.startswith(name + " ")]


def top_up(amount_fen):
    payment = USER.must("wallet.top_up", {"amount_fen": amount_fen})["payment_id"]
    wait_for(lambda: USER.follow().find("payment", id=payment, state="posted"), "the bank")


def refused_log():
    with open(f"{SERVICE.folder}/refused.log", encoding="utf-8") as log:
        return log.read().splitlines()[-1]


def copy_database(source, target):
    """As it is now; nobody may serve from it."""
    if POSTGRES is None:
        shutil.copy(source.removeprefix("sqlite:"), target.removeprefix("sqlite:"))
    else:
        source, target = (url.rsplit("dbname=", 1)[-1] for url in (source, target))
        subprocess.run(["psql", "-X", "-q", POSTGRES, "-c",
                        f"CREATE DATABASE {target} TEMPLATE {source}"], check=True)


def wait_for_reader():
    """Until the service looks at the checkpoint, which is a pipe; what it is to read is written there."""

    def open_pipe():
        assert SERVICE.process.poll() is None, SERVICE.read_log()
        assert stat.S_ISFIFO(os.stat(CHECKPOINT).st_mode), "another checkpoint was put there"
        try:
            return open(os.open(CHECKPOINT, os.O_WRONLY | os.O_NONBLOCK), "wb")
        except OSError as error:
            assert error.errno == errno.ENXIO, error
            return None

    return wait_for(open_pipe, "a look at the checkpoint")


def put_pipe():
    """In the place of the checkpoint; whoever reads the one before goes on with it."""
    os.mkfifo(PIPE)
    os.replace(PIPE, CHECKPOINT)


def poll_after_more():
    """What a cursor from before is told when the counters have come as far again."""
    cursor, USER.cursor = USER.cursor, ""
    for amount_fen in (900, 901, 902):
        top_up(amount_fen)
    USER.cursor = cursor
    return USER.poll()


def test_sound():
    SERVICE.start()
    USER.register()
    USER.sign_in()
    top_up(500)
    assert metric("tax_wallet_checkpoint_failing") == ["0"]
    assert float(metric("tax_wallet_checkpoint_age_seconds")[0]) < DEADLINE_S
    assert SERVICE.stop() == 0
    done = verb("verify")
    assert done.returncode == 0, done
    copy_database(SERVICE.database, OLD)
    shutil.copy(CHECKPOINT, OLD_CHECKPOINT)


def test_verify_misses_it():
    """Without a checkpoint nothing shows that the database is the latest."""
    os.rename(CHECKPOINT, CHECKPOINT + ".away")
    done = verb("verify", "--json")
    assert done.returncode == 1, done
    wrong = json.loads(done.stdout)["wrong"]
    assert len(wrong) == 1 and CHECKPOINT in wrong[0], wrong
    os.rename(CHECKPOINT + ".away", CHECKPOINT)
    assert verb("verify").returncode == 0


def test_serve_refuses():
    SERVICE.start()
    top_up(700)
    assert SERVICE.stop() == 0
    before = content(CHECKPOINT)
    SERVICE.database = OLD
    assert verb("verify").returncode == 1
    assert SERVICE.refuses_to_start() == 1
    assert "--accept-older" in refused_log(), refused_log()
    assert content(CHECKPOINT) == before and not archives()


def test_accept_older_cut_off():
    """Killed when it has looked and is about to accept: nothing is accepted, and cursors are void
    already, as the next start has nothing to see any more once it is.
    """
    newest, cursor = content(CHECKPOINT), USER.cursor
    copy_database(OLD, CUT)
    SERVICE.database = CUT
    SERVICE.options = ["--accept-older"]
    put_pipe()
    SERVICE.begin()
    try:
        with wait_for_reader() as pipe:
            put_pipe()
            pipe.write(newest)
        with wait_for_reader():
            SERVICE.stop(signal.SIGKILL)
        assert not archives()
    finally:
        if SERVICE.process.poll() is None:
            SERVICE.stop(signal.SIGKILL)
        SERVICE.options = []
        with open(PIPE, "wb") as file:
            file.write(newest)
        os.replace(PIPE, CHECKPOINT)
        for path in archives():  # a pipe that was taken for one would stop whoever reads it
            os.unlink(path)
    assert SERVICE.refuses_to_start() == 1
    assert content(CHECKPOINT) == newest and not archives()
    # Beside the checkpoint of its own time it may be looked into.
    shutil.copy(OLD_CHECKPOINT, CHECKPOINT)
    SERVICE.start()
    assert poll_after_more().get("gap")
    assert SERVICE.stop() == 0
    with open(CHECKPOINT, "wb") as file:
        file.write(newest)
    SERVICE.database = OLD
    USER.cursor = cursor


def test_accept_older():
    before = content(CHECKPOINT)
    SERVICE.options = ["--accept-older"]
    SERVICE.start()
    assert [content(path) for path in archives()] == [before], archives()
    assert archives()[0] in SERVICE.read_log(), SERVICE.read_log()
    assert poll_after_more().get("gap")
    assert metric("tax_wallet_checkpoint_failing") == ["0"]
    assert SERVICE.stop() == 0
    done = verb("verify")
    assert done.returncode == 0, done
    # From here on it is a database as any other.
    SERVICE.options = []
    SERVICE.start()
    assert SERVICE.stop() == 0
    assert len(archives()) == 1


def test_damaged():
    good = content(CHECKPOINT)
    with open(CHECKPOINT, "wb") as file:
        file.write(good.replace(b'"entries":', b'"entries":1'))
    assert SERVICE.refuses_to_start() == 1
    with open(CHECKPOINT, "wb") as file:
        file.write(good)


def test_failing_is_seen():
    """One that was changed under a running service."""
    good = content(CHECKPOINT)
    SERVICE.start()
    shutil.copy(archives()[0], CHECKPOINT)
    with open(CHECKPOINT, "ab") as file:
        file.write(b"x")
    wait_for(lambda: metric("tax_wallet_checkpoint_failing") == ["1"], "the metric")
    with open(CHECKPOINT, "wb") as file:
        file.write(good)
    wait_for(lambda: metric("tax_wallet_checkpoint_failing") == ["0"], "the metric")
    assert SERVICE.stop() == 0


def test_restore():
    if POSTGRES is not None:
        done = verb("restore", "/nowhere")
        assert done.returncode == 2, done
        return
    copy = f"{SERVICE.folder}/copy.db"
    assert verb("backup", copy).returncode == 0
    same = verb("restore", copy, "--json", database=f"sqlite:{SERVICE.folder}/same.db")
    assert same.returncode == 0 and "old_checkpoint" not in json.loads(same.stdout), same
    SERVICE.start()
    top_up(1100)
    assert SERVICE.stop() == 0
    before = content(CHECKPOINT)
    target = f"sqlite:{SERVICE.folder}/older.db"
    done = verb("restore", copy, "--json", database=target)
    assert done.returncode == 0, done
    assert content(json.loads(done.stdout)["old_checkpoint"]) == before
    assert verb("verify", database=target).returncode == 0
    SERVICE.database = target
    SERVICE.start()


def test_end():
    if SERVICE.process.poll() is None:
        assert SERVICE.stop() == 0
    SERVICE.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
