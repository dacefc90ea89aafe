"""What is asked of a calibration: its margins; whether method, bounds and design go together.

Its auxiliaries are found in the data by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from exitline.errors import DesignError, Faults
from exitline.stats.data.sampling.calibration import BoundsOf, Count, Regression
from exitline.stats.data.sampling.margins import (
    COLUMNS,
    SOME,
    Margin,
    margins_from_rows,
    margins_of,
)

if TYPE_CHECKING:
    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.weighting.calibrating import FactorBounds


METHODS = ("poststratify", "raking", "linear", "logit")


def margins_asked(totals: Any, engine: str | Engine) -> tuple[Margin, ...]:
    """Margins from a mapping, a file or a table."""
    if isinstance(totals, Mapping) or not totals_table(totals):
        return margins_of(totals)
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session
    from exitline.stats.measure.passes.plan import require_columns

    source = open_source(totals).using(role_uses(numeric=("total",), code=("margin", "level")))
    with session(engine) as running:
        table = running.attach(source, "totals")
        require_columns(COLUMNS, table.columns)
        return margins_from_rows(running.run(table.select(*COLUMNS)).to_pylist())


def totals_table(totals: Any) -> bool:
    """Whether totals are a file or a table, rather than numbers without names."""
    from exitline.stats.data.scannable import Source

    return isinstance(totals, str | Path | Source) or hasattr(totals, "columns")


def check_calibration(
    design: Design,
    margins: Sequence[Margin],
    method: str,
    limits: FactorBounds,
    count: str,
    regression: str,
) -> None:
    """Refuse methods, bounds and designs that do not fit together."""
    faults = Faults()
    named = {
        "method": (method, METHODS), "bounds_of": (limits.of, get_args(BoundsOf)),
        "count": (count, get_args(Count)), "regression": (regression, get_args(Regression)),
    }  # fmt: skip
    for where, (given, known) in named.items():
        if given not in known:
            faults.add(unfit(where, "one of " + ", ".join(known), repr(given)))
    faults.raise_all()
    _check_method(margins, method, limits, faults)
    if count == "persons" and design.size is None:
        faults.add(unfit("count", "design.size, the persons in a household", "no size"))
    if design.calibration is not None and design.calibration.responded is None:
        faults.add(unfit("design", "weights that are not calibrated yet", "a calibration"))
    if design.exact:
        faults.add(unfit("design", "a sample", "a census"))
    faults.raise_all()


def _check_method(
    margins: Sequence[Margin], method: str, limits: FactorBounds, faults: Faults
) -> None:
    """Margins and bounds that do not go with a method."""
    if method == "poststratify" and (len(margins) != 1 or margins[0].kind != "levels"):
        got = ", ".join(f"'{m.name}' ({m.kind})" for m in margins)
        faults.add(unfit("method", "one margin of levels to post-stratify by; cross several "
                          "columns, or use raking", got))  # fmt: skip
    if limits.given and method == "poststratify":
        faults.add(unfit("bounds", "no bounds with poststratify", "bounds"))
    around = limits.of == "factors"
    if not limits.low < limits.high or (around and not limits.low < 1.0 < limits.high):
        faults.add(unfit("bounds", "a lower and an upper limit" + (" around 1" if around else ""),
                          f"({limits.low:g}, {limits.high:g})"))  # fmt: skip


def unfit(where: str, expected: str, got: str) -> DesignError:
    """The error for an argument that does not fit."""
    return DesignError(
        f"a calibration cannot be made with this {where.replace('_', ' ')}", where=where,
        expected=expected, got=got, remedy="see docs/weights.md",
    )  # fmt: skip


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
