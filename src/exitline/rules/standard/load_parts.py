"""Reading sources, columns, indicators, cut-offs and bands of a rule file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from exitline.rules.standard import keys as k
from exitline.rules.standard.bands import Band, Bands, Gap
from exitline.rules.standard.lines import StandardFigure
from exitline.rules.standard.load_context import (
    POOR,
    LoadContext,
    SourceInForce,
    optional_text,
    texts,
)
from exitline.rules.standard.model import LEVELS, Column, Cutoff, Derivation, Indicator, SourceRef
from exitline.rules.yamlfile.tree import Tree
from exitline.rules.yamlfile.values import check_name, exact, number


def read_source(name: str, here: Tree) -> SourceRef:
    """One source: a title at least."""
    keys = k.SourceKeys.fields(here)
    return SourceRef(
        name,
        keys["title"].text(),
        date=optional_text(keys, "date"),
        url=optional_text(keys, "url"),
        publisher=optional_text(keys, "publisher"),
        note=optional_text(keys, "note"),
        verified=keys["verified"].truth() if "verified" in keys else True,
    )


def read_column(name: str, here: Tree) -> Column:
    """One column: its meaning and type at least."""
    keys = k.ColumnKeys.fields(here)
    kind = k.TYPES[keys["type"].choice(tuple(k.TYPES))]
    if "values" in keys and kind != "text":
        raise keys["values"].fault("only columns of text list their values", remedy="remove it")
    if name == POOR:
        raise here.fault("'poor' is the name of the household rule's own condition")
    level = keys["level"].choice(LEVELS) if "level" in keys else "household"
    return Column(
        name,
        keys["meaning"].text(),
        kind,  # type: ignore[arg-type]
        unit=optional_text(keys, "unit"),
        level=level,  # type: ignore[arg-type]
        values=texts(keys, "values"),
    )


def read_derivations(here: Tree, context: LoadContext) -> dict[str, Column]:
    """The columns again, with the formulas of those that can be computed from others."""
    found = dict(context.columns)
    for name, column in here.items():
        entry = dict(column.items()).get("derived")
        if entry is not None and not entry.is_empty:
            found[name] = replace(found[name], derived=_derivation(entry, found[name], context))
    return found


def _derivation(here: Tree, column: Column, context: LoadContext) -> Derivation:
    """The formula of one column, over columns of its own."""
    keys = k.DerivationKeys.fields(here)
    origin = context.origin(here, keys, SourceInForce())
    parts = {name: read_column(name, part) for name, part in keys["columns"].items()}
    for name in parts:
        if name in context.columns:
            raise keys["columns"].fault(
                f"the column '{name}' is declared twice", remedy="declare it in one place"
            )
    known = replace(context, columns=MappingProxyType(parts))
    formula = known.condition(keys["formula"], gives=column.kind)
    note = optional_text(keys, "note")
    return Derivation(formula, known.columns, origin.source, origin.verified, note)


def read_area_classes(here: Tree) -> tuple[str, dict[str, str]]:
    """The column that says which class an area belongs to, and the classes."""
    keys = k.AreaClassKeys.fields(here)
    classes = {name: value.text() for name, value in keys["classes"].items()}
    if len(classes) < 2:
        raise keys["classes"].fault(
            "area classes need at least two names",
            expected="two or more",
            got=", ".join(classes) or "none",
            remedy="without classes, thresholds hold everywhere: remove 'area_classes'",
        )
    return check_name(keys["column"], keys["column"].text()), classes


def read_indicator(name: str, here: Tree, context: LoadContext) -> Indicator:
    """One deprivation."""
    keys = k.IndicatorKeys.fields(here)
    origin = context.origin(here, keys, SourceInForce())
    weight = exact(keys["weight"]) if "weight" in keys else None
    if weight is not None and not 0 < weight <= 1:
        raise keys["weight"].fault(
            "a weight must lie above 0 and up to 1", expected="1/6", got=keys["weight"].text()
        )
    missing = keys["missing"].choice(("deprived", "not deprived", "excluded"))
    return Indicator(
        name,
        keys["label"].text(),
        context.condition(keys["deprived"]),
        missing,  # type: ignore[arg-type]
        weight,
        origin.source,
        origin.verified,
        dimension=optional_text(keys, "dimension"),
        note=optional_text(keys, "note"),
    )


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


def read_cutoff(name: str, here: Tree, context: LoadContext) -> Cutoff:
    """One cut-off of the score or of the number of deprivations."""
    keys = k.CutoffKeys.fields(here)
    origin = context.origin(here, keys, SourceInForce())
    of = keys["of"].choice(("score", "deprivations"))
    value = exact(keys["at_least"])
    top = 1 if of == "score" else len(context.indicators)
    if not 0 < value <= top:
        raise keys["at_least"].fault(
            "the cut-off can never be reached, or always is",
            expected=f"above 0 and up to {top}",
            got=keys["at_least"].text(),
        )
    note = optional_text(keys, "note")
    figure = StandardFigure(float(value), origin.source, origin.verified, note)
    return Cutoff(name, keys["label"].text(), of, value, figure)  # type: ignore[arg-type]


def read_bands(name: str, here: Tree, context: LoadContext) -> Bands:
    """Bands over a column, without gaps (unless declared) or overlaps."""
    keys = k.BandsKeys.fields(here)
    origin = context.origin(here, keys, SourceInForce())
    over = context.known(keys["over"], {**context.columns, "score": 0}, "column")
    steps = dict(keys["steps"].items())
    bands = tuple(_band(key, step, context, origin) for key, step in steps.items())
    gaps = tuple(_gap(item) for item in keys["gaps"].sequence()) if "gaps" in keys else ()
    _check_bands(keys["steps"], bands, gaps)
    return Bands(
        name,
        keys["label"].text(),
        over,
        keys["edge"].choice(("lower", "upper")),  # type: ignore[arg-type]
        bands,
        gaps,
        origin.source,
        origin.verified,
        optional_text(keys, "note"),
    )


def _band(name: str, here: Tree, context: LoadContext, origin: SourceInForce) -> Band:
    """One band: its ends, either of which may be open."""
    keys = k.BandKeys.fields(here)
    origin = context.origin(here, keys, origin)
    low = number(keys["from"]) if "from" in keys else None
    high = number(keys["to"]) if "to" in keys else None
    if low is not None and high is not None and low >= high:
        raise here.fault("'from' must be below 'to'", got=f"{low:g} to {high:g}")
    figure = context.figure(keys["figure"], origin) if "figure" in keys else None
    return Band(name, keys["label"].text(), low, high, figure)


def _gap(here: Tree) -> Gap:
    """A declared gap, with the reason why it is one."""
    keys = k.GapKeys.fields(here)
    return Gap(number(keys["from"]), number(keys["to"]), keys["why"].text())


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
