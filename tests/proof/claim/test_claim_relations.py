"""Consistency of published figures: by exhaustive counting, and on the shipped examples."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.proof.claim import ClaimError, Rounding
from exitline.proof.claim.exact import shown
from exitline.proof.claim.sentences import (
    Published,
    RelationResult,
    _Fact,
    check,
    check_file,
    published,
)
from exitline.rules.yamlfile.tree import read_text

ROOT = Path(__file__).parents[3]
HALF = Fraction(1, 2)


def check_sum(parts, total) -> RelationResult:
    return check("sum", {"parts": tuple(parts), "total": total})


def check_share(part, whole, stated) -> RelationResult:
    given = {"part": part, "whole": whole, "is": stated}
    return check("share", {key: one for key, one in given.items() if one is not None})


def check_ratio(of, per, against) -> RelationResult:
    key = "within" if isinstance(against, _Fact) else "is"
    return check("ratio", {"of": of, "per": per} | ({key: against} if against else {}))


def check_difference(start, less, result) -> RelationResult:
    return check("difference", {"from": start, "less": less, "is": result})


def check_change(start, end, stated) -> RelationResult:
    return check("change", {"from": start, "to": end, "is": stated})


def check_at_most(smaller, larger) -> RelationResult:
    return check("at_most", {"smaller": smaller, "larger": larger})


def _fact(low: str, high: str) -> _Fact:
    return _Fact.read(read_text(f"{{low: {low}, high: {high}, source: a census}}", "f.yaml"))


def _percent(text: str) -> Published:
    return published("rate", text, unit="percent")


@pytest.mark.parametrize("whole", [1, 7, 45, 283, 2076])
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_share_test_agrees_with_trying_every_count(whole: int, decimals: int) -> None:
    possible = {
        Rounding(decimals, "half up").apply(Fraction(100 * n, whole)) for n in range(whole + 1)
    }
    possible |= {
        Rounding(decimals, "half even").apply(Fraction(100 * n, whole)) for n in range(whole + 1)
    }
    edges = {n for n in range(whole + 1) if (Fraction(100 * n, whole) * 10**decimals) % 1 == HALF}
    for step in range(0, 100 * 10**decimals + 1, 1 if decimals < 2 else 17):
        text = Rounding(decimals).apply(Fraction(step, 10**decimals))
        found = check_share(None, published("whole", str(whole)), _percent(text))
        if found.outcome == "consistent":
            down = any(Fraction(step, 10**decimals) <= Fraction(100 * n, whole) for n in edges)
            assert text in possible or down
        else:
            assert text not in possible


@given(st.integers(1, 5000), st.data())
def test_a_rounded_share_of_its_own_counts_is_always_consistent(whole: int, data) -> None:
    part = data.draw(st.integers(0, whole))
    decimals = data.draw(st.integers(0, 3))
    mode = data.draw(st.sampled_from(["half even", "half up"]))
    text = Rounding(decimals, mode).apply(Fraction(100 * part, whole))
    counts = published("part", str(part)), published("whole", f"{whole:,}")
    assert check_share(*counts, _percent(text)).outcome == "consistent"
    assert check_share(None, counts[1], _percent(text)).outcome == "consistent"


@given(st.lists(st.decimals(-1000, 1000, places=4), min_size=1, max_size=6), st.integers(0, 3))
def test_rounded_parts_of_a_rounded_total_are_always_consistent(numbers, decimals) -> None:
    rule = Rounding(decimals, "half up")
    parts = [
        published(str(i), rule.apply(number), step=Fraction(1, 10**decimals))
        for i, number in enumerate(numbers)
    ]
    total = published("total", rule.apply(sum(numbers)), step=Fraction(1, 10**decimals))
    assert check_sum(parts, total).outcome == "consistent"


def test_the_counts_of_five_years_add_up() -> None:
    years = [published(text, text) for text in ("28", "125", "283", "344", "52")]
    assert check_sum(years, published("total", "832")).outcome == "consistent"
    assert check_sum(years, published("total", "831")).outcome == "not consistent"


def test_shares_that_sum_to_a_hundred_within_rounding() -> None:
    shares = [_percent(text) for text in ("43.74", "42.25", "14.01")]
    assert check_sum(shares, _percent("100.00")).outcome == "consistent"
    thirds = [_percent("33.3")] * 3
    assert check_sum(thirds, _percent("100.0")).outcome == "consistent"
    assert check_sum(thirds, _percent("100.2")).outcome == "not consistent"


@pytest.mark.parametrize(("percent", "count"), [("86.57", 245), ("90.46", 256), ("81.27", 230)])
def test_shares_of_283_counties_name_their_count(percent: str, count: int) -> None:
    found = check_share(None, published("counties", "283"), _percent(percent))
    assert found.outcome == "consistent"
    assert found.arithmetic == f"{count} of 283 is {percent} %"


def test_a_share_that_no_count_gives_shows_its_neighbours() -> None:
    found = check_share(None, published("households", "2,076"), _percent("0.41"))
    assert found.outcome == "not consistent"
    assert found.arithmetic == ("8 of 2,076 is 0.385 %, 9 of 2,076 is 0.434 %, stated 0.41 %")
    found = check_share(
        published("wrong", "10"), published("households", "2,076"), _percent("0.41")
    )
    assert (found.outcome, found.arithmetic) == (
        "not consistent",
        "10 of 2,076 is 0.482 %, stated 0.41 %",
    )


def test_a_share_names_the_whole_it_implies() -> None:
    found = check_share(published("wrong", "28"), None, _percent("0.41"))
    assert found.outcome == "cannot tell"
    assert found.arithmetic == "28 is 0.41 % of 6,747 to 6,913"
    assert Rounding(2).apply(Fraction(2800, 6747)) == "0.41"
    assert Rounding(2).apply(Fraction(2800, 6913)) == "0.41"
    assert Rounding(2).apply(Fraction(2800, 6914)) == "0.40"


def test_persons_per_household_inside_outside_and_across_a_range() -> None:
    persons, households = published("persons", "12,933"), published("households", "2,567")
    for low, high, outcome in (
        ("3.75", "5.5", "consistent"),
        ("2", "4.23", "not consistent"),
        ("5.1", "6", "not consistent"),
    ):
        fact = _fact(low, high)
        assert check_ratio(persons, households, fact).outcome == outcome
    rough = published("persons", "13 thousand")
    fact = _fact("3.75", "5.1")
    assert check_ratio(rough, households, fact).outcome == "cannot tell"
    assert check_ratio(persons, households, None).outcome == "cannot tell"
    assert check_ratio(persons, published("households", "0"), fact).outcome == "cannot tell"
    assert check_ratio(persons, households, published("size", "5.04")).outcome == "consistent"
    assert check_ratio(persons, households, published("size", "5.05")).outcome == "not consistent"


def test_differences_changes_and_order() -> None:
    a, b = published("2012", "98.99 million"), published("2019", "5.51 million")
    assert check_difference(a, b, published("fall", "93.48 million")).outcome == "consistent"
    assert check_difference(a, b, published("fall", "93.50 million")).outcome == "not consistent"
    assert check_change(a, b, _percent("-94.4")).outcome == "consistent"
    assert check_change(a, b, _percent("-94.5")).outcome == "not consistent"
    assert check_change(published("a", "0"), b, _percent("5")).outcome == "cannot tell"
    assert check_at_most(b, a).outcome == "consistent"
    assert check_at_most(a, b).outcome == "not consistent"
    assert check_at_most(_percent("5.0"), _percent("5")).outcome == "cannot tell"


@pytest.mark.parametrize(
    ("text", "options", "low", "high"),
    [
        ("2,567", {}, "2567", "2567"),
        ("128,000", {"about": True}, "127500", "128500"),
        ("128,000", {}, "128000", "128000"),
        ("0.41", {"unit": "percent"}, "0.405", "0.415"),
        ("5", {"unit": "percent"}, "4.5", "5.5"),
        ("8.07 million", {}, "8065000", "8075000"),
        ("3万", {}, "25000", "35000"),
        ("5.9", {"rounded": "down"}, "5.9", "6"),
        ("6", {"rounded": "up", "step": Fraction(1)}, "5", "6"),
        ("1\u202f234", {}, "1234", "1234"),
    ],
)
def test_what_a_printed_figure_may_stand_for(text, options, low, high) -> None:
    figure = published("x", text, **options)
    assert (figure.low, figure.high) == (Fraction(low), Fraction(high))


@pytest.mark.parametrize("text", ["", "many", "1,23", "12,34,567", "1e5", "5 dozen", "--1"])
def test_what_is_no_printed_figure(text: str) -> None:
    with pytest.raises(ClaimError, match="not a printed figure"):
        published("x", text)


def test_the_shipped_sentence_is_consistent_and_said_to_be_unconfirmed() -> None:
    found = check_file(ROOT / "examples/claims/dongxiang-2020.yaml")
    assert found.confirmed is False
    assert [finding.outcome for finding in found.findings] == ["consistent"] * 3
    assert found.findings[0].arithmetic == "12,933 / 2,567 = 5.04"
    assert "(unverified)" in found.findings[0].note
    assert any("confirms" in note for note in found.notes)


def test_the_shipped_counts_are_consistent() -> None:
    found = check_file(ROOT / "examples/claims/china-counties.yaml")
    assert found.consistent
    assert found.findings[0].arithmetic == "28 + 125 + 283 + 344 + 52 = 832, stated 832"


FILE = """
statement: Of 20 villages 5 (25 %) met the rule; 100 households, 420 people.
figures:
  met: 5
  villages: 20
  rate: {value: 25, unit: percent}
  households: 100
  persons: 420
  unknown:
relations:
"""


def _file(tmp_path: Path, relations: str, base: str = FILE) -> Path:
    path = tmp_path / "claim.yaml"
    path.write_text(base + relations)
    return path


@pytest.mark.parametrize(
    ("relation", "outcome"),
    [
        ("share: {part: met, whole: villages, is: rate}", "consistent"),
        ("share: {part: met, is: rate}", "cannot tell"),
        ("share: {whole: villages, is: unknown}", "cannot tell"),
        ("share: {part: met, whole: households, is: rate}", "not consistent"),
        ("sum: {parts: [met, villages], total: households}", "not consistent"),
        ("sum: {parts: [met, unknown], total: villages}", "cannot tell"),
        ("ratio: {of: persons, per: households}", "cannot tell"),
        ("ratio: {of: persons, per: unknown}", "cannot tell"),
        ("difference: {from: households, less: villages, is: persons}", "not consistent"),
        ("difference: {from: households, less: villages, is: unknown}", "cannot tell"),
        ("change: {from: villages, to: met, is: unknown}", "cannot tell"),
        ("at_most: {smaller: unknown, larger: persons}", "cannot tell"),
    ],
)
def test_relations_of_a_file(tmp_path: Path, relation: str, outcome: str) -> None:
    found = check_file(_file(tmp_path, f"  - {relation}\n"))
    assert [finding.outcome for finding in found.findings] == [outcome]


@pytest.mark.parametrize(
    ("relation", "message"),
    [
        ("shares: {whole: villages, is: rate}", "there is no such relation"),
        ("share: {whole: vilages, is: rate}", "did you mean 'villages'"),
        ("ratio: {of: persons, per: households, within: size}", "there is no fact 'size'"),
        (
            "ratio: {of: persons, per: households, within: size, is: rate}",
            "checked against one thing",
        ),
        ("sum: {parts: [met]}", "the key 'total' is missing"),
        ("[1, 2]", "keys with values"),
    ],
)
def test_relations_that_cannot_be_read_are_placed(tmp_path: Path, relation, message) -> None:
    with pytest.raises(ClaimError) as caught:
        check_file(_file(tmp_path, f"  - {relation}\n"))
    assert message in str(caught.value)
    assert "claim.yaml:1" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("met: 5", "met: five"), "not a printed figure"),
        (("statement:", "sentence:"), "there is no key 'sentence'"),
        (("rate: {value: 25,", "rate: {valeu: 25,"), "did you mean 'value'"),
    ],
)
def test_figures_that_cannot_be_read_are_placed(tmp_path: Path, change, message) -> None:
    with pytest.raises(ClaimError) as caught:
        check_file(_file(tmp_path, "  - sum: {parts: [met], total: met}\n", FILE.replace(*change)))
    assert message in str(caught.value)
    assert "claim.yaml:" in str(caught.value)


def test_a_fact_names_its_source(tmp_path: Path) -> None:
    facts = "facts: {size: {low: 3, high: 6}}\n"
    relation = "  - ratio: {of: persons, per: households, within: size}\n"
    with pytest.raises(ClaimError, match="the key 'source' is missing"):
        check_file(_file(tmp_path, relation, facts + FILE))
    wrong = facts.replace("high: 6", "high: 2, source: x")
    with pytest.raises(ClaimError, match="wrong way round"):
        check_file(_file(tmp_path, relation, wrong + FILE))
    right = facts.replace("high: 6", "high: 6, source: census")
    found = check_file(_file(tmp_path, relation, right + FILE))
    assert (found.findings[0].outcome, found.confirmed) == ("consistent", None)


def test_a_figure_that_the_sentence_does_not_hold_is_noted(tmp_path: Path) -> None:
    text = FILE.replace("villages: 20", "villages: 21")
    found = check_file(_file(tmp_path, "  - at_most: {smaller: met, larger: villages}\n", text))
    assert found.notes == ("not in the sentence as written: villages",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12933/2567", "5.04"),
        ("1/3", "0.333"),
        ("832", "832"),
        ("1234.5", "1,234"),
        ("2/300", "0.00667"),
        ("0.5", "0.500"),
    ],
)
def test_computed_numbers_show_three_digits(value: str, text: str) -> None:
    assert shown(Fraction(value)) == text
