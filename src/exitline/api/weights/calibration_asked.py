"""What is asked of a calibration: its margins; whether method, bounds and design go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from exitline.errors import DesignError, Faults
from exitline.stats.data.sampling.calibration import BoundsOf, Count, Regression
from exitline.stats.data.sampling.margins import COLUMNS, Margin, margins_from_rows, margins_of

if TYPE_CHECKING:
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
