#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""generate.py SEED COUNT: random returns, one JSON object a line, the same for the same seed.

Edges are drawn often. To land on one (a limit of a row, 30 % for charity, 120,000 of income, 400
owed) the draw asks second.py what the rest of the return comes to; it steers, it doesn't judge.
"""

import json
import random
import sys

from faults import spoil
from second import BASIC, BUSINESS, COMPREHENSIVE, MONTHLY, YUAN, assess

CHILDREN = ("大宝", "二宝", "小宝", "A", "b c", "\"q\"\\")
REFUSED_ONE_IN = 50


def limits(table, parts=1):
    return [limit * parts * YUAN for limit, _, _ in table if limit]


COMPREHENSIVE_LIMITS = [0] + limits(COMPREHENSIVE)
BONUS_LIMITS = limits(MONTHLY, 12)
BUSINESS_LIMITS = [0] + limits(BUSINESS) + [1_000_000 * YUAN, 2_000_000 * YUAN]


class Draw(random.Random):
    """A random source with the shapes that returns are made of."""

    def odds(self, one_in):
        return self.randrange(one_in) == 0

    def near(self, value):
        return max(0, value + self.choice((-100, -1, 0, 0, 1, 2, 100)))

    def amount(self, usual_yuan):
        """Mostly up to a usual size; sometimes nothing, a few fen, or very much."""
        shape = self.randrange(20)
        if shape < 2:
            return 0
        if shape == 2:
            return self.randrange(1, 200)
        if shape == 3:
            return self.randrange(10 ** self.choice((9, 10, 12, 13)))
        if shape < 9:
            return self.randrange(usual_yuan + 1) * YUAN
        return self.randrange(usual_yuan * YUAN)

    def months(self):
        return self.choice((0, 1, 6, 11, 12, 12, 12, self.randrange(13)))

    def some(self, data, name, one_in, value):
        """Sets data[name] to what value() draws, once in `one_in`."""
        if self.odds(one_in):
            data[name] = value()

    def often(self, data, name, value):
        """Leaves data[name] out once in twenty."""
        if not self.odds(20):
            data[name] = value()


def children(draw):
    entries = []
    for name in draw.sample(CHILDREN, draw.choice((1, 1, 1, 2, 2, 3))):
        months = draw.months()
        stages = ["under3", "education"]
        draw.shuffle(stages)
        for stage in stages[:draw.choice((1, 1, 2))]:
            entry = {"child": name, "stage": stage}
            if months:
                entry["months"] = months
            draw.some(entry, "share", 2, lambda: draw.choice((100, 50)))
            entries.append(entry)
            months = draw.choice((12 - months, draw.randrange(13 - months)))
    draw.shuffle(entries)
    return entries


def counted_out(draw, most):
    """Months of this year and of the years before, often at the edge of `most` together."""
    facts = {}
    months = draw.months()
    if months or draw.odds(2):
        facts["months"] = months
    draw.some(facts, "months_before", 2, lambda: draw.choice((
        0, most - 13, most - 12, most - 11, most - 1, most, most + 1, most - months,
        max(0, most - months - 1), most - months + 1, draw.randrange(most + 20))))
    return facts


def study(draw):
    facts = counted_out(draw, 48)
    draw.some(facts, "certificate", 3, lambda: draw.odds(2))
    return facts


def loan(draw):
    facts = counted_out(draw, 240)
    draw.some(facts, "share", 2, lambda: draw.choice((100, 50)))
    return facts


def rent(draw):
    facts = {"city_class": draw.randrange(1, 4)}
    draw.often(facts, "months", draw.months)
    return facts


def medical(draw):
    return [draw.choice((0, draw.near(15_000 * YUAN), draw.near(95_000 * YUAN),
                         draw.near(80_000 * YUAN), draw.amount(120_000)))
            for _ in range(draw.randrange(4))]


def parents(draw):
    facts = {"months": draw.months()}
    draw.some(facts, "only_child", 2, lambda: draw.randrange(4) > 0)
    draw.some(facts, "share_monthly", 2, lambda: draw.choice((
        0, 750 * YUAN, draw.near(1_000 * YUAN), draw.near(1_500 * YUAN), draw.randrange(300_000))))
    return facts


def additional(draw):
    facts = {}
    draw.some(facts, "children", 2, lambda: children(draw))
    draw.some(facts, "continuing_education", 3, lambda: study(draw))
    draw.some(facts, "medical", 4, lambda: medical(draw))
    draw.some(facts, "parents", 2, lambda: parents(draw))
    homes = draw.randrange(7)
    if homes in (1, 2, 5):
        facts["loan"] = loan(draw)
    if homes in (3, 4, 5):
        facts["rent"] = rent(draw)
    if homes == 5:  # both given, no months of one: nothing claimed for it
        facts[draw.choice(("loan", "rent"))].pop("months", None)
    return facts


def deductions(draw, data):
    if draw.randrange(3):
        data["special"] = {}
        draw.often(data["special"], "social_insurance", lambda: draw.amount(40_000))
        draw.some(data["special"], "housing_fund", 2, lambda: draw.amount(36_000))
    draw.some(data, "additional", 2, lambda: additional(draw))
    draw.some(data, "pension", 4, lambda: draw.choice((
        0, draw.near(12_000 * YUAN), draw.amount(12_000))))
    draw.some(data, "other", 5, lambda: draw.amount(5_000))


def charity(draw, data):
    """Sometimes an amount, often one about the 30 % of what is taxable before it."""
    if draw.odds(4):
        base = assess(data)["taxable_fen"]
        data["charity"] = draw.choice((draw.amount(20_000), draw.near(base * 3 // 10), base))


def prepaid(draw, data, edges):
    total = assess(data)["total_fen"]
    data["prepaid"] = max(0, draw.choice((
        0, total, total, draw.near(total), total - draw.near(draw.choice(edges)),
        total + draw.randrange(100_000), draw.amount(30_000))))


def comprehensive(draw):
    data = {"kind": "comprehensive", "year": draw.randrange(2019, 2028)}
    deductions(draw, data)
    for name in ("labour_services", "author_remuneration", "royalties"):
        draw.some(data, name, 4, lambda: draw.amount(60_000))
    if draw.odds(3):
        data["bonus"] = {"mode": draw.choice(("separate", "separate", "merged"))}
        draw.often(data["bonus"], "amount", lambda: draw.choice((
            draw.near(draw.choice(BONUS_LIMITS)), draw.near(draw.choice(BONUS_LIMITS)),
            draw.amount(200_000))))
    if draw.odds(10):
        data["income_exempt"] = {
            name: draw.randrange(3) > 0 for name in draw.sample(
                ("wages", "labour_services", "author_remuneration", "royalties", "bonus"),
                draw.randrange(1, 4))}

    aim = draw.randrange(8)
    if aim < 3:  # taxable income about a limit
        rest = assess(data)
        taken = BASIC + rest["special_fen"] + rest["additional_fen"] + rest["pension_fen"]
        wages = (draw.near(draw.choice(COMPREHENSIVE_LIMITS)) + taken + data.get("other", 0)
                 - rest["counted_fen"])
        data["wages"] = wages if wages > 0 else draw.amount(250_000)
    elif aim == 3:  # income about 120,000
        data["wages"] = max(0, draw.near(120_000 * YUAN) - assess(data)["gross_fen"])
    elif aim < 7 or draw.odds(2):
        data["wages"] = draw.amount(draw.choice((120_000, 250_000, 1_500_000)))

    charity(draw, data)
    if draw.randrange(5):
        prepaid(draw, data, (400 * YUAN, 400 * YUAN, 0))
    for name in ("two_sources", "claims_refund", "payer_failed_to_withhold"):
        draw.some(data, name, 3, lambda: draw.randrange(4) > 0)
    return data


def business(draw):
    data = {"kind": "business", "year": draw.randrange(2019, 2028)}
    draw.some(data, "deduct_personal", 2, lambda: draw.randrange(6) > 0)
    draw.some(data, "sole_trader", 2, lambda: draw.randrange(6) > 0)
    deductions(draw, data)
    draw.some(data, "prior_losses", 4, lambda: draw.amount(80_000))
    draw.some(data, "costs", 2, lambda: draw.amount(300_000))
    if draw.odds(2):  # taxable income about a limit
        personal = 0
        if data.get("deduct_personal"):
            rest = assess(data)
            personal = (BASIC + sum(data.get("special", {}).values()) + rest["additional_fen"]
                        + rest["pension_fen"] + data.get("other", 0))
        data["revenue"] = (draw.near(draw.choice(BUSINESS_LIMITS)) + personal
                           + data.get("prior_losses", 0) + data.get("costs", 0))
    else:
        draw.often(data, "revenue",
                   lambda: draw.amount(draw.choice((150_000, 800_000, 4_000_000))))
    charity(draw, data)
    if draw.randrange(4):
        prepaid(draw, data, (0, 400 * YUAN))
    return data


def late_fee(draw):
    data = {"kind": "late_fee"}
    # 1,000 fen a day is half a fen: odd thousands meet the half exactly.
    draw.often(data, "tax", lambda: draw.choice((
        draw.amount(50_000), draw.randrange(1_000) * 1_000)))
    draw.often(data, "days", lambda: draw.choice((
        0, 1, 30, 365, 366, draw.randrange(2_000), draw.randrange(40_000))))
    return data


def shuffled(draw, data):
    """The same object, its fields in another order: the order means nothing."""
    names = list(data)
    draw.shuffle(names)
    return {name: data[name] for name in names}


def returns(seed, count):
    draw = Draw(seed)
    for _ in range(count):
        data = draw.choice((comprehensive,) * 7 + (business,) * 3 + (late_fee,))(draw)
        if draw.odds(REFUSED_ONE_IN):
            spoil(draw, data)
        yield shuffled(draw, data) if draw.odds(2) else data


def lines(seed, count):
    for data in returns(seed, count):
        yield json.dumps(data, ensure_ascii=False)


def main(arguments):
    if len(arguments) != 2:
        sys.exit("usage: generate.py SEED COUNT")
    for line in lines(int(arguments[0]), int(arguments[1])):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
