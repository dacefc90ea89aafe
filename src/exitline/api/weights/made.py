"""A study's weights, calibrated before anything is estimated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DesignError

if TYPE_CHECKING:
    from exitline.stats.data.prepare import Prepared
    from exitline.stats.engine.base import Engine

WEIGHT, BASE = "weight", "exitline__base_weight"


def with_made_weights(data: Prepared, engine: Engine) -> Prepared:
    """The study's rows with calibrated weights, where the study says to calibrate them.

    Parameters
    ----------
    data : Prepared
        With the model of the calibration in its design.
    engine : Engine

    Returns
    -------
    Prepared
        With the calibrated weight as its weight, and a design that knows the weight before.

    Raises
    ------
    DataError, DesignError
        For totals that no weights reach.
    """
    known, model = data.study.calibrated_to, data.design.calibration
    if known is None or not known.made or model is None:
        return data
    from exitline.api.weights.calibrating import check_calibration, factor_keys
    from exitline.api.weights.reweighted import attached_groups
    from exitline.stats.infer.weighting.calibrating import FactorBounds
    from exitline.stats.infer.weighting.sample import FACTOR, WeightGroups
    from exitline.stats.infer.weighting.usable import refuse_unusable_groups
    from exitline.stats.measure import portable
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.keyed import groups, joined

    before = replace(data.design, calibration=None)
    low, high = known.bounds or (-np.inf, np.inf)
    limits = FactorBounds(low, high, known.bounds_of)
    check_calibration(before, model.margins, known.method, limits, model.count, model.regression)
    given = before.weight
    one = portable.number(data.table[given]) if given else 1.0
    table = data.table.mutate(**{BASE: one})
    model = replace(model, weight=BASE, calibrated=WEIGHT)
    require_usable([c for c in model.columns if c != WEIGHT], table)
    keys = factor_keys(model, limits)
    grouped = engine.run(groups(table, keys, BASE))
    refuse_unusable_groups(grouped, keys, given)
    labels = data.sources["households"].labels
    sample = WeightGroups.of(grouped, keys, model, labels)
    found = sample.solve(known.method, limits, 100)
    if np.any(found.factor <= 0):
        raise DesignError(
            "calibrated weights fall to zero or below", where=known.where,
            expected="weights above zero, which every estimate needs",
            got=f"{int(np.count_nonzero(found.factor <= 0)):,} groups of rows with others",
            remedy="use method: raking, or logit with bounds",
        )  # fmt: skip
    factors = attached_groups(engine, sample.groups(found, np.empty((len(found.factor), 0))))
    own = tuple(keys[i] for i in sample.key_positions)
    kept = [name for name in table.columns if name != WEIGHT]
    rows = joined(table, factors, own, {WEIGHT: (FACTOR, BASE)}, kept)
    return replace(data, table=rows, design=replace(before, weight=WEIGHT, calibration=model))
