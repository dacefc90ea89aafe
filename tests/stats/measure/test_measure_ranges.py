"""Numbers out of the range of a measure's parameter are refused, whatever the measure."""

from __future__ import annotations

import inspect
from math import inf, isinf, nan
from typing import Annotated, get_origin

import pytest

from exitline.errors import MeasureError
from exitline.stats.measure.catalogue import MEASURES, named
from exitline.stats.measure.pages import example
from exitline.stats.measure.ranges import ranges_of

NUMERIC = [
    (name, parameter)
    for name, make in MEASURES.items()
    for parameter in inspect.signature(make, eval_str=True).parameters.values()
    if parameter.annotation is float or get_origin(parameter.annotation) is Annotated
]


def _outside(limits):
    """Numbers that the range does not hold."""
    yield from (nan, inf, -inf)
    for end, sign, closed in ((limits.least, -1, "["), (limits.most, 1, "]")):
        if not isinf(end):
            yield end + sign * 2.0
            if closed not in limits.ends and end != limits.also:
                yield end


def _asked(name, parameter, value):
    """A measure as its page writes it, with another number in one place."""
    make = MEASURES[name]
    said = example(name)
    inner = said[said.index("(") + 1 : said.rindex(")")] if "(" in said else ""
    names = list(inspect.signature(make).parameters)
    values = {k: v.strip() for k, v in zip(names, inner.split(","), strict=False) if v.strip()}
    values[parameter] = value
    return make, values


@pytest.mark.parametrize(("name", "parameter"), NUMERIC, ids=lambda x: getattr(x, "name", x))
def test_each_number_has_a_range_and_is_held_to_it(name, parameter):
    limits = ranges_of(MEASURES[name])[parameter.name]
    tried = list(_outside(limits))
    assert len(tried) >= 3
    for value in tried:
        make, values = _asked(name, parameter.name, value)
        text = f"{name}({', '.join(f'{k}={v}' for k, v in values.items())})"
        with pytest.raises(MeasureError) as refused:
            named(text)
        assert str(refused.value).startswith(limits.what), text
        assert limits.expected in str(refused.value)
        numbers = {
            k: v if k == parameter.name or k not in ranges_of(make) else float(v)
            for k, v in values.items()
        }
        with pytest.raises(MeasureError, match=limits.expected.replace("(", r"\(")):
            make(**numbers)


def test_a_share_written_as_a_percentage_is_refused():
    for asked in ("at_risk_rate(60)", "at_risk_threshold(3)", "median_of_poor(3)",
                  "relative_median_gap(1.5)"):  # fmt: skip
        with pytest.raises(MeasureError, match="a number above 0, up to 1"):
            named(asked)
    assert named("at_risk_rate(1)").name == "at_risk_rate(1)"


def test_an_amount_without_end_is_refused():
    for asked in ("gini_after(x, nan)", "gini_after(x, inf)", "poverty_after(1, x, inf)"):
        with pytest.raises(MeasureError, match="a finite number"):
            named(asked)
    assert named("poverty_after(0, x, 5)").name == "poverty_after(0, x, 5)"
    with pytest.raises(MeasureError, match="0, or a number of 1 or above"):
        named("poverty_after(0.5, x, 5)")
    with pytest.raises(MeasureError, match="a number above 0"):
        named("poverty_after(1, x, 0)")
