"""Figures are exact: rounding against Python's decimal module, edges named."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exitline.proof.claim import ClaimError, Rounding
from exitline.proof.claim.exact import as_fraction, exact, grouped, text_of

MODES = {
    "half even": decimal.ROUND_HALF_EVEN,
    "half up": decimal.ROUND_HALF_UP,
    "down": decimal.ROUND_DOWN,
    "up": decimal.ROUND_UP,
}
NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=6)


@pytest.mark.parametrize("mode", MODES)
@given(number=NUMBERS, decimals=st.integers(-4, 6))
@example(number=Decimal("0.5"), decimals=0)
@example(number=Decimal("-2.5"), decimals=0)
@example(number=Decimal("-0.0001"), decimals=1)
def test_rounding_is_that_of_the_decimal_module(mode: str, number: Decimal, decimals: int) -> None:
    wanted = number.quantize(Decimal(1).scaleb(-decimals), rounding=MODES[mode])
    figure = Rounding(decimals, mode).apply(number)
    assert Decimal(figure) == wanted
    if decimals >= 0:
        assert len(figure.partition(".")[2]) == decimals
    assert not figure.startswith("-0") or Decimal(figure) != 0


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_float_is_taken_at_its_shortest_text(number: float) -> None:
    assert as_fraction(number) == Fraction(repr(number))


@given(st.fractions(max_denominator=10**6))
def test_exact_text_is_read_back(number: Fraction) -> None:
    assert exact(text_of(number)) == number


@pytest.mark.parametrize(
    "text", ["1e5", "+1", "1,000", " 1", "1/0", "1/-2", ".5", "5.", "", "１", 5]
)
def test_other_text_is_no_figure(text) -> None:
    with pytest.raises(ClaimError, match="not an exact number"):
        exact(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-inf")])
def test_a_figure_without_value_is_refused(number) -> None:
    with pytest.raises(ClaimError, match="without a value"):
        Rounding(1).apply(number)


def test_both_neighbours_of_an_edge_are_named_within_noise() -> None:
    rule = Rounding(1, scale="100")
    below, above = 0.1435 - 1e-13, 0.1435 + 1e-13
    assert set(rule.candidates(below)) == {"14.3", "14.4"} == set(rule.candidates(above))
    assert rule.candidates(0.1435001) == ("14.4",)
    assert rule.candidates(0.1434999) == ("14.3",)


def test_whole_numbers_carry_no_noise() -> None:
    assert Rounding(-1).candidates(25) == ("20",)


@pytest.mark.parametrize(
    "parts",
    [
        {"mode": "nearest"},
        {"decimals": 31},
        {"decimals": True},
        {"decimals": "1"},
        {"scale": "0"},
        {"scale": "-1"},
        {"scale": "1e2"},
    ],
)
def test_rounding_rules_that_make_no_sense_are_refused(parts) -> None:
    with pytest.raises(ClaimError):
        Rounding(**parts)


def test_exact_rule_keeps_the_number() -> None:
    assert Rounding(mode="exact").apply(Fraction(4, 832)) == "1/208"
    assert Rounding(mode="exact", scale="1/1000000").apply(8_070_000) == "8.07"


@pytest.mark.parametrize(
    ("text", "shown"), [("12933", "12,933"), ("-1234567.50", "-1,234,567.50"), ("4/832", "4/832")]
)
def test_separators_are_for_reading(text: str, shown: str) -> None:
    assert grouped(text) == shown
