"""The auxiliaries of a calibration, found in the data by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from exitline.stats.data.sampling.margins import SOME

if TYPE_CHECKING:
    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine


def auxiliary_table(
    table: Any,
    design: Design,
    engine: Engine,
    labels: Callable[[str], Mapping[Any, str]] = lambda _: {},
) -> tuple[Any, Design]:
    """The rows with a column for each auxiliary of the design's calibration.

    Parameters
    ----------
    table : ibis.Table
    design : Design
        With a calibration.
    engine : Engine
    labels : callable
        From a column to what its values mean: levels may be named by them.

    Returns
    -------
    ibis.Table, Design
        The design has the levels that the data have, where it had none.
    """
    from exitline.stats.infer.intake.codes import as_text
    from exitline.stats.infer.intake.naming import shown_names
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.auxiliaries import levels_of, with_auxiliaries

    model = design.calibration
    assert model is not None
    require_usable(model.columns, table)
    resolved: dict[str, dict[Any, Any]] = {}
    texts: dict[str, dict[str, Any]] = {}
    for column in model.categories:
        found = engine.run(levels_of(table, column)).column("level").to_pylist()
        values = {as_text(value): value for value in found if value is not None}
        texts[column] = values
    model = _with_levels(model, texts)
    for column, values in texts.items():
        names = shown_names(tuple(values), labels(column))
        known = dict(zip(names, values.values(), strict=True)) | values
        place = [(m, m.columns.index(column)) for m in model.margins if column in m.columns]
        parts = {level[i] for margin, i in place for level in margin.levels}
        resolved[column] = {part: known.get(as_text(part)) for part in parts}
    design = replace(design, calibration=model)
    return with_auxiliaries(table, design, resolved), design


def _with_levels(model: Calibration, texts: Mapping[str, Mapping[str, Any]]) -> Calibration:
    """The model with the levels of the data, where it has none yet."""
    margins = tuple(
        replace(margin, levels=dict.fromkeys(product(*(texts[c] for c in margin.columns)), 0.0))
        if margin.levels == SOME
        else margin
        for margin in model.margins
    )
    return replace(model, margins=margins)
