#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service, the counterpart and people's clients in one process, with everything going wrong that can.

    sim.py [--first SEED] [--seeds N] [--commands N] [--jobs N] [--program PROGRAM] [--verbose]

Each seed is a world of its own; the checks are those of kills.py. Every few seeds one is run a second time
and must be the same to the last change of threads. A seed at which something was found is run again with
--first SEED --seeds 1 --verbose, which tells each fault as it happens. Exit: 0 all is well, 1 something was
found. TW_FAULTS_SEED, TW_FAULTS_SEEDS and TW_SIM_PROGRAM stand for --first, --seeds and --program;
TW_FAULTS_SUMMARY names a file that takes the summaries too.
"""

import argparse
import collections
import json
import os
import queue
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import checks

BUILD = os.environ.get("TW_BUILDDIR", "_build-test")
PROGRAM = f"{BUILD}/tests/faults/simulation/faults-sim"
SEEDS = 200  # with sanitizers, which double the time; build-aux/test gives a program without
SEEDS_WITHOUT = 500
COMMANDS = 100
PORTION = 10
AGAIN_EVERY = 25
MAX_TOLD = 10
SAME = "the_same_seed_is_the_same_run"
ENDS = "each_run_comes_to_its_end"


def make_folder():
    """A folder for the worlds; in memory, where that can be had."""
    os.environ.setdefault("TMPDIR", "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp")
    return tempfile.mkdtemp(prefix="tw-sim-")


def make_template(folder, program):
    """A world before the first fault."""
    subprocess.run([program, "--template", folder], check=True, stdin=subprocess.DEVNULL)


def read_evidence(line):
    """What one run has printed, as checks.py wants it."""
    evidence = json.loads(line)
    if "status" in evidence:
        return evidence
    evidence["replayed"] = {(account, result["id"]): result
                            for account, result in evidence["replayed"]}
    evidence["settle_s"] = evidence["settle_ms"] / 1000
    evidence.setdefault("digests", evidence["fresh"])
    evidence.setdefault("books_after", evidence["books"])
    return evidence


def find(evidence):
    """What each check has found."""
    if "status" in evidence:
        return {ENDS: [f"it ended with {evidence['status']}: {evidence.get('words', '')}"]}
    return {check.__name__: problems for check in checks.ALL if (problems := check(evidence))}


def start(program, template, first, seeds, commands, verbose=False):
    """Runs some seeds."""
    command = [program, "--template", template, "--first", str(first), "--seeds", str(seeds),
               "--commands", str(commands)]
    return subprocess.Popen(command + (["--verbose"] if verbose else []), text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=None if verbose else subprocess.STDOUT)


class Run:
    """Many seeds, a few at a time."""

    def __init__(self, options, template):
        self.options = options
        self.template = template
        self.todo = queue.SimpleQueue()
        self.found = collections.defaultdict(list)  # check -> words
        self.wrong_seeds = set()
        self.stop = False
        self.counts = collections.Counter()
        self.slowest_s = 0.0
        self.lock = threading.Lock()

    def _judge(self, evidence):
        found = find(evidence)
        with self.lock:
            self.counts["seeds"] += 1
            for check, problems in found.items():
                self.found[check] += [f"seed {evidence['seed']}: {line}"
                                      for line in checks.tell(problems)]
                self.wrong_seeds.add(evidence["seed"])
            if "status" not in evidence:
                self._count(evidence)

    def _count(self, evidence):
        commands = [row for row in evidence["books"]["command"] if row[0] in evidence["accounts"]]
        payments = evidence["books"]["payment"]
        self.counts["faults"] += evidence["faults"]
        self.counts["commands"] += len(commands)
        self.counts["done"] += sum(row[4] == 0 for row in commands)
        self.counts["posted"] += sum(row[4] == checks.POSTED for row in payments)
        self.counts["voided"] += sum(row[4] == checks.VOIDED for row in payments)
        self.slowest_s = max(self.slowest_s, evidence["settle_s"])

    def _run_some(self, first, seeds):
        """Yields what each seed has printed."""
        words = []
        with start(self.options.program, self.template, first, seeds, self.options.commands,
                   self.options.verbose) as process:
            for line in process.stdout:
                if not line.startswith("{"):
                    words.append(line)
                    continue
                evidence = read_evidence(line)
                if "status" in evidence:
                    evidence["words"] = "".join(words)[-4000:]
                words = []
                yield evidence

    def _work(self):
        try:
            self._work_on()
        except (OSError, ValueError, KeyError) as trouble:
            with self.lock:
                self.found[ENDS].append(f"a worker ended: {trouble!r}")

    def _work_on(self):
        while not self.stop:
            try:
                first, seeds = self.todo.get_nowait()
            except queue.Empty:
                return
            done = 0
            for evidence in self._run_some(first, seeds):
                done += 1
                self._judge(evidence)
                if evidence["seed"] % AGAIN_EVERY == 0 and "status" not in evidence:
                    self._compare(evidence)
            if done != seeds:
                with self.lock:
                    self.found[ENDS].append(f"seed {first + done}: the program ended")
                    self.wrong_seeds.add(first + done)

    def _compare(self, evidence):
        again = next(self._run_some(evidence["seed"], 1))
        with self.lock:
            self.counts["again"] += 1
            if again.get("trace") != evidence["trace"]:
                self.found[SAME].append(f"seed {evidence['seed']}: {evidence['trace']}, then"
                                        f" {again.get('trace')}")
                self.wrong_seeds.add(evidence["seed"])

    def run(self, first, seeds):
        """All of them; at the end everything is in `found`."""
        portion = max(1, min(PORTION, seeds // self.options.jobs))
        for at in range(first, first + seeds, portion):
            self.todo.put((at, min(portion, first + seeds - at)))
        workers = [threading.Thread(target=self._work) for _ in range(self.options.jobs)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if self.counts["seeds"] != seeds:
            self.found[ENDS].append(f"{self.counts['seeds']} of {seeds} seeds were run")

    def summarize(self, took_s):
        """A few figures that say whether there was anything to break."""
        return (f"{self.counts['faults']} faults, {self.counts['commands']} commands"
                f" ({self.counts['done']} done), {self.counts['posted']} payments posted and"
                f" {self.counts['voided']} voided, settled at most {self.slowest_s:.1f} s after the last"
                f" fault, {self.counts['again']} run twice, {took_s:.0f} s in all")


def summarize_block(line):
    """One line a block: for who reads the log, and for who waits for it."""
    print(f"# {line}", flush=True)
    if "TW_FAULTS_SUMMARY" in os.environ:
        with open(os.environ["TW_FAULTS_SUMMARY"], "a", encoding="utf-8") as summary:
            summary.write(line + "\n")


def _parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=int(
        os.environ.get("TW_FAULTS_SEED") or secrets.randbelow(1 << 30)))
    parser.add_argument("--seeds", type=int,
                        default=int(os.environ.get("TW_FAULTS_SEEDS")
                                    or (SEEDS_WITHOUT if os.environ.get("TW_SIM_PROGRAM") else SEEDS)))
    parser.add_argument("--commands", type=int, default=COMMANDS)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--block", type=int, default=1000)
    parser.add_argument("--program", default=os.environ.get("TW_SIM_PROGRAM") or PROGRAM)
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def _report(total):
    names = [check.__name__ for check in checks.ALL] + [SAME, ENDS]
    for number, name in enumerate(names, 1):
        problems = total[name]
        for line in problems[:MAX_TOLD]:
            for part in line.splitlines():
                print(f"# {part}")
        print(f"{'not ok' if problems else 'ok'} {number} {name.replace('_', ' ')}")


def main():
    """Block after block."""
    options = _parse()
    total = collections.defaultdict(list)
    folder = make_folder()
    print(f"1..{len(checks.ALL) + 2}", flush=True)
    print(f"# TW_FAULTS_SEED={options.first} TW_FAULTS_SEEDS={options.seeds}", flush=True)
    try:
        template = os.path.join(folder, "template")
        make_template(template, options.program)
        for first in range(options.first, options.first + options.seeds, options.block):
            seeds = min(options.block, options.first + options.seeds - first)
            begin = time.monotonic()
            run = Run(options, template)
            run.run(first, seeds)
            for name, problems in run.found.items():
                total[name] += problems
            verdict = "WRONG" if any(run.found.values()) else "ok"
            if run.wrong_seeds:
                some = ", ".join(str(seed) for seed in sorted(run.wrong_seeds)[:MAX_TOLD])
                verdict = (f"WRONG at {len(run.wrong_seeds)} seeds ({some}; each again with"
                           " sim.py --first SEED --seeds 1 --verbose)")
            summarize_block(f"simulated seeds {first} to {first + seeds - 1}: {verdict}:"
                            f" {run.summarize(time.monotonic() - begin)}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _report(total)
    return 1 if any(total.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
