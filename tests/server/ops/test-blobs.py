#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos and attachments: verify looks at them, and backup and restore take them along."""

import hashlib
import os
import shutil
import subprocess
import sys

SOURCE = os.environ["TW_SRCDIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "tools"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "server", "front"))
# pylint: disable=wrong-import-position
import tap
from service import BUILD, DEADLINE_S, Person, Service

SERVICE = Service()
USER = Person(SERVICE, "Sample Person", 1)
POSTGRES = os.environ.get("TW_TEST_POSTGRES")
BLOBS = f"{SERVICE.folder}/blobs"
CONTENT = [os.urandom(200_000), os.urandom(10)]
OCTETS = {"Content-Type": "application/octet-stream"}


def verb(name, *arguments, blobs=BLOBS, database=None):
    where = ["--blobs", blobs] if blobs is not None else []
    return subprocess.run(
        [f"{BUILD}/src/server/tax-wallet-server", name, "--database", database or SERVICE.database,
         "--keys", f"{SERVICE.folder}/keys", *where, *arguments],
        capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def path_of(content):
    return "/v1/blobs/" + hashlib.blake2b(content, digest_size=32).hexdigest()


def files(folder):
    return sorted(os.path.relpath(os.path.join(root, name), folder)
                  for root, _, names in os.walk(folder) for name in names)


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 4]))


def test_upload():
    SERVICE.start()
    USER.register()
    USER.sign_in()
    for content in CONTENT:
        answer = USER.call("PUT", path_of(content), content, OCTETS)
        assert answer.json["complete"], answer.body
    growing = os.urandom(1000)
    USER.call("PUT", path_of(growing), growing[:10], {**OCTETS, "Content-Range": "bytes 0-9/1000"})
    assert len(files(BLOBS)) == 3, files(BLOBS)


def test_verify():
    done = verb("verify")
    assert done.returncode == 0, done
    whole = [name for name in files(BLOBS) if not name.endswith(".part")]
    for name in whole:
        for at in (2, 60, os.path.getsize(f"{BLOBS}/{name}") - 1):
            flip(f"{BLOBS}/{name}", at)
            done = verb("verify")
            assert done.returncode == 1 and name in done.stdout, (at, done)
            flip(f"{BLOBS}/{name}", at)
    # In another's place.
    first, second = (f"{BLOBS}/{name}" for name in whole)
    os.rename(first, first + ".aside")
    shutil.copy(second, first)
    assert verb("verify").returncode == 1
    os.rename(first + ".aside", first)
    assert verb("verify").returncode == 0


def test_nobody_says_where():
    if POSTGRES is None:
        return
    done = verb("verify", blobs=None)
    assert done.returncode == 0 and "--blobs" in done.stderr, done
    done = verb("backup", f"{SERVICE.folder}/copy")
    assert done.returncode == 2 and not os.path.exists(f"{SERVICE.folder}/copy.blobs"), done


def test_backup_and_restore():
    if POSTGRES is not None:
        return
    copy = f"{SERVICE.folder}/copy"
    # What can't be copied: nothing is left of what was begun.
    in_the_way = os.path.join(os.path.dirname(f"{BLOBS}/{files(BLOBS)[-1]}"), "0" * 64)
    os.mkdir(in_the_way)
    done = verb("backup", copy, blobs=None)
    assert done.returncode == 2 and in_the_way in done.stderr, done
    assert not os.path.exists(copy) and not os.path.exists(copy + ".blobs")
    os.rmdir(in_the_way)
    assert verb("backup", copy, blobs=None).returncode == 0
    assert files(copy + ".blobs") == [name for name in files(BLOBS) if not name.endswith(".part")]
    for name in files(copy + ".blobs"):
        assert os.stat(f"{copy}.blobs/{name}").st_mode & 0o777 == 0o600
    os.rename(copy, copy + ".away")
    done = verb("backup", copy)
    assert done.returncode == 2 and copy + ".blobs" in done.stderr, done
    os.rename(copy + ".away", copy)
    assert SERVICE.stop() == 0
    # All is lost but the keys and the copy.
    shutil.rmtree(BLOBS)
    for name in os.listdir(SERVICE.folder):
        if name.startswith("service.db"):
            os.unlink(f"{SERVICE.folder}/{name}")
    # Without its photos nothing is put back.
    os.rename(copy + ".blobs", copy + ".elsewhere")
    done = verb("restore", copy, blobs=None)
    assert done.returncode == 2 and copy + ".blobs" in done.stderr, done
    assert not os.path.exists(f"{SERVICE.folder}/service.db")
    os.rename(copy + ".elsewhere", copy + ".blobs")
    done = verb("restore", copy, blobs=None)
    assert done.returncode == 0, done
    assert verb("verify", blobs=None).returncode == 0
    SERVICE.start()
    for content in CONTENT:
        assert USER.call("GET", path_of(content)).body == content


def test_end():
    SERVICE.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
