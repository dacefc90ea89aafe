"""Totals of pairs of waves: queried range by range, and laid side by side for the variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.intake.arrived import cells_from_arrow
from exitline.stats.infer.intake.cells import Cells, no_kinds
from exitline.stats.panel.spec import OpenPanel, WaveReport

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Floats, Ints


CELLS = ("poor_poor", "poor_out", "out_poor", "out_out")
LOST = ("poor_lost", "out_lost")


@dataclass(frozen=True)
class PairTotals:
    """Totals of one pair of waves, as the engine handed them back.

    Attributes
    ----------
    opening : pyarrow.Table
        Result of `exitline.stats.measure.over_time.dynamics.opening_totals` of the wave before.
    both : pyarrow.Table
        Results of `exitline.stats.measure.over_time.dynamics.transition_totals`, range of ids by
        range.
    """

    opening: pa.Table
    both: pa.Table

    @property
    def tables(self) -> tuple[pa.Table, pa.Table]:
        """The two tables."""
        return self.opening, self.both


SPAN = 900_000
"""Width of a range of ids: small enough for the engine to index it as an array."""


def pair_totals(panel: OpenPanel, i: int) -> PairTotals:
    """Totals of waves i and i + 1 of a panel.

    Files that are sorted by integer ids are joined range by range, which takes half the
    time and a fraction of the memory; others in one join.

    Parameters
    ----------
    panel : OpenPanel
    i : int

    Returns
    -------
    PairTotals
    """
    import pyarrow as pa

    from exitline.stats.measure.over_time.dynamics import opening_totals, transition_totals, within

    before, after = panel.tables[i], panel.tables[i + 1]
    unit, run = panel.spec.unit, panel.engine.run
    compare = panel.spec.columns.welfare is not None
    limits = ranges(panel.reports[i : i + 2])
    sides = [(within(before, *r), within(after, *r)) for r in limits] or [(before, after)]
    parts = [run(transition_totals(a, b, unit, compare=compare)) for a, b in sides]
    return PairTotals(run(opening_totals(before, unit)), pa.concat_tables(parts))


def ranges(reports: Sequence[WaveReport]) -> list[tuple[int, int]]:
    """Ranges of ids to join one after the other; none where that would not pay.

    Parameters
    ----------
    reports : sequence of WaveReport
        Of the waves to be joined.

    Returns
    -------
    list of (int, int)
        From and to below, so that every id that all waves hold is in one range.
    """
    bounds = [r.ids for r in reports if r.ids is not None]
    rows = min(r.households for r in reports)
    if len(bounds) < len(reports) or rows < 2 * SPAN:
        return []
    low, high = max(b[0] for b in bounds), min(b[1] for b in bounds)
    count = min(-(-(high - low + 1) // SPAN), 2 * rows // SPAN)
    if count < 2:
        return []
    edges = [low + (high + 1 - low) * k // count for k in range(count + 1)]
    return list(pairwise(edges))


def joined_cells(totals: Sequence[PairTotals]) -> Cells:
    """Cells of all pairs together: a pair's sums are zero on the rows of the others.

    The households lost are those of the wave before less those found again, so the rows of
    the second table take off what the rows of the first put on.

    Parameters
    ----------
    totals : sequence of PairTotals
        In order of time.

    Returns
    -------
    Cells
        Six sums a pair (`CELLS`, `LOST`), then six unweighted counts a pair.
    """
    import pyarrow as pa

    tables = [t for pair in totals for t in pair.tables]
    keys = [t.select(design_keys(t)).append_column("n", _rows_used(t)) for t in tables]
    coded = cells_from_arrow(pa.concat_tables(keys), 0)
    first, group = distinct([coded.stratum, *coded.stages, *coded.domains])
    width = len(CELLS) + len(LOST)
    sums = np.zeros((len(first), 2 * width * len(totals)))
    start = 0
    for position, table in enumerate(tables):
        rows = group[start : start + table.num_rows]
        i, opening = divmod(position, 2)
        for side, prefix in ((0, "sum"), (width * len(totals), "n")):
            block = sums[:, side + i * width : side + (i + 1) * width]
            _add(block, rows, table, prefix, opening == 0)
        start += table.num_rows
    n = sums[:, width * len(totals) :].sum(axis=1).astype(np.int64)
    return Cells(
        coded.stratum[first], tuple(s[first] for s in coded.stages),
        tuple(d[first] for d in coded.domains), coded.levels, n, no_kinds(n), sums,
        coded.fpc[first],
    )  # fmt: skip


def _rows_used(table: pa.Table) -> pa.Array:
    """A column of ones: every row of totals holds households."""
    import pyarrow as pa

    return pa.array(np.ones(table.num_rows, dtype=np.int64))


def _add(block: Floats, rows: Ints, table: pa.Table, prefix: str, opening: bool) -> None:
    """Add a table's totals to the six columns of a pair."""
    size = len(block)
    lost = len(CELLS)
    if opening:
        for k, state in enumerate(("poor", "out")):
            values = table.column(f"{prefix}_{state}").to_numpy()
            block[:, lost + k] += np.bincount(rows, weights=values, minlength=size)
        return
    for k, cell in enumerate(CELLS):
        found = np.bincount(
            rows, weights=table.column(f"{prefix}_{cell}").to_numpy(), minlength=size
        )
        block[:, k] += found
        block[:, lost + k // 2] -= found


def distinct(parts: Sequence[Ints]) -> tuple[Ints, Ints]:
    """First row and group of each distinct combination of code columns."""
    packed = parts[0]
    for part in parts[1:]:
        pair = packed * (int(part.max(initial=0)) + 1) + part
        packed = np.unique(pair, return_inverse=True)[1].astype(np.int64)
    _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
    return first.astype(np.int64), inverse.astype(np.int64)


def design_keys(table: pa.Table) -> list[str]:
    """Names of the stratum, cluster and domain columns of a table of totals."""
    return [c for c in table.column_names if c == "stratum" or c.startswith(("stage", "domain"))]
