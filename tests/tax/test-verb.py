#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tax-wallet assess as others use it: its input and its answers are as the schemas say, each line has
its line, and what can't be read is told.
"""

import json
import os
import subprocess
import sys

import jsonschema

SOURCE = os.environ["TW_SRCDIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "tools"))
# pylint: disable=wrong-import-position
import tap

PROGRAM = os.path.join(os.environ["TW_BUILDDIR"], "src", "client", "app", "tax-wallet")
TABLES = os.path.join(SOURCE, "data", "tax")
RETURN = {"kind": "comprehensive", "year": 2024}


def schema(name):
    with open(os.path.join(TABLES, f"assess-{name}.schema.json"), encoding="utf-8") as file:
        said = json.load(file)
    jsonschema.Draft202012Validator.check_schema(said)
    return jsonschema.Draft202012Validator(said)


INPUT, OUTPUT = schema("in"), schema("out")


def run(text, *options, path="-", language="C"):
    return subprocess.run([PROGRAM, "assess", path, *options], input=text, capture_output=True,
                          text=True, timeout=60, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": language,
                               "TW_LOCALEDIR": os.path.join(os.environ["TW_BUILDDIR"], "po")})


def ask(*returns):
    done = run("".join(json.dumps(one) + "\n" for one in returns), "--json")
    assert done.returncode == 0 and done.stderr == "", done
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(returns), done
    for asked, answer in zip(returns, answers):
        OUTPUT.validate(answer)
        bad = [word for word in answer["problems"] if word.startswith("bad_field:")]
        assert INPUT.is_valid(asked) == (not bad), (asked, answer)
    return answers


def problems(**fields):
    return ask({**RETURN, **fields})[0]["problems"]


def test_examples():
    folder = os.path.join(TABLES, "examples")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        asked = ([json.loads(line) for line in text.splitlines()] if name.endswith("l")
                 else [json.loads(text)])
        done = run("", "--json", path=path)
        assert done.returncode == 0 and done.stderr == "", done
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(asked), (name, done)
        for one, answer in zip(asked, answers):
            INPUT.validate(one)
            OUTPUT.validate(answer)


def test_figures():
    bonus = {"amount": 3600100, "mode": "separate"}
    answer = ask({**RETURN, "wages": 24000000, "bonus": bonus, "prepaid": 1})[0]
    assert answer["tax_fen"] == 1908000 and answer["bonus_tax_fen"] == 339010, answer
    assert answer["balance_fen"] == 1908000 + 339010 - 1 == answer["due_fen"], answer
    assert answer["both_ways"] == {"separate": 2247010, "merged": 2628020}, answer
    assert answer["bonus_row"] == {"row": 2, "rate_percent": 10, "quick_fen": 21000}, answer
    assert [line for line in answer["why"] if line["rule"] == "tax"][0]["inputs"] == {
        "taxable_fen": 18000000, "row": 3, "rate_percent": 20, "quick_fen": 1692000}, answer
    assert ask({"kind": "late_fee", "tax": 100000, "days": 10})[0]["late_fee_fen"] == 500


def test_bad_fields():
    cases = [
        ({"wages": -1}, "wages"), ({"wages": "1"}, "wages"), ({"wages": None}, "wages"),
        ({"wages": 10 ** 14 + 1}, "wages"), ({"wages": True}, "wages"), ({"salary": 1}, "salary"),
        ({"year": "2024"}, "year"), ({"kind": "other"}, "kind"), ({"special": 5}, "special"),
        ({"special": {"housing": 5}}, "housing"), ({"two_sources": 1}, "two_sources"),
        ({"bonus": {"amount": 1}}, "mode"), ({"bonus": {"mode": "both"}}, "mode"),
        ({"additional": {"rent": {"months": 1}}}, "city_class"),
        ({"additional": {"rent": {"city_class": 4}}}, "city_class"),
        ({"additional": {"loan": {"share": 60}}}, "share"),
        ({"additional": {"loan": {"months": 13}}}, "months"),
        ({"additional": {"children": [{"months": 1}]}}, "stage"),
        ({"additional": {"children": {}}}, "children"), ({"additional": {"medical": [-1]}}, "medical"),
        ({"revenue": 1}, "revenue"),
    ]
    for fields, name in cases:
        assert problems(**fields) == [f"bad_field:{name}"], (fields, problems(**fields))
    assert problems(wages=-1, other="x") == ["bad_field:wages", "bad_field:other"]
    assert ask({"kind": "comprehensive"})[0]["problems"] == ["bad_field:year"]
    # One stage of one child stands once.
    twice = [{"child": "a", "stage": "education", "months": 1}] * 2
    done = run(json.dumps({**RETURN, "additional": {"children": twice}}), "--json")
    assert json.loads(done.stdout)["problems"] == ["bad_field:children"], done
    both = run('{"kind":"comprehensive","year":2024,"wages":-1,"other":1.5,"pension":1e3}', "--json")
    assert json.loads(both.stdout)["problems"] == [
        "bad_field:wages", "bad_field:other", "bad_field:pension"], both
    fraction = run('{"kind":"comprehensive","year":2024,"special":{"housing_fund":1.5}}', "--json")
    assert json.loads(fraction.stdout)["problems"] == ["bad_field:housing_fund"], fraction


def test_refused():
    home = {"loan": {"months": 1}, "rent": {"months": 1, "city_class": 1}}
    assert problems(additional=home) == ["loan_and_rent"]
    assert problems(year=2018) == ["year_not_covered"] == problems(year=2028)
    child = [{"child": "a", "stage": stage, "months": 7} for stage in ("under3", "education")]
    assert problems(additional={"children": child}) == ["child_months_over_12"]
    child[1]["child"] = "b"
    assert problems(additional={"children": child}) == []


def test_lines():
    one = json.dumps(RETURN)
    done = run(f"{one}\r\n\n  \n{one}", "--json")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 2, done
    spread = run(json.dumps(RETURN, indent=2), "--json")
    assert spread.returncode == 0 and len(spread.stdout.splitlines()) == 1, spread
    assert run("", "--json").stdout == ""
    for text, number in ((f"{one}\nnonsense\n{one}\n", 2), (f"nonsense\n{one}\n{one}", 1),
                         (f'{one}\n[1]\n{one}', 2), (f'{one}\n{one[:-1]}\n{one}', 2)):
        done = run(text, "--json")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert [answer["assessed"] for answer in answers].count(True) == 2, done
        assert answers[number - 1]["problems"] == ["bad_field:json"], done
        assert done.returncode == 2 and f"Line {number} " in done.stderr, done


def test_words():
    done = run(json.dumps({**RETURN, "wages": 24000000, "pension": 1200001}))
    assert "Taxable income: ¥168,000.00" in done.stdout, done
    assert "private pension was lowered" in done.stdout, done
    assert "has to be handed in from 2025-03-01 to 2025-06-30" in done.stdout, done
    chinese = run(json.dumps({**RETURN, "wages": 24000000}), language="zh_CN")
    assert "应纳税所得额" in chinese.stdout, chinese
    refused = run(json.dumps({**RETURN, "salary": 1}))
    assert refused.returncode == 0 and "“salary”" in refused.stdout, refused


def test_asked_wrongly():
    for words in ((), ("a", "b"), ("--yaml", "-")):
        done = subprocess.run([PROGRAM, "assess", *words], capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == 2 and done.stderr and not done.stdout, done
    assert run("", path="/nowhere.json").returncode == 2
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([PROGRAM, "assess", "-", "--json"], input=json.dumps(RETURN), text=True,
                              stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 2 and done.stderr, done


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
