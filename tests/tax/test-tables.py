#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make-tables.py takes the tables as they are and refuses each way of getting one wrong."""
import json
import os
import subprocess
import sys
import tempfile

make, folder = sys.argv[1:3]


def run(table):
    with tempfile.TemporaryDirectory() as place:
        path, out = os.path.join(place, "t.json"), os.path.join(place, "t.c")
        with open(path, "w", encoding="utf-8") as file:
            file.write(table if isinstance(table, str) else json.dumps(table))
        done = subprocess.run([sys.executable, make, out, path], capture_output=True, text=True)
        made = open(out, encoding="utf-8").read() if os.path.exists(out) else ""
    return done.returncode, done.stderr, made


def load(name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def refused(what, table, words):
    code, said, made = run(table)
    assert code != 0 and not made, f"{what}: was taken"
    assert words in said and "Traceback" not in said, f"{what}: {said}"
    print("refused:", what, "-", said.strip().split(": ", 1)[1])


for name in ("late-fee.json", "deadlines.json", "brackets.json", "amounts.json"):
    code, said, made = run(load(name))
    assert code == 0 and "const gsize" in made, said

fee = load("late-fee.json")
row = fee["rows"][0]
# Written in any order, the newest comes first.
code, said, made = run({**fee, "rows": [row, {**row, "from": "2030-01-01", "rate_ppm_per_day": 7}]})
assert code == 0 and made.index("21915, 7") < made.index(", 500"), said + made

refused("a fraction", json.dumps(fee).replace("500", "500.5"), "whole numbers")
refused("a text for a number", {**fee, "rows": [{**row, "rate_ppm_per_day": "500"}]}, "row 1: rate")
refused("a negative rate", {**fee, "rows": [{**row, "rate_ppm_per_day": -1}]}, "row 1: rate")
refused("no source", {**fee, "rows": [{**row, "source": " "}]}, "row 1: source")
refused("a missing field", {**fee, "rows": [{"from": "2001-05-01"}]}, "row 1: its fields")
refused("an unknown field", {**fee, "rows": [{**row, "cap": 1}]}, "row 1: its fields")
refused("a day that is none", {**fee, "rows": [{**row, "from": "2001-02-30"}]}, "row 1: ")
refused("the same day twice", {**fee, "rows": [row, row]}, "together")
refused("no row", {**fee, "rows": []}, "one row at least")
refused("a key twice", '{"table": "late-fee", "table": "late-fee"}', "twice")
refused("an unknown table", {**fee, "table": "window-tax"}, "window-tax")
refused("unverified of nothing", {**fee, "rows": [{**row, "unverified": ["cap"]}]}, "row 1: ")

dates = load("deadlines.json")
first = dates["rows"][0]
refused("closed before it opens", {**dates, "rows": [{**first, "opens": "07-01"}]}, "after due")
refused("a month that is none", {**dates, "rows": [{**first, "due": "13-01"}]}, "row 1: ")

rates = load("brackets.json")


def changed(index, **fields):
    rows = [dict(one) for one in rates["rows"]]
    rows[index].update(fields)
    return {**rates, "rows": rows}


refused("a jump at a limit", changed(1, quick_fen=252001), "would jump")
refused("a rate that falls", changed(2, rate_percent=9), "above those")
refused("a first row above 0", changed(0, over_fen=1), "starts at 0")
refused("a row left out", {**rates, "rows": rates["rows"][:2] + rates["rows"][3:]}, "none is left out")
