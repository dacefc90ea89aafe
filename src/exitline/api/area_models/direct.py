"""Direct estimates of areas in one call: `xl.small_area.direct`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.direct import DirectFigures
    from exitline.stats.smallarea.unit.figures import AreaIndicator

FIGURES = (
    "mean", "headcount", "poverty_gap", "gini", "quantile_share_ratio(0.2, 0.8, rule='eurostat')",
    *(f"quantile({p}, rule='hf2')" for p in (0.1, 0.25, 0.5, 0.75, 0.9)),
)  # fmt: skip
"""What R's emdi estimates of every area, with its rules."""


def direct(
    data: Any,
    *,
    area: str,
    welfare: str,
    measures: str | Sequence[str] | None = None,
    line: Any = None,
    design: Design | None = None,
    areas: Any = None,
    population: str | None = None,
    replacement: bool = False,
    level: float = 0.95,
    missing: Literal["error", "exclude"] = "error",
    engine: str | Engine = "duckdb",
) -> DirectFigures:
    """Say what the survey alone says of every area.

    Parameters
    ----------
    data : path or table
        Households.
    area : str
        The column of areas.
    welfare : str
    measures : str or sequence of str, optional
        Any of `exitline.estimate`. Unless given, those of R's emdi: mean, headcount, gap, Gini
        coefficient, ratio of the outer fifths, five quantiles.
    line : as in `exitline.estimate`, optional
        Without it, the measures that need one are left out of the default list.
    design : Design, optional
        Estimates and variances are the design's, linearised; replicate weights count, too.
    areas : path or table, optional
        One row for each area, under the same name: those without a household in the sample are
        shown as such.
    population : str, optional
        The column of `areas` with its households (persons, where the design has a size). Then
        means are the Horvitz-Thompson estimator's, divided by these, with the variance of
        independent draws, as R's sae has them; a design without a weight is a simple random
        sample of each area. For mean, headcount, poverty_gap, severity and fgt(alpha).
    replacement : bool
        With `population`: whether households were drawn with replacement.
    level : float
        Confidence of intervals.
    missing : {"error", "exclude"}
        What to do with households without welfare.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    DirectFigures
        ``to_pandas()`` has a row for each area and measure; ``areas("headcount")`` is a table
        for `fay_herriot`.

    Raises
    ------
    SmallAreaError, MeasureError
        For data that do not allow these figures.

    References
    ----------
    Rao and Molina (2015), Small Area Estimation, chapter 2.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 5.0], "w": [2.0, 2.0, 3.0, 3.0],
    ...     "area": ["a", "a", "b", "b"]})
    >>> sizes = pd.DataFrame({"area": ["a", "b", "c"], "homes": [4, 6, 9]})
    >>> found = xl.small_area.direct(homes, area="area", welfare="y", measures="mean",
    ...     design=xl.Design(weight="w"), areas=sizes, population="homes")
    >>> found.frame[["area", "estimate", "reason"]].values.tolist()
    [['a', 1.5, ''], ['b', 4.0, ''], ['c', nan, 'not in the sample']]
    """
    from exitline.stats.engine.session import session

    with session(engine) as running:
        known = None if areas is None else _areas(areas, area, population, running)
        if population is not None:
            if known is None:
                raise SmallAreaError(
                    "populations of areas without a table of them", where="population",
                    expected="areas=, a table with one row for each area", got="none",
                    remedy="give it, or leave population out",
                )  # fmt: skip
            asked = [measures] if isinstance(measures, str) else list(measures or ("mean",))
            return _known_populations(
                data, (area, welfare, line), asked, design, known, running,
                replacement=replacement, level=level, missing=missing,
            )  # fmt: skip
        return _by_design(
            data, (area, welfare, line), measures, design, known, running, level, missing
        )


def _areas(areas: Any, area: str, population: str | None, engine: Engine) -> pd.DataFrame:
    """Areas, with their populations where these are named."""
    from exitline.api.area_models.data import AREA, numbers_of, read_areas

    frame = read_areas(areas, engine, area, "areas", [population or ""])
    found = frame[[AREA]].rename(columns={AREA: "area"})
    if population is not None:
        found["population"] = numbers_of(frame, population)
    return found


def _by_design(
    data: Any,
    columns: tuple[str, str, Any],
    measures: str | Sequence[str] | None,
    design: Design | None,
    known: pd.DataFrame | None,
    engine: Engine,
    level: float,
    missing: Literal["error", "exclude"],
) -> DirectFigures:
    """Estimates and linearised variances of the design."""
    import pandas as pd

    from exitline.api.figures.estimation import estimate
    from exitline.stats.smallarea.direct import COLUMNS, NOT_SAMPLED, DirectFigures

    area, welfare, line = columns
    if measures is None:
        needs = ("headcount", "poverty_gap")
        measures = [one for one in FIGURES if line is not None or one not in needs]
    found = estimate(
        data, measures, welfare=welfare, line=line, design=design, by=area, level=level,
        missing=missing, engine=engine,
    )  # fmt: skip
    frame = found.to_pandas(code=True)
    frame = frame[frame["by"] == area].rename(columns={"code": "area"})
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(frame["estimate"].to_numpy(dtype=float))
        frame["cv"] = np.where(size > 0, frame["se"] / np.where(size > 0, size, 1.0), np.nan)
    frame["evidence"] = "sample"
    if known is not None:
        kinds = frame[["measure", "line", "level", "evidence"]].drop_duplicates()
        left = [one for one in known["area"] if one not in set(frame["area"])]
        empty = kinds.merge(pd.DataFrame({"area": left}), how="cross")
        frame = pd.concat([frame, empty.assign(n=0, reason=NOT_SAMPLED)], ignore_index=True)
    frame = frame.reindex(columns=list(COLUMNS)).reset_index(drop=True)
    frame["n"] = frame["n"].astype("int64")
    return DirectFigures(area, frame, tuple(found.notes), found)


def _known_populations(
    data: Any,
    columns: tuple[str, str, Any],
    measures: Sequence[str],
    design: Design | None,
    known: pd.DataFrame,
    engine: Engine,
    *,
    replacement: bool,
    level: float,
    missing: Literal["error", "exclude"],
) -> DirectFigures:
    """The Horvitz-Thompson estimator, by areas whose populations are known."""
    import pandas as pd

    from exitline.api.area_models.asked import line_of
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import narrowed, role_uses
    from exitline.stats.measure.passes.plan import require_usable
    from exitline.stats.smallarea.direct import (
        DirectFigures,
        area_sums_query,
        domain_table,
        horvitz_thompson,
    )

    area, welfare, line = columns
    drawn = design or Design()
    wanted = _wanted(measures)
    number = line_of(wanted, line if isinstance(line, int | float) else None)
    roles = [c for c in (welfare, drawn.weight, drawn.size) if c]
    source = open_source(data).using(role_uses(drawn, numeric=roles, code=[area]))
    table = engine.attach(narrowed(source, [area, *roles]), "households")
    require_usable([area, *roles], table)
    powers = [(one.name, _power(one)) for one in wanted]
    query = area_sums_query(
        table, area, welfare, powers, number, weight=drawn.weight, size=drawn.size
    )
    sums = _matched(engine.run(query).to_pandas(), known, area, missing)
    parts = [
        domain_table(
            tuple(sums["area"]), one.name, f"{number:g}" if one.needs_line else "",
            sums["n"].to_numpy(),
            horvitz_thompson(
                _sums_of(sums, k), weights=drawn.weight is not None, replacement=replacement
            ),
            level, share=one.share,
        )
        for k, one in enumerate(wanted)
    ]  # fmt: skip
    return DirectFigures(area, pd.concat(parts, ignore_index=True))


def _wanted(measures: Sequence[str]) -> tuple[AreaIndicator, ...]:
    """The measures, each a mean over households."""
    from exitline.stats.smallarea.unit.figures import indicators

    wanted = indicators(measures)
    other = [m.name for m in wanted if m.moment is None or m.summed or m.moment.kind == "watts"]
    if other:
        raise SmallAreaError(
            f"'{other[0]}' is no mean over households", where="measures",
            expected="mean, headcount, poverty_gap, severity or fgt(alpha), where populations "
            "are known",
            got=", ".join(other), remedy="leave population out: then the design's are estimated",
        )  # fmt: skip
    return wanted


def _power(one: AreaIndicator) -> float | None:
    assert one.moment is not None
    return None if one.moment.kind == "mean" else one.moment.power


def _matched(sums: Any, known: pd.DataFrame, area: str, missing: str) -> pd.DataFrame:
    """The sums of every area with its population; areas that do not fit are refused."""
    from exitline.errors import nearest
    from exitline.stats.data.values import written

    sums = sums.assign(area=[written(one) for one in sums["area"]])
    names = list(known["area"])
    lacking = [one for one in sums["area"] if one not in set(names)]
    if lacking:
        raise SmallAreaError(
            "an area of the sample has no population", where=f"column '{area}'",
            expected="every sampled area among `areas`", got=f"'{lacking[0]}'",
            remedy=nearest(lacking[0], names) or "add it to the table of areas",
        )  # fmt: skip
    if missing == "error" and int(sums["left"].sum()):
        raise SmallAreaError(
            "households without welfare, or with no weight above zero", where="the sample",
            expected="both on every row", got=f"{int(sums['left'].sum()):,} rows without",
            remedy="missing='exclude' leaves them out",
        )  # fmt: skip
    found = known.merge(sums, on="area", how="left")
    found["n"] = found["n"].fillna(0).astype("int64")
    bad = found[~(found["population"] > 0) | (found["population"] < found["n"])]
    if len(bad):
        raise SmallAreaError(
            "an area has fewer households than the sample has of it, or none",
            where=f"area '{bad['area'].iloc[0]}'", expected="its population",
            got=f"{bad['population'].iloc[0]:g}, with {int(bad['n'].iloc[0]):,} in the sample",
            remedy="look at the column of populations",
        )  # fmt: skip
    return found.sort_values("area").reset_index(drop=True)


def _sums_of(sums: pd.DataFrame, k: int) -> Any:
    """One measure's sums."""
    from exitline.stats.smallarea.direct import DomainSums

    columns = [sums[f"{name}{k}"].to_numpy(float) for name in ("sum", "var", "wsum", "w1", "w2")]
    return DomainSums(sums["n"].to_numpy(), sums["population"].to_numpy(float), *columns)
