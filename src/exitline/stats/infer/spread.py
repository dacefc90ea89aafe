"""Over how many clusters the evidence on a share is spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.intake.cells import sum_by
from exitline.stats.infer.intake.codes import crossed, grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats
    from exitline.stats.infer.blocks import Block


FLAT = 1e-12
"""A share times its complement below which it is 0 or 1: clusters do not differ."""


@dataclass(frozen=True)
class Spread:
    """Effective numbers of clusters (PSUs) behind a share, by domain.

    Attributes
    ----------
    clusters : float array, shape (domains,)
        (sum W)^2 / sum W^2 over the clusters' weights in the domain (Kish 1965): as many
        clusters of equal weight say as much.
    with_cases, without_cases : float arrays
        Clusters that carry the standard error, on the side of more cases than the average and
        of fewer: (sum z^2)^2 / sum z^4 over the clusters' influence values z. A standard error
        made by three clusters is as uncertain as one from three. Where most of sum z^4 lies on
        the other side, twice the own side's part is taken instead. 0 where all are alike.
    households : float array
        Households in a cluster, as the design effect weighs them: sum n^2 / sum n.
    skew_upper, skew_lower : float arrays
        Skewness of the estimate, sum z^3 / (sum z^2)^1.5, for the upper and for the lower bound:
        they differ only where missing values count as cases for one of them alone.
    """

    clusters: Floats
    with_cases: Floats
    without_cases: Floats
    households: Floats
    skew_upper: Floats
    skew_lower: Floats

    def only(self, which: NDArray[np.bool_]) -> Spread:
        """Some of the domains."""
        return Spread(
            self.clusters[which], self.with_cases[which], self.without_cases[which],
            self.households[which], self.skew_upper[which], self.skew_lower[which],
        )  # fmt: skip


def spread_of(block: Block) -> Spread:
    """The spread of a share over clusters, in every domain of a block.

    Parameters
    ----------
    block : Block
        Of a measure that is a ratio of two weighted sums.

    Returns
    -------
    Spread
    """
    rows = block.rows
    if not rows.sampled:  # a replicate is no cluster: the design has as many as its df says
        clusters = np.maximum(block.df + 1.0, 0.0)
        households = np.maximum(block.n.astype(np.float64), 1.0)
        none = np.zeros(rows.size)
        return Spread(clusters, clusters, clusters, households, none, none)
    first, inverse = grouped(crossed(rows.domain, rows.stages[0]))
    values = np.column_stack([rows.sums[:, block.terms[1]], block.influence, rows.n])
    weight, z, n = sum_by(inverse, values, len(first)).T
    domain = rows.domain[first]

    def by_domain(value: Floats) -> Floats:
        return np.bincount(domain, value, minlength=rows.size).astype(np.float64)

    with np.errstate(divide="ignore", invalid="ignore"):
        clusters = by_domain(weight) ** 2 / by_domain(weight**2)
        households = by_domain(n.astype(np.float64) ** 2) / by_domain(n)
    square, fourth = by_domain(z**2), by_domain(z**4)
    more, fewer = by_domain(np.maximum(z, 0.0) ** 4), by_domain(np.minimum(z, 0.0) ** 4)
    flat = ~(block.estimate * (1.0 - block.estimate) > FLAT)
    skew = np.where(flat | (square <= 0), 0.0, by_domain(z**3) / np.where(square, square, 1) ** 1.5)
    return Spread(
        np.nan_to_num(clusters),
        _effective(square, np.minimum(fourth, 2.0 * more), flat),
        _effective(square, np.minimum(fourth, 2.0 * fewer), flat),
        np.maximum(np.nan_to_num(households), 1.0),
        skew,
        skew,
    )


def _effective(square: Floats, fourth: Floats, flat: NDArray[np.bool_]) -> Floats:
    """square^2 / fourth; 0 where the share is 0 or 1."""
    known = ~flat & (fourth > 0)
    return np.where(known, square**2 / np.where(known, fourth, 1.0), 0.0)
