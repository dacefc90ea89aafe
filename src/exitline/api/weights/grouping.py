"""The rows of a calibration in groups: one for each factor that there is to find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exitline.api.weights.reweighted import refuse_names
from exitline.stats.infer.weighting.sample import REPLICATE

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.weighting.calibrating import FactorBounds
    from exitline.stats.measure.weighting.keyed import GroupKey


def factor_keys(model: Calibration, limits: FactorBounds) -> tuple[GroupKey, ...]:
    """What a factor depends on."""
    from exitline.stats.measure.weighting.keyed import GroupKey

    codes = dict.fromkeys((*model.within, *model.categories))
    weights = (model.weight,) if limits.of == "weights" and model.weight else ()
    numbers = dict.fromkeys((*model.numbers, *weights))
    return tuple(GroupKey(c) for c in codes) + tuple(GroupKey(c, "number") for c in numbers)


def calibration_uses(model: Calibration, replicates: Sequence[str]) -> Any:
    """How the columns are read."""
    from exitline.stats.data.studies.uses import role_uses

    return role_uses(
        numeric=(model.weight, *model.numbers, *replicates),
        code=(*model.within, *model.categories),
    )  # fmt: skip


def grouped_rows(
    source: Source,
    model: Calibration,
    keys: Sequence[GroupKey],
    running: Engine,
    new: Sequence[str],
    replicates: Sequence[str],
) -> pa.Table:
    """The rows, grouped; refused where some cannot be used."""
    from exitline.stats.data.studies.uses import narrowed
    from exitline.stats.infer.weighting.usable import refuse_unusable_groups
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.keyed import groups

    if source.names is not None:
        refuse_names(new, source.names)
    table = running.attach(narrowed(source, [model.columns, tuple(replicates)]), "households")
    refuse_names(new, table.columns)
    own = [c for c in model.columns if c != model.calibrated]
    require_usable([*own, *replicates], table)
    sums = {f"{REPLICATE}{i}": column for i, column in enumerate(replicates)}
    grouped = running.run(groups(table, keys, model.weight, sums=sums))
    refuse_unusable_groups(grouped, keys, model.weight)
    return grouped
