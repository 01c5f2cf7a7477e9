# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a return be refused: spoil() puts one fault, sometimes two, into a good one."""

WRONG = ("12", 1.5, True, None, [], {}, -1, -10_000)
NOT_FLAGS = (0, 1, "true", None, [])
SIDES = ("tax", "days")


def nested(data, *names):
    """The object at that path, made where there is none."""
    for name in names:
        data = data.setdefault(name, {})
    return data


def loan_and_rent(draw, data):
    facts = nested(data, "additional")
    facts["loan"] = {"months": draw.randrange(1, 13), "months_before": draw.choice((0, 239, 240))}
    facts["rent"] = {"months": draw.randrange(1, 13), "city_class": draw.randrange(1, 4)}


def child_over_12(draw, data):
    months = draw.randrange(1, 13)
    nested(data, "additional")["children"] = [
        {"child": "大宝", "stage": "under3", "months": months},
        {"child": "二宝", "stage": "education", "months": 12},
        {"child": "大宝", "stage": "education", "months": draw.choice((13 - months, 12))},
    ]


def year_out(draw, data):
    data["year"] = draw.choice((2018, 2028, 0, -1, 1999, 2100, 20190))


def year_malformed(draw, data):
    data["year"] = draw.choice(("2024", 2024.5, None, True, [2024]))


def year_missing(_draw, data):
    del data["year"]


def kind_bad(draw, data):
    data["kind"] = draw.choice(("wages", "", 1, None, "Comprehensive"))


def kind_missing(_draw, data):
    del data["kind"]


def unknown(draw, data):
    data[draw.choice(("wage", "Prepaid", "why", "总额", "tax_fen", ""))] = 0


def unknown_nested(draw, data):
    path = draw.choice((("special",), ("additional",), ("additional", "parents"),
                        ("additional", "loan"), ("additional", "continuing_education")))
    nested(data, *path)["unknown"] = draw.choice((0, None, "x"))


def amount_bad(draw, data):
    data[draw.choice(("pension", "other", "charity", "prepaid"))] = draw.choice(WRONG)


def special_bad(draw, data):
    nested(data, "special")[draw.choice(("social_insurance", "housing_fund"))] = draw.choice(WRONG)


def object_bad(draw, data):
    if draw.odds(2):
        data[draw.choice(("special", "additional"))] = draw.choice((0, "x", None, [], True))
    else:
        nested(data, "additional")[draw.choice(("loan", "rent", "parents"))] = draw.choice((
            0, "x", None, [], True))


def list_bad(draw, data):
    nested(data, "additional")[draw.choice(("children", "medical"))] = draw.choice((
        0, "x", None, {}, True))


def medical_bad(draw, data):
    nested(data, "additional")["medical"] = [1_600_000, draw.choice(WRONG)]


def child_bad(draw, data):
    entry = {"child": "大宝", "stage": "education", "months": 12, "share": 100}
    name, value = draw.choice((
        ("stage", "school"), ("stage", 1), ("months", 13), ("months", -1), ("months", "12"),
        ("share", 0), ("share", 75), ("share", 50.5), ("child", 7), ("name", "大宝")))
    entry[name] = value
    nested(data, "additional")["children"] = [{"child": "二宝", "stage": "under3"}, entry]


def child_twice(draw, data):
    stage = draw.choice(("under3", "education"))
    nested(data, "additional")["children"] = [
        {"child": "大宝", "stage": stage, "months": months} for months in (2, 3)]


def choice_missing(draw, data):
    facts = nested(data, "additional")
    if draw.odds(2):
        facts["children"] = [{"child": "大宝", "months": 12}]
    else:
        facts.pop("loan", None)
        facts["rent"] = {"months": 12}


def choice_bad(draw, data):
    facts = nested(data, "additional")
    facts.pop("loan", None)
    facts["rent"] = {"months": 12, "city_class": draw.choice((0, 4, "1", None, -1))}


def months_bad(draw, data):
    name = draw.choice(("loan", "rent", "parents", "continuing_education"))
    facts = nested(data, "additional", name)
    facts["months"] = draw.choice((13, 24, -1, "12", 1.5))
    if name == "rent":
        facts.setdefault("city_class", 1)


def flag_bad(draw, data):
    names = (("sole_trader", "deduct_personal") if data["kind"] == "business" else
             ("two_sources", "claims_refund", "payer_failed_to_withhold"))
    data[draw.choice(names)] = draw.choice(NOT_FLAGS)


def bonus_bad(draw, data):
    data["bonus"] = draw.choice((
        {"amount": 100}, {"amount": 100, "mode": "both"}, {"amount": -1, "mode": "merged"}, 100))


def exempt_bad(draw, data):
    data["income_exempt"] = draw.choice((
        {"wages": 1}, {"prepaid": True}, ["wages"], {"bonus": None}))


def other_kind(_draw, data):
    """A field another kind has is unknown here."""
    data["sole_trader" if data["kind"] == "comprehensive" else "wages"] = 0


ANY = (kind_bad, kind_missing, unknown, other_kind)
# Put in alone, as many write the same fields.
YEARLY = ANY + (
    loan_and_rent, child_over_12, year_out, year_malformed, year_missing, unknown_nested,
    amount_bad, special_bad, object_bad, list_bad, medical_bad, child_bad, child_twice,
    choice_missing, choice_bad, months_bad, flag_bad)
COMPREHENSIVE = YEARLY + (bonus_bad, exempt_bad)


def spoil(draw, data):
    if data["kind"] == "late_fee":
        if draw.odds(2):
            data[draw.choice(SIDES)] = draw.choice(WRONG)
        else:
            draw.choice(ANY)(draw, data)
    elif draw.odds(10):  # the law's own three come together
        for fault in draw.sample((loan_and_rent, child_over_12, year_out), draw.choice((2, 3))):
            fault(draw, data)
    elif draw.odds(20):  # fields of two places
        amount_bad(draw, data)
        special_bad(draw, data)
    else:
        draw.choice(COMPREHENSIVE if data["kind"] == "comprehensive" else YEARLY)(draw, data)
