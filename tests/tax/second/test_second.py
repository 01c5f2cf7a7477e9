#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of second.py, generate.py and compare.py; TAP. The expected figures are worked by hand."""

import json
import os
import random
import subprocess
import sys
import tempfile
import traceback

import second
from compare import difference, plain
from generate import lines
from second import assess

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def year(number=2024, **fields):
    return assess({"kind": "comprehensive", "year": number, **fields})


def taxable(yuan, **fields):
    """A year whose taxable income is `yuan`, from wages alone."""
    return year(wages=round(yuan * 100) + 6_000_000, **fields)


def bonus(fen, mode="separate", **fields):
    return year(bonus={"amount": fen, "mode": mode}, **fields)


def business(number=2023, **fields):
    return assess({"kind": "business", "year": number, **fields})


def additional(number, **facts):
    result = year(number, additional=facts)
    assert result["assessed"], result
    return result["additional"], result["notes"]


def problems(**fields):
    result = assess({"kind": "comprehensive", "year": 2024, **fields})
    assert result["assessed"] is False and set(result) == {"assessed", "problems"}, result
    return sorted(result["problems"])


def expect(result, **fields):
    for name, value in fields.items():
        assert result[name] == value, (name, result[name], value)


# ---- Vectors of the tables


@test
def limits_of_comprehensive_income():
    for limit, tax in ((36_000, 1_080), (144_000, 11_880), (300_000, 43_080), (420_000, 73_080),
                       (660_000, 145_080), (960_000, 250_080)):
        expect(taxable(limit), taxable_fen=limit * 100, tax_fen=tax * 100, total_fen=tax * 100)


@test
def bonus_vectors():
    expect(bonus(3_600_000), bonus_tax_fen=108_000)
    expect(bonus(3_600_100), bonus_tax_fen=339_010)


@test
def sole_trader_vector():
    expect(business(revenue=200_000_000, sole_trader=True),
           taxable_fen=200_000_000, tax_fen=63_450_000, total_fen=31_725_000)


@test
def rows_meet_at_their_limits():
    for table in (second.COMPREHENSIVE, second.MONTHLY, second.BUSINESS):
        for (limit, percent, quick), (_, next_percent, next_quick) in zip(table, table[1:]):
            assert limit * percent - quick * 100 == limit * next_percent - next_quick * 100, limit


# ---- By hand


@test
def rows_end_at_their_limit():
    for number, limit in enumerate((36_000, 144_000, 300_000, 420_000, 660_000, 960_000), 1):
        assert taxable(limit)["row"]["row"] == number
        assert taxable(limit + 0.01)["row"]["row"] == number + 1
    assert year()["row"] == {"row": 1, "rate_percent": 3, "quick_fen": 0}
    assert taxable(960_001)["row"] == {"row": 7, "rate_percent": 45, "quick_fen": 18_192_000}


@test
def tax_is_rounded_half_up():
    for fen, tax in ((0, 0), (16, 0), (17, 1), (49, 1), (50, 2), (83, 2), (84, 3)):
        expect(taxable(fen / 100), tax_fen=tax)
    expect(taxable(36_000.05), tax_fen=108_001)  # 0.5 fen more
    expect(taxable(36_000.04), tax_fen=108_000)


@test
def a_whole_year():
    # 240,000 wages; 20,000 labour at 80 %; 10,000 author's at 56 %; 5,000 royalties at 80 %:
    # counted 240,000 + 16,000 + 5,600 + 4,000 = 265,600.
    # less 60,000, 30,000, child 24,000, only child 36,000, pension 12,000, other 2,400: 101,200;
    # charity 5,000: 96,200; tax 9,620 - 2,520 = 7,100; bonus 48,000: 4,800 - 210 = 4,590.
    result = year(
        wages=24_000_000, labour_services=2_000_000, author_remuneration=1_000_000,
        royalties=500_000, special={"social_insurance": 2_000_000, "housing_fund": 1_000_000},
        additional={"children": [{"child": "a", "stage": "education", "months": 12}],
                    "parents": {"months": 12, "only_child": True}},
        pension=1_200_000, other=240_000, charity=500_000, prepaid=1_000_000,
        bonus={"amount": 4_800_000, "mode": "separate"})
    # merged: 144,200 taxable: 28,840 - 16,920 = 11,920.
    assert result == {
        "assessed": True, "notes": [], "gross_fen": 27_500_000, "counted_fen": 26_560_000,
        "special_fen": 3_000_000,
        "additional": {"under3": 0, "education": 2_400_000, "continuing_education": 0,
                       "medical": 0, "loan": 0, "rent": 0, "parents": 3_600_000},
        "additional_fen": 6_000_000, "pension_fen": 1_200_000, "charity_allowed_fen": 500_000,
        "taxable_fen": 9_620_000, "row": {"row": 2, "rate_percent": 10, "quick_fen": 252_000},
        "tax_fen": 710_000, "bonus_row": {"row": 2, "rate_percent": 10, "quick_fen": 21_000},
        "bonus_tax_fen": 459_000, "total_fen": 1_169_000, "balance_fen": 169_000,
        "due_fen": 169_000, "refund_fen": 0, "must_settle": True, "exempt_from_settling": False,
        "both_ways": {"separate": 1_169_000, "merged": 1_192_000}}, result


@test
def merged_bonus():
    expect(bonus(4_800_000, "merged", wages=24_000_000), gross_fen=28_800_000,
           counted_fen=28_800_000, taxable_fen=22_800_000, tax_fen=2_868_000, bonus_tax_fen=0,
           total_fen=2_868_000, both_ways={"separate": 1_908_000 + 459_000, "merged": 2_868_000},
           bonus_row={"row": 1, "rate_percent": 3, "quick_fen": 0})


@test
def exempt_income():
    expect(year(wages=20_000_000, labour_services=1_000_000, income_exempt={"wages": True}),
           gross_fen=21_000_000, counted_fen=800_000, taxable_fen=0)
    for mode in ("separate", "merged"):
        expect(bonus(10_000_000, mode, wages=10_000_000, income_exempt={"bonus": True}),
               total_fen=148_000, both_ways={"separate": 148_000, "merged": 148_000})


@test
def fractions_of_a_fen_are_kept_until_the_tax():
    # 80 % of 1 fen is 0.8. Taxable 0.8 + 16 fen at 3 %: 0.504, where 16 fen gives 0.48.
    expect(year(wages=6_000_016, labour_services=1), counted_fen=6_000_017, taxable_fen=17,
           tax_fen=1)
    # 56 % of 1 fen is 0.56. 16.56 fen at 3 %: 0.4968, where 17 fen, rounded first, gives 0.51.
    expect(year(wages=6_000_016, author_remuneration=1), counted_fen=6_000_017, taxable_fen=17,
           tax_fen=0)


@test
def children_by_year():
    for number, under3, education in ((2019, 0, 6_000), (2021, 0, 6_000), (2022, 6_000, 6_000),
                                      (2023, 12_000, 12_000), (2027, 12_000, 12_000)):
        amounts, notes = additional(number, children=[
            {"child": "a", "stage": "under3", "months": 6},
            {"child": "a", "stage": "education", "months": 6}])
        expect(amounts, under3=under3 * 100, education=education * 100)
        assert notes == (["under3_before_2022"] if number < 2022 else [])
    amounts, _ = additional(2022, children=[
        {"child": "a", "stage": "under3", "months": 1, "share": 50},
        {"child": "b", "stage": "under3", "months": 12}])
    expect(amounts, under3=50_000 + 1_200_000)


@test
def study():
    for months, before, certificate, yuan, cut in (
            (12, 36, False, 4_800, False), (12, 37, False, 4_400, True), (12, 48, False, 0, True),
            (12, 60, True, 3_600, True), (0, 60, False, 0, False), (12, 0, True, 8_400, False)):
        amounts, notes = additional(2020, continuing_education={
            "months": months, "months_before": before, "certificate": certificate})
        expect(amounts, continuing_education=yuan * 100)
        assert notes == (["study_48_months"] if cut else [])


@test
def illness():
    for persons, fen, cut in (([1_500_000], 0, 0), ([1_500_001], 1, 0), ([9_500_000], 8_000_000, 0),
                              ([9_500_001], 8_000_000, 1), ([], 0, 0),
                              ([1_600_000] * 3, 300_000, 0),
                              ([10_000_000, 2_000_000], 8_500_000, 1)):
        amounts, notes = additional(2019, medical=persons)
        expect(amounts, medical=fen)
        assert notes == (["medical_over_limit"] if cut else [])


@test
def homes():
    for months, before, share, yuan, cut in ((12, 228, 100, 12_000, 0), (12, 229, 50, 5_500, 1),
                                             (12, 240, 100, 0, 1), (1, 239, 50, 500, 0)):
        amounts, notes = additional(2025, loan={
            "months": months, "months_before": before, "share": share})
        expect(amounts, loan=yuan * 100, rent=0)
        assert notes == (["loan_240_months"] if cut else [])
    for city, yuan in ((1, 18_000), (2, 13_200), (3, 9_600)):
        amounts, _ = additional(2019, rent={"months": 12, "city_class": city})
        expect(amounts, rent=yuan * 100)


@test
def parents():
    for number, facts, yuan, cut in (
            (2022, {"only_child": True}, 24_000, 0), (2023, {"only_child": True}, 36_000, 0),
            (2022, {"share_monthly": 100_000}, 12_000, 0),
            (2022, {"share_monthly": 100_001}, 12_000, 1),
            (2023, {"share_monthly": 150_000}, 18_000, 0),
            (2023, {"share_monthly": 300_000}, 18_000, 1), (2023, {}, 0, 0)):
        amounts, notes = additional(number, parents={"months": 12, **facts})
        expect(amounts, parents=yuan * 100)
        assert notes == (["parents_share_over_limit"] if cut else [])
    assert additional(2023, parents={"share_monthly": 300_000})[1] == []  # no months, nothing cut


@test
def pension():
    expect(year(2021, pension=1), pension_fen=0, notes=["pension_before_2022"])
    expect(year(2022, pension=1_200_000), pension_fen=1_200_000, notes=[])
    expect(year(2022, pension=1_200_001), pension_fen=1_200_000, notes=["pension_over_limit"])


@test
def charity():
    expect(taxable(100_000, charity=3_000_000), charity_allowed_fen=3_000_000,
           taxable_fen=7_000_000, notes=[])
    expect(taxable(100_000, charity=3_000_001), charity_allowed_fen=3_000_000,
           taxable_fen=7_000_000, notes=["charity_over_limit"])
    expect(year(charity=1), charity_allowed_fen=0, notes=["charity_over_limit"])
    expect(business(revenue=10_000_000, charity=4_000_000), taxable_fen=7_000_000,
           notes=["charity_over_limit"])


@test
def settling():
    for wages, prepaid, more, must, exempt in (
            (20_000_000, 1_148_000, {}, False, False),       # nothing owed
            (20_000_000, 1_108_000, {}, False, True),        # 400 owed
            (20_000_000, 1_107_999, {}, True, False),        # 400.01 owed
            (20_000_000, 1_108_000, {"payer_failed_to_withhold": True}, True, False),
            (12_000_000, 0, {}, False, True),                # 120,000: 3,480 owed
            (12_000_001, 0, {}, True, False),
            (12_000_000, 0, {"payer_failed_to_withhold": True}, True, False),
            (12_000_000, 0, {"bonus": {"amount": 1_000_000, "mode": "separate"}}, False, True),
            (12_000_000, 0, {"bonus": {"amount": 1_000_000, "mode": "merged"}}, True, False),
            (20_000_000, 1_200_000, {}, False, False),       # a refund, not claimed
            (20_000_000, 1_200_000, {"claims_refund": True}, True, False),
            (20_000_000, 1_148_000, {"claims_refund": True}, False, False),
            (20_000_000, 1_148_000, {"two_sources": True}, False, False)):
        result = year(wages=wages, prepaid=prepaid, **more)
        expect(result, must_settle=must, exempt_from_settling=exempt)
    expect(year(wages=20_000_000, prepaid=1_200_000), balance_fen=-52_000, due_fen=0,
           refund_fen=52_000)


@test
def business_by_hand():
    expect(business(revenue=50_000_000, costs=20_000_000, prior_losses=1_000_000),
           profit_fen=30_000_000, taxable_fen=29_000_000, tax_fen=4_750_000, total_fen=4_750_000)
    expect(business(revenue=1, costs=10_000), profit_fen=-9_999, taxable_fen=0, total_fen=0)
    fields = {"revenue": 20_000_000, "special": {"housing_fund": 1_000_000}, "pension": 1_300_000,
              "other": 100_000, "additional": {"rent": {"months": 1, "city_class": 1}}}
    expect(business(**fields), taxable_fen=20_000_000, additional_fen=0, pension_fen=0, notes=[])
    expect(business(deduct_personal=True, **fields), additional_fen=150_000, pension_fen=1_200_000,
           taxable_fen=20_000_000 - 6_000_000 - 1_000_000 - 150_000 - 1_200_000 - 100_000,
           notes=["pension_over_limit"])
    for row, limit in enumerate((30_000, 90_000, 300_000, 500_000), 1):
        assert business(revenue=limit * 100)["row"]["row"] == row
        assert business(revenue=limit * 100 + 1)["row"]["row"] == row + 1


@test
def half_for_sole_traders():
    # 2,500,000: 809,500. At 1,000,000: 284,500; at 2,000,000: 634,500.
    for number, waived in ((2020, 0), (2021, 142_250), (2022, 142_250), (2023, 317_250),
                           (2027, 317_250)):
        expect(business(number, revenue=250_000_000, sole_trader=True), tax_fen=80_950_000,
               total_fen=80_950_000 - waived * 100)
    expect(business(2021, revenue=10_000_000, sole_trader=True), tax_fen=950_000,
           total_fen=475_000)
    # 10 fen at 5 % is half a fen: 1; half of it waived leaves a quarter: 0.
    expect(business(2023, revenue=10, sole_trader=True), tax_fen=1, total_fen=0)


@test
def late_fees():
    for tax, days, fee in ((1_000_000, 1, 500), (1_000, 1, 1), (999, 1, 0), (1_000, 0, 0),
                           (123_456, 10, 617), (100, 30, 2), (10 ** 14, 40_000, 2 * 10 ** 15)):
        result = assess({"kind": "late_fee", "tax": tax, "days": days})
        assert result == {"assessed": True, "notes": [], "late_fee_fen": fee}, result


@test
def refused_by_the_law():
    loan, rent = {"months": 1}, {"months": 1, "city_class": 1}
    assert problems(additional={"loan": loan, "rent": rent}) == ["loan_and_rent"]
    assert year(additional={"loan": {}, "rent": rent})["assessed"]
    child = [{"child": "a", "stage": "under3", "months": 7},
             {"child": "a", "stage": "education", "months": 6}]
    assert problems(additional={"children": child}) == ["child_months_over_12"]
    child[1]["child"] = "b"
    assert year(additional={"children": child})["assessed"]
    assert problems(year=2018) == problems(year=2028) == ["year_not_covered"]
    assert year(2019)["assessed"] and year(2027)["assessed"]
    assert problems(year=2018, additional={"loan": loan, "rent": rent}) == [
        "loan_and_rent", "year_not_covered"]


@test
def refused_by_their_form():
    for name, fields in (
            ("wage", {"wage": 1}), ("wages", {"wages": -1}), ("wages", {"wages": 1.0}),
            ("wages", {"wages": "1"}), ("wages", {"wages": None}), ("wages", {"wages": True}),
            ("year", {"year": "2024"}), ("kind", {"kind": "x"}), ("kind", {"kind": None}),
            ("revenue", {"revenue": 1}), ("tax", {"special": {"tax": 1}}),
            ("special", {"special": 1}), ("two_sources", {"two_sources": 1}),
            ("mode", {"bonus": {"amount": 1}}),
            ("mode", {"bonus": {"mode": "both"}}),
            ("other", {"income_exempt": {"other": True}}),
            ("city_class", {"additional": {"rent": {"months": 1}}}),
            ("city_class", {"additional": {"rent": {"city_class": True}}}),
            ("months", {"additional": {"loan": {"months": 13}}}),
            ("medical", {"additional": {"medical": [0, -1]}}),
            ("stage", {"additional": {"children": [{}]}}),
            ("share", {"additional": {"children": [
                {"stage": "under3", "share": 60}]}}),
            ("children", {"additional": {"children": [
                {"child": "a", "stage": "under3"}, {"child": "a", "stage": "under3"}]}})):
        assert problems(**fields) == ["bad_field:" + name], (name, problems(**fields))
    assert problems(wages=-1, charity=-1) == ["bad_field:charity", "bad_field:wages"]
    assert assess({"kind": "business"})["problems"] == ["bad_field:year"]
    assert assess({"kind": "late_fee", "year": 2024})["problems"] == ["bad_field:year"]
    assert assess([])["problems"] == ["bad_field:kind"]


# ---- Properties


@test
def total_never_falls_as_income_rises():
    draw = random.Random(1)
    for make in (lambda fen: year(wages=fen), lambda fen: year(labour_services=fen),
                 lambda fen: year(author_remuneration=fen, charity=50_000),
                 lambda fen: bonus(fen, "merged"), lambda fen: bonus(fen),
                 lambda fen: business(revenue=fen),
                 lambda fen: business(2021, revenue=fen, sole_trader=True)):
        last = 0
        for fen in sorted(draw.randrange(300_000_000) for _ in range(500)):
            total = make(fen)["total_fen"]
            assert total >= last, fen
            last = total


@test
def no_jump_at_limits_of_rows():
    for limit, _, _ in second.COMPREHENSIVE[:-1]:
        around = [taxable(limit + step / 100)["total_fen"] for step in range(-3, 4)]
        assert all(0 <= b - a <= 1 for a, b in zip(around, around[1:])), (limit, around)
    for limit in (30_000, 90_000, 300_000, 500_000, 1_000_000, 2_000_000):
        for number in (2020, 2021, 2023):
            around = [business(number, revenue=limit * 100 + step, sole_trader=True)["total_fen"]
                      for step in range(-3, 4)]
            assert all(0 <= b - a <= 1 for a, b in zip(around, around[1:])), (limit, around)


@test
def a_bonus_jumps_at_six_cliffs_only():
    cliffs = [limit * 12 * 100 for limit, _, _ in second.MONTHLY[:-1]]
    jumps = {fen: bonus(fen + 1)["bonus_tax_fen"] - bonus(fen)["bonus_tax_fen"] for fen in cliffs}
    # quick deductions are eleven twelfths short: 11 x (next - this), and 0 or 1 fen of rounding
    assert [jump // 100 for jump in jumps.values()] == [
        2_310, 13_200, 13_750, 19_250, 30_250, 88_000], jumps
    draw = random.Random(2)
    others = [draw.randrange(150_000_000) for _ in range(3_000)]
    others += [fen + step for fen in cliffs for step in (-2, -1, 1, 2)]
    for fen in others:
        assert 0 <= bonus(fen + 1)["bonus_tax_fen"] - bonus(fen)["bonus_tax_fen"] <= 1, fen


@test
def split_months_add_up():
    def of(item, months, **more):
        return {item: {"months": months, **more}}
    makers = {
        "continuing_education": lambda n: of("continuing_education", n),
        "loan": lambda n: of("loan", n, share=50),
        "rent": lambda n: of("rent", n, city_class=2),
        "parents": lambda n: of("parents", n, share_monthly=99_999),
        "under3": lambda n: {"children": [{"stage": "under3", "months": n, "share": 50}]},
        "education": lambda n: {"children": [{"stage": "education", "months": n}]},
    }
    for number in second.YEARS:
        for item, make in makers.items():
            whole = additional(number, **make(12))[0][item]
            for months in range(13):
                parts = [additional(number, **make(n))[0][item] for n in (months, 12 - months)]
                assert sum(parts) == whole, (number, item, months)


@test
def months_over_the_years_end_at_their_most():
    for item, most, monthly in (("continuing_education", 48, 40_000), ("loan", 240, 100_000)):
        total = sum(additional(2024, **{item: {"months": 7, "months_before": before}})[0][item]
                    for before in range(0, most + 70, 7))
        assert total == most * monthly, item


@test
def two_ways_agree_with_each_mode():
    for line in lines(3, 3_000):
        data = json.loads(line)
        if "bonus" not in data or not assess(data)["assessed"]:
            continue
        for mode in ("separate", "merged"):
            data["bonus"]["mode"] = mode
            result = assess(data)
            assert result["both_ways"][mode] == result["total_fen"], line


# ---- The generator and the comparison


@test
def same_seed_same_returns():
    assert list(lines(5, 300)) == list(lines(5, 300)) != list(lines(6, 300))
    refused = sum(not assess(json.loads(line))["assessed"] for line in lines(7, 10_000))
    assert 150 <= refused <= 250, refused


@test
def every_problem_note_and_edge_is_drawn():
    seen, owed, rows = set(), set(), set()
    for line in lines(8, 20_000):
        result = assess(json.loads(line))
        seen.update(name.split(":")[0] for name in result.get("problems", result.get("notes")))
        if "gross_fen" in result:
            owed.add(("owed", result["due_fen"]))
            owed.add(("gross", result["gross_fen"]))
            rows.update((("row", result["row"]["row"]), ("bonus", result["bonus_row"]["row"])))
    assert seen == {
        "year_not_covered", "loan_and_rent", "child_months_over_12", "bad_field",
        "under3_before_2022", "pension_before_2022", "pension_over_limit", "study_48_months",
        "loan_240_months", "parents_share_over_limit", "medical_over_limit",
        "charity_over_limit"}, seen
    assert {("owed", 39_999), ("owed", 40_000), ("owed", 40_001), ("gross", 11_999_999),
            ("gross", 12_000_000), ("gross", 12_000_001)} <= owed
    assert len(rows) == 14, rows


@test
def differences_are_seen():
    ours = taxable(10_000)
    good = dict(ours, why=["x"])
    assert difference(ours, json.dumps(good), ()) is None
    for name, value in (("why", []), ("tax_fen", 30_001), ("tax_fen", 30_000.0), ("more", 1),
                        ("must_settle", 1), ("notes", ["x"])):
        assert difference(ours, json.dumps(dict(good, **{name: value})), ()), name
    for name in ("why", "tax_fen", "both_ways"):
        assert difference(ours, json.dumps({k: v for k, v in good.items() if k != name}), ()), name
    assert difference(ours, "{", ()) and difference(ours, "[]", ())
    assert plain({"notes": ["a", "b"]}) == plain({"notes": ["b", "a"]}) != plain({"notes": ["a"]})
    assert difference(ours, json.dumps(dict(good, more=1)), ("more",)) is None


PROGRAM = """#!{python}
import json, sys
sys.path.insert(0, {here!r})
import second
assert sys.argv[1:] == ["assess", "-", "--json"]
{change}
for line in sys.stdin:
    answer = second.assess(json.loads(line))
    print(json.dumps(dict(answer, why=["x"])))
"""


@test
def compare_runs_a_program():
    with tempfile.TemporaryDirectory() as folder:
        for change, status in (("", 0), ("second.LOAN_MONTHS = 239", 1), ("sys.exit(1)", 1)):
            program = os.path.join(folder, "program")
            with open(program, "w", encoding="utf-8") as file:
                file.write(PROGRAM.format(python=sys.executable, here=HERE, change=change))
            os.chmod(program, 0o755)
            done = subprocess.run(
                [sys.executable, os.path.join(HERE, "compare.py"), program, "--count", "2000"],
                stdout=subprocess.PIPE, check=False)
            assert done.returncode == status, (change, done)
            assert b"2000 returns" in done.stdout.splitlines()[-1]


def main():
    print(f"1..{len(TESTS)}")
    failed = False
    for number, function in enumerate(TESTS, 1):
        try:
            function()
            print(f"ok {number} - {function.__name__}")
        except Exception:  # a test may fail in any way; the others still run
            failed = True
            print(f"not ok {number} - {function.__name__}")
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()),
                  end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
