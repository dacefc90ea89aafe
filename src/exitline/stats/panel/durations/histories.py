"""The whole table of sequences: 2^k histories over k waves, relapse and lasting exits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DataError
from exitline.stats.data.readers.declaring import choose
from exitline.stats.infer import build
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.build import Confidence, Named, Values
from exitline.stats.infer.estimates import Estimates
from exitline.stats.infer.intake.arrived import cells_from_arrow
from exitline.stats.infer.intake.cells import Cells, Rows, no_kinds, relabelled, roll_up
from exitline.stats.panel.pairs import design_keys, distinct, ranges
from exitline.stats.panel.rates import sampling_of
from exitline.stats.panel.sources import few_matches, open_panel, refuse_straddling
from exitline.stats.panel.spec import OpenPanel, PanelSpec, WaveReport
from exitline.words.said import Numeral, say_plural
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.arrays import Bools, Floats
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.intervals import ShareMethod


TOGETHER = 32
"""Statistics whose influence is held in memory at one time."""

LARGEST = 10
"""Most waves of a table of sequences (1,024 histories)."""


@dataclass(frozen=True)
class Sequences(ShownResult):
    """How many households went through each history of states.

    Attributes
    ----------
    waves : tuple of str
    counts : dict
        Households by history, a tuple of "poor" and "out" in the order of the waves;
        histories that nobody has are there with zero.
    estimates : Estimates
        ``share(poor,out,out)`` for every history; for every pair of later waves
        ``re_entry_rate(b>c)``: of those who were poor before b and are out at b, the share
        poor at c, and ``first_entry_rate(b>c)``: of those never poor up to b;
        ``lasting_exit_rate(a>b)``: of those who left between a and b, the share out in
        every later wave.
    balanced : int
        Households whose state is known in every wave: all that take part.
    left_out : int
        Households of the first wave whose state is unknown in some wave.
    notes : tuple of str
    """

    waves: tuple[str, ...]
    counts: dict[tuple[str, ...], int]
    estimates: Estimates
    balanced: int
    left_out: int
    notes: tuple[str, ...]

    def to_pandas(self) -> pd.DataFrame:
        """The estimates as a table with the contract's columns."""
        return self.estimates.to_pandas()


def sequences(
    data: Any,
    spec: PanelSpec,
    *,
    level: float = 0.95,
    interval: ShareMethod = "logit",
    engine: str | Engine = "duckdb",
) -> Sequences:
    """The table of all 2^k histories, with shares, relapse and lasting exits.

    Only households whose state is known in every wave take part, with the weight, cluster
    and domain of the first wave. How many are left out is reported.

    Parameters
    ----------
    data, spec, level, interval, engine
        As in `transitions`.

    Returns
    -------
    Sequences

    Raises
    ------
    DataError
        For more waves than a table can show, or when no household is known in all.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec
    >>> wide = pd.DataFrame({"id": range(3), "y_a": [1., 1., 3.], "y_b": [3., 3., 3.],
    ...                      "y_c": [1., 3., 3.]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b", "c"), line=2.0)
    >>> found = sequences(wide, spec)
    >>> found.counts[("poor", "out", "poor")]
    1
    >>> found.estimates.find(measure="re_entry_rate(b>c)").estimate
    0.5
    """
    confidence = Confidence(level, interval)
    with open_panel(data, spec, engine) as panel:
        spec, waves = panel.spec, panel.spec.waves
        _refuse_too_many(waves)
        table = _totals(panel)
        reports = panel.reports
        if not table.num_rows:
            few_matches(panel, [0] * (len(waves) - 1))
    refuse_straddling([table], spec.columns.design)
    width = 2 ** len(waves)
    n = np.bincount(
        table.column("sequence").to_numpy(), weights=table.column("n").to_numpy(), minlength=width
    ).astype(np.int64)
    if not n.sum():
        raise DataError(
            "no household has a known state in every wave",
            expected="at least one that is in all of " + ", ".join(waves),
            got="none",
            remedy="check that the household ids are the same in all waves, or name fewer waves",
        )
    counts = {history(code, len(waves)): int(n[code]) for code in reversed(range(width))}
    estimates = _estimates(table, waves, spec, confidence)
    left_out = reports[0].households - int(n.sum())
    return Sequences(
        waves, counts, estimates, int(n.sum()), left_out, _notes(left_out, reports, waves)
    )


def _totals(panel: OpenPanel) -> pa.Table:
    """Totals by history, range of ids by range where the files are sorted."""
    import pyarrow as pa

    from exitline.stats.measure.over_time.dynamics import sequence_totals, within

    limits = ranges(panel.reports)
    sides = [[within(t, *r) for t in panel.tables] for r in limits] or [list(panel.tables)]
    run, unit = panel.engine.run, panel.spec.unit
    return pa.concat_tables([run(sequence_totals(waves, unit)) for waves in sides])


def history(code: int, waves: int) -> tuple[str, ...]:
    """The states that a sequence code stands for, first wave first.

    Examples
    --------
    >>> history(0b100, 3)
    ('poor', 'out', 'out')
    """
    return tuple("poor" if code >> (waves - 1 - t) & 1 else "out" for t in range(waves))


def _refuse_too_many(waves: Sequence[str]) -> None:
    if len(waves) > LARGEST:
        raise DataError(
            f"{len(waves)} waves make a table of {2 ** len(waves):,} histories",
            expected=f"at most {LARGEST} waves",
            got=str(len(waves)),
            remedy="choose some of the waves with "
            + choose("waves=", "--waves")
            + "; transitions and spells take any number",
        )


@dataclass(frozen=True)
class _Share:
    """A rate over histories: those above and those below the fraction line."""

    name: str
    top: Bools
    bottom: Bools


def _shares(waves: Sequence[str]) -> list[_Share]:
    """Every rate of the table, as sets of histories."""
    k = len(waves)
    codes = np.arange(2**k)
    poor = (codes[:, None] >> (k - 1 - np.arange(k)) & 1).astype(bool)
    everyone = np.ones(2**k, dtype=bool)
    found = [
        _Share(f"share({','.join(history(code, k))})", codes == code, everyone)
        for code in reversed(range(2**k))
    ]
    for t, (here, after) in enumerate(pairwise(waves)):
        if t > 0:
            before = poor[:, :t].any(axis=1)
            exited, never = before & ~poor[:, t], ~before & ~poor[:, t]
            pair = f"({here}>{after})"
            found.append(_Share("re_entry_rate" + pair, exited & poor[:, t + 1], exited))
            found.append(_Share("first_entry_rate" + pair, never & poor[:, t + 1], never))
        if t + 2 < k:
            left = poor[:, t] & ~poor[:, t + 1]
            stayed = left & ~poor[:, t + 2 :].any(axis=1)
            found.append(_Share(f"lasting_exit_rate({here}>{after})", stayed, left))
    return found


def _estimates(
    table: pa.Table, waves: Sequence[str], spec: PanelSpec, confidence: Confidence
) -> Estimates:
    """All rates in all sets of domains."""
    cells = relabelled(_dense(table, 2 ** len(waves)), spec.labels)
    sampling = sampling_of(cells, spec)
    wanted = _shares(waves)
    blocks: list[Block] = []
    for columns in [(), *((i,) for i in range(len(spec.columns.domains)))]:
        rows = roll_up(cells, columns)
        by = ", ".join(spec.columns.domains[c] for c in columns)
        summed = _Summed(rows)
        for start in range(0, len(wanted), TOGETHER):
            values = [_values(summed, share, by) for share in wanted[start : start + TOGETHER]]
            blocks += build.blocks(values, rows, sampling, confidence)
    return Estimates(tuple(blocks), sampling, confidence.level)


def _dense(table: pa.Table, width: int) -> Cells:
    """One row a cluster x domain; weighted sums of each history, then counts."""
    fine = cells_from_arrow(
        table.select(design_keys(table)).append_column("n", table.column("n")), 0
    )
    parts = [fine.stratum, *fine.stages, *fine.domains]
    first, inverse = distinct(parts)
    place = inverse * width + table.column("sequence").to_numpy().astype(np.int64)
    size = len(first) * width
    sums = np.bincount(place, weights=table.column("sum0").to_numpy(), minlength=size)
    counts = np.bincount(place, weights=table.column("n").to_numpy(), minlength=size)
    both = np.concatenate([sums.reshape(-1, width), counts.reshape(-1, width)], axis=1)
    n = counts.reshape(-1, width).sum(axis=1).astype(np.int64)
    return Cells(
        fine.stratum[first], tuple(s[first] for s in fine.stages),
        tuple(d[first] for d in fine.domains), fine.levels, n, no_kinds(n), both,
        np.empty((len(first), 0)),
    )  # fmt: skip


class _Summed:
    """Sums over sets of histories; the few sets that many rates share are summed once."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        width = rows.sums.shape[1] // 2
        self._parts = rows.sums[:, :width], rows.sums[:, width:]
        self._known: dict[bytes, tuple[Floats, Floats]] = {}

    def over(self, histories: Bools) -> tuple[Floats, Floats]:
        """Weighted sums and counts of each row over a set of histories."""
        if histories.sum() == 1:
            column = int(np.argmax(histories))
            return self._parts[0][:, column], self._parts[1][:, column]
        key = histories.tobytes()
        if key not in self._known:
            mask = histories.astype(np.float64)
            self._known[key] = (self._parts[0] @ mask, self._parts[1] @ mask)
        return self._known[key]


def _values(summed: _Summed, share: _Share, by: str) -> tuple[Named, Values]:
    """One rate in one set of domains, before its variance."""
    top, _ = summed.over(share.top)
    bottom, counts = summed.over(share.bottom)
    values = build.ratio(top, bottom, summed.rows, counts.astype(np.int64))
    return Named(share.name, "", by, "share"), values


def _notes(left_out: int, reports: Sequence[WaveReport], waves: Sequence[str]) -> tuple[str, ...]:
    if not left_out:
        return ()
    share = 100 * left_out / reports[0].households
    return (
        say_plural(
            "{n} of {m} households of {wave} ({share}) has an unknown state in some "
            "wave and is not in the table",
            "{n} of {m} households of {wave} ({share}) have an unknown state in some "
            "wave and are not in the table",
            left_out, m=reports[0].households, wave=waves[0], share=Numeral(f"{share:.1f} %")),
    )  # fmt: skip
