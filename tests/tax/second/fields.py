# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of a return: which fields each kind has and what each may hold.

A check is called with (value, path, bad) and appends to `bad` the path of each field that is
malformed, unknown, or missing though it must be given. Paths are `additional.children[0].stage`; the answer names the last part.
"""

import re


def amount(value, path, bad):
    if type(value) is not int or value < 0:  # not isinstance: True is an int
        bad.append(path)


def flag(value, path, bad):
    if type(value) is not bool:
        bad.append(path)


def label(value, path, bad):
    if type(value) is not str:
        bad.append(path)


def months(value, path, bad):
    if type(value) is not int or not 0 <= value <= 12:
        bad.append(path)


def year(value, path, bad):
    if type(value) is not int:  # one that is not covered is a problem of its own
        bad.append(path)


def one_of(*allowed):
    def check(value, path, bad):
        if type(value) is not type(allowed[0]) or value not in allowed:
            bad.append(path)
    return check


def list_of(check_item):
    def check(value, path, bad):
        if type(value) is not list:
            bad.append(path)
            return
        for index, item in enumerate(value):
            check_item(item, f"{path}[{index}]", bad)
    return check


def object_of(fields, required=()):
    def check(value, path, bad):
        if type(value) is not dict:
            bad.append(path)
            return
        prefix = path + "." if path else ""
        for name, item in value.items():
            check_item = fields.get(name)
            if check_item is None:
                bad.append(prefix + name)
            else:
                check_item(item, prefix + name, bad)
        for name in required:
            if name not in value:
                bad.append(prefix + name)
    return check


def child_months(children):
    """Months by child, all stages together. Entries without a label are of one child."""
    total = {}
    for entry in children:
        name = entry.get("child", "")
        total[name] = total.get(name, 0) + entry.get("months", 0)
    return total


SHARE = one_of(100, 50)
CHILD = object_of(
    {"child": label, "stage": one_of("under3", "education"), "months": months, "share": SHARE},
    ("stage",))
CHILDREN = list_of(CHILD)


def children_once(value, path, bad):
    """A list of children, with one entry of each stage a child."""
    before = len(bad)
    CHILDREN(value, path, bad)
    if len(bad) > before or len(value) < 2:
        return
    seen = set()
    for index, entry in enumerate(value):
        key = entry.get("child", ""), entry["stage"]
        if key in seen:
            bad.append(path)
        seen.add(key)


ADDITIONAL = object_of({
    "children": children_once,
    "continuing_education": object_of(
        {"months": months, "months_before": amount, "certificate": flag}),
    "medical": list_of(amount),
    "loan": object_of({"months": months, "months_before": amount, "share": SHARE}),
    "rent": object_of({"months": months, "city_class": one_of(1, 2, 3)}, ("city_class",)),
    "parents": object_of({"months": months, "only_child": flag, "share_monthly": amount}),
})

COMMON = {
    "kind": label,
    "year": year,
    "special": object_of({"social_insurance": amount, "housing_fund": amount}),
    "additional": ADDITIONAL,
    "pension": amount,
    "other": amount,
    "charity": amount,
    "prepaid": amount,
}
EXEMPT = ("wages", "labour_services", "author_remuneration", "royalties", "bonus")

KINDS = {
    "comprehensive": object_of({
        **COMMON,
        "wages": amount,
        "labour_services": amount,
        "author_remuneration": amount,
        "royalties": amount,
        "income_exempt": object_of({name: flag for name in EXEMPT}),
        "bonus": object_of({"amount": amount, "mode": one_of("separate", "merged")}, ("mode",)),
        "two_sources": flag,
        "claims_refund": flag,
        "payer_failed_to_withhold": flag,
    }, ("year",)),
    "business": object_of({
        **COMMON,
        "revenue": amount,
        "costs": amount,
        "prior_losses": amount,
        "deduct_personal": flag,
        "sole_trader": flag,
    }, ("year",)),
    "late_fee": object_of({"kind": label, "tax": amount, "days": amount}),
}


def name_of(path):
    """The field's own name; of what stands in a list, the list's."""
    return re.sub(r"\[\d+\]$", "", path.rsplit(".", 1)[-1])


def field_problems(data):
    """`bad_field:NAME` for each field that is not as the format has it."""
    kind = data.get("kind") if type(data) is dict else None
    if type(kind) is not str or kind not in KINDS:
        return ["bad_field:kind"]
    bad = []
    KINDS[kind](data, "", bad)
    return ["bad_field:" + name for name in dict.fromkeys(map(name_of, bad))]
