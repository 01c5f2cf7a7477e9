#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What write-paper wrote says what went in, as pdftotext and Python's csv read it."""
import csv
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

PROGRAM = sys.argv[1]
folder = tempfile.mkdtemp(prefix="tw-paper.")


def write(kind, name, argument):
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    path = os.path.join(folder, name)
    done = subprocess.run([PROGRAM, kind, path, str(argument)], env=environment, timeout=120,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return path, int(done.stdout)


def pages_of(path):
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True,
                          check=True).stdout
    return text.split("\f")[:-1]


def amount(i):
    return (-1 if i % 10 == 3 else 1) * (i * 7919 % 1000003)


def shown(fen):
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def sums_of(text, label):
    found = re.search(rf"^ *{label}.*?(-?¥[\d,.]+) +(\d+) *$", text, re.MULTILINE)
    assert found, f"no line {label!r} in:\n{text}"
    return found[1], int(found[2])


def check_pdf(rows):
    path, peak = write("table", f"{rows}.pdf", rows)
    pages = pages_of(path)
    done, copies = 0, 0
    for number, text in enumerate(pages, 1):
        first, last = number == 1, number == len(pages)
        assert f"Page {number} of {len(pages)}" in text, text[:500]
        assert "税务记录 Tax records" in text, text[:500]
        for heading in ("编号", "日期", "说明", "金额", "份数"):
            assert text.count(heading) == 1, f"page {number}: heading {heading}"
        assert ("样例用户 2025" in text) == first
        if not first:
            assert sums_of(text, "Brought forward") == (shown(sum_fen), copies), f"page {number}"
        for line in re.findall(r"^ *(R\d{5}.*)$", text, re.MULTILINE):
            done += 1
            copies += done % 4
            wanted = [f"R{done:05d}", f"第{done}笔", shown(amount(done))]
            assert all(part in line for part in wanted), f"{wanted} not in {line}"
        sum_fen = sum(amount(i) for i in range(1, done + 1))
        if last:
            assert f"Total of {rows} entr" in text, text[-500:]
            assert sums_of(text, "Total") == (shown(sum_fen), copies)
            assert "样例数据，仅供核对。" in text
        else:
            assert sums_of(text, "Carried forward") == (shown(sum_fen), copies), f"page {number}"
            assert "Total" not in text
    assert done == rows, f"{done} of {rows} rows"
    # A long cell is wrapped, not cut: its last word is there, however the lines fell.
    whole = re.sub(r"\s", "", "".join(pages))
    for i in range(7, rows + 1, 50):
        assert f"尾{i}" in whole, f"row {i} is cut"
    print(f"pdf: {rows} rows on {len(pages)} pages, {os.path.getsize(path)} bytes, {peak} KiB")
    return peak


def check_printing():
    """A printer gets what the file gets, page by page."""
    saved = pages_of(write("table", "saved.pdf", 120)[0])
    printed = pages_of(write("print", "printed.pdf", 120)[0])
    assert len(saved) == len(printed) > 2, f"{len(saved)} pages saved, {len(printed)} printed"
    for number, (one, other) in enumerate(zip(saved, printed), 1):
        assert one.split() == other.split(), f"page {number} differs:\n{one}\n{other}"
    print(f"print: {len(printed)} pages, the same as saved")


def check_empty_pdf():
    pages = pages_of(write("table", "0.pdf", 0)[0])
    assert len(pages) == 1 and "Page 1 of 1" in pages[0] and "Total of 0 entries" in pages[0]
    assert sums_of(pages[0], "Total") == ("¥0.00", 0)


def read_csv(path):
    with open(path, "rb") as file:
        raw = file.read()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n")
    with open(path, encoding="utf-8-sig", newline="") as file:
        return raw, list(csv.reader(file, strict=True))


def check_csv(rows):
    raw, lines = read_csv(write("table", f"{rows}.csv", rows)[0])
    assert raw.count(b"\r\n") == rows + 2 and raw.count(b"\n") == raw.count(b"\r\n")
    assert lines[0] == ["编号", "日期", "说明", "金额", "份数"]
    assert len(lines) == rows + 2
    for i, line in enumerate(lines[1:-1], 1):
        assert line[0] == f"R{i:05d}" and line[2].startswith(f"第{i}笔")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", line[1])
        assert re.fullmatch(r"-?\d+\.\d\d", line[3]), line
        assert int(line[3].replace(".", "")) == amount(i), line
        assert line[4] == ("" if i % 4 == 0 else str(i % 4))
    total = sum(amount(i) for i in range(1, rows + 1))
    assert lines[-1] == ["Total", "", "", f"{'-' if total < 0 else ''}{abs(total) // 100}."
                         f"{abs(total) % 100:02d}", str(sum(i % 4 for i in range(1, rows + 1)))]
    print(f"csv: {rows} rows, {len(raw)} bytes")


def is_formula(text):
    """The rule said again in other words than the program's."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    rest = re.sub(r"""^[\s"'`‘’“”«»‹›＂＇\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x1f\x7f-\xa0\xad]+""",
                  "", text)
    return unicodedata.normalize("NFKC", rest[:1]) in tuple("=+-@−") and rest != ""


def check_injection():
    leads = ["", " ", "  ", "\t", "\r", "\n", '"', "'", '"\'" ', "\u3000", "\u00a0", "\u200b",
             "\ufeff", "“", "‘", "＂", "\u202e", " \t ", "\x01"]
    signs = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "−"]
    tails = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://example.com","x")', "", "SUM(A1,A2)\r\n"]
    evil = [lead + sign + tail for lead in leads for sign in signs for tail in tails]
    evil += ["\tplain", "\rplain", "\nplain"]
    plain = ["", "个人所得税", "a=b", "1-2", "a@example.com", "it's", 'say "yes"', "a,b", "a;b",
             "two\nlines", "cr\rin", "crlf\r\nin", " lead", "trail ", "'quoted'", "“引用”", "😀👍",
             "مرحبا", "x" * 100000, '"', '""', "'", ",", "1,234.50", "#REF!"]
    cells = evil + plain
    source = os.path.join(folder, "cells")
    with open(source, "wb") as file:
        file.write(b"".join(cell.encode() + b"\0" for cell in cells))
    _, lines = read_csv(write("cells", "cells.csv", source)[0])
    assert lines[0] == ["'=text", "money"], lines[0]
    assert len(lines) == len(cells) + 2, f"{len(lines)} lines of {len(cells)} cells"
    for cell in evil:
        assert is_formula(cell), f"the test's own rule misses {cell!r}"
    for cell, line in zip(cells, lines[1:-1]):
        assert line[0] == ("'" if is_formula(cell) else "") + cell, f"{cell!r} became {line[0]!r}"
        assert line[1] == "-1.50", line
    assert lines[-1] == ["Total", f"-{150 * len(cells) // 100}.{150 * len(cells) % 100:02d}"]
    print(f"csv: {len(evil)} formulas neutralised, {len(plain)} texts left alone")


def check_sheet():
    path, _ = write("sheet", "sheet.pdf", 3)
    pages = pages_of(path)
    assert len(pages) == 1 and "Page 1 of 1" in pages[0]
    for words in ("电子收据", "税种", "个人所得税", "实缴", "¥1,234.56", "经过", "事件3号", "仅供核对。",
                  "2026-01-01 08:00:01"):
        assert words in pages[0], f"{words} not in {pages[0]}"
    for words in ("没有的", "从未发生"):
        assert words not in pages[0]
    pages = pages_of(write("sheet", "long.pdf", 200)[0])
    assert len(pages) > 3 and all(f"Page {i} of {len(pages)}" in page and "电子收据" in page
                                  for i, page in enumerate(pages, 1))
    order = [int(number) for number in re.findall(r"事件(\d+)号", "".join(pages))]
    assert order == list(range(1, 201))
    print(f"sheet: 200 events on {len(pages)} pages")


check_empty_pdf()
for count in (1, 30, 120):
    small = check_pdf(count)
# A sanitizer makes it twenty times slower, and says so by a peak of 0.
large = check_pdf(10000 if small > 0 else 300)
# Flat: ten thousand rows take no more than what their items and the pages' index are worth.
assert large - small < 8 * 1024, f"{large - small} KiB more for 10,000 rows than for 120"
check_printing()
check_csv(0)
check_csv(1)
check_csv(10000)
check_injection()
check_sheet()
subprocess.run(["rm", "-r", folder], check=True)
