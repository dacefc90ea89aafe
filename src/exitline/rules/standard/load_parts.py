"""Reading sources, lines, columns, indicators, cut-offs and bands of a rule file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from exitline.rules.standard import keys as k
from exitline.rules.standard.bands import Band, Bands, Gap
from exitline.rules.standard.lines import ALWAYS, Line, Period, Relative, StandardFigure, Uprating
from exitline.rules.standard.load_context import POOR, LoadContext, SourceInForce
from exitline.rules.standard.model import Column, Cutoff, Derivation, Indicator, SourceRef
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


def read_source(name: str, keys: k.SourceKeys) -> SourceRef:
    """One source: a title at least."""
    return SourceRef(name, **keys.given)


def read_column(name: str, keys: k.PartKeys) -> Column:
    """One column: its meaning and type at least."""
    kind = k.TYPES[keys.type]
    if keys.values is not None and kind != "text":
        raise keys.at("values").fault("only columns of text list their values", remedy="remove it")
    if name == POOR:
        raise keys.tree.fault("'poor' is the name of the household rule's own condition")
    level: Any = keys.level or "household"
    made: Any = kind
    return Column(
        name, keys.meaning, made, unit=keys.unit or "", level=level, values=keys.values or ()
    )


def read_derivations(keys: Mapping[str, k.ColumnKeys], context: LoadContext) -> dict[str, Column]:
    """The columns again, with the formulas of those that can be computed from others."""
    found = dict(context.columns)
    for name, column in keys.items():
        if column.derived is not None:
            found[name] = replace(
                found[name], derived=_derivation(column.derived, found[name], context)
            )
    return found


def _derivation(keys: k.DerivationKeys, column: Column, context: LoadContext) -> Derivation:
    """The formula of one column, over columns of its own."""
    origin = context.origin(keys)
    parts = {name: read_column(name, part) for name, part in keys.columns.items()}
    for name in parts:
        if name in context.columns:
            raise keys.at("columns").fault(
                f"the column '{name}' is declared twice", remedy="declare it in one place"
            )
    known = replace(context, columns=MappingProxyType(parts))
    formula = known.condition(keys.at("formula"), gives=column.kind)
    return Derivation(formula, known.columns, origin.source, origin.verified, keys.note or "")


def read_area_classes(keys: k.AreaClassKeys) -> tuple[str, dict[str, str]]:
    """The column that says which class an area belongs to, and the classes."""
    if len(keys.classes) < 2:
        raise keys.at("classes").fault(
            "area classes need at least two names",
            expected="two or more",
            got=", ".join(keys.classes) or "none",
            remedy="without classes, thresholds hold everywhere: remove 'area_classes'",
        )
    return keys.column, keys.classes


def read_indicator(name: str, keys: k.IndicatorKeys, context: LoadContext) -> Indicator:
    """One deprivation."""
    origin = context.origin(keys)
    if keys.weight is not None and not 0 < keys.weight <= 1:
        place = keys.at("weight")
        raise place.fault("a weight must lie above 0 and up to 1", expected="1/6", got=place.text())
    missing: Any = keys.missing
    return Indicator(
        name, keys.label, context.condition(keys.at("deprived")), missing, keys.weight,
        origin.source, origin.verified, dimension=keys.dimension or "", note=keys.note or "",
    )  # fmt: skip


def check_weights(here: Tree, indicators: Mapping[str, Indicator]) -> None:
    """All indicators have a weight or none has, and weights sum to exactly 1."""
    weights = {name: i.weight for name, i in indicators.items() if i.weight is not None}
    without = [name for name in indicators if name not in weights]
    if weights and without:
        raise here.fault(
            "some indicators have a weight and some have none",
            expected="a weight for each, or for none",
            got="none for " + ", ".join(without),
            remedy="add the missing weights",
        )
    total = sum(weights.values(), Fraction(0))
    if weights and total != 1:
        raise here.fault(
            "the weights do not sum to 1",
            expected="exactly 1",
            got=f"{total} = {float(total):.6g}, from "
            + ", ".join(f"{name} {weight}" for name, weight in weights.items()),
            remedy="write weights as fractions, such as 1/6, and check each against the source",
        )


def read_cutoff(name: str, keys: k.CutoffKeys, context: LoadContext) -> Cutoff:
    """One cut-off of the score or of the number of deprivations."""
    origin = context.origin(keys)
    top = 1 if keys.of == "score" else len(context.indicators)
    if not 0 < keys.at_least <= top:
        place = keys.at("at_least")
        raise place.fault(
            "the cut-off can never be reached, or always is",
            expected=f"above 0 and up to {top}",
            got=place.text(),
        )
    of: Any = keys.of
    figure = StandardFigure(float(keys.at_least), origin.source, origin.verified, keys.note or "")
    return Cutoff(name, keys.label, of, keys.at_least, figure)


def read_bands(name: str, keys: k.BandsKeys, context: LoadContext) -> Bands:
    """Bands over a column, without gaps (unless declared) or overlaps."""
    origin = context.origin(keys)
    over = context.known(keys.at("over"), {**context.columns, "score": 0}, "column")
    bands = tuple(_band(key, step, context, origin) for key, step in keys.steps.items())
    gaps = tuple(Gap(float(gap.low), float(gap.high), gap.why) for gap in keys.gaps or ())
    _check_bands(keys.at("steps"), bands, gaps)
    edge: Any = keys.edge
    return Bands(
        name, keys.label, over, edge, bands, gaps, origin.source, origin.verified, keys.note or ""
    )


def _band(name: str, keys: k.BandKeys, context: LoadContext, origin: SourceInForce) -> Band:
    """One band: its ends, either of which may be open."""
    origin = context.origin(keys, origin)
    low = None if keys.low is None else float(keys.low)
    high = None if keys.high is None else float(keys.high)
    if low is not None and high is not None and low >= high:
        raise keys.tree.fault("'from' must be below 'to'", got=f"{low:g} to {high:g}")
    figure = None if keys.figure is None else context.figure(keys.figure, origin)
    return Band(name, keys.label, low, high, figure)


def _check_bands(here: Tree, bands: tuple[Band, ...], gaps: tuple[Gap, ...]) -> None:
    """Each band must begin where the one before it ends."""
    stretches: list[Band | Gap] = [*bands, *gaps]
    stretches.sort(key=lambda s: float("-inf") if s.low is None else s.low)
    for before, after in pairwise(stretches):
        if before.high == after.low and after.low is not None:
            continue
        overlap = before.high is None or after.low is None or before.high > after.low
        ends = "an open end" if before.high is None else f"{before.high:g}"
        begins = "an open end" if after.low is None else f"{after.low:g}"
        raise here.fault(
            "two bands overlap" if overlap else "the bands leave a gap",
            expected="each band begins where the one before it ends",
            got=f"{_called(before)} ends at {ends}, {_called(after)} begins at {begins}",
            remedy="correct the ends"
            if overlap
            else "close the gap, or declare it under 'gaps' and say why",
        )


def _called(stretch: Band | Gap) -> str:
    """What a stretch is called in a message."""
    return f"'{stretch.name}'" if isinstance(stretch, Band) else "a declared gap"
