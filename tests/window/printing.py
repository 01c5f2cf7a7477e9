# SPDX-License-Identifier: GPL-3.0-or-later
"""From the window to the paper: Ctrl-P, the printer chosen in the dialog, Print, and what CUPS-PDF
then wrote. Run by tests/tools/with-printer, which says why words are read off the spool."""

import datetime
import glob
import os
import re
import subprocess
import sys
import unicodedata

import tw_practice as practice
import tw_window as w

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools"))
import tap  # noqa: E402

PRINTER = "Practice-Printer"
FOLDER = os.environ["TW_PRINTER_DIR"]
PAYER = "Specimen Press"
# Pixels that may differ between two pictures of one page, of two million: none was seen to. One digit
# that is not there makes 90.
SAME_PIXELS = 20

HERE = {}


def user():
    return HERE["user"]


def text_of(path):
    """The words of a PDF, a page each; ligatures as the letters that they are made of."""
    return unicodedata.normalize("NFKC", practice.pdf_text(path)).split("\f")[:-1]


def pictures_of(path):
    """A picture of each page, soft enough that it does not matter where in a pixel a line falls."""
    stem = os.path.join(FOLDER, os.path.basename(path))
    subprocess.run(["pdftoppm", "-r", "150", "-scale-to-x", "1240", "-scale-to-y", "1754", "-gray",
                    "-png", path, stem], check=True)
    pictures = sorted(glob.glob(glob.escape(stem) + "-*.png"))
    subprocess.run(["mogrify", "-blur", "0x2", *pictures], check=True)
    return pictures


def other_pixels(one, other):
    """How many pixels clearly differ between two pictures."""
    compared = subprocess.run(["compare", "-metric", "AE", "-fuzz", "25%", one, other, "null:"],
                              capture_output=True, text=True, check=False)
    return float(compared.stderr.split()[0])


def print_here():
    """Prints what is in the window, as a person does; the document as it was taken, and the paper."""
    papers = set(glob.glob(os.path.join(FOLDER, "paper", "*.pdf")))
    user().press("ctrl+p")
    dialog = user().program.window("Print", practice.SLOW_S)
    printers = dialog.find("list", "GtkColumnListView")
    printers.find("label", PRINTER, practice.SLOW_S)
    printers.select(PRINTER)
    w.wait_for(lambda: any(PRINTER in row.labels() and row.has_state("selected")
                           for row in printers.children()), f"{PRINTER} is chosen")
    dialog.find("push button", re.compile(" Print$")).click()
    w.wait_for(lambda: len(user().program.windows()) == 1, "the dialog is gone", practice.SLOW_S)

    def printed():
        queue = subprocess.run(["lpstat", "-o", PRINTER], capture_output=True, text=True, check=True)
        fresh = set(glob.glob(os.path.join(FOLDER, "paper", "*.pdf"))) - papers
        return None if queue.stdout.strip() else fresh

    paper, = w.wait_for(printed, "the paper", practice.SLOW_S)
    number = int(re.search(r"job_(\d+)-", os.path.basename(paper))[1])
    return os.path.join(FOLDER, "spool", f"d{number:05d}-001"), paper


def check_paper(document, paper):
    """What was printed is what was sent, page by page."""
    sent, printed = pictures_of(document), pictures_of(paper)
    assert len(sent) == len(printed), (sent, printed)
    for one, other in zip(sent, printed):
        assert other_pixels(one, other) <= SAME_PIXELS, (one, other_pixels(one, other))
    return printed


def test_print_the_filtered_list():
    user().click("Enter as the sample person", practice.START_S)
    user().wait_title("Home")
    user().go("records")
    page = user().page("Records")
    user().press("ctrl+f")
    w.type_text(PAYER)
    count = int(page.wait_for_label(re.compile(r"^\d\d records$"), practice.SLOW_S).split()[0])
    rows = [node.name for node in page.all("list item", re.compile("¥"))]
    assert len(rows) == count > 20, (count, rows)
    amounts = [re.search(r"¥[\d,.]+\d", name)[0] for name in rows]
    fen = [practice.yuan(amount) for amount in amounts]
    document, paper = print_here()

    pages = text_of(document)
    assert len(pages) > 1, pages
    assert f"“{PAYER}”" in pages[0], pages[0]
    printed = []
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text and "Tax history" in text, text
        lines = re.findall(rf"^.*{PAYER}  .*TAX-[0-9A-F]{{12}}.*$", text, re.MULTILINE)
        printed += [re.findall(r"¥[\d,.]+", line)[-1] for line in lines]
        so_far = f"¥{sum(fen[:len(printed)]) / 100:,.2f}"
        last = f"Total of {count} entries" if number == len(pages) else "Carried forward"
        assert re.search(rf"^ *{last} .* {re.escape(so_far)}$", text, re.MULTILINE), (last, so_far, text)
    assert printed == amounts, (printed, amounts)
    assert f"¥{sum(fen) / 100:,.2f}" in page.labels(), page.labels()[-2:]

    pictures = check_paper(document, paper)
    # The comparison would see it if it were another page.
    assert other_pixels(*pictures[:2]) > 20 * SAME_PIXELS, other_pixels(*pictures[:2])
    on_paper = text_of(paper)
    assert all(words in on_paper[0] for words in ("Tax history", "Carried forward", PAYER)), on_paper


def test_print_a_record():
    page = user().page("Records")
    name = user().open_row(page, re.compile("¥"))
    story = user().page("Story")
    story.wait_for_label("Assessed", practice.SLOW_S)
    labels = story.labels()
    after = dict(zip(labels, labels[1:]))
    amount = re.search(r"¥[\d,.]+\d", name)[0]
    assert amount in labels, labels
    document, paper = print_here()

    text, = text_of(document)
    assert "Page 1 of 1" in text and "Tax record" in text, text
    for words in (after["What for"], after["Tax"], after["Payer"], after["Tax office"],
                  after["Reference"], amount):
        assert unicodedata.normalize("NFKC", words) in text, (words, text)
    steps = (("Assessed", "Assessed"), ("Withheld and paid on", "Paid"),
             ("Confirmed by the tax office", "Confirmed by the tax office"))
    for shown, written in steps:
        time = datetime.datetime.strptime(re.split(r"\s*[·\n]", after[shown])[0], "%d %b %Y, %H:%M")
        assert re.search(rf"^ *{time:%Y-%m-%d %H:%M}:\d\d  +{written}$", text, re.MULTILINE), \
            (time, written, text)
    assert re.search(rf"Confirmed by the tax office\n +{after['Reference']}$", text, re.MULTILINE), text

    check_paper(document, paper)
    on_paper, = text_of(paper)
    for words in (after["What for"], after["Payer"], after["Tax office"], "Confirmed by the tax office"):
        assert unicodedata.normalize("NFKC", words) in on_paper, (words, on_paper)


def main():
    # Looking for a printer, GTK warns where there is no colord on a system bus.
    with practice.user(G_DEBUG="fatal-criticals") as program:
        HERE["user"] = practice.UserWindow(program)
        status = tap.run_tests([test_print_the_filtered_list, test_print_a_record])
        user().close()
    return status


if __name__ == "__main__":
    sys.exit(main())
