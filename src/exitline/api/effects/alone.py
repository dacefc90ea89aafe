"""One treated unit, or one round: the arrays that the estimates are made from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import unknown
from exitline.stats.data.values import written
from exitline.stats.effect.errors import EffectError
from exitline.stats.effect.matched import matched_comparison
from exitline.stats.effect.synthetic import synthetic_control
from exitline.words.said import say

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.effect.matched import MatchedComparison
    from exitline.stats.effect.sample import EffectSample
    from exitline.stats.effect.synthetic import SyntheticControl
    from exitline.stats.engine.base import Engine


def one_unit(sample: EffectSample, units: list[Any], notes: tuple[str, ...]) -> SyntheticControl:
    """The synthetic control of the one treated unit of a sample.

    Parameters
    ----------
    sample : EffectSample
    units : list
    notes : tuple of str

    Raises
    ------
    EffectError
        Where not exactly one unit is treated.
    """
    treated = np.flatnonzero(sample.group <= sample.times[-1])
    if treated.size != 1:
        raise EffectError(
            "not exactly one unit is treated", expected="one unit that is treated within these "
            "periods, all others not",
            got="; ".join((f"{treated.size:,} treated units", *notes)),
            remedy="with several, use difference_in_differences",
        )  # fmt: skip
    at = int(treated[0])
    begins = int(np.searchsorted(sample.times, sample.group[at]))
    outcome = sample.outcome / sample.weight[:, None]
    names = tuple(written(one) or "" for one in units)
    found = synthetic_control(names, sample.times, outcome, at, begins)
    return replace(found, notes=(*notes, *found.notes))


def one_round(
    table: Any, engine: Engine, outcome: str, treated: str, covariates: str, matches: int,
    design: Design | None, level: float,
) -> MatchedComparison:  # fmt: skip
    """The matched comparison of a table with one row for each unit.

    Parameters
    ----------
    table : ibis.Table
    engine : Engine
    outcome, treated, covariates, matches, design, level
        As in `exitline.api.effect.matched_comparison`.

    Raises
    ------
    EffectError
    """
    from exitline.stats.smallarea.formula import learn, read

    psu = () if design is None else tuple(design.stages[:1])
    strata = () if design is None else tuple(design.strata_columns)
    weight = [] if design is None or design.weight is None else [design.weight]
    for name in (outcome, treated, *psu, *strata, *weight):
        if name not in table.columns:
            raise unknown("column", name, tuple(table.columns), error=EffectError)
    if matches < 1:
        raise EffectError(
            "nobody is matched", where="matches", expected="1 or more", got=str(matches),
            remedy="match at least one untreated unit to each treated one",
        )  # fmt: skip
    learned = learn(f"`{outcome}` ~ {covariates}", table, engine.run)
    asked = dict.fromkeys((treated, *psu, *strata, *weight))
    rows = read(learned, table, engine.run, asked)
    more = {name: column.to_numpy(zero_copy_only=False) for name, column in rows.more.items()}
    under = more[treated].astype(np.float64)
    if not np.isin(under[~np.isnan(under)], (0.0, 1.0)).all():
        raise EffectError(
            "treatment is no zero or one", where=f"column '{treated}'", expected="0 or 1",
            got="other values", remedy="write a column that is 1 where a unit is treated",
        )  # fmt: skip
    known = rows.known & ~np.isnan(rows.y) & ~np.isnan(under)
    weights = more[weight[0]].astype(np.float64) if weight else np.ones(len(known))
    if not (weights[known] > 0).all():
        raise EffectError(
            "units without a weight above zero", where=f"column '{weight[0]}'",
            expected="a weight for each unit", got=f"{int((~(weights[known] > 0)).sum()):,} units",
            remedy="correct these rows, or leave them out",
        )  # fmt: skip
    own = [i for i, name in enumerate(learned.names) if name != "Intercept"]
    found = matched_comparison(
        rows.y[known], under[known] == 1.0, rows.x[known][:, own],
        tuple(learned.names[i] for i in own), weight=weights[known],
        psu=_codes([more[n] for n in (*strata, *psu)] if psu else [np.arange(len(known))])[known],
        stratum=_codes([more[n] for n in strata], len(known))[known], matches=matches, level=level,
    )  # fmt: skip
    left = int((~known).sum())
    notes = (say("units without an outcome, treatment or covariate: {n} left out", n=left),)
    return replace(found, notes=(*(notes if left else ()), *found.notes))


def _codes(columns: list[Any], size: int = 0) -> Any:
    """Codes of the combinations of columns; zeros where there is none."""
    import pandas as pd

    if not columns:
        return np.zeros(size, dtype=np.int64)
    frame = pd.DataFrame(dict(enumerate(columns)))
    return frame.groupby(list(frame.columns), sort=False, dropna=False).ngroup().to_numpy()
