"""A study's weights, made before anything is estimated: calibrated, or of those who responded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DesignError

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.prepare import Prepared
    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.data.studies.weights import CalibratedTo
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.weighting.calibrating import FactorBounds
    from exitline.stats.measure.weighting.keyed import GroupKey

    Columns = Mapping[str, tuple[str | None, str | None]]

WEIGHT, BASE = "weight", "exitline__base_weight"
CALIBRATED, PROPENSITY = "exitline__calibrated_weight", "exitline__propensity"


def with_made_weights(data: Prepared, engine: Engine) -> Prepared:
    """The study's rows with new weights, where the study says to make them.

    Parameters
    ----------
    data : Prepared
        With the model of the calibration, or of the response, in its design.
    engine : Engine

    Returns
    -------
    Prepared
        With the new weight as its weight, and a design that knows the weight before.

    Raises
    ------
    DataError, DesignError
        For totals that no weights reach, and propensities that cannot be estimated.
    """
    from exitline.api.weights.calibration_asked import check_calibration
    from exitline.stats.infer.weighting.calibrating import FactorBounds

    known, model = data.study.calibrated_to, data.design.calibration
    if model is None:
        return data
    if data.study.responding is not None:
        return _responding(data, model, engine)
    if known is None or not known.made:
        return data
    low, high = known.bounds or (-np.inf, np.inf)
    limits = FactorBounds(low, high, known.bounds_of)
    before = replace(data.design, calibration=None)
    check_calibration(before, model.margins, known.method, limits, model.count, model.regression)
    if known.totals is None:
        return _second_phase(data, model, (known, limits), engine)
    return _calibrated(data, model, (known, limits), engine)


def _calibrated(
    data: Prepared, model: Calibration, how: tuple[CalibratedTo, FactorBounds], engine: Engine
) -> Prepared:
    """Weights that add up to known totals."""
    from exitline.api.weights.grouping import factor_keys
    from exitline.stats.infer.weighting.sample import FACTOR, WeightGroups

    known, limits = how
    table, given = _with_base(data)
    model = replace(model, weight=BASE, calibrated=WEIGHT)
    keys = factor_keys(model, limits)
    grouped = _grouped(table, model, keys, given, engine)
    sample = WeightGroups.of(grouped, keys, model, data.sources["households"].labels)
    found = sample.solve(known.method, limits, 100)
    _refuse_below(found.factor, known)
    factors = sample.groups(found, np.empty((len(found.factor), 0)))
    own = tuple(keys[i] for i in sample.key_positions)
    rows = _joined(table, engine, factors, own, {WEIGHT: (FACTOR, BASE)})
    design = replace(data.design, weight=WEIGHT, calibration=model)
    return replace(data, table=rows, design=design)


def _second_phase(
    data: Prepared, model: Calibration, how: tuple[CalibratedTo, FactorBounds], engine: Engine
) -> Prepared:
    """Weights of a second phase that add up to the totals of the first."""
    from exitline.api.weights import first_phase
    from exitline.api.weights.grouping import factor_keys
    from exitline.stats.infer.weighting.sample import FACTOR

    known, limits = how
    labels = data.sources["households"].labels
    model = replace(model, weight=data.design.weight, calibrated=CALIBRATED)
    before = replace(data.design, calibration=None)
    grouped, keys = first_phase.groups_of_phases(
        data.table, before, model, factor_keys(model, limits), engine
    )
    model = replace(first_phase.with_totals(model, grouped, keys, labels), weight=None)
    sample, chosen, times = first_phase.second_phase_groups(grouped, keys, model, labels)
    found = sample.solve(known.method, limits, 100)
    _refuse_below(found.factor, known)
    factors = first_phase.all_factors(grouped, keys, chosen, times, found.factor)
    rows = _joined(data.table, engine, factors, keys, {CALIBRATED: (FACTOR, data.design.weight)})
    return replace(data, table=rows, design=replace(before, calibration=model))


def _responding(data: Prepared, model: Calibration, engine: Engine) -> Prepared:
    """Weights of respondents that stand for everyone who was sampled."""
    import pyarrow as pa

    from exitline.api.weights.responding import found_response, response_keys
    from exitline.stats.infer.weighting.sample import FACTOR

    table, given = _with_base(data)
    named = PROPENSITY if model.propensity is not None else None
    model = replace(model, weight=BASE, calibrated=WEIGHT, propensity=named)
    keys = response_keys(model)
    grouped = _grouped(table, replace(model, propensity=None), keys, given, engine)
    made = found_response(grouped, keys, model, data.sources["households"].labels)
    factors = made.keyed.append_column(FACTOR, pa.array(made.factors[0]))
    new: dict[str, tuple[str | None, str | None]] = {WEIGHT: (FACTOR, BASE)}
    if named is not None:
        factors = factors.append_column(named, pa.array(made.propensity))
        new[named] = (named, None)
    rows = _joined(table, engine, factors, keys, new)
    return replace(
        data, table=rows, design=replace(data.design, weight=WEIGHT, calibration=made.model)
    )


def _with_base(data: Prepared) -> tuple[Any, str | None]:
    """The rows with the weight before, and what it is called."""
    from exitline.stats.measure import portable

    given = data.design.weight
    one = portable.number(data.table[given]) if given else 1.0
    return data.table.mutate(**{BASE: one}), given


def _grouped(
    table: Any, model: Calibration, keys: Sequence[GroupKey], given: str | None, engine: Engine
) -> pa.Table:
    """The rows in groups; refused where some cannot be used."""
    from exitline.stats.infer.weighting.usable import refuse_unusable_groups
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.keyed import groups
    from exitline.stats.measure.weighting.phases import other_answers

    require_usable([c for c in model.columns if c != WEIGHT], table)
    if model.responded is not None:
        other_answers(table, model.responded)  # refuses text
    grouped = engine.run(groups(table, keys, BASE))
    refuse_unusable_groups(grouped, keys, given)
    return grouped


def _joined(
    table: Any, engine: Engine, factors: pa.Table, keys: Sequence[GroupKey], new: Columns
) -> Any:
    """The rows with new columns."""
    from exitline.api.weights.reweighted import attached_groups
    from exitline.stats.measure.weighting.keyed import joined

    kept = [name for name in table.columns if name not in new]
    return joined(table, attached_groups(engine, factors), keys, new, kept)


def _refuse_below(factor: Any, known: CalibratedTo) -> None:
    """Refuse weights that no estimate takes."""
    if np.any(factor <= 0):
        raise DesignError(
            "calibrated weights fall to zero or below", where=known.where,
            expected="weights above zero, which every estimate needs",
            got=f"{int(np.count_nonzero(factor <= 0)):,} groups of rows with others",
            remedy="use method: raking, or logit with bounds",
        )  # fmt: skip
