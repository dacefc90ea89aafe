"""`exitline measures`: every measure is listed, and explained by its page."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from exitline.cli.measures import command
from exitline.errors import MeasureError
from exitline.stats.measure.catalogue import MEASURES, named, usage
from exitline.stats.measure.pages import example


def said(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_every_measure_is_listed():
    found = json.loads(said("--json"))
    assert [one["name"] for one in found] == list(MEASURES)
    assert all(one["title"] and one["what"] for one in found)


@pytest.mark.parametrize("name", MEASURES)
def test_every_page_has_formula_and_source(name):
    told = json.loads(said(name, "--json"))
    assert told["usage"] == usage(name)
    assert told["Formula"]
    assert told["Source"]
    assert "*" not in told["Source"]
    assert "](" not in told["what"]


def test_what_is_told_of_a_measure_is_true_of_it():
    told = json.loads(said("watts", "--json"))
    assert told["unit"] == named("watts").unit == "index"
    assert told["speaks of"] == "all with welfare above zero"
    assert told["needs"] == "welfare and a poverty line"
    assert json.loads(said("shortfall", "--json"))["speaks of"] == "the poor"
    assert json.loads(said("ratio(a, b)", "--json"))["needs"] == ""


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_tells_unit_whom_it_speaks_of_and_which_welfare_takes_part(name):
    """Those with parameters tell it, too: by the example on their page."""
    told = json.loads(said(name, "--json"))
    asked = named(name if "(" not in usage(name) or "[" in usage(name) else example(name))
    assert told["unit"] == asked.unit
    assert told["speaks of"]
    assert ("zero and negative welfare" in told) == asked.needs_welfare


@pytest.mark.parametrize(
    ("name", "who", "zero"),
    [
        ("overlap", "those who receive", None),
        ("inclusion_error", "those who are chosen", "take part"),
        ("nonpoor_coverage", "those who are not poor", "take part"),
        ("quantile_coverage", "those between the quantiles", "take part"),
        ("median_of_poor", "everyone", "take part"),
        ("theil", "all with welfare of zero or above",
         "negative welfare is left out, and counted; zero takes part"),
        ("atkinson(2)", "all with welfare above zero",
         "welfare of zero and below is left out, and counted"),
        ("H", "all whose indicators are known", None),
        ("A", "the poor", None),
    ],
)  # fmt: skip
def test_whom_a_measure_speaks_of_and_what_it_does_with_zero(name, who, zero):
    told = json.loads(said(name, "--json"))
    assert told["speaks of"] == who
    assert told.get("zero and negative welfare") == zero


def test_unknown_measures_are_refused_with_the_nearest():
    with pytest.raises(MeasureError, match="did you mean 'gini'"):
        CliRunner().invoke(command, ["ginni"], catch_exceptions=False)


def test_the_pages_are_part_of_the_package():
    project = tomllib.loads(Path("pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"docs/measures": "exitline/stats/measure/texts"}
