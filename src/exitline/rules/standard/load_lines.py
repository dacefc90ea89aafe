"""Reading `lines` and `uprating` of a rule file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from exitline.rules.standard import keys as k
from exitline.rules.standard.lines import ALWAYS, Line, Period, Relative, StandardFigure, Uprating
from exitline.rules.standard.load_context import LoadContext, SourceInForce, optional_text
from exitline.rules.yamlfile.tree import Tree
from exitline.rules.yamlfile.values import day, number, whole

_UNIT = re.compile(
    r"(?P<currency>[A-Z]{3}) per (?P<per>person|adult equivalent|household) "
    r"per (?P<period>day|month|year)"
)


def read_uprating(name: str, here: Tree, context: LoadContext) -> Uprating:
    """One price index: label, source and its values by year."""
    keys = k.UpratingKeys.fields(here)
    origin = context.origin(here, keys, SourceInForce())
    index = {_year(key, value): number(value) for key, value in keys["index"].items()}
    for value in dict(keys["index"].items()).values():
        if number(value) <= 0:
            raise value.fault("an index value must be above 0", got=value.text())
    return Uprating(
        name, keys["label"].text(), MappingProxyType(index), origin.source, origin.verified
    )


def read_line(name: str, here: Tree, context: LoadContext) -> Line:
    """One poverty line."""
    keys = k.LineKeys.fields(here)
    origin = context.origin(here, keys, SourceInForce())
    unit = _UNIT.fullmatch(keys["unit"].text())
    if unit is None:
        raise keys["unit"].fault(
            "this is not a unit of a line",
            expected="'<currency> per person|adult equivalent|household per day|month|year', "
            "the currency as three capital letters (PPP for international dollars)",
            got=repr(keys["unit"].text()),
            remedy="for instance: CNY per person per year",
        )
    held: dict[str, Any] = {**unit.groupdict(), "unit": unit[0]}
    base = whole(keys["price_base"], 1900, 2100) if "price_base" in keys else None
    return Line(
        name=name,
        label=keys["label"].text(),
        price_base=base,
        boundary=keys["boundary"].choice(("<", "<=")),  # type: ignore[arg-type]
        values=_values(here, keys, context, origin),
        relative=_relative(keys, context, origin),
        jurisdiction=optional_text(keys, "jurisdiction") or context.jurisdiction,
        source=origin.source,
        verified=origin.verified,
        uprating=_uprating(keys, context, base),
        decimals=whole(keys["decimals"], 0, 6) if "decimals" in keys else None,
        in_use=read_period(keys["in_use"]) if "in_use" in keys else ALWAYS,
        note=optional_text(keys, "note"),
        **held,
    )


def _values(
    here: Tree, keys: Mapping[str, Tree], context: LoadContext, origin: SourceInForce
) -> Mapping[Period, StandardFigure]:
    """The dated figures of a line, whichever way they are written."""
    ways = [key for key in ("value", "values", "relative") if key in keys]
    if len(ways) != 1:
        raise here.fault(
            "a line needs one of three things",
            expected="either 'value', or 'values', or 'relative'",
            got=" and ".join(ways) or "none of them",
            remedy="'value' holds at all times, 'values' by year or period, 'relative' is a share",
        )
    if ways == ["relative"]:
        return MappingProxyType({})
    if ways == ["value"]:
        dated = {ALWAYS: (keys["value"], context.figure(keys["value"], origin))}
    elif keys["values"].is_sequence:
        dated = {}
        for item in keys["values"].sequence():
            period = read_period(item, k.DatedKeys)
            _refuse_twice(item, period, dated)
            dated[period] = (item, context.figure(item, origin, kind=k.DatedKeys))
    else:
        dated = {
            _whole_year(_year(key, item)): (item, context.figure(item, origin))
            for key, item in keys["values"].items()
        }
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


def _relative(
    keys: Mapping[str, Tree], context: LoadContext, origin: SourceInForce
) -> Relative | None:
    """The share of the median or mean."""
    if "relative" not in keys:
        return None
    inner = k.RelativeKeys.fields(keys["relative"])
    of = inner["of"].choice(("median", "mean"))
    return Relative(context.figure(inner["share"], origin, share=True), of)  # type: ignore[arg-type]


def _uprating(keys: Mapping[str, Tree], context: LoadContext, base: int | None) -> Uprating | None:
    """The index that carries the line, which needs a figure and a base year."""
    if "uprating" not in keys:
        return None
    uprating = context.upratings[context.known(keys["uprating"], context.upratings, "uprating")]
    if "value" not in keys or base is None:
        raise keys["uprating"].fault(
            "uprating needs one value and the year of its prices",
            expected="value: ... and price_base: ...",
            got="a line without one of the two",
            remedy="add 'price_base', or remove 'uprating' from a line with dated values",
        )
    if base not in uprating.index:
        raise keys["price_base"].fault(
            f"the index '{uprating.name}' has no value for the base year",
            expected="one of " + ", ".join(str(year) for year in uprating.index),
            got=str(base),
            remedy="add the value with its source",
        )
    return uprating


def read_period(here: Tree, kind: type[k.PeriodKeys] = k.PeriodKeys) -> Period:
    """from and to; either may be left out."""
    keys = kind.fields(here)
    first = day(keys["from"]) if "from" in keys else None
    last = day(keys["to"], end=True) if "to" in keys else None
    if first is not None and last is not None and first > last:
        raise here.fault(
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
