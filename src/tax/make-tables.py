#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the files of data/tax and writes them as constant C tables.

Usage: make-tables.py OUT.c TABLE.json...
A wrong file stops the build with one line that names the file, the row and the field.
"""
import datetime
import json
import sys

EPOCH = datetime.date(1970, 1, 1)
MOST_FEN = 10 ** 12


class Wrong(Exception):
    pass


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise Wrong(f"a key stands twice among {', '.join(keys)}")
    return dict(pairs)


def no_fraction(text):
    raise Wrong(f"{text}: figures are whole numbers")


def whole(row, field, least, most):
    value = row[field]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Wrong(f"{field} is not a whole number from {least} to {most}")
    return value


def text(row, field):
    value = row[field]
    if not isinstance(value, str) or not value.strip():
        raise Wrong(f"{field} is empty")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def day(row, field):
    return (datetime.date.fromisoformat(row[field]) - EPOCH).days


def month_and_day(row, field):
    date = datetime.date.fromisoformat("2023-" + row[field])
    return date.month, date.day


def late_fee_row(row):
    return row["from"], f"{{ {day(row, 'from')}, {whole(row, 'rate_ppm_per_day', 0, 1000000)}, " \
        f"{text(row, 'source')} }}"


def deadline_row(row):
    opens, due = month_and_day(row, "opens"), month_and_day(row, "due")
    if opens > due:
        raise Wrong("opens is after due")
    return (row["id"], whole(row, "from", 1994, 2999)), \
        f"{{ {text(row, 'id')}, {row['from']}, {whole(row, 'years_later', 0, 5)}, " \
        f"{opens[0]}, {opens[1]}, {due[0]}, {due[1]}, {text(row, 'source')} }}"


def bracket_row(row):
    number = whole(row, "row", 1, 20)
    return (row["id"], whole(row, "from", 1994, 2999), number), \
        f"{{ {text(row, 'id')}, {row['from']}, {number}, {whole(row, 'over_fen', 0, MOST_FEN)}, " \
        f"{whole(row, 'rate_percent', 1, 99)}, {whole(row, 'quick_fen', 0, MOST_FEN)}, " \
        f"{text(row, 'source')} }}"


def check_brackets(rows):
    """The tax has no step at a limit, which is what the quick deduction is for."""
    for row in rows:
        before = [other for other in rows if (other["id"], other["from"], other["row"]) ==
                  (row["id"], row["from"], row["row"] - 1)]
        what = f"{row['id']} from {row['from']}, row {row['row']}"
        if not before:
            if row["row"] != 1 or row["over_fen"] != 0 or row["quick_fen"] != 0:
                raise Wrong(f"{what}: the first row starts at 0, and none is left out")
            continue
        rise = row["rate_percent"] - before[0]["rate_percent"]
        if rise <= 0 or row["over_fen"] <= before[0]["over_fen"]:
            raise Wrong(f"{what}: its rate and its limit are above those of the row before")
        if (row["quick_fen"] - before[0]["quick_fen"]) * 100 != row["over_fen"] * rise:
            raise Wrong(f"{what}: the tax would jump at its limit")


def amount_row(row):
    return (row["id"], whole(row, "from", 1994, 2999)), \
        f"{{ {text(row, 'id')}, {row['from']}, {whole(row, 'value', 0, MOST_FEN)}, " \
        f"{text(row, 'source')} }}"


TABLES = {
    "brackets": ("TwBracketRow", "tw_bracket_rows", bracket_row,
                 {"id", "from", "row", "over_fen", "rate_percent", "quick_fen", "source"}),
    "amounts": ("TwAmountRow", "tw_amount_rows", amount_row, {"id", "from", "value", "source"}),
    "late-fee": ("TwLateFeeRow", "tw_late_fee_rows", late_fee_row,
                 {"from", "rate_ppm_per_day", "source"}),
    "deadlines": ("TwDeadlineRow", "tw_deadline_rows", deadline_row,
                  {"id", "from", "years_later", "opens", "due", "source"}),
}


def convert(path):
    with open(path, encoding="utf-8") as file:
        table = json.load(file, object_pairs_hook=no_duplicates, parse_float=no_fraction)
    name = table["table"]
    struct, variable, make, fields = TABLES[name]
    if set(table) != {"table", "about", "rows"} or not table["rows"]:
        raise Wrong("a table has table, about and rows, and one row at least")
    lines, orders = [], []
    for number, row in enumerate(table["rows"], 1):
        try:
            if set(row) - {"unverified"} != fields:
                raise Wrong(f"its fields are not {', '.join(sorted(fields))}")
            if not set(row.get("unverified", [])) <= fields:
                raise Wrong("unverified names a field that is not there")
            order, line = make(row)
        except (Wrong, ValueError, TypeError) as wrong:
            raise Wrong(f"row {number}: {wrong}") from wrong
        orders.append(order)
        lines.append(f"  {line},\n")
    if sorted(set(orders)) != sorted(orders):
        raise Wrong("two rows come into force together")
    if name == "brackets":
        check_brackets(table["rows"])
    # The look-up takes the first row that fits: the newest goes first.
    lines = [line for _, line in sorted(zip(orders, lines), reverse=True)]
    return f"const {struct} {variable}[] = {{\n{''.join(lines)}}};\n" \
        f"const gsize {variable}_count = G_N_ELEMENTS ({variable});\n"


def main():
    out = ["/* Made from data/tax by make-tables.py. */\n", '#include "tax/tw-tax-tables.h"\n\n']
    for path in sys.argv[2:]:
        try:
            out.append(convert(path))
        except (Wrong, KeyError, ValueError, TypeError) as wrong:
            sys.exit(f"{path}: {wrong}")
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("\n".join(out))


if __name__ == "__main__":
    main()
