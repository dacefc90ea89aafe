"""Calibration of a second phase to the first: its totals are known for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.weights.reweighted import refuse_names
from exitline.errors import DataError, DesignError
from exitline.stats.data.sampling.calibration import Calibration
from exitline.stats.data.sampling.margins import (
    ALL,
    SOME,
    Margin,
    margins_named,
    parts_of,
    refuse_twice,
)
from exitline.stats.data.sampling.phases import TwoPhaseSampling
from exitline.stats.infer.weighting.auxiliaries import Coded, coded
from exitline.stats.infer.weighting.sample import FACTOR, WeightGroups

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.weighting.keyed import GroupKey

    Floats = NDArray[np.float64]

UNITS = ("first", "second")


def margins_of_first_phase(totals: Any) -> tuple[Margin, ...]:
    """Margins whose totals are left empty, for the first phase has them.

    Parameters
    ----------
    totals : mapping
        From a column, or several, to ``{}``: their levels; from a column of numbers, or
        "(all)", to None: their total.

    Raises
    ------
    DesignError
        For totals that are given.

    Examples
    --------
    >>> [m.kind for m in margins_of_first_phase({"zone": {}, "children": None, "(all)": None})]
    ['levels', 'number', 'all']
    """
    if (
        not isinstance(totals, Mapping)
        or not totals
        or any(v not in ({}, None) for v in totals.values())
    ):
        raise DesignError(
            "a second phase is calibrated to the totals of the first", where="totals",
            expected='totals that are left empty: {"zone": {}, "children": None}',
            got="numbers" if totals else "no margin",
            remedy="leave them empty; to calibrate to a census, take the second phase as the "
            "sample",
        )  # fmt: skip
    return margins_without_totals(totals)


def named_in_texts(
    levels: Sequence[str], numeric: Sequence[str]
) -> dict[tuple[str, ...], dict[str, float] | None]:
    """Margins without totals, from texts: columns with commas between them are crossed.

    Parameters
    ----------
    levels : sequence of str
    numeric : sequence of str

    Examples
    --------
    >>> named_in_texts(["zone", "zone,sex"], ["children"])
    {('zone',): {}, ('zone', 'sex'): {}, ('children',): None}
    """
    return margins_named([parts_of(text) for text in levels], numeric)


def margins_without_totals(named: Mapping[Any, Any]) -> tuple[Margin, ...]:
    """Margins by name alone: the data tell the rest.

    Parameters
    ----------
    named : mapping
        As in `margins_of_first_phase`.

    Examples
    --------
    >>> [m.name for m in margins_without_totals({("zone", "sex"): {}, "children": None})]
    ['zone,sex', 'children']
    """
    found: list[Margin] = []
    for name, value in named.items():
        columns = (name,) if isinstance(name, str) else tuple(name)
        if value not in ({}, None):
            raise DesignError(
                "a margin that the data tell has a total", where=f"margin '{','.join(columns)}'",
                expected="empty braces for the levels of columns, None for a column of numbers",
                got="something else", remedy='for instance {"zone": {}, "age": None}',
            )  # fmt: skip
        everyone = columns == (ALL,)
        levels: Mapping[Any, float] = SOME if value == {} and not everyone else {}
        found.append(Margin(() if everyone else columns, levels, 0.0))
    refuse_twice(found)
    return tuple(found)


def to_first_phase(
    source: Source, design: Design, model: Calibration, keys: Sequence[GroupKey], running: Engine
) -> tuple[pa.Table, tuple[GroupKey, ...]]:
    """The rows in groups: by what a factor depends on, and by the second phase.

    Parameters
    ----------
    source : Source
    design : Design
    model : Calibration
    keys : sequence of GroupKey
        Of the factor.
    running : Engine

    Returns
    -------
    pyarrow.Table, tuple of GroupKey
        The groups of all rows, and all keys; the last says who was drawn again.
    """
    from exitline.stats.data.studies.uses import narrowed

    if source.names is not None:
        refuse_names([str(model.calibrated)], source.names)
    own = tuple(c for c in model.columns if c != model.calibrated)
    table = running.attach(narrowed(source, [own, design.columns]), "households")
    refuse_names([str(model.calibrated)], table.columns)
    return groups_of_phases(table, design, model, keys, running)


def groups_of_phases(
    table: Any, design: Design, model: Calibration, keys: Sequence[GroupKey], running: Engine
) -> tuple[pa.Table, tuple[GroupKey, ...]]:
    """As `to_first_phase`, of a table on an engine."""
    from exitline.stats.infer.weighting.usable import refuse_unusable_groups
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.keyed import GroupKey, groups
    from exitline.stats.measure.weighting.phases import FIRST, SECOND, with_phases

    drawn = design.sampling
    assert isinstance(drawn, TwoPhaseSampling)
    strata = drawn.second.strata_columns
    cells = [GroupKey(strata if len(strata) > 1 else strata[0])] if strata else []
    every = (*keys, *cells, GroupKey(drawn.second.selected, "number"))
    own = [c for c in model.columns if c != model.calibrated]
    require_usable([*own, *design.columns], table)
    table, _ = with_phases(table, design, running.run)
    ranges = dict(zip(UNITS, (FIRST, SECOND), strict=True))
    found = running.run(groups(table, every, design.weight, ranges=ranges))
    refuse_unusable_groups(found, every, design.weight)
    return found, every


def with_totals(
    model: Calibration,
    grouped: pa.Table,
    keys: Sequence[GroupKey],
    labels: Mapping[str, Mapping[Any, str]],
) -> Calibration:
    """The model with the totals of the first phase.

    Parameters
    ----------
    model : Calibration
    grouped : pyarrow.Table
        From `to_first_phase`.
    keys : sequence of GroupKey
    labels : mapping
        By column: what its values mean.
    """
    from exitline.stats.measure.weighting.keyed import key_name

    at = {(key.column, key.kind): key_name(i) for i, key in enumerate(keys)}
    weight = grouped.column("weight").to_numpy()
    numbers = {c: grouped.column(at[c, "number"]).to_numpy() for c in model.numbers}
    codes = {c: coded(grouped.column(at[c, "code"]), labels.get(c, {})) for c in model.categories}
    # a number belongs to each row of a group, and the weights are those of all its rows
    counted = weight * numbers[model.size] if model.size else weight
    margins = []
    for margin in model.margins:
        levels: dict[Any, float] = {}
        if margin.kind == "levels":
            levels = _levels([codes[c] for c in margin.columns], counted)
            total = sum(levels.values())
        else:
            of = weight * numbers[margin.columns[0]] if margin.columns else counted
            total = float(of.sum())
        margins.append(Margin(margin.columns, levels, total))
    return replace(model, margins=tuple(margins))


def _levels(each: Sequence[Coded], weight: Floats) -> dict[tuple[str, ...], float]:
    """Sums of weights by the crossing of columns."""
    crossed = np.column_stack([one.codes for one in each])
    kinds, code = np.unique(crossed, axis=0, return_inverse=True)
    sums = np.bincount(code.reshape(-1), weights=weight)
    return {
        tuple(one.values[i] for one, i in zip(each, kind, strict=True)): float(total)
        for kind, total in zip(kinds, sums, strict=True)
    }


def second_phase_groups(
    grouped: pa.Table,
    keys: Sequence[GroupKey],
    model: Calibration,
    labels: Mapping[str, Mapping[Any, str]],
) -> tuple[WeightGroups, Floats, Floats]:
    """The second phase in groups, with weights from units of both phases.

    Returns
    -------
    WeightGroups, bool array, float array
        Which of all groups were drawn again, and what their weights are multiplied by first.
    """
    import pyarrow as pa

    from exitline.stats.measure.weighting.keyed import key_name

    chosen = grouped.column(key_name(len(keys) - 1)).to_numpy() == 1.0
    first, second = (grouped.column(f"{name}_min").to_numpy() for name in UNITS)
    if not chosen.any():
        raise DataError(
            "no row was drawn in the second phase", where="design.second_phase.selected",
            expected="rows on which it is true", got="none",
            remedy="name the column that says who was drawn again",
        )  # fmt: skip
    times = np.where(chosen, first / np.maximum(second, 1.0), 0.0)
    weight = grouped.column("weight").to_numpy() * times
    place = grouped.column_names.index("weight")
    part = grouped.set_column(place, "weight", pa.array(weight)).filter(pa.array(chosen))
    return WeightGroups.of(part, keys, model, labels), chosen, times


def all_factors(
    grouped: pa.Table, keys: Sequence[GroupKey], chosen: Floats, times: Floats, factor: Floats
) -> pa.Table:
    """The keys of all groups with their factors; 0 for those that were not drawn again."""
    import pyarrow as pa

    from exitline.stats.measure.weighting.keyed import key_name

    found = times.copy()
    found[chosen] *= factor
    keyed = grouped.select([key_name(i) for i in range(len(keys))])
    return keyed.append_column(FACTOR, pa.array(found))
