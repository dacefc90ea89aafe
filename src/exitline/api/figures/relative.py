"""Relative lines: the first of their two passes finds the median or mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.errors import MeasureError
from exitline.stats.measure.catalogue import named
from exitline.stats.measure.lines import Location, PovertyLine
from exitline.stats.measure.model import Measure
from exitline.stats.measure.passes.first import location
from exitline.stats.measure.relative_lines import RelativeLine

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine


def resolve(
    table: Any, line: RelativeLine, welfare: str, design: Design, engine: Engine
) -> PovertyLine:
    """The line in money, from the whole sample.

    Parameters
    ----------
    table : ibis.Table
    line : RelativeLine
    welfare : str
    design : Design
    engine : Engine

    Returns
    -------
    PovertyLine
        With the location it is a share of, so that its sampling error is propagated.

    Raises
    ------
    MeasureError
        When the median or mean is not above zero. Where no household can be used the totals say
        why, as they do at any line.
    """
    if line.within:
        own = Location(
            line.share, line.p, float("nan"), float("nan"), within=True, plus=line.plus,
            floor=line.floor,
        )  # fmt: skip
        return PovertyLine(line.label, float("nan"), line.boundary, relative=own)
    located = location(table, line.p, welfare, design, engine.run)
    if located is None:
        return PovertyLine(line.label, 1.0, line.boundary)
    if not located[0] > 0:
        raise MeasureError(
            f"the line '{line.label}' is a share of a {line.what} that is not above zero",
            where=f"column '{welfare}'",
            expected=f"a {line.what} above zero",
            got="zero or below",
            remedy="check the welfare column, or use a fixed line",
        )
    found = Location(line.share, line.p, *located, plus=line.plus, floor=line.floor)
    money = line.share * found.value + line.plus
    if money <= line.floor and not design.replicates:  # a number that sampling does not move
        return PovertyLine(line.label, line.floor, line.boundary)
    return PovertyLine(line.label, max(money, line.floor), line.boundary, relative=found)


def resolve_all(table: Any, line: Any, welfare: str | None, design: Design, engine: Engine) -> Any:
    """`line` with every RelativeLine in it resolved; everything else as it is.

    Parameters
    ----------
    table : ibis.Table
    line : as in `exitline.estimate`
    welfare : str or None
    design : Design
    engine : Engine
    """
    if isinstance(line, RelativeLine) and welfare is not None:
        return resolve(table, line, welfare, design, engine)
    if isinstance(line, Mapping):
        return {k: resolve_all(table, v, welfare, design, engine) for k, v in line.items()}
    if isinstance(line, Sequence) and not isinstance(line, str):
        return [resolve_all(table, v, welfare, design, engine) for v in line]
    return line


def own_lines(
    measures: Any, table: Any, welfare: str, design: Design, engine: Engine
) -> tuple[PovertyLine, ...]:
    """The lines that measures bring along, each found once.

    Parameters
    ----------
    measures : as in `exitline.estimate`
    table : ibis.Table
    welfare : str
    design : Design
    engine : Engine

    Returns
    -------
    tuple of PovertyLine
        Each says whose it is; results do not name it.
    """
    wanted: dict[RelativeLine, None] = {}
    for one in [measures] if isinstance(measures, str | Measure) else measures:
        with suppress(MeasureError):  # refused where measures are resolved
            found = named(one).own_line
            wanted |= {} if found is None else {found: None}
    return tuple(
        replace(resolve(table, line, welfare, design, engine), label="", owner=line)
        for line in wanted
    )
