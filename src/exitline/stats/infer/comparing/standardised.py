"""Directly standardised figures: those of groups, weighted as a standard population has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import MeasureError, nearest
from exitline.stats.infer import intervals
from exitline.stats.infer.comparing.parts import of_areas, of_line
from exitline.stats.infer.intake.cells import label_of
from exitline.stats.infer.intake.codes import as_text

if TYPE_CHECKING:
    import pandas as pd

    from exitline.arrays import Floats
    from exitline.stats.infer.blocks import Block, Figures


def standardised(estimates: Figures, by: str, population: Mapping[Any, float]) -> pd.DataFrame:
    """Figures standardised over the groups of a column (see `Estimates.standardised`).

    Raises
    ------
    MeasureError
        Where no figure is by that column, or the population does not suit its groups.
    """
    import pandas as pd

    blocks = [block for block in estimates.blocks if by in block.by.split(", ")]
    if not blocks:
        known = sorted({name for block in estimates.blocks for name in block.by.split(", ")} - {""})
        raise MeasureError(
            f"no figure is by '{by}'",
            expected="one of " + ", ".join(known) if known else "estimates by a column of groups",
            got=repr(by),
            remedy=nearest(by, known) or f'estimate with by="{by}", or by=[("region", "{by}")]',
        )
    shares = _shares(population)
    tables = [_of_block(estimates, one, by, shares) for one in blocks]
    found: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return found


def _shares(population: Mapping[Any, float]) -> dict[str, float]:
    """The standard population as shares, by group as results show it."""
    try:
        found = {
            key if isinstance(key, str) else as_text(key): float(value)
            for key, value in population.items()
        }
    except (TypeError, ValueError, AttributeError):
        found = {}
    values = np.array(list(found.values()))
    if not len(values) or np.any(~np.isfinite(values) | (values < 0)) or values.sum() <= 0:
        raise MeasureError(
            "this is no standard population",
            expected="a mapping from each group to its number or share, of 0 or above",
            got=repr(population)[:80],
            remedy='for instance {"young": 0.3, "old": 0.7}',
        )
    return {key: value / values.sum() for key, value in found.items()}


def _of_block(
    estimates: Figures, block: Block, by: str, shares: Mapping[str, float]
) -> pd.DataFrame:
    """The standardised figures of one block, by the columns that are left."""
    import pandas as pd

    columns = block.by.split(", ")
    place = columns.index(by)
    rest = [key[:place] + key[place + 1 :] for key in block.rows.keys]
    group = [key[place] for key in block.rows.keys]
    absent = sorted(set(shares) - set(group))
    if absent:
        raise MeasureError(
            f"the standard population has groups that '{by}' has not",
            expected="some of " + ", ".join(sorted(set(group))[:30]),
            got=", ".join(absent[:30]),
            remedy="name the groups as results show them",
        )
    areas = list(dict.fromkeys(rest))
    position = {key: i for i, key in enumerate(areas)}
    area = np.array([position[key] for key in rest])
    weight = np.array([shares.get(name, 0.0) for name in group])
    sums = np.bincount(area, weights=weight * np.nan_to_num(block.estimate), minlength=len(areas))
    used = (weight > 0) & ~np.isnan(block.se)
    whole = np.bincount(area[used], weights=weight[used], minlength=len(areas)) > 1.0 - 1e-9
    se = np.sqrt(np.maximum(_variances(estimates, block, area, weight, len(areas)), 0.0))
    value: Floats = np.where(whole, sums, np.nan)
    se = np.where(whole, se, np.nan)
    df = np.full(len(areas), float(estimates.variance.df))
    n = np.bincount(area, weights=block.n * (weight > 0), minlength=len(areas))
    bounds = intervals.symmetric(value, se, df, estimates.level)

    return pd.DataFrame(
        {
            "measure": block.measure, "line": block.line,
            "by": ", ".join(c for c in columns if c != by),
            "domain": [label_of(key) for key in areas], "estimate": value, "se": se,
            "ci_low": bounds.low, "ci_high": bounds.high, "level": estimates.level, "df": df,
            "n": n.astype(np.int64),
            "reason": np.where(whole, "", "a group of the standard population has no figure there"),
        }
    )  # fmt: skip


def _variances(estimates: Figures, block: Block, area: Any, weight: Floats, areas: int) -> Floats:
    """Variances of the weighted sums of a block's figures, jointly linearised."""
    from scipy.sparse import csr_array

    size, line = block.rows.size, of_line(block)
    parts = [of_areas(block)]
    rows, columns, values = area, np.arange(size), weight
    if line is not None and block.at_line is not None:
        parts.append(line)
        moved = np.bincount(area, weights=weight * block.at_line.slope, minlength=areas)
        rows = np.concatenate([rows, np.arange(areas)])
        columns = np.concatenate([columns, np.full(areas, size)])
        values = np.concatenate([values, moved])
    functions = csr_array((values, (rows, columns)), (areas, size + len(parts) - 1))
    return estimates.variance.joint(parts, functions).variances()
