"""Texts: no digit without a reference; figures written as each language writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.publish.film.bound.formats import FORMATS, Format, read_format
from exitline.publish.film.errors import StoryError
from exitline.publish.film.template import has_digit, read_template

PLAIN = st.text(
    alphabet=st.characters(
        exclude_categories=("Nd", "Nl", "No", "Cs", "Cc"), exclude_characters="{}"
    )
)


@given(before=PLAIN, digit=st.characters(categories=("Nd", "Nl", "No")), after=PLAIN)
def test_a_digit_that_no_reference_covers_is_refused(before: str, digit: str, after: str) -> None:
    with pytest.raises(StoryError, match="a figure without a reference"):
        read_template(before + digit + after, "one.yaml:3")


@given(before=PLAIN, after=PLAIN, year=st.integers(1000, 2099))
def test_a_marked_year_is_kept_as_written(before: str, after: str, year: int) -> None:
    pieces = read_template(f"{before}{{year {year}}}{after}")
    assert "".join(piece.text for piece in pieces) == f"{before}{year}{after}"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{year 14.3}", "not a year"),
        ("{year 12}", "not a year"),
        ("14 % were poor", "without a reference"),
        ("½ of them", "without a reference"),
        ("in {poor", "not closed"),
        ("in poor}", "not closed"),
        ("{poor-people}", "nothing is known"),
        ("{}", "nothing is known"),
    ],
)
def test_marks_that_mean_nothing_are_refused(text: str, what: str) -> None:
    with pytest.raises(StoryError, match=what) as caught:
        read_template(text, "one.yaml:3")
    assert "one.yaml:3" in str(caught.value)


def test_quoted_words_and_names_keep_their_digits() -> None:
    pieces = read_template("{quote 3 in 10}, {name Agenda 2030}, {{x}}")
    assert "".join(p.text for p in pieces) == "3 in 10, Agenda 2030, {x}"


def test_quoting_is_no_way_round_for_the_words_beside_it() -> None:
    with pytest.raises(StoryError):
        read_template("{quote 3 in 10} and 4 more")


@pytest.mark.parametrize(
    ("form", "value", "english", "chinese"),
    [
        ("percent.1", 0.14273886, "14.3\u00a0%", "14.3%"),
        ("percent.0", 0.395, "40\u00a0%", "40%"),
        ("percent.1", 0.00260194, "0.3\u00a0%", "0.3%"),
        ("points.1", 0.126, "12.6", "12.6"),
        ("number.0", 6671.0, "6,671", "6,671"),
        ("number.0", -1234.5, "−1,234", "−1,234"),
        ("dollar.2", 1.9, "$1.90", "$1.90"),
        ("year", 2019.0, "2019", "2019"),
        ("hundred.0", 0.1427, "14", "14"),
        ("people.0", 698923262.5, "699\u00a0million", "6.99亿"),
        ("people.1", 1453866.09, "1.5\u00a0million", "145万"),
        ("words", 7.0058, "seven", "七"),
    ],
)
def test_figures_are_written_as_the_language_writes_them(
    form: str, value: float, english: str, chinese: str
) -> None:
    assert read_format(form).write(value, "en") == english
    assert read_format(form).write(value, "zh") == chinese


def test_a_film_speaks_every_language_that_has_a_catalogue() -> None:
    written = {
        "fr": [("percent.1", 0.143, "14,3\u00a0%"), ("people.1", 2453866.0, "2,5\u00a0millions"),
               ("words", 7.0, "sept")],
        "es": [("people.1", 1453866.0, "1,5\u00a0millones"), ("number.0", 6671.0, "6\u202f671"),
               ("words", 20.0, "veinte")],
        "sq": [("percent.1", 0.143, "14.3\u00a0%"), ("words", 7.0, "seven")],
    }  # fmt: skip
    for code, cases in written.items():
        for form, value, text in cases:
            assert read_format(form).write(value, code) == text


def test_halves_are_rounded_to_the_even_digit_in_decimal_as_everywhere() -> None:
    assert Format("number", 1).write(0.25, "en") == "0.2"
    assert Format("number", 1).write(0.35, "en") == "0.4"
    assert Format("percent", 1).write(0.1425, "en").startswith("14.2")
    assert Format("number", 2).write(1.015, "en") == "1.02"


@given(value=st.floats(-1e12, 1e12), decimals=st.integers(0, 4))
def test_a_written_number_is_within_half_a_unit_of_its_last_digit(
    value: float, decimals: int
) -> None:
    text = Format("number", decimals).write(value, "en")
    read = float(text.replace(",", "").replace("−", "-"))
    assert abs(read - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + abs(value) * 1e-15


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_no_number_is_never_written(value: float, form: str) -> None:
    with pytest.raises(StoryError, match="not a number"):
        Format(form, 0).write(value, "en")


def test_formats_that_do_not_exist_are_named() -> None:
    with pytest.raises(StoryError, match="there is no format 'percant'"):
        read_format("percant", "one.yaml:3")
    with pytest.raises(StoryError, match="no word"):
        Format("words", 0).write(21, "en")


def test_digits_of_every_script_count_as_digits() -> None:
    assert all(has_digit(text) for text in ("٣", "३", "３", "²", "Ⅷ"))
    assert not has_digit("twelve, 十二")
