"""A difference-in-differences carried out: comparisons, covariates, what cannot be compared.

Also its two simplest cases: one treated unit, and one round.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import ArgumentError, unknown
from exitline.stats.data.sampling.sampling import ClusterSampling, FullCount
from exitline.stats.data.values import written
from exitline.stats.effect.adjusted import adjusted
from exitline.stats.effect.cells import cells, differences
from exitline.stats.effect.errors import EffectError
from exitline.stats.effect.queries import EffectColumns
from exitline.stats.effect.result import GroupTimeEffects
from exitline.words.said import say, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.effect.matched import MatchedComparison
    from exitline.stats.effect.sample import EffectSample
    from exitline.stats.effect.synthetic import SyntheticControl
    from exitline.stats.engine.base import Engine


FEW = 15
"""Units (or clusters) of a group below which a reader is told that there are few."""
KNOWN = {
    "controls": ("never", "not_yet"), "base": ("varying", "universal"),
    "method": ("doubly_robust", "regression", "weighting"),
}  # fmt: skip


def columns_of(
    outcome: str,
    unit: str,
    time: str,
    first: str | None,
    treated: str | None,
    design: Design | None,
) -> EffectColumns:
    """The columns, with those of the design.

    Parameters
    ----------
    outcome, unit, time : str
    first, treated : str or None
        One of them.
    design : Design or None

    Raises
    ------
    ArgumentError
        Where both or none of `first` and `treated` are given.
    """
    if (first is None) == (treated is None):
        raise ArgumentError(
            "who was treated when is given in one way",
            expected="first= (the first period under treatment) or treated= (zeros and ones)",
            got="both" if first is not None else "neither", remedy="name one of them",
        )  # fmt: skip
    psu = () if design is None else tuple(design.stages[:1])
    strata = () if design is None else tuple(design.strata_columns)
    weight = None if design is None else design.weight
    return EffectColumns(outcome, unit, time, first, treated, weight, psu, strata)


def refuse_design(design: Design | None) -> None:
    """Refuse designs whose variance is not that of strata and PSUs.

    Parameters
    ----------
    design : Design or None

    Raises
    ------
    EffectError
    """
    if design is None:
        return
    other = {
        "replicates": bool(design.replicates), "census": isinstance(design.sampling, FullCount),
        "calibration": design.calibration is not None, "size": design.size is not None,
        "pps": isinstance(design.sampling, ClusterSampling) and design.sampling.pps is not None,
    }  # fmt: skip
    for name, there in other.items():
        if there:
            raise EffectError(
                f"an effect cannot be estimated under a design with `{name}`",
                expected="weight, strata and PSUs", got=name,
                remedy="leave it out; units are compared as they are weighted",
            )  # fmt: skip


def estimated(
    sample: EffectSample,
    units: list[Any],
    notes: tuple[str, ...],
    table: Any,
    engine: Engine,
    columns: EffectColumns,
    *,
    covariates: str | None,
    method: str,
    controls: str,
    base: str,
    anticipation: float,
    level: float,
) -> GroupTimeEffects:
    """Every comparison that can be made, and a note on those that cannot.

    Parameters
    ----------
    sample, units, notes
        As `exitline.api.effects.reading.read_sample` gives them.
    table : ibis.Table
    engine : Engine
    columns : EffectColumns
    covariates, method, controls, base, anticipation, level
        As in `exitline.api.effect.difference_in_differences`.

    Raises
    ------
    EffectError
    """
    for name, said in (("controls", controls), ("base", base), ("method", method)):
        if said not in KNOWN[name]:
            raise unknown(name, said, KNOWN[name], error=EffectError, where=name)
    found, without = _comparisons(sample, controls, base, anticipation, notes)
    if without:
        first: str = together(*(say("group {what} in {period}", what=f"{g:g}", period=f"{t:g}")
                           for g, t in without[:3]), sign=", ")  # fmt: skip
        if len(without) > 3:
            first = say("{some} and {n} more", some=first, n=len(without) - 3)
        notes = (*notes, say("nobody is left to compare with: {some}", some=first))
    groups = {c.group for c in found}
    size = {group: np.unique(sample.psu[sample.group == group]).size for group in groups}
    few = sorted(group for group, many in size.items() if 2 <= many < FEW)
    if few:
        named = ", ".join(f"{g:g}" for g in few)
        note = say("fewer than {n} units or clusters in group {what}: its intervals are wide for "
                   "that reason", n=FEW, what=named)  # fmt: skip
        notes = (*notes, note)
    small = sorted({c.group for c in found if sample.units[sample.group == c.group].sum() < 2})
    if small:
        named = ", ".join(f"{g:g}" for g in small)
        note = say("one unit alone in group {what}: its effect has no standard error", what=named)
        notes = (*notes, note)
    if covariates is None:
        estimate, influence = differences(sample, found)
    else:
        x = _covariates(covariates, table, engine, columns, sample, units)
        estimate, influence = adjusted(sample, x, found, method)  # type: ignore[arg-type]
    lonely = np.isin([cell.group for cell in found], small)
    influence[:, lonely] = np.nan
    return GroupTimeEffects(sample, tuple(found), estimate, influence, level, notes, base)


def _comparisons(
    sample: EffectSample, controls: str, base: str, anticipation: float, notes: tuple[str, ...]
) -> tuple[list[Any], list[tuple[float, float]]]:
    """The cells; refused where nobody is treated, or nobody can be compared with."""
    groups = sorted(set(sample.group.tolist()))
    treated = [g for g in groups if g <= sample.times[-1]]
    if not treated:
        raise EffectError(
            "nobody is treated within these periods", expected="units that are treated later than "
            "the first period",
            got="; ".join((f"periods {sample.times[0]:g} to {sample.times[-1]:g}", *notes)),
            remedy="look at the column of the first period",
        )  # fmt: skip
    if controls == "never" and not any(np.isinf(groups)):
        raise EffectError(
            "no unit was never treated", expected="units that are never treated",
            got="; ".join((f"{len(groups)} "
                f"{'group' if len(groups) == 1 else 'groups'}, all treated", *notes)),
            remedy='compare with controls="not_yet"',
        )  # fmt: skip
    order = [g for g in groups if np.isfinite(g)] + [g for g in groups if np.isinf(g)]
    found, without = cells(
        sample.times, order, controls=controls, base=base,  # type: ignore[arg-type]
        anticipation=anticipation,
    )  # fmt: skip
    found = [cell for cell in found if cell.group <= sample.times[-1]]
    if not found:
        raise EffectError(
            "nobody is left to compare with", expected="units that are not treated yet",
            got="; ".join(("one group, treated" if len(treated) == 1
                           else f"all {len(treated)} groups treated at once", *notes)),
            remedy="add units or earlier periods",
        )  # fmt: skip
    return found, without


def _covariates(
    formula: str,
    table: Any,
    engine: Engine,
    columns: EffectColumns,
    sample: EffectSample,
    units: list[Any],
) -> NDArray[np.float64]:
    """Covariates of each unit in each period, shape (units, periods, columns)."""
    from exitline.stats.smallarea.formula import learn, read

    learned = learn(f"`{columns.outcome}` ~ {formula}", table, engine.run)
    rows = read(learned, table, engine.run, [columns.unit, columns.time])
    at = {unit: i for i, unit in enumerate(units)}
    when = {time: i for i, time in enumerate(sample.times)}
    x = np.full((len(units), len(when), len(learned.names)), np.nan)
    unit, time = (rows.more[name].to_pylist() for name in (columns.unit, columns.time))
    kept = [i for i, one in enumerate(unit) if one in at and time[i] is not None]
    row = [at[unit[i]] for i in kept]
    x[row, [when[float(time[i])] for i in kept]] = np.where(
        rows.known[kept, None], rows.x[kept], np.nan
    )
    missing = int(np.isnan(x).any(axis=(1, 2)).sum())
    if missing:
        raise EffectError(
            "units without a covariate", where="covariates", expected="a value in every period",
            got=f"{missing:,} "
                f"{'unit' if missing == 1 else 'units'}",
            remedy="leave these units out, or the covariate",
        )  # fmt: skip
    return x


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
    from exitline.stats.effect.synthetic import synthetic_control

    treated = np.flatnonzero(sample.group <= sample.times[-1])
    if treated.size != 1:
        raise EffectError(
            "not exactly one unit is treated", expected="one unit that is treated within these "
            "periods, all others not",
            got="; ".join((f"{treated.size:,} "
            f"treated {'unit' if treated.size == 1 else 'units'}", *notes)),
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
    from exitline.stats.effect.matched import matched_comparison
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
