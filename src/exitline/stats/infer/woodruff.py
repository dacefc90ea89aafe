"""Woodruff's intervals: limits of the share at or below a quantile, and the quantiles there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from exitline.stats.infer import intervals
from exitline.stats.infer.intake.cells import place_of
from exitline.words.said import collected

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Floats
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.intake.cells import Cells
    from exitline.stats.measure.model import Woodruff
    from exitline.stats.measure.passes.sums import First


NO_LIMIT = collected("a limit of the interval lies beyond the values of the sample")


class Further(Protocol):
    """Where further quantiles of each domain's distribution are looked up."""

    def domains(self, one: First) -> pa.Table:
        """The domains of a figure that was found."""

    def quantiles(
        self, one: First, domains: pa.Table, asked: Sequence[tuple[str, Floats]]
    ) -> list[Floats]:
        """Quantiles by rule and by each domain's own probability."""


@dataclass(frozen=True)
class Pending:
    """A block whose interval is still to be found.

    Attributes
    ----------
    place : int
        Of the block among all.
    share : Block
        The share at or below its quantile.
    woodruff : Woodruff
    method : str
        How the share's limits are made.
    first : First
        The quantile as the first pass found it.
    columns : tuple of int
        The set of domains.
    """

    place: int
    share: Block
    woodruff: Woodruff
    method: str
    first: First
    columns: tuple[int, ...]


def with_limits(
    blocks: Sequence[Block], pending: Sequence[Pending], further: Further, cells: Cells,
    level: float,
) -> list[Block]:  # fmt: skip
    """The blocks with the intervals of their quantiles.

    Parameters
    ----------
    blocks : sequence of Block
    pending : sequence of Pending
    further : Further
    cells : Cells
    level : float
        Two-sided confidence.

    Returns
    -------
    list of Block

    References
    ----------
    Woodruff (1952), Journal of the American Statistical Association 47, 635-646; Korn and
    Graubard (1998), Survey Methodology 24, 193-201 (beta).
    """
    result = list(blocks)
    together: dict[object, list[Pending]] = {}
    for one in pending:
        scalar = replace(one.first.scalar, alpha=None, rule="")
        together.setdefault((scalar, one.first.line, one.columns), []).append(one)
    for group in together.values():
        _look_up(result, group, further, cells, level)
    return result


def _look_up(
    blocks: list[Block], group: list[Pending], further: Further, cells: Cells, level: float
) -> None:
    """The intervals of the quantiles of one distribution, by one query."""
    first = group[0].first
    size = group[0].share.rows.size
    domains = further.domains(first)
    place = (
        place_of(domains, cells, group[0].columns) if first.by else np.zeros(size, dtype=np.int64)
    )  # fmt: skip
    known = np.flatnonzero(place >= 0)
    asked = []
    for one in group:
        limits = _limits(one, level)
        asked += [(one.first.scalar.rule, p[place[known]]) for p in (limits.low, limits.high)]
    found = further.quantiles(first, domains.take(known), asked)
    for index, one in enumerate(group):
        ends = []
        for values in found[2 * index : 2 * index + 2]:
            end = np.full(size, np.nan)
            end[place[known]] = one.woodruff.times * values
            ends.append(end)
        block = blocks[one.place]
        lost = np.isnan(ends[0]) | np.isnan(ends[1])
        reason = tuple(
            NO_LIMIT if missing and not said else said
            for missing, said in zip(lost, block.reason, strict=True)
        )
        blocks[one.place] = replace(block, bounds=intervals.Bounds(*ends), reason=reason)


def _limits(one: Pending, level: float) -> intervals.Bounds:
    """Limits of the share; NaN beyond 0 or 1, where there is no quantile."""
    share = one.share
    n = share.n.astype(np.float64)
    p = intervals.share(share.estimate, share.se, n, share.df, level, one.method)
    with np.errstate(invalid="ignore"):
        low = np.where(p.low < 0, np.nan, p.low)
        return intervals.Bounds(low, np.where(p.high > 1, np.nan, p.high))
