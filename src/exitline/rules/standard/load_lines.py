"""Reading `lines` and `uprating` of a rule file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from exitline.rules.standard import keys as k
from exitline.rules.standard.lines import ALWAYS, Line, Period, Relative, StandardFigure, Uprating
from exitline.rules.standard.load_context import LoadContext, SourceInForce
from exitline.rules.yamlfile.tree import Tree

_UNIT = re.compile(
    r"(?P<currency>[A-Z]{3}) per (?P<per>person|adult equivalent|household) "
    r"per (?P<period>day|month|year)"
)


def read_uprating(name: str, keys: k.UpratingKeys, context: LoadContext) -> Uprating:
    """One price index: label, source and its values by year."""
    origin = context.origin(keys)
    index = {}
    for key, value in keys.index.items():
        place = keys.at("index")[key]
        index[_year(key, place)] = float(value)
        if value <= 0:
            raise place.fault("an index value must be above 0", got=place.text())
    return Uprating(name, keys.label, MappingProxyType(index), origin.source, origin.verified)


def read_line(name: str, keys: k.LineKeys, context: LoadContext) -> Line:
    """One poverty line."""
    origin = context.origin(keys)
    unit = _UNIT.fullmatch(keys.unit)
    if unit is None:
        raise keys.at("unit").fault(
            "this is not a unit of a line",
            expected="'<currency> per person|adult equivalent|household per day|month|year', "
            "the currency as three capital letters (PPP for international dollars)",
            got=repr(keys.unit),
            remedy="for instance: CNY per person per year",
        )
    held: dict[str, Any] = {**unit.groupdict(), "unit": unit[0], "boundary": keys.boundary}
    return Line(
        name=name,
        label=keys.label,
        price_base=keys.price_base,
        values=_values(keys, context, origin),
        relative=_relative(keys, context, origin),
        jurisdiction=keys.jurisdiction or context.jurisdiction,
        source=origin.source,
        verified=origin.verified,
        uprating=_uprating(keys, context),
        decimals=keys.decimals,
        in_use=ALWAYS if keys.in_use is None else read_period(keys.in_use),
        note=keys.note or "",
        **held,
    )


def _values(
    keys: k.LineKeys, context: LoadContext, origin: SourceInForce
) -> Mapping[Period, StandardFigure]:
    """The dated figures of a line, whichever way they are written."""
    ways = [key for key in ("value", "values", "relative") if getattr(keys, key) is not None]
    if len(ways) != 1:
        raise keys.tree.fault(
            "a line needs one of three things",
            expected="either 'value', or 'values', or 'relative'",
            got=" and ".join(ways) or "none of them",
            remedy="'value' is valid at all times, 'values' by year or period, "
            "'relative' is a share",
        )
    written: Iterable[tuple[Period, k.FigureKeys | k.DatedKeys]] = ()
    if keys.value is not None:
        written = [(ALWAYS, keys.value)]
    elif isinstance(keys.values, tuple):
        written = [(read_period(item), item) for item in keys.values]
    elif keys.values is not None:
        written = [(_whole_year(_year(year, item.tree)), item)
                   for year, item in keys.values.items()]  # fmt: skip
    dated: dict[Period, tuple[Tree, StandardFigure]] = {}
    for period, item in written:
        _refuse_twice(item.tree, period, dated)
        dated[period] = (item.tree, context.figure(item, origin))
    return MappingProxyType(_in_order(dated))


def _refuse_twice(item: Tree, period: Period, dated: Mapping[Period, Any]) -> None:
    """Refuse a period that is there already."""
    if period in dated:
        raise item.fault("the same period appears twice", got=str(period), remedy="remove one")


def _in_order(dated: Mapping[Period, tuple[Tree, StandardFigure]]) -> dict[Period, StandardFigure]:
    """Figures in order of time; each must be above 0, and no two may overlap."""
    ordered = sorted(dated.items(), key=lambda entry: entry[0].first or date.min)
    before: Period | None = None
    for period, (here, figure) in ordered:
        if figure.value <= 0:
            raise here.fault("a line must be above 0", got=f"{figure.value:g}")
        overlaps = before is not None and (
            before.last is None or period.first is None or period.first <= before.last
        )
        if overlaps:
            raise here.fault(
                "the dates of two figures overlap",
                expected="each day in one period at most",
                got=f"{before} and {period}",
                remedy="end the earlier period the day before the later one begins",
            )
        before = period
    return {period: figure for period, (_, figure) in ordered}


def _relative(keys: k.LineKeys, context: LoadContext, origin: SourceInForce) -> Relative | None:
    """The share of the median or mean."""
    if keys.relative is None:
        return None
    of: Any = keys.relative.of
    return Relative(context.figure(keys.relative.share, origin, share=True), of)


def _uprating(keys: k.LineKeys, context: LoadContext) -> Uprating | None:
    """The index that carries the line, which needs a figure and a base year."""
    if keys.uprating is None:
        return None
    place, base = keys.at("uprating"), keys.price_base
    uprating = context.upratings[context.known(place, context.upratings, "uprating")]
    if keys.value is None or base is None:
        raise place.fault(
            "uprating needs one value and the year of its prices",
            expected="value: ... and price_base: ...",
            got="a line without one of the two",
            remedy="add 'price_base', or remove 'uprating' from a line with dated values",
        )
    if base not in uprating.index:
        raise keys.at("price_base").fault(
            f"the index '{uprating.name}' has no value for the base year",
            expected="one of " + ", ".join(str(year) for year in uprating.index),
            got=str(base),
            remedy="add the value with its source",
        )
    return uprating


def read_period(keys: k.PeriodKeys) -> Period:
    """from and to; either may be left out."""
    first, last = keys.first, keys.last
    if first is not None and last is not None and first > last:
        raise keys.tree.fault(
            "'from' is after 'to'",
            expected="from on or before to",
            got=f"{first.isoformat()} to {last.isoformat()}",
            remedy="exchange the two",
        )
    return Period(first, last)


def _year(key: str, here: Tree) -> int:
    """A key that is a year."""
    if not re.fullmatch(r"(19|20|21)\d\d", key):
        raise here.fault(
            "the key must be a year",
            expected="a year such as 2016",
            got=repr(key),
            remedy="for other periods write a list of {from: ..., to: ..., value: ...}",
        )
    return int(key)


def _whole_year(year: int) -> Period:
    """The year from its first day to its last."""
    return Period(date(year, 1, 1), date(year, 12, 31))
