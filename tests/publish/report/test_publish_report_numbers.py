"""How figures and axes are made, and names in titles."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.publish.report.axis import shared_axis
from exitline.words.numbers import CANNOT_TELL, SPACE, write

NAN = float("nan")


def test_the_official_headcount_reads_as_the_house_writes_it() -> None:
    said = str(write(0.14273886, 0.12590, 0.16139, 0.00904962, "share"))
    assert said.replace(SPACE, " ") == "14.3 % (12.6–16.1)"


def test_people_are_rounded_to_what_the_standard_error_carries() -> None:
    assert str(write(410_316.0, 355_412.0, 465_220.0, 27_970.0, "persons")) == (
        "410,000 (355,000–465,000)"
    )


@pytest.mark.parametrize("unit", ["share", "persons", "money", "index"])
def test_an_unknown_figure_is_never_blank_or_zero(unit: str) -> None:
    said = write(NAN, NAN, NAN, NAN, unit, "no household of the kind")
    assert (said.text, said.interval, said.reason) == (CANNOT_TELL, "", "no household of the kind")


def test_a_suppressed_figure_says_so_and_shows_nothing() -> None:
    assert str(write(0.2, 0.1, 0.3, 0.05, "share", "suppressed: fewer than 10")) == "suppressed"


def test_an_estimate_without_interval_gives_the_reason() -> None:
    said = write(0.2, NAN, NAN, NAN, "share", "one PSU")
    assert (str(said).replace(SPACE, " "), said.reason) == ("20.0 %", "one PSU")


def test_a_tiny_share_is_not_shown_as_nothing() -> None:
    assert write(0.0004, NAN, NAN, 0.0, "share").text.replace(SPACE, " ") == "under 0.1 %"


def test_a_share_of_nothing_in_a_sample_keeps_its_interval() -> None:
    assert str(write(0.0, 0.0, 0.071, 0.0, "share")).replace(SPACE, " ") == "0.0 % (0.0–7.1)"
    assert write(0.0, 0.0, 0.0, 0.0, "share").interval == ""


def test_no_number_of_people_has_an_interval_below_zero() -> None:
    assert write(6_000.0, -7_200.0, 19_200.0, 6_500.0, "persons").interval == "0–19,200"


@given(st.floats(1.0, 1e9), st.floats(0.01, 1e7), st.sampled_from(["persons", "money"]))
def test_no_more_digits_than_the_standard_error_carries(value: float, se: float, unit: str) -> None:
    shown = float(write(value, value - se, value + se, se, unit).text.replace(",", ""))
    step = 10.0 ** (math.floor(math.log10(se)) - 1)
    finest = {"persons": 1.0, "money": 0.01}[unit]
    assert abs(shown - value) <= 0.5 * max(step, finest) * (1 + 1e-6) + 1e-9 * value
    multiple = shown / max(step, finest)
    assert abs(multiple - round(multiple)) < 1e-4 * max(1.0, abs(multiple) * 1e-6)


_VALUES = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9)


@given(_VALUES, st.sampled_from(["share", "index", "persons"]))
def test_an_axis_holds_every_value_and_rises(values: list[float], unit: str) -> None:
    axis = shared_axis(values, values, unit)
    assert axis is not None
    assert all(axis.low - 1e-9 <= v <= axis.high + 1e-9 for v in values)
    places = [tick.at for tick in axis.ticks]
    assert places == sorted(places)
    assert places[0] == 3.0
    assert places[-1] == 97.0


def test_one_wide_interval_does_not_squeeze_the_others() -> None:
    axis = shared_axis([0.05] * 40, [0.08] * 39 + [1.0], "share")
    assert axis is not None
    assert axis.high < 0.2
    assert axis.beyond(1.0)


def test_an_axis_without_values_is_none() -> None:
    assert shared_axis([NAN], [NAN], "share") is None


def test_a_name_never_turns_round_the_figures_beside_it() -> None:
    """Hebrew names are isolated in titles; marks that override the direction
    are shown as in the terminal, never sent."""
    import pandas as pd

    from exitline.api import estimate
    from exitline.publish.report import ReportInput
    from exitline.publish.report.page import view
    from exitline.stats.data import parse_study

    names = ["\u202eTurned", "אזור 3"]
    homes = pd.DataFrame({
        "y": [1.0] * 190 + [9.0] * 10 + [1.0] * 10 + [9.0] * 190,
        "r": [names[0]] * 200 + [names[1]] * 200,
    })  # fmt: skip
    study = parse_study("{study: A, data: {households: a.csv}, areas: [r]}")
    page = view(ReportInput(study, estimate(homes, "headcount", welfare="y", line=2.5, by="r")))
    shown = page.areas[0].figures[0]
    assert "\u2068אזור 3\u2069" in shown.title
    assert "\\u202eTurned (95.0" in shown.title
    assert {row[0].text for row in shown.table.rows} == {"\\u202eTurned", "אזור 3"}
