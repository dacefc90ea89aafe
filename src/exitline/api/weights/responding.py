"""Weights of those who responded, made to stand for those who did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.weights.adjusting import Adjusted, grouped_for
from exitline.api.weights.first_phase import margins_without_totals, with_totals
from exitline.errors import DesignError, ExitlineError
from exitline.stats.data.sampling.calibration import Calibration
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.sampling.margins import Margin
from exitline.stats.data.source import open_source
from exitline.stats.infer.weighting.auxiliaries import Coded
from exitline.stats.infer.weighting.propensities import propensities
from exitline.stats.infer.weighting.sample import WeightGroups, of_replicate
from exitline.stats.infer.weighting.trimming import passed_on

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.weighting.keyed import GroupKey

    Floats = NDArray[np.float64]

PROPENSITY = "response_propensity"


def adjust_nonresponse(
    data: Any,
    design: Design,
    responded: str,
    classes: str | Sequence[str] | None = None,
    *,
    predictors: Mapping[Any, Any] | None = None,
    name: str = "adjusted_weight",
    propensity: str = PROPENSITY,
    engine: str | Engine = "duckdb",
) -> Adjusted:
    """Let respondents stand for those who did not respond: within classes, or by a logit.

    Respondents of a class are multiplied by the sum of all weights over that of respondents; or
    each respondent by one over the propensity to respond, which a logit of the predictors (with
    the design's weights) estimates. Others get the weight zero, which figures leave out. The
    design that comes back knows how: standard errors take in that the factors are estimated, from
    the whole sample, which must stay in the data. Replicate weights are adjusted each.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        Everyone who was sampled and is eligible.
    design : Design
    responded : str
        Column of true or false, or 1 or 0.
    classes : str or sequence of str, optional
        Column of the classes; several are crossed.
    predictors : mapping, optional
        Instead of classes, of the logit: columns of categories with ``{}``, several of them to
        cross them, columns of numbers with None: ``{"zone": {}, ("zone", "urban"): {}, "age":
        None}``. All are known of everyone who was sampled.
    name : str
        The new column of weights.
    propensity : str
        With predictors, the new column of propensities, which standard errors need.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Adjusted

    Raises
    ------
    DataError
        For a class, or a predictor's level, without respondents, predictors that tell respondents
        from others without error, or values that are missing.
    DesignError
        For classes and predictors at once, or neither.

    References
    ----------
    Little (1986), International Statistical Review 54, 139-157. Kim and Kim (2007), Canadian
    Journal of Statistics 35, 501-514 (the variance). Beaumont (2005), Survey Methodology 31,
    81-86 (logits).

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"zone": list("aaab"), "here": [1, 1, 0, 1], "w": 10.0})
    >>> found = adjust_nonresponse(homes, Design(weight="w"), "here", "zone")
    >>> found.to_pandas()["adjusted_weight"].tolist()
    [15.0, 15.0, 0.0, 10.0]
    >>> homes = pd.DataFrame({"age": [20, 20, 40, 40, 60, 60], "here": [1, 0, 1, 0, 1, 1]})
    >>> found = adjust_nonresponse(homes, Design(), "here", predictors={"age": None})
    >>> found.to_pandas()["response_propensity"].round(3).tolist()
    [0.397, 0.397, 0.706, 0.706, 0.897, 0.897]
    """
    design.sampling.in_one_phase("an adjustment for non-response")
    if design.calibration is not None:
        raise DesignError(
            "calibrated weights are not passed on", where="design.calibration",
            expected="weights before calibration", got="a calibration",
            remedy="adjust for non-response first, and calibrate what comes out",
        )  # fmt: skip
    source = open_source(data)
    design = design.matching(tuple(source.names or ()))
    again = design.replicates
    model = response_model(responded, classes, predictors)
    model = replace(model, weight=design.weight, calibrated=name)
    own = (name, *(f"{name}_{i + 1}" for i in range(len(again))))
    new = own
    if model.propensity is not None:
        model, new = replace(model, propensity=propensity), (*own, propensity)
    keys = response_keys(model)
    reading = replace(model, calibrated=None, propensity=None)
    # replicates and a calibration are not one design: what is read is told in two parts
    uses = Design(design.weight, calibration=reading)
    source, found = grouped_for(source, uses, keys, new, engine, again)
    made = found_response(found, keys, model, source.labels, again)
    table = made.keyed
    for column, values in zip(new, (*made.factors, made.propensity), strict=False):
        table = table.append_column(column, _array(values))
    kept = made.factors[0][made.answered]
    return Adjusted(
        source, engine, keys, table, {one: one for one in new}, None, (),
        design.reweighted(name, own[1:], made.model),
        (float(kept.min()), float(kept.max())), made.left_out, made.spread,
        weights=_times(own, (design.weight, *again)),
    )  # fmt: skip


def _times(new: Sequence[str], of: Sequence[str | None]) -> dict[str, str]:
    """The weights that new columns are multiples of."""
    return {name: weight for name, weight in zip(new, of, strict=True) if weight is not None}


def _array(values: Floats) -> pa.Array:
    """An array of the engine's."""
    import pyarrow as pa

    return pa.array(values)


def response_model(
    responded: str, classes: str | Sequence[str] | None, predictors: Mapping[Any, Any] | None
) -> Calibration:
    """What respondents' weights depend on, before any is known.

    Parameters
    ----------
    responded : str
    classes, predictors
        As in `adjust_nonresponse`: one of them.

    Returns
    -------
    Calibration
        Its levels are to be found in the data.

    Examples
    --------
    >>> response_model("here", "zone", None).columns
    ('zone', 'here')
    """
    if bool(classes) == bool(predictors):
        raise DesignError(
            "weights are adjusted within classes, or by predictors", where="classes, predictors",
            expected="one of the two", got="both" if classes else "neither",
            remedy='for instance classes=["zone", "urban"], or '
            'predictors={"zone": {}, "age": None}',
        )  # fmt: skip
    if classes:
        names = (classes,) if isinstance(classes, str) else tuple(classes)
        return Calibration(margins_without_totals({names: {}}), responded=responded)
    assert predictors is not None
    everyone = () if "(all)" in predictors else (Margin((), {}, 0.0),)
    margins = (*everyone, *margins_without_totals(predictors))
    return Calibration(margins, responded=responded, propensity=PROPENSITY)


def adjusted_before(
    design: Design,
    responded: str,
    base: str | None,
    *,
    classes: str | Sequence[str] | None = None,
    predictors: Mapping[Any, Any] | None = None,
    propensity: str = PROPENSITY,
) -> Design:
    """A design whose weight was adjusted for non-response before.

    Parameters
    ----------
    design : Design
        Its `weight` is the adjusted one.
    responded : str
    base : str or None
        Column of the weights before; None where every row counted once.
    classes, predictors, propensity
        As in `adjust_nonresponse`, then.

    Returns
    -------
    Design

    Examples
    --------
    >>> adjusted_before(Design("aw"), "here", "w", classes="zone").columns
    ('aw', 'w', 'zone', 'here')
    """
    model = response_model(responded, classes, predictors)
    named = propensity if model.propensity is not None else None
    model = replace(model, weight=base, calibrated=design.weight, propensity=named)
    return replace(design, calibration=model)


def response_keys(model: Calibration) -> tuple[GroupKey, ...]:
    """What a weight depends on; whether a row responded is the last."""
    from exitline.stats.measure.weighting.keyed import GroupKey

    return (
        *(GroupKey(one) for one in model.categories),
        *(GroupKey(one, "number") for one in model.numbers),
        GroupKey(str(model.responded), "number"),
    )


@dataclass(frozen=True)
class FoundResponse:
    """Factors of weights, by group of rows.

    Attributes
    ----------
    model : Calibration
        With the levels that the data have.
    keyed : pyarrow.Table
        The values of the keys.
    answered : bool array, shape (groups,)
    factors : tuple of float array, shape (groups,)
        Of the weight, and of each replicate.
    propensity : float array, shape (groups,)
        Without predictors the share of a class that responded.
    left_out : int
        Rows that did not respond.
    """

    model: Calibration
    keyed: pa.Table
    answered: NDArray[np.bool_]
    factors: tuple[Floats, ...]
    propensity: Floats
    left_out: int

    @property
    def spread(self) -> tuple[float, ...]:
        """Smallest and largest propensity of a logit."""
        if self.model.propensity is None:
            return ()
        return float(self.propensity.min()), float(self.propensity.max())


def found_response(
    found: pa.Table,
    keys: Sequence[GroupKey],
    model: Calibration,
    labels: Mapping[str, Mapping[Any, str]],
    replicates: Sequence[str] = (),
) -> FoundResponse:
    """The factors of groups of rows.

    Parameters
    ----------
    found : pyarrow.Table
        From `exitline.stats.measure.weighting.keyed.groups`, with sums of replicates.
    keys : sequence of GroupKey
        From `response_keys`.
    model : Calibration
    labels : mapping
        By column: what its values mean.
    replicates : sequence of str
        What the replicates are called.
    """
    from exitline.stats.measure.weighting.keyed import key_name
    from exitline.stats.measure.weighting.phases import no_answers

    answer = found.column(key_name(len(keys) - 1)).to_numpy()
    if not np.isin(answer, (0.0, 1.0)).all():
        raise no_answers(str(model.responded), "other numbers")
    model = with_totals(model, found, keys, labels)
    zero = tuple(replace(m, levels=dict.fromkeys(m.levels, 0.0), total=0.0) for m in model.margins)
    model = replace(model, margins=zero)
    groups = WeightGroups.of(found, keys, model, labels)
    n, answered = found.column("n").to_numpy().astype(np.float64), answer == 1
    fitted = [_fitted(groups, answered, groups.weight, n, model)]
    for i, name in enumerate(replicates):
        try:
            fitted.append(_fitted(groups, answered, groups.replicates[:, i], n, model))
        except ExitlineError as reason:
            raise of_replicate(reason, name) from reason
    keyed = found.select([key_name(i) for i in range(len(keys))])
    return FoundResponse(
        model, keyed, answered, tuple(factor for factor, _ in fitted), fitted[0][1],
        int(n[~answered].sum()),
    )  # fmt: skip


def _fitted(
    groups: WeightGroups, answered: NDArray[np.bool_], weight: Floats, n: Floats, model: Calibration
) -> tuple[Floats, Floats]:
    """The factor of each group, and its propensity."""
    if model.propensity is not None:
        chance = propensities(groups.x, answered, weight, groups.names)
        return np.where(answered, 1.0 / chance, 0.0), chance
    code = np.argmax(groups.x, axis=1)
    names = tuple(one.level for one in groups.names)
    factor = passed_on(code, answered, weight, n, Coded(code, names, names))
    return factor, np.divide(1.0, factor, out=np.zeros_like(factor), where=factor > 0)
