# SPDX-License-Identifier: GPL-3.0-or-later
"""Two PostgreSQL servers in a folder of their own: a primary, and a standby that each commit waits for."""

import atexit
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile

import world

ALIKE = {
    "fsync": "off",  # processes are killed here, not machines
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "wal_keep_size": "256MB",
    "hot_standby": "on",
    "log_min_messages": "warning",
}


def _find_programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    return os.environ.get("TW_POSTGRES_BIN") or (found[-1] if found else "/usr/bin")


class Member:
    """One server. Its port is part of its socket's name; both are in one folder."""

    def __init__(self, cluster, name, port):
        self.cluster = cluster
        self.name = name
        self.port = port
        self.data = os.path.join(cluster.folder, name)
        self.process = None

    def start(self):
        """Starts it, and waits until it answers."""
        options = ["-c", f"port={self.port}", "-c", f"unix_socket_directories={self.cluster.folder}"]
        with open(f"{self.data}.log", "ab") as log:
            self.process = subprocess.Popen(
                self.cluster.as_user([f"{self.cluster.bin}/postgres", "-D", self.data, *options]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.cluster.folder)
        world.wait_for(self._answers, f"PostgreSQL {self.name}")

    def _answers(self):
        if self.process.poll() is not None:
            with open(f"{self.data}.log", encoding="utf-8", errors="replace") as log:
                raise world.Trouble(f"PostgreSQL {self.name} ended: {log.read()[-2000:]}")
        return subprocess.run([f"{self.cluster.bin}/pg_isready", "-q", "-h", self.cluster.folder, "-p",
                               str(self.port)], check=False).returncode == 0

    def kill(self, how=signal.SIGKILL):
        """Ends it: as a power cut would (SIGKILL), or at once but in order (SIGQUIT)."""
        self.process.send_signal(how)
        self.process.wait()
        self.process = None

    def ask(self, sql, database="postgres"):
        """What one statement answers, as text."""
        return subprocess.run(
            [f"{self.cluster.bin}/psql", "-X", "-q", "-A", "-t", "-h", self.cluster.folder, "-p",
             str(self.port), "-U", "tw", "-d", database, "-c", sql],
            check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def set(self, name, value):
        """A setting, from now on."""
        self.ask(f"ALTER SYSTEM SET {name} = '{value}'")
        self.ask("SELECT pg_reload_conf()")

    def wait_for_standby(self, standby):
        """Each commit waits for the standby from now on."""
        self.set("synchronous_standby_names", f"FIRST 1 ({standby.name})")
        world.wait_for(lambda: self.ask("SELECT sync_state FROM pg_stat_replication") == "sync",
                       "the standby")

    def promote(self):
        """The standby becomes the primary; returns at once."""
        self.cluster.run("pg_ctl", "promote", "-W", "-D", self.data)

    def follow(self, primary):
        """One that was the primary is put back to where the new one began, and follows it."""
        # Until then the new one's own files say that it is on the old timeline.
        primary.ask("CHECKPOINT")
        for name in glob.glob(f"{self.data}/postmaster.pid"):
            os.unlink(name)
        self.cluster.run("pg_rewind", "-D", self.data, "--source-server",
                         primary.conninfo("postgres"), "--no-sync")
        self._write_follow(primary)

    def copy(self, primary):
        """A new one, that follows."""
        self.cluster.run("pg_basebackup", "-D", self.data, "-d", primary.conninfo("replication"),
                         "-c", "fast", "-X", "stream", "--no-sync")
        self._write_follow(primary)

    def _write_follow(self, primary):
        with open(f"{self.data}/postgresql.auto.conf", "w", encoding="utf-8") as settings:
            settings.write(f"primary_conninfo = '{primary.conninfo('replication')}"
                           f" application_name={self.name}'\n")
        with open(f"{self.data}/standby.signal", "w", encoding="utf-8"):
            pass
        self.cluster.give(f"{self.data}/standby.signal")

    def conninfo(self, database):
        """How to reach this one."""
        return f"host={self.cluster.folder} port={self.port} user=tw dbname={database}"


class Cluster:
    """The two of them."""

    def __init__(self):
        self.bin = _find_programs()
        self.user = None
        if os.getuid() == 0:
            self.user = pwd.getpwnam("postgres")
        self.folder = tempfile.mkdtemp(prefix="tw-pg-", dir="/tmp")
        self.give(self.folder)
        self.primary = Member(self, "a", 5541)
        self.standby = Member(self, "b", 5542)
        atexit.register(self.remove)

    def give(self, path):
        """PostgreSQL refuses to run as root."""
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def as_user(self, command):
        """The command as whom it may run; it ends with us."""
        options = ["--pdeathsig", "KILL"]
        if self.user is not None:
            options += ["--reuid", str(self.user.pw_uid), "--regid", str(self.user.pw_gid),
                        "--clear-groups"]
        return ["setpriv", *options, "--", *command]

    def run(self, program, *arguments):
        """One of PostgreSQL's programs, to its end."""
        done = subprocess.run(self.as_user([f"{self.bin}/{program}", *arguments]), check=False,
                              cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise world.Trouble(f"{program} ended with {done.returncode}: {done.stdout}")

    def start(self):
        """Both, with a commit waiting for both."""
        self.run("initdb", "-D", self.primary.data, "-U", "tw", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--data-checksums", "--no-sync", "--no-instructions")
        with open(f"{self.primary.data}/postgresql.conf", "a", encoding="utf-8") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in ALIKE.items())
        self.primary.start()
        self.standby.copy(self.primary)
        self.standby.start()
        self.primary.wait_for_standby(self.standby)

    def fail_over(self, how):
        """The primary is killed, and the standby becomes the primary."""
        self.primary.kill(how)
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary

    def rejoin(self):
        """The one that was killed is the standby now."""
        self.standby.follow(self.primary)
        self.standby.start()
        self.primary.wait_for_standby(self.standby)

    def conninfo(self, database):
        """How to reach whichever is the primary."""
        ports = f"{self.primary.port},{self.standby.port}"
        return (f"host={self.folder},{self.folder} port={ports} user=tw dbname={database}"
                " target_session_attrs=read-write")

    def remove(self):
        """Nothing is left."""
        for member in (self.primary, self.standby):
            if member.process is not None and member.process.poll() is None:
                member.kill(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)
