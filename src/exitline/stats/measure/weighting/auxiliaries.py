"""The auxiliaries of a calibration as columns, and their sums with everything that is summed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis

from exitline.stats.measure import portable

if TYPE_CHECKING:
    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.sampling.margins import Level

Resolved = Mapping[str, Mapping[str, Any]]
"""By column of categories: what a level is called, and the value that the data have for it."""


def auxiliary_columns(design: Design) -> tuple[str, ...]:
    """Columns of calibrated weight x auxiliary, which are summed by PSU.

    Parameters
    ----------
    design : Design

    Examples
    --------
    >>> from exitline.stats.data.sampling.design import Design
    >>> auxiliary_columns(Design())
    ()
    """
    return _columns(design, "auxiliary")


def regressor_columns(design: Design) -> tuple[str, ...]:
    """Columns of auxiliary x given weight / (calibrated weight x variance); see `Calibration`.

    A weighted value times one of them is what the regression on the auxiliaries sums.

    Parameters
    ----------
    design : Design
    """
    return _columns(design, "regressor")


def gram_columns(design: Design) -> tuple[str, ...]:
    """Columns that the regressors are summed with: the auxiliaries; where weights were passed on,
    those of the respondents alone.

    Parameters
    ----------
    design : Design
    """
    passed_on = design.calibration is not None and design.calibration.responded
    return _columns(design, "gram" if passed_on else "auxiliary")


def _columns(design: Design, name: str) -> tuple[str, ...]:
    many = design.calibration.size_of_model if design.calibration is not None else 0
    return tuple(f"exitline__{name}{i}" for i in range(many))


def levels_of(table: Any, column: str) -> Any:
    """The query: the distinct values of a column of categories."""
    return table.select(level=portable.key(table[column])).distinct()


def with_auxiliaries(table: Any, design: Design, resolved: Resolved) -> Any:
    """The rows with the columns of `auxiliary_columns` and `regressor_columns`.

    Parameters
    ----------
    table : ibis.Table
    design : Design
        With a calibration.
    resolved : mapping
        The values of levels, by column and by name.

    Returns
    -------
    ibis.Table
    """
    model = design.calibration
    assert model is not None
    one = ibis.literal(1.0)
    given = portable.number(table[model.weight]) if model.weight else one
    final = portable.number(table[model.calibrated]) if model.calibrated else one
    variance = portable.number(table[model.variance]) if model.variance else one
    values = _values(table, model, resolved)
    if model.responded:
        return _of_respondents(table, design, values, (given, final.fill_null(0.0)))
    if model.within:
        values, variance = _means(table, model, given, [*values, variance])
    weight = given if model.regression == "weighted" else one
    share = portable.divide(weight, final * variance)
    new = dict(zip(auxiliary_columns(design), (final * x for x in values), strict=True))
    new |= dict(zip(regressor_columns(design), (share * x for x in values), strict=True))
    return table.mutate(**new)


def _of_respondents(table: Any, design: Design, values: list[Any], weights: tuple[Any, Any]) -> Any:
    """The columns where weights of those who did not respond were passed on.

    A figure's influence takes in that of the estimated factors (Kim and Kim 2007, Canadian Journal
    of Statistics 35): w r y/p - w (r - p) x'B, where B regresses y on x over respondents with the
    weights w r (1 - p)/p, and its square is the information of the logit, sum of w p (1 - p) x x'.
    Within classes p is the share that responded, and B a mean: 1 - p cancels out.
    """
    model = design.calibration
    assert model is not None
    given, kept = weights
    p = 1.0 if model.propensity is None else portable.number(table[model.propensity])
    short = 1.0 if model.propensity is None else 1.0 - p
    gram = kept if model.propensity is None else given * p
    new: dict[str, Any] = {}
    for i, x in enumerate(values):
        new[auxiliary_columns(design)[i]] = (kept - given) * p * x
        new[regressor_columns(design)[i]] = x * short
        new[gram_columns(design)[i]] = gram * x
    return table.mutate(**new)


def _values(table: Any, model: Calibration, resolved: Resolved) -> list[Any]:
    """The value of each auxiliary on a row, in the order of margins and levels."""
    each = portable.number(table[model.size]) if model.size else ibis.literal(1.0)
    found: list[Any] = []
    for margin in model.margins:
        if margin.kind == "number":
            found.append(portable.number(table[margin.columns[0]]))
        elif margin.kind == "all":
            found.append(each)
        else:
            found += [
                ibis.ifelse(_at(table, margin.columns, level, resolved), each, 0.0)
                for level in margin.levels
            ]
    return found


def _at(table: Any, columns: tuple[str, ...], level: Level, resolved: Resolved) -> Any:
    """Whether a row is at a level."""
    inside = ibis.literal(True)
    for column, part in zip(columns, level, strict=True):
        value = resolved[column].get(part)
        key = portable.key(table[column])
        same = ibis.literal(False) if value is None else key == ibis.literal(value, key.type())
        inside = inside & same
    return inside.fill_null(False)


def _means(table: Any, model: Calibration, given: Any, values: list[Any]) -> tuple[list[Any], Any]:
    """Weighted means of auxiliaries, and of the variance, over rows that share a factor."""
    group = ibis.window(group_by=[portable.key(table[name]) for name in model.within])
    weight = given.sum().over(group)
    found = [(given * value).sum().over(group) / weight for value in values]
    return found[:-1], found[-1]
