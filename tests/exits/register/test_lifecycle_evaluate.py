"""Conditions over evidence: scores, names, missing answers, and the three-way outcome."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.exits.register import EvidenceError, ProcedureError, Rule, RuleCriterion, judge
from exitline.exits.register.procedures.evaluate import evaluate
from exitline.exits.register.procedures.rule import RuleIndicator, Weighed
from exitline.rules.condition import parse


def rule(*conditions: str, **more: Any) -> Rule:
    criteria = tuple(RuleCriterion(f"c{i}", f"c{i}", parse(t)) for i, t in enumerate(conditions))
    return Rule("r", "r", criteria, **more)


def test_indicators_scores_and_names_mean_what_the_standard_says() -> None:
    indicators = {
        "water": RuleIndicator(parse("NOT water"), "deprived", 0.5),
        "school": RuleIndicator(parse("years < 6"), "not deprived", 0.3),
        "power": RuleIndicator(parse("NOT power"), "excluded", 0.2),
    }
    made = rule(
        "score() < 0.5", "deprivations() >= 2", "NOT poor", "deprived('water')",
        names={"poor": parse("income < line('z') OR deprived('school')")},
        indicators=indicators,
    )  # fmt: skip
    assert made.columns(made.criteria[0]) == {"water", "years", "power"}
    assert made.columns(made.criteria[2]) == {"income", "years"}
    assert made.needed_lines() == {"z"}
    rows = [
        {"water": True, "years": 3.0, "power": True, "income": 10.0},
        {"water": None, "years": None, "power": False, "income": 10.0},
        {"water": True, "years": 9.0, "power": None, "income": 4.0},
    ]
    found = evaluate(made, rows, [{"z": 5.0}] * 3)
    assert [tuple(row.values()) for row in found] == [
        (True, False, False, False),
        (False, True, True, True),
        (None, None, False, False),
    ]


def test_a_rule_kept_as_content_is_the_rule() -> None:
    made = rule(
        "poor", "deprived('w')", score_at_least=0.5,
        names={"poor": parse("x < 3")},
        indicators={"w": RuleIndicator(parse("w"), "deprived", 1.0)},
    )  # fmt: skip
    again = Rule.from_content(made.content)
    assert again.digest == made.digest
    assert again.content == made.content


@pytest.mark.parametrize(
    ("condition", "evidence", "expected"),
    [
        ("a OR b", {"a": None, "b": True}, True),
        ("a AND b", {"a": None, "b": None}, None),
        ("name = 'x'", {"name": None}, None),
        ("n > 3", {"n": None}, None),
        ("n IS NULL", {"n": None}, True),
        ("n / m > 1", {"n": 3, "m": 0}, None),
    ],
)
def test_missing_answers_are_three_valued(
    condition: str, evidence: dict[str, Any], expected: bool | None
) -> None:
    assert evaluate(rule(condition), [evidence], [{}])[0]["c0"] is expected


def test_a_column_of_several_kinds_is_refused() -> None:
    with pytest.raises(EvidenceError, match="several kinds"):
        evaluate(rule("n > 3"), [{"n": 3.0}, {"n": "many"}], [{}, {}])


def test_a_year_without_a_line_is_told() -> None:
    from exitline.errors import RuleFileError
    from exitline.exits.register import load_procedure

    exits = load_procedure("china-2016-exit").rule("exits")
    assert exits.figures(date(2016, 6, 1))["national"].value == 2952
    assert not exits.figures(date(2019, 6, 1))["national"].verified
    with pytest.raises(RuleFileError):
        exits.figures(date(2025, 1, 1))
    with pytest.raises(ProcedureError):
        rule("income < line('z')").figures(date(2016, 1, 1))


parts = st.lists(
    st.tuples(st.booleans(), st.integers(1, 9), st.sampled_from([True, False, None])),
    min_size=1,
    max_size=5,
)


@given(parts, st.none() | st.integers(1, 20).map(lambda k: k / 20))
def test_the_outcome_is_what_every_completion_agrees_on(
    given_parts: list[tuple[bool, int, bool | None]], cut: float | None
) -> None:
    """Met if every way of filling in what is not known is, not met if none is."""
    weighed = tuple(Weighed(f"c{i}", r, float(w), m) for i, (r, w, m) in enumerate(given_parts))
    total = sum(w.weight for w in weighed)
    unknown = [i for i, w in enumerate(weighed) if w.met is None]
    seen = set()
    for fill in itertools.product([True, False], repeat=len(unknown)):
        met = [w.met for w in weighed]
        for i, value in zip(unknown, fill, strict=True):
            met[i] = value
        needed = [m for m, w in zip(met, weighed, strict=True) if w.required or cut is None]
        score = sum(w.weight for m, w in zip(met, weighed, strict=True) if m) / total
        seen.add(all(needed) and (cut is None or score >= cut - 1e-12))
    expected = "cannot tell" if len(seen) == 2 else "met" if seen == {True} else "not met"
    assert judge(weighed, cut).outcome == expected
