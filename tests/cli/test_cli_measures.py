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


def test_unknown_measures_are_refused_with_the_nearest():
    with pytest.raises(MeasureError, match="did you mean 'gini'"):
        CliRunner().invoke(command, ["ginni"], catch_exceptions=False)


def test_the_pages_are_part_of_the_package():
    project = tomllib.loads(Path("pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"docs/measures": "exitline/stats/measure/texts"}
