"""Whether a survey and a census mean the same by a covariate: `xl.small_area.comparability`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.formula import Learned

    Floats = NDArray[np.float64]
    Bin = tuple[float, float, int]

APART = 0.1
"""Standardised differences above this deserve a look (Austin 2009, Statistics in Medicine 28)."""
ALIKE = 0.8
"""Distributions that have less in common deserve one, too: as little as two normal ones half a
standard deviation apart have (Inman and Bradley 1989, Communications in Statistics 18)."""
BINS, REACH = 12, 3.0
"""Bins of a distribution, at most, and how many standard deviations they reach."""


def comparability(
    formula: str,
    sample: Any,
    census: Any,
    *,
    weight: str | None = None,
    size: str | None = None,
    engine: str | Engine = "duckdb",
) -> pd.DataFrame:
    """Hold the covariates of a survey against those of a census, column by column.

    A model learned on the one refers to the other only where a column means the same in both:
    same question, same categories, same year.

    Parameters
    ----------
    formula : str
        As for `ebp`; each level of a category is a column.
    sample, census : path or table
    weight : str, optional
        Column of the sample's weights: without them an unequal sample differs by its design.
    size : str, optional
        Column of both with the persons of a household, for columns that refer to persons.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    pandas.DataFrame
        column; mean, sd, least and most in the sample and in the census; `edges` of bins, and
        `sample_shares` and `census_shares` of weights in each (the first and the last hold what
        lies beyond); `common`: the sum of the smaller share of each bin, 1 for equal
        distributions; `difference` of the means over the census's standard deviation; and
        `apart`: whether it is above 0.1, or less than 0.8 is in common, or a value of the census
        lies beyond those of the sample by half its range.

    Raises
    ------
    SmallAreaError, MeasureError
        For columns that are missing, or of another kind in the census.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "rooms": [1, 2, 3, 4]})
    >>> people = pd.DataFrame({"rooms": [1, 2, 3, 4, 9]})
    >>> found = xl.small_area.comparability("y ~ rooms", homes, people)
    >>> found[["column", "sample_mean", "census_mean", "apart"]].values.tolist()
    [['rooms', 2.5, 3.8, True]]
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import narrowed, role_uses
    from exitline.stats.engine.session import session
    from exitline.stats.measure.modelling.formula import parse_formula
    from exitline.stats.smallarea.formula import learn

    factors = parse_formula(formula).factors
    coded = [c for one in factors if one.category for c in one.columns]
    uses = role_uses(numeric=[weight, size], code=coded)
    with session(engine) as running:
        tables = []
        for name, data in (("sample", sample), ("census", census)):
            source = open_source(data).using(uses)
            source = narrowed(source, [formula, weight or "", size or ""])
            tables.append(running.attach(source, name))
        learned = learn(formula, tables[0], running.run)
        return side_by_side(running, learned, (tables[0], [weight, size]), (tables[1], [size]))


def side_by_side(
    engine: Engine,
    learned: Learned,
    sample: tuple[Any, list[str | None]],
    census: tuple[Any, list[str | None]],
    *,
    areas: bool = False,
) -> pd.DataFrame:
    """As `comparability`, of tables that an engine holds.

    Parameters
    ----------
    engine : Engine
    learned : Learned
    sample, census : tuple of ibis.Table and list of str
        Each table with the columns whose product weighs its rows.
    areas : bool
        Whether the census is a table of means of areas: differences are then over the sample's
        standard deviation.
    """
    held = [_weighed(learned, *one) for one in (sample, census)]
    mine, whole = (_moments(engine, learned, rows) for rows in held)
    spread = mine[:, 1] if areas else whole[:, 1]
    if areas:  # means of areas lie closer together than what they are means of
        return _table(learned.names, mine, whole, spread, None)
    bins = [_bins(mine[j], whole[j]) for j in range(len(learned.names))]
    ours, theirs = (_shares(engine, rows, bins) for rows in held)
    return _table(learned.names, mine, whole, spread, (bins, ours, theirs))


def _weighed(learned: Learned, table: Any, weights: list[str | None]) -> Any:
    """The columns of the model, each row with the product of its weights."""
    import ibis

    from exitline.stats.measure import portable
    from exitline.stats.smallarea.formula import made

    weight = ibis.literal(1.0)
    for name in weights:
        if name is not None:
            weight = weight * portable.number(table[name]).fill_null(0.0)
    return made(learned, table, weight=weight)


def _moments(engine: Engine, learned: Learned, rows: Any) -> Floats:
    """Mean, standard deviation, least, most and the largest fraction, shape (columns, 5)."""
    from exitline.stats.measure.modelling.census import columns_query

    found = engine.run(columns_query(rows, len(learned.names))).to_pylist()[0]
    total = found["w"] or float("nan")
    return np.array(
        [_of(found, j, total) for j in range(len(learned.names))], dtype=np.float64
    ).reshape(-1, 5)


def _bins(mine: Floats, whole: Floats) -> Bin:
    """Bins for both tables: of whole numbers each its own, as far as they are few."""
    low, high = np.nanmin([mine[2], whole[2]]), np.nanmax([mine[3], whole[3]])
    if not np.isfinite(high - low) or high == low:
        return float(np.nan_to_num(low)), 1.0, 1
    counted = mine[4] == 0 and whole[4] == 0
    if counted and high - low < BINS:
        return float(low), 1.0, int(high - low) + 1
    ends = [(one[0] - REACH * one[1], one[0] + REACH * one[1]) for one in (mine, whole)]
    low = max(low, np.nanmin([end[0] for end in ends]))
    high = min(high, np.nanmax([end[1] for end in ends]))
    if counted:
        low = np.floor(low)
        width = max(1.0, np.ceil((high - low + 1.0) / BINS))
        return float(low), float(width), int((high - low) // width) + 1
    return float(low), float((high - low) / BINS), BINS


def _shares(engine: Engine, rows: Any, bins: list[Bin]) -> list[tuple[float, ...]]:
    """The share of the weights in each bin, column by column."""
    from exitline.stats.measure.modelling.census import bins_query

    found = engine.run(bins_query(rows, bins)).to_pylist()[0]
    shares = []
    for j, (_, _, many) in enumerate(bins):
        inside = np.array([found[f"b{j}_{b}"] or 0.0 for b in range(many)], dtype=np.float64)
        total = inside.sum()
        shares.append(tuple((inside / total if total > 0 else inside * np.nan).tolist()))
    return shares


def _of(found: dict[str, Any], j: int, total: float) -> tuple[float, ...]:
    """Mean, standard deviation, least, most and fraction of one column; NaN without a row."""
    if found[f"x{j}"] is None:
        return (float("nan"),) * 5
    mean = found[f"x{j}"] / total
    spread = float(np.sqrt(max(found[f"xx{j}"] / total - mean**2, 0.0)))
    return mean, spread, found[f"least{j}"], found[f"most{j}"], found[f"part{j}"]


def _table(
    names: tuple[str, ...], mine: Floats, whole: Floats, spread: Floats,
    distributed: tuple[list[Bin], list[tuple[float, ...]], list[tuple[float, ...]]] | None,
) -> pd.DataFrame:  # fmt: skip
    """Both tables side by side."""
    import pandas as pd

    rows: dict[str, Any] = {"column": list(names)}
    for side, moments in (("sample", mine), ("census", whole)):
        for k, what in enumerate(("mean", "sd", "least", "most")):
            rows[f"{side}_{what}"] = moments[:, k].tolist()
    frame = pd.DataFrame(rows)
    common = np.full(len(names), np.nan)
    if distributed is not None:
        bins, ours, theirs = distributed
        frame["edges"] = [tuple(low + width * b for b in range(n + 1)) for low, width, n in bins]
        frame["sample_shares"], frame["census_shares"] = ours, theirs
        common = np.array([np.minimum(a, b).sum() for a, b in zip(ours, theirs, strict=True)])
    frame["common"] = common
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["difference"] = (mine[:, 0] - whole[:, 0]) / spread
    reach = (mine[:, 3] - mine[:, 2]) / 2.0
    beyond = (whole[:, 3] > mine[:, 3] + reach) | (whole[:, 2] < mine[:, 2] - reach)
    frame["apart"] = (frame["difference"].abs() > APART) | (common < ALIKE) | beyond
    return frame[frame["column"] != "Intercept"].reset_index(drop=True)
