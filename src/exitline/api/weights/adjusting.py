"""Weights trimmed, and weights of those who did not respond passed on within classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.api.weights.reweighted import Reweighted, refuse_names
from exitline.errors import DataError, DesignError
from exitline.stats.data.sampling.calibration import Calibration
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.sampling.margins import Margin
from exitline.stats.data.source import open_source
from exitline.stats.infer.weighting.auxiliaries import Coded, coded
from exitline.stats.infer.weighting.sample import REPLICATE
from exitline.stats.infer.weighting.trimming import passed_on

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
    """

    design: Design = Design()  # noqa: RUF009 (frozen)
    factors: tuple[float, float] = (1.0, 1.0)
    rows: int = 0


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
    source, found = _grouped(data, None, keys, (design.weight,), None, (name,), engine)
    weight = found.column(key_name(0)).to_numpy()
    n = found.column("n").to_numpy().astype(np.float64)
    made = trimmed(weight, n, lower, upper, strict=strict)
    factor = made / weight
    return Adjusted(
        source, engine, keys, _with(found, keys, made), {name: NEW}, None, (),
        replace(design, weight=name), (float(factor.min()), float(factor.max())),
        int(n[(weight < lower) | (weight > upper)].sum()),
    )  # fmt: skip


def adjust_nonresponse(
    data: Any,
    design: Design,
    responded: str,
    classes: str | Sequence[str],
    *,
    name: str = "adjusted_weight",
    engine: str | Engine = "duckdb",
) -> Adjusted:
    """Pass the weights of those who did not respond on to the respondents of their class.

    Respondents of a class are multiplied by the sum of all weights over that of respondents;
    others get the weight zero, which figures leave out. The design that comes back knows the
    classes: standard errors take in that the factors are estimated, from the whole sample, which
    must stay in the data. Replicate weights are adjusted each.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table, Ibis table, or Source
        Everyone who was sampled and is eligible.
    design : Design
    responded : str
        Column of true or false, or 1 or 0.
    classes : str or sequence of str
        Column of the classes; several are crossed.
    name : str
        The new column.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Adjusted

    Raises
    ------
    DataError
        For a class without respondents, or values that are missing.

    References
    ----------
    Little (1986), International Statistical Review 54, 139-157. Kim and Kim (2007), Canadian
    Journal of Statistics 35, 501-514 (the variance).

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"zone": list("aaab"), "here": [1, 1, 0, 1], "w": 10.0})
    >>> found = adjust_nonresponse(homes, Design(weight="w"), "here", "zone")
    >>> found.to_pandas()["adjusted_weight"].tolist()
    [15.0, 15.0, 0.0, 10.0]
    """
    import pyarrow as pa

    from exitline.stats.measure.weighting.keyed import GroupKey, key_name

    design.sampling.in_one_phase("an adjustment for non-response")
    if design.calibration is not None:
        raise DesignError(
            "calibrated weights are not passed on", where="design.calibration",
            expected="weights before calibration", got="a calibration",
            remedy="adjust for non-response first, and calibrate what comes out",
        )  # fmt: skip
    names = (classes,) if isinstance(classes, str) else tuple(classes)
    keys = (*(GroupKey(one) for one in names), GroupKey(responded, "number"))
    again = design.matching(tuple(open_source(data).names or ())).replicates
    new = (name, *(f"{name}_{i + 1}" for i in range(len(again))))
    source, found = _grouped(data, design.weight, keys, names, responded, new, engine, again)
    answer = found.column(key_name(len(names))).to_numpy()
    if not np.isin(answer, (0.0, 1.0)).all():
        raise DataError(
            "the answers are neither yes nor no", where=f"column '{responded}'",
            expected="true or false, or 1 or 0, on every row", got="other numbers",
            remedy="name a column that says who responded",
        )  # fmt: skip
    known, levels = _classes(found, names, source)
    n = found.column("n").to_numpy().astype(float)
    sums = {name: "weight"} | {new[i + 1]: f"{REPLICATE}{i}" for i in range(len(again))}
    factors = [passed_on(known.codes, answer == 1, found.column(column).to_numpy(), n, known)
               for column in sums.values()]  # fmt: skip
    kept = factors[0][factors[0] > 0]
    table = found.select([key_name(i) for i in range(len(keys))])
    for one, values in zip(new, factors, strict=True):
        table = table.append_column(one, pa.array(values))
    model = Calibration(
        (Margin(names, dict.fromkeys(levels, 0.0), 0.0),), design.weight, calibrated=name,
        response=True,
    )  # fmt: skip
    return Adjusted(
        source, engine, keys, table, {one: one for one in new}, design.weight, (),
        design.matching(tuple(source.names or ())).reweighted(name, new[1:], model),
        (float(kept.min()), float(kept.max())), int(n[answer == 0].sum()),
        weights=dict(zip(new[1:], again, strict=True)),
    )  # fmt: skip


def _classes(
    found: pa.Table, names: Sequence[str], source: Source
) -> tuple[Coded, tuple[tuple[str, ...], ...]]:
    """The class of each group of rows, and the values that make up each class."""
    from exitline.stats.measure.weighting.keyed import key_name

    each = [
        coded(found.column(key_name(i)), source.labels.get(name, {}))
        for i, name in enumerate(names)
    ]
    crossed = np.column_stack([one.codes for one in each])
    kinds, code = np.unique(crossed, axis=0, return_inverse=True)
    levels = tuple(
        tuple(one.values[i] for one, i in zip(each, kind, strict=True)) for kind in kinds
    )
    shown = tuple(
        ", ".join(one.names[i] for one, i in zip(each, kind, strict=True)) for kind in kinds
    )
    return Coded(code.reshape(-1), tuple(", ".join(level) for level in levels), shown), levels


def _grouped(
    data: Any,
    weight: str | None,
    keys: tuple[GroupKey, ...],
    columns: tuple[str, ...],
    truth: str | None,
    new: Sequence[str],
    engine: str | Engine,
    again: Sequence[str] = (),
) -> tuple[Source, pa.Table]:
    """The source, and its rows in groups, if all can be used."""
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session
    from exitline.stats.infer.weighting.usable import refuse_unusable_groups
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.measure.weighting.keyed import groups

    numbers = [key.column for key in keys if key.kind == "number" and key.column != truth]
    uses = role_uses(
        numeric=[weight, *again, *(c for c in numbers if isinstance(c, str))], truth=[truth],
        code=[c for c in columns if c not in numbers],
    )  # fmt: skip
    source = open_source(data).using(uses)
    with session(engine) as running:
        table = running.attach(source, "households")
        refuse_names(new, table.columns)
        require_usable([c for c in (weight, *columns, truth, *again) if c is not None], table)
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
