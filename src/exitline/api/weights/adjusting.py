"""Weights trimmed at limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.weights.reweighted import Reweighted, refuse_names
from exitline.errors import DesignError
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.source import open_source
from exitline.stats.infer.weighting.sample import REPLICATE

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.weighting.keyed import GroupKey

NEW = "new"


@dataclass(frozen=True)
class Adjusted(Reweighted):
    """Rows with adjusted weights.

    Attributes
    ----------
    design : Design
        The given design with the adjusted weights.
    factors : tuple of float
        Smallest and largest adjusted weight over given weight, of rows that keep any.
    rows : int
        Rows whose weight was cut (trimming), or that did not respond.
    propensities : tuple of float
        Smallest and largest estimated propensity to respond; () without a logit.
    """

    design: Design = Design()  # noqa: RUF009 (frozen)
    factors: tuple[float, float] = (1.0, 1.0)
    rows: int = 0
    propensities: tuple[float, ...] = ()


def trim_weights(
    data: Any,
    design: Design,
    *,
    lower: float = 0.0,
    upper: float = float("inf"),
    strict: bool = False,
    name: str = "trimmed_weight",
    engine: str | Engine = "duckdb",
) -> Adjusted:
    """Cut weights at limits, and share what is cut off out alike among the other rows.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
    design : Design
        Its `weight` is trimmed. Where it is calibrated, standard errors are still those of the
        calibration's residuals, as in R; totals are no longer reached exactly.
    lower, upper : float
        Limits.
    strict : bool
        Repeat until no weight is outside: what is shared out may push others beyond.
    name : str
        The new column.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Adjusted

    Raises
    ------
    DesignError, DataError
        For limits without room for the sum of weights, or weights that cannot be used.

    References
    ----------
    Potter (1990), Proceedings of the Section on Survey Research Methods, ASA, 225-230; R's
    ``trimWeights``.

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"w": [1.0, 2.0, 9.0]})
    >>> trim_weights(homes, Design(weight="w"), upper=6).to_pandas()["trimmed_weight"].tolist()
    [2.5, 3.5, 6.0]
    """
    from exitline.stats.infer.weighting.trimming import trimmed
    from exitline.stats.measure.weighting.keyed import GroupKey, key_name

    design.sampling.in_stages("there is no column of weights to trim")
    if design.weight is None:
        raise DesignError(
            "there is no column of weights to trim", where="design.weight",
            expected="one column of weights", got="none", remedy="name the weight",
        )  # fmt: skip
    keys = (GroupKey(design.weight, "number"),)
    source, found = grouped_for(
        open_source(data), Design(), keys, (name,), engine, numeric=(design.weight,)
    )  # a calibrated weight may be below zero
    weight = found.column(key_name(0)).to_numpy()
    n = found.column("n").to_numpy().astype(np.float64)
    made = trimmed(weight, n, lower, upper, strict=strict)
    factor = made / weight
    return Adjusted(
        source, engine, keys, _with(found, keys, made), {name: NEW}, None, (),
        replace(design, weight=name), (float(factor.min()), float(factor.max())),
        int(n[(weight < lower) | (weight > upper)].sum()),
    )  # fmt: skip


def grouped_for(
    source: Source,
    design: Design,
    keys: tuple[GroupKey, ...],
    new: Sequence[str],
    engine: str | Engine,
    again: Sequence[str] = (),
    numeric: Sequence[str] = (),
) -> tuple[Source, pa.Table]:
    """The source, and its rows in groups, if all can be used.

    Parameters
    ----------
    source : Source
    design : Design
        The weight, and whatever else says how columns are read.
    keys : tuple of GroupKey
    new : sequence of str
        Columns that the data must not have yet.
    engine : {"duckdb", "spark"} or Engine
    again : sequence of str
        Further weights.
    numeric : sequence of str
        Other columns of numbers.
    """
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session
    from exitline.stats.infer.weighting.usable import refuse_unusable_groups
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.keyed import columns_of, groups
    from exitline.stats.measure.weighting.phases import other_answers

    source = source.using(role_uses(design, numeric=[*again, *numeric]))
    weight = design.weight
    columns = dict.fromkeys(c for key in keys for c in columns_of(key))
    with session(engine) as running:
        table = running.attach(source, "households")
        refuse_names(new, table.columns)
        require_usable([c for c in (weight, *columns, *again) if c is not None], table)
        if design.calibration is not None and design.calibration.responded is not None:
            other_answers(table, design.calibration.responded)  # refuses text
        sums = {f"{REPLICATE}{i}": column for i, column in enumerate(again)}
        found = running.run(groups(table, keys, weight, sums=sums))
    refuse_unusable_groups(found, keys, weight)
    return source, found


def _with(found: pa.Table, keys: tuple[GroupKey, ...], values: Any) -> pa.Table:
    """The keys with the new weights or factors."""
    import pyarrow as pa

    from exitline.stats.measure.weighting.keyed import key_name

    return found.select([key_name(i) for i in range(len(keys))]).append_column(
        NEW, pa.array(values)
    )
