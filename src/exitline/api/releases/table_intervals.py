"""Intervals of a table's figures: those that `xl.estimate` gives for the same counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any, get_args

from exitline.words.said import Numeral, Said, say

if TYPE_CHECKING:
    from exitline.api.releases.counted import Counted, Layout
    from exitline.publish.tables.content import EstimatedCells, SafeTable
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.model import Measure

CellValues = Mapping[str, Mapping[str, tuple[str, Any]]]
"""By column and label: the value that the label stands for, as text and as the engine has it."""
_FLAG = "exitline__cell"


def with_intervals(
    table: SafeTable, counted: Counted, layout: Layout, values: CellValues
) -> SafeTable:
    """The table with the interval of each figure of a sample, and what a reader must know of them.

    Each category, and each crossing of categories, is a 0/1 column; its total, and its share of
    the row, are estimated in one pass for all areas. Degrees of freedom are those of the area.

    Parameters
    ----------
    table : SafeTable
        Protected: a cell that is hidden in it has no interval either.
    counted : Counted
        Whose engine still runs.
    layout : Layout
    values : CellValues

    Returns
    -------
    SafeTable
        Figures and intervals rounded as their standard errors carry it.
    """
    shown = _estimated(table, counted, layout, values) if counted.sampled(layout) else table
    notes = (*shown.facts.notes, *_notes(shown, counted, layout))
    return replace(shown, facts=replace(shown.facts, notes=notes))


def _estimated(table: SafeTable, counted: Counted, layout: Layout, values: CellValues) -> SafeTable:
    """The table with what is estimated in one pass."""
    from exitline.api.figures.estimation import estimate_table
    from exitline.publish.tables.content import estimated

    flags, parts = _flags(table, counted, values)
    measures = _measures(layout, list(flags), parts)
    found = estimate_table(
        counted.table.mutate(**flags), [one for some in measures.values() for one in some.values()],
        counted.engine, welfare=None, line=None, design=_design(counted, layout),
        by=[layout.rows[: depth + 1] for depth in range(len(layout.rows))],
        level=counted.level, interval=counted.interval,
    )  # fmt: skip
    place, shape = _places(table, layout, values), table.figures[0].values.shape
    return estimated(
        table, {name: _cells(found, some, place, shape) for name, some in measures.items()}
    )


def _flags(
    table: SafeTable, counted: Counted, values: CellValues
) -> tuple[dict[str, Any], list[int]]:
    """A 0/1 column for each category and crossing of them; and which of them are not the whole."""
    from exitline.stats.measure.categories import belonging

    sides = table.sides[1:]
    crossed = list(product(*(side.nodes for side in sides)))
    flags = {}
    for i, nodes in enumerate(crossed):
        named = [(s.names[0], node[0]) for s, node in zip(sides, nodes, strict=True) if node]
        flags[f"{_FLAG}{i}"] = belonging(
            counted.table, {name: values[name][word][1] for name, word in named}
        )
    return flags, [i for i, nodes in enumerate(crossed) if any(nodes)]


def _measures(
    layout: Layout, flags: Sequence[str], parts: Sequence[int]
) -> dict[str, dict[int, Measure]]:
    """By figure of the table: what is estimated, by position of the flag."""
    from exitline.stats.measure.measures.counts import count_of, share_of
    from exitline.stats.measure.model import Unit

    units = [unit for unit in get_args(Unit) if unit in layout.figures]
    found: dict[str, dict[int, Measure]] = {
        unit: {i: count_of(flag, unit, f"{unit} {flag}") for i, flag in enumerate(flags)}
        for unit in units
    }
    if layout.percent:
        (main,) = (unit for unit in units if unit == layout.figures[0])
        found["percent"] = {i: share_of(flags[i], main, f"percent {flags[i]}") for i in parts}
    return found


def _design(counted: Counted, layout: Layout) -> Design:
    """The design; sizes that nothing is counted by are not asked for."""
    assert counted.design is not None
    if "persons" in layout.figures or counted.design.calibration is not None:
        return counted.design
    return replace(counted.design, size=None)


def _places(
    table: SafeTable, layout: Layout, values: CellValues
) -> dict[str, dict[tuple[str, ...], int]]:
    """By set of areas: where each stands among the rows of the table, by its values as text."""
    found: dict[str, dict[tuple[str, ...], int]] = {}
    for at, node in enumerate(table.sides[0].nodes):
        names = layout.rows[: len(node)]
        key = tuple(values[name][word][0] for name, word in zip(names, node, strict=True))
        found.setdefault(", ".join(names), {})[key] = at
    return found


def _cells(
    found: Estimates, measures: Mapping[int, Measure],
    place: Mapping[str, Mapping[tuple[str, ...], int]], shape: tuple[int, ...],
) -> EstimatedCells:  # fmt: skip
    """What was estimated for the cells of one figure."""
    import numpy as np

    from exitline.publish.tables.content import EstimatedCells

    column = {one.name: i for i, one in measures.items()}
    filled = np.full((4, shape[0], math.prod(shape[1:])), np.nan)
    for block in found.blocks:
        if block.measure not in column:
            continue
        codes = block.rows.codes if block.by else ((),)
        at = np.array([place[block.by].get(code, -1) for code in codes], dtype=np.int64)
        kept = at >= 0  # an area in which every weight is zero is no row of the table
        these = np.array([block.estimate, block.se, block.bounds.low, block.bounds.high])
        filled[:, at[kept], column[block.measure]] = these[:, kept]
    value, se, low, high = (part.reshape(shape) for part in filled)
    return EstimatedCells(next(iter(measures.values())).unit, value, se, low, high)


def _notes(table: SafeTable, counted: Counted, layout: Layout) -> tuple[Said, ...]:
    """What a reader must know of the intervals, or why there are none."""
    design = counted.design
    if design is not None and design.exact:
        return (say("A full count: there is no sampling error, so no interval is needed."),)
    if not counted.sampled(layout):
        return (say("Rows of the data are counted, without weights: no interval is given."),)
    notes = [_kind(counted), say(
        "Estimates and intervals have the digits that the standard error carries; rounded parts "
        "may not add up to their total."
    )]  # fmt: skip
    if table.suppressed:
        notes.append(say(
            "A total with a suppressed cell among its parts has no interval: its width would tell "
            "of that cell."
        ))  # fmt: skip
    if _some_without(table):
        notes.append(say(
            "Other figures without an interval count nobody in the sample, or everybody, or rest "
            "on too few clusters."
        ))  # fmt: skip
    return tuple(notes)


def _some_without(table: SafeTable) -> bool:
    """Whether a figure that hides nothing has no interval; a total of shares needs none."""
    import numpy as np

    silent = table.silent
    total: Any = (slice(None), *(side.nodes.index(()) for side in table.sides[1:]))
    for figure in table.figures:
        if figure.bounds is not None:
            lacking = ~silent & ~np.isnan(figure.values) & np.isnan(figure.bounds.low)
            if figure.decimals:
                lacking[total] = False
            if lacking.any():
                return True
    return False


def _kind(counted: Counted) -> Said:
    """By which design the intervals are."""
    design = counted.design
    assert design is not None
    sure = Numeral(f"{100 * counted.level:g} %")
    if design.stages or design.strata_columns or design.replicates or design.calibration:
        return say("Beside each estimate is its {sure} interval, by the design of the sample.",
                   sure=sure)  # fmt: skip
    return say(
        "Beside each estimate is its {sure} interval, as of a simple random sample: no strata "
        "and no clusters are given, and with clusters it would be wider.", sure=sure
    )  # fmt: skip
