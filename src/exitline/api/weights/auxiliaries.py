"""The auxiliaries of a calibration, found in the data by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine


def auxiliary_table(
    table: Any,
    design: Design,
    engine: Engine,
    labels: Callable[[str], Mapping[Any, str]] = lambda _: {},
) -> Any:
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
    ibis.Table

    """
    from exitline.stats.infer.intake.codes import as_text
    from exitline.stats.infer.intake.naming import shown_names
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.auxiliaries import levels_of, with_auxiliaries

    model = design.calibration
    assert model is not None
    require_usable(model.columns, table)
    resolved: dict[str, dict[Any, Any]] = {}
    for column in model.categories:
        found = engine.run(levels_of(table, column)).column("level").to_pylist()
        values = {as_text(value): value for value in found if value is not None}
        names = shown_names(tuple(values), labels(column))
        known = dict(zip(names, values.values(), strict=True)) | values
        place = [(m, m.columns.index(column)) for m in model.margins if column in m.columns]
        parts = {level[i] for margin, i in place for level in margin.levels}
        resolved[column] = {part: known.get(as_text(part)) for part in parts}
    return with_auxiliaries(table, design, resolved)
