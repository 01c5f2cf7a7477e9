#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""compare.py PROGRAM [--seed S] [--count N]: PROGRAM's assessments against second.py's.

Runs `PROGRAM assess - --json` once on random returns. Prints the first differences whole and a
summary; exit status 1 where anything differs.
"""

import argparse
import json
import subprocess
import sys
import time

from generate import lines
from second import assess

SHOWN = 5


def plain(answer, ignored=()):
    """An answer as text, the same for answers that mean the same.

    Types count: as text, true is not 1, nor is 1.0. Notes or problems left out are none.
    """
    answer = {name: value for name, value in answer.items()
              if name != "why" and name not in ignored}
    for name in ("notes", "problems"):
        values = answer.get(name)
        if values == []:
            del answer[name]
        elif type(values) is list:
            answer[name] = sorted(json.dumps(value) for value in values)
    return json.dumps(answer, sort_keys=True, ensure_ascii=False)


def difference(ours, line, ignored):
    """What is wrong with the program's `line`, or None."""
    try:
        theirs = json.loads(line)
    except ValueError as error:
        return f"not JSON: {error}"
    if type(theirs) is not dict:
        return "not an object"
    if plain(theirs, ignored) != plain(ours, ignored):
        names = [name for name in sorted(set(ours) | set(theirs)) if plain(
            {name: ours[name]} if name in ours else {}, ignored) != plain(
            {name: theirs[name]} if name in theirs else {}, ignored)]
        return "differs: " + ", ".join(names)
    if theirs["assessed"] and not (type(theirs.get("why")) is list and theirs["why"]):
        return "no explanation: why"
    return None


def run(program, text):
    """The program's standard output, by lines, and its exit status."""
    done = subprocess.run([program, "assess", "-", "--json"], input=text.encode(),
                          stdout=subprocess.PIPE, check=False)
    return done.stdout.decode("utf-8", "replace").splitlines(), done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--ignore", action="append", default=[], metavar="FIELD",
                        help="a field of the answer not to compare; may be repeated")
    options = parser.parse_args()

    started = time.monotonic()
    given = list(lines(options.seed, options.count))
    answers, status = run(options.program, "".join(line + "\n" for line in given))
    differences = refused = 0
    by_reason = {}
    for line, answer in zip(given, answers):
        ours = assess(json.loads(line))
        refused += not ours["assessed"]
        wrong = difference(ours, answer, options.ignore)
        if wrong is None:
            continue
        differences += 1
        by_reason[wrong] = by_reason.get(wrong, 0) + 1
        if differences <= SHOWN:
            print(f"{wrong}\n  input  {line}\n  second {json.dumps(ours, sort_keys=True)}\n"
                  f"  theirs {answer}\n")
    if len(answers) != len(given):
        differences += abs(len(given) - len(answers))
        print(f"{len(given)} returns, but {len(answers)} answers (exit status {status})")
        if len(answers) < len(given):
            print(f"  first unanswered {given[len(answers)]}")
    for reason, count in sorted(by_reason.items(), key=lambda item: -item[1])[:20]:
        print(f"{count:7} {reason}")
    print(f"seed {options.seed}: {len(given)} returns ({refused} refused), "
          f"{differences} differences, {time.monotonic() - started:.1f} s")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
