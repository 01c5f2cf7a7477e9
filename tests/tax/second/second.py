# SPDX-License-Identifier: GPL-3.0-or-later
"""A second implementation of the assessment of individual income tax, to check the first with.

assess(object) takes one return as `tax-wallet assess` reads it and gives what it answers, without
`why`. Written from the tables and the format alone. README.md lists what they leave open and
what was chosen here, by number; "Choice N" below is one of those.

Amounts are integers: fen, or where a fraction of a fen can arise, mills of 1/1000 fen (80 % and
56 % of fen need 1/100, 30 % of those 1/1000). Nothing is rounded but what is put out.
"""

from fields import child_months, field_problems

YEARS = range(2019, 2028)
MILLS = 1000
YUAN = 100

# ---- Tables. Amounts here are yuan, as the law has them. (upper limit, percent, quick deduction)

COMPREHENSIVE = (
    (36_000, 3, 0),
    (144_000, 10, 2_520),
    (300_000, 20, 16_920),
    (420_000, 25, 31_920),
    (660_000, 30, 52_920),
    (960_000, 35, 85_920),
    (None, 45, 181_920),
)
MONTHLY = (
    (3_000, 3, 0),
    (12_000, 10, 210),
    (25_000, 20, 1_410),
    (35_000, 25, 2_660),
    (55_000, 30, 4_410),
    (80_000, 35, 7_160),
    (None, 45, 15_160),
)
BUSINESS = (
    (30_000, 5, 0),
    (90_000, 10, 1_500),
    (300_000, 20, 10_500),
    (500_000, 30, 40_500),
    (None, 35, 65_500),
)

# What changes with time: (first day in force, last day in force, value).
DATED = {
    "under3_monthly": (
        ("2019-01-01", "2021-12-31", 0),
        ("2022-01-01", "2022-12-31", 1_000),
        ("2023-01-01", "2027-12-31", 2_000),
    ),
    "education_monthly": (
        ("2019-01-01", "2022-12-31", 1_000),
        ("2023-01-01", "2027-12-31", 2_000),
    ),
    "parents_monthly": (
        ("2019-01-01", "2022-12-31", 2_000),
        ("2023-01-01", "2027-12-31", 3_000),
    ),
    "parents_share_monthly": (
        ("2019-01-01", "2022-12-31", 1_000),
        ("2023-01-01", "2027-12-31", 1_500),
    ),
    "pension_yearly": (
        ("2019-01-01", "2021-12-31", 0),
        ("2022-01-01", "2027-12-31", 12_000),
    ),
    "sole_trader_half_up_to": (
        ("2019-01-01", "2020-12-31", 0),
        ("2021-01-01", "2022-12-31", 1_000_000),
        ("2023-01-01", "2027-12-31", 2_000_000),
    ),
    # No settlement when the year's income, or what is owed, is not over these.
    "no_settling_income": (("2019-01-01", "2027-12-31", 120_000),),
    "no_settling_owed": (("2019-01-01", "2027-12-31", 400),),
}

BASIC = 60_000 * YUAN
LAST_YEAR_OF_TWO_SOURCES = 2023  # the order that narrowed the duty is about 2024 first
COUNTED_PERCENT = {
    "wages": 100,
    "labour_services": 80,
    "author_remuneration": 56,
    "royalties": 80,
}
STUDY_MONTHLY, STUDY_MONTHS, CERTIFICATE = 400 * YUAN, 48, 3_600 * YUAN
MEDICAL_OVER, MEDICAL_MOST = 15_000 * YUAN, 80_000 * YUAN
LOAN_MONTHLY, LOAN_MONTHS = 1_000 * YUAN, 240
RENT_MONTHLY = {1: 1_500 * YUAN, 2: 1_100 * YUAN, 3: 800 * YUAN}


def in_force(name, year):
    """The value, in fen, in force throughout `year`."""
    for first, last, yuan in DATED[name]:
        if first <= f"{year}-01-01" and f"{year}-12-31" <= last:
            return yuan * YUAN
    raise KeyError((name, year))


FIGURES = {year: {name: in_force(name, year) for name in DATED} for year in YEARS}


# ---- Rows and rounding


def in_mills(table):
    return tuple(
        (None if limit is None else limit * YUAN * MILLS, percent, quick * YUAN,
         {"row": number, "rate_percent": percent, "quick_fen": quick * YUAN})
        for number, (limit, percent, quick) in enumerate(table, 1)
    )


COMPREHENSIVE_ROWS = in_mills(COMPREHENSIVE)
MONTHLY_ROWS = in_mills(MONTHLY)
BUSINESS_ROWS = in_mills(BUSINESS)


def find_row(rows, mills, parts=1):
    """The row in which mills / parts lies; a limit belongs to the row it ends."""
    for row in rows:
        if row[0] is None or mills <= row[0] * parts:
            return row
    raise AssertionError("the last row has no limit")


def exact_tax(row, mills):
    """Tax on `mills` by `row`, in hundredths of a mill."""
    return mills * row[1] - row[2] * MILLS * 100


def half_up(number, unit):
    """number / unit, to the nearest integer, halves up. Not for negative numbers."""
    return (2 * number + unit) // (2 * unit)


def fen_of_tax(hundredths):
    return half_up(hundredths, 100 * MILLS)


def fen_of_mills(mills):
    return half_up(mills, MILLS)


# ---- Deductions


def months_left(facts, most):
    return max(0, min(facts.get("months", 0), most - facts.get("months_before", 0)))


def children_amounts(children, figures, notes):
    amounts = {"under3": 0, "education": 0}
    for entry in children:
        stage, months = entry["stage"], entry.get("months", 0)
        monthly = figures[stage + "_monthly"]
        if months and not monthly:
            notes.add("under3_before_2022")
        amounts[stage] += months * monthly * entry.get("share", 100) // 100
    return amounts


def study_amount(facts, notes):
    months = months_left(facts, STUDY_MONTHS)
    if months < facts.get("months", 0):
        notes.add("study_48_months")
    return months * STUDY_MONTHLY + (CERTIFICATE if facts.get("certificate") else 0)


def medical_amount(persons, notes):
    total = 0
    for paid in persons:
        over = max(0, paid - MEDICAL_OVER)
        if over > MEDICAL_MOST:
            notes.add("medical_over_limit")
            over = MEDICAL_MOST
        total += over
    return total


def loan_amount(facts, notes):
    months = months_left(facts, LOAN_MONTHS)
    if months < facts.get("months", 0):
        notes.add("loan_240_months")
    return months * LOAN_MONTHLY * facts.get("share", 100) // 100


def rent_amount(facts):
    return facts.get("months", 0) * RENT_MONTHLY[facts["city_class"]] if facts else 0


def parents_amount(facts, figures, notes):
    months = facts.get("months", 0)
    if facts.get("only_child"):
        return months * figures["parents_monthly"]
    share = facts.get("share_monthly", 0)
    if share > figures["parents_share_monthly"]:
        share = figures["parents_share_monthly"]
        if months:  # Choice 15: a note only where an amount was cut
            notes.add("parents_share_over_limit")
    return months * share


def additional_amounts(facts, figures, notes):
    """Each special additional deduction of the year, in fen, by item."""
    amounts = children_amounts(facts.get("children", ()), figures, notes)
    amounts["continuing_education"] = study_amount(facts.get("continuing_education", {}), notes)
    amounts["medical"] = medical_amount(facts.get("medical", ()), notes)
    amounts["loan"] = loan_amount(facts.get("loan", {}), notes)
    amounts["rent"] = rent_amount(facts.get("rent"))
    amounts["parents"] = parents_amount(facts.get("parents", {}), figures, notes)
    return amounts


def pension_amount(paid, figures, notes):
    most = figures["pension_yearly"]
    if paid > most:
        notes.add("pension_over_limit" if most else "pension_before_2022")
        return most
    return paid


def after_charity(mills, given_fen):
    """(taxable, charity allowed, whether it was cut): at most 30 % of what is taxable before it."""
    mills = max(0, mills)
    given, limit = given_fen * MILLS, mills * 30 // 100  # mills are tens here: exact
    allowed = min(given, limit)
    return mills - allowed, allowed, given > limit


def special_amount(data):
    return sum(data.get("special", {}).values())


# ---- The three kinds


def counted_mills(data, exempt):
    return sum(data.get(name, 0) * percent * (MILLS // 100)
               for name, percent in COUNTED_PERCENT.items() if not exempt.get(name))


def balance(total, prepaid):
    return {
        "total_fen": total,
        "balance_fen": total - prepaid,
        "due_fen": max(0, total - prepaid),
        "refund_fen": max(0, prepaid - total),
    }


def one_way(counted, deductions, charity, bonus, merged):
    """Tax with the bonus (fen, as far as it is taxed) merged, or on its own."""
    if merged:
        counted, bonus = counted + bonus * MILLS, 0
    taxable, allowed, cut = after_charity(counted - deductions * MILLS, charity)
    row = find_row(COMPREHENSIVE_ROWS, taxable)
    bonus_row = find_row(MONTHLY_ROWS, bonus * MILLS, 12)
    tax = fen_of_tax(exact_tax(row, taxable))
    bonus_tax = fen_of_tax(exact_tax(bonus_row, bonus * MILLS))
    return tax + bonus_tax, cut, {
        "counted_fen": fen_of_mills(counted),
        "charity_allowed_fen": fen_of_mills(allowed),
        "taxable_fen": fen_of_mills(taxable),
        "row": row[3],
        "tax_fen": tax,
        "bonus_row": bonus_row[3],
        "bonus_tax_fen": bonus_tax,
    }


def settling(data, figures, gross, counted_less_special, due, refund):
    """(must settle, exempt from settling); Choices 7 to 10."""
    small = gross <= figures["no_settling_income"] or due <= figures["no_settling_owed"]
    small = small and not data.get("payer_failed_to_withhold", False)
    claims = refund > 0 and data.get("claims_refund", False)
    sources = (data.get("two_sources", False) and data["year"] <= LAST_YEAR_OF_TWO_SOURCES
               and counted_less_special > BASIC)
    return ((due > 0 or sources) and not small) or claims, due > 0 and small


def comprehensive(data, figures, notes):
    exempt = data.get("income_exempt", {})
    bonus = data.get("bonus", {"amount": 0, "mode": "separate"})
    merged = bonus["mode"] == "merged"
    bonus_given = bonus.get("amount", 0)
    bonus_taxed = 0 if exempt.get("bonus") else bonus_given
    charity = data.get("charity", 0)

    additional = additional_amounts(data.get("additional", {}), figures, notes)
    additional_fen = sum(additional.values())
    pension = pension_amount(data.get("pension", 0), figures, notes)
    special = special_amount(data)
    deductions = BASIC + special + additional_fen + pension + data.get("other", 0)

    # Choices 4 and 5: exempt income is gross, not counted; a bonus is gross where it is merged.
    gross = sum(data.get(name, 0) for name in COUNTED_PERCENT) + (bonus_given if merged else 0)
    counted = counted_mills(data, exempt)
    chosen = one_way(counted, deductions, charity, bonus_taxed, merged)
    other = chosen
    if bonus_taxed:
        other = one_way(counted, deductions, charity, bonus_taxed, not merged)
    if chosen[1]:
        notes.add("charity_over_limit")

    result = chosen[2]
    result.update(balance(chosen[0], data.get("prepaid", 0)))
    must, free = settling(data, figures, gross, result["counted_fen"] - special,
                          result["due_fen"], result["refund_fen"])
    result.update({
        "gross_fen": gross,
        "special_fen": special,
        "additional": additional,
        "additional_fen": additional_fen,
        "pension_fen": pension,
        "must_settle": must,
        "exempt_from_settling": free,
        "both_ways": {
            "separate": other[0] if merged else chosen[0],
            "merged": chosen[0] if merged else other[0],
        },
    })
    return result


def business(data, figures, notes):
    additional_fen = pension = personal = 0
    if data.get("deduct_personal"):
        additional_fen = sum(
            additional_amounts(data.get("additional", {}), figures, notes).values())
        pension = pension_amount(data.get("pension", 0), figures, notes)
        personal = (BASIC + special_amount(data) + additional_fen + pension
                    + data.get("other", 0))

    profit = data.get("revenue", 0) - data.get("costs", 0)
    before = profit - data.get("prior_losses", 0) - personal
    taxable, _, cut = after_charity(before * MILLS, data.get("charity", 0))
    if cut:
        notes.add("charity_over_limit")

    row = find_row(BUSINESS_ROWS, taxable)
    tax = exact_tax(row, taxable)
    halved = 0
    if data.get("sole_trader"):
        part = min(taxable, figures["sole_trader_half_up_to"] * MILLS)
        halved = exact_tax(find_row(BUSINESS_ROWS, part), part)
    # Choice 19: tax_fen is the table's, total_fen is what is left after the half waived.
    total = half_up(2 * tax - halved, 2 * 100 * MILLS)
    result = {
        "profit_fen": profit,
        "additional_fen": additional_fen,
        "pension_fen": pension,
        "taxable_fen": fen_of_mills(taxable),
        "row": row[3],
        "tax_fen": fen_of_tax(tax),
    }
    result.update(balance(total, data.get("prepaid", 0)))
    return result


def late_fee(data):
    return {"late_fee_fen": half_up(data.get("tax", 0) * data.get("days", 0) * 5, 10_000)}


# ---- The whole


def rule_problems(data):
    """What the law, not the form of the data, refuses."""
    problems = []
    if data["year"] not in YEARS:
        problems.append("year_not_covered")
    facts = data.get("additional", {})
    if facts.get("loan", {}).get("months", 0) and facts.get("rent", {}).get("months", 0):
        problems.append("loan_and_rent")
    if any(months > 12 for months in child_months(facts.get("children", ())).values()):
        problems.append("child_months_over_12")
    return problems


def assess(data):
    """What `tax-wallet assess` answers to `data`, a value as json.loads gives it, but `why`."""
    problems = field_problems(data)
    if not problems and data["kind"] != "late_fee":
        problems = rule_problems(data)
    if problems:
        return {"assessed": False, "problems": problems}

    notes = set()
    if data["kind"] == "late_fee":
        result = late_fee(data)
    elif data["kind"] == "business":
        result = business(data, FIGURES[data["year"]], notes)
    else:
        result = comprehensive(data, FIGURES[data["year"]], notes)
    result["assessed"] = True
    result["notes"] = sorted(notes)
    return result
