"""Who left poverty and who fell into it between two waves, with design-based errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DataError
from exitline.stats.infer import build
from exitline.stats.infer.blocks import Block
from exitline.stats.infer.build import Confidence, Named, Values
from exitline.stats.infer.designs.variance import Variance
from exitline.stats.infer.designs.variances import variance_of
from exitline.stats.infer.estimates import Estimates
from exitline.stats.infer.intake.cells import Cells, Rows, relabelled, roll_up
from exitline.stats.panel.pairs import CELLS, LOST, PairTotals, joined_cells, pair_totals
from exitline.stats.panel.sources import SAME_VALUES, few_matches, open_panel, refuse_straddling
from exitline.stats.panel.spec import PanelSpec, WaveReport
from exitline.words.said import Numeral, say, say_plural
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from exitline.arrays import Floats
    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.intervals import ShareMethod


@dataclass(frozen=True)
class Rate:
    """A rate: the cells above and below the fraction line, and its meaning in words.

    Attributes
    ----------
    name, label : str
    top, bottom : tuple of str
        Names of cells that are summed.
    """

    name: str
    label: str
    top: tuple[str, ...]
    bottom: tuple[str, ...]


RATES: Mapping[str, Rate] = {
    rate.name: rate
    for rate in (
        Rate("exit_rate", "of the poor, share out at the next wave",
             ("poor_out",), ("poor_poor", "poor_out")),
        Rate("persistence_rate", "of the poor, share still poor at the next wave",
             ("poor_poor",), ("poor_poor", "poor_out")),
        Rate("entry_rate", "of those out, share poor at the next wave",
             ("out_poor",), ("out_poor", "out_out")),
        Rate("stay_out_rate", "of those out, share still out at the next wave",
             ("out_out",), ("out_poor", "out_out")),
        *(Rate(f"share_{cell}", f"share of all: {cell.replace('_', ', then ')}", (cell,), CELLS)
          for cell in CELLS),
        Rate("attrition_rate", "of those with a known state, share lost by the next wave",
             LOST, (*CELLS, *LOST)),
    )
}  # fmt: skip
"""The rates of a pair of waves by name."""


@dataclass(frozen=True)
class PairCount:
    """What one pair of waves holds, unweighted.

    Attributes
    ----------
    before, after : str
    counts : mapping of cell to int
        Households in each of the four cells and of the two kinds of lost ones.
    entrants : int
        Households in the wave after that were not in the wave before.
    """

    before: str
    after: str
    counts: Mapping[str, int]
    entrants: int

    @property
    def lost(self) -> int:
        """Households with a known state before and none after."""
        return self.counts["poor_lost"] + self.counts["out_lost"]


@dataclass(frozen=True)
class Transitions(ShownResult):
    """Transition rates of consecutive waves.

    Attributes
    ----------
    waves : tuple of str
    estimates : Estimates
        Measures such as ``"exit_rate(a>b)"``: the rate and its pair of waves.
    pairs : tuple of PairCount
    reports : tuple of WaveReport
    notes : tuple of str
        Attrition and everything else a reader must know.
    """

    waves: tuple[str, ...]
    estimates: Estimates
    pairs: tuple[PairCount, ...]
    reports: tuple[WaveReport, ...]
    notes: tuple[str, ...]

    def to_pandas(self) -> pd.DataFrame:
        """The estimates as a table with the contract's columns."""
        return self.estimates.to_pandas()

    def matrix(self, before: str, after: str, domain: str = "", by: str = "") -> Floats:
        """The 2 x 2 matrix of transition probabilities; each row sums to one.

        Parameters
        ----------
        before, after : str
            Two consecutive waves.
        domain, by : str
            A domain; all together by default.

        Returns
        -------
        float array, shape (2, 2)
            Rows: poor, out before. Columns: poor, out after.
        """
        names = ("persistence_rate", "exit_rate", "entry_rate", "stay_out_rate")
        found = [
            self.estimates.find(measure=f"{name}({before}>{after})", domain=domain, by=by).estimate
            for name in names
        ]
        return np.array(found).reshape(2, 2)


def transitions(
    data: Any,
    spec: PanelSpec,
    *,
    level: float = 0.95,
    interval: ShareMethod = "logit",
    engine: str | Engine = "duckdb",
) -> Transitions:
    """Transition matrix, exit, entry and persistence rates of every pair of waves.

    Rates of a pair speak for the population of the wave before, with that wave's weights;
    households that are lost by the wave after are left out of the rates, counted, and their
    share reported (see `exitline.stats.panel.modelled.attrition` for weights that make up for
    them). Standard errors are linearised at the clusters, which all pairs share, so that
    ``result.estimates.difference(...)`` of two pairs or two domains is right too.

    Parameters
    ----------
    data : path, table, or sequence of these
        One table a wave in the order of time, or a single long or wide table.
    spec : PanelSpec
        See `panel_spec`.
    level : float
        Two-sided confidence.
    engine : str or Engine

    Returns
    -------
    Transitions

    Raises
    ------
    DataError, DesignError
        See `open_panel`; also when two waves hold the same values.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292 (ratio, joint linearisation).

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec
    >>> wide = pd.DataFrame({"id": range(4), "y_a": [1., 1., 3., 3.], "y_b": [1., 3., 3., 3.]})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=("a", "b"), line=2.0)
    >>> transitions(wide, spec).matrix("a", "b")
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    confidence = Confidence(level, interval)
    with open_panel(data, spec, engine) as panel:
        totals = [pair_totals(panel, i) for i in range(len(panel.tables) - 1)]
        few = few_matches(panel, [_sum(t.both, "found") for t in totals])
        spec, waves, reports = panel.spec, panel.spec.waves, panel.reports
    pairs = tuple(_pair_count(t, reports, i) for i, t in enumerate(totals))
    _refuse_copied_wave(totals, pairs)
    refuse_straddling([t for pair in totals for t in pair.tables], spec.columns.design)
    cells = joined_cells(totals)
    estimates = rates(cells, waves, spec, confidence)
    return Transitions(waves, estimates, pairs, reports, few + _notes(pairs, reports, spec))


def _pair_count(totals: PairTotals, reports: Sequence[WaveReport], i: int) -> PairCount:
    """Unweighted counts of a pair."""
    counts = {cell: _sum(totals.both, f"n_{cell}") for cell in CELLS}
    start = {state: _sum(totals.opening, f"n_{state}") for state in ("poor", "out")}
    for state, lost in zip(start, LOST, strict=True):
        counts[lost] = start[state] - counts[f"{state}_poor"] - counts[f"{state}_out"]
    entrants = reports[i + 1].households - _sum(totals.both, "found")
    return PairCount(reports[i].wave, reports[i + 1].wave, counts, entrants)


def _sum(table: pa.Table, column: str) -> int:
    """Sum of a column of counts."""
    return int(table.column(column).to_numpy().sum())


def _refuse_copied_wave(totals: Sequence[PairTotals], pairs: Sequence[PairCount]) -> None:
    """Refuse two waves in which nearly everyone has exactly the same welfare."""
    for total, pair in zip(totals, pairs, strict=True):
        if "same" not in total.both.column_names:
            continue
        same = _sum(total.both, "same")
        both = sum(pair.counts[cell] for cell in CELLS)
        if both >= 20 and same >= SAME_VALUES * both:
            raise DataError(
                f"waves '{pair.before}' and '{pair.after}' hold the same values",
                expected="two rounds of measurement",
                got=f"exactly equal welfare for {same:,} of {both:,} households",
                remedy="one wave was probably saved twice: find the right file",
            )


def rates(cells: Cells, waves: Sequence[str], spec: PanelSpec, confidence: Confidence) -> Estimates:
    """Estimates of all `RATES` for every pair of waves and every domain column.

    Parameters
    ----------
    cells : Cells
        As `joined_cells` returns them.
    waves : sequence of str
    spec : PanelSpec
    confidence : Confidence

    Returns
    -------
    Estimates
    """
    cells = relabelled(cells, spec.labels)
    sampling = sampling_of(cells, spec)
    blocks: list[Block] = []
    for columns in [(), *((i,) for i in range(len(spec.columns.domains)))]:
        rows = roll_up(cells, columns)
        by = ", ".join(spec.columns.domains[c] for c in columns)
        wanted = [
            item
            for i in range(len(waves) - 1)
            for item in _pair_values(rows, i, (waves[i], waves[i + 1]), by)
        ]
        blocks += build.blocks(wanted, rows, sampling, confidence)
    return Estimates(tuple(blocks), sampling, confidence.level)


def sampling_of(cells: Cells, spec: PanelSpec) -> Variance:
    """Where standard errors come from."""
    design = spec.columns.design
    return variance_of(cells, design)


def _pair_values(rows: Rows, i: int, pair: tuple[str, str], by: str) -> list[tuple[Named, Values]]:
    """All rates of one pair in one set of domains, before their variance."""
    names = (*CELLS, *LOST)
    half = rows.sums.shape[1] // 2
    mine = slice(i * len(names), (i + 1) * len(names))
    counts = rows.sums[:, half:][:, mine]
    sums = np.where(counts == 0, 0.0, rows.sums[:, mine])  # differences of sums leave no dust
    found = []
    for rate in RATES.values():
        top, bottom = ([names.index(cell) for cell in part] for part in (rate.top, rate.bottom))
        cases = counts[:, bottom].sum(axis=1).astype(np.int64)
        values = build.ratio(sums[:, top].sum(axis=1), sums[:, bottom].sum(axis=1), rows, cases)
        found.append((Named(f"{rate.name}({pair[0]}>{pair[1]})", "", by, "share"), values))
    return found


def _notes(
    pairs: Sequence[PairCount], reports: Sequence[WaveReport], spec: PanelSpec
) -> tuple[str, ...]:
    """What a reader must know: attrition, entrants, missing welfare, no clusters."""
    notes = []
    for pair in pairs:
        known = sum(pair.counts.values())
        if pair.lost:
            notes.append(
                say_plural(
                    "{n} of {m} households with a known state at {wave} has none at {other} "
                    "({share}); the rates rest on the others",
                    "{n} of {m} households with a known state at {wave} have none at {other} "
                    "({share}); the rates rest on the others",
                    pair.lost,
                    m=known,
                    wave=pair.before,
                    other=pair.after,
                    share=Numeral(f"{100 * pair.lost / max(known, 1):.1f} %"),
                )
            )
        if pair.entrants:
            notes.append(
                say_plural(
                    "{n} household of {wave} was not in {other}: it takes part from then on",
                    "{n} households of {wave} were not in {other}: they take part from then on",
                    pair.entrants,
                    wave=pair.after,
                    other=pair.before,
                )
            )
    notes += [
        say_plural(
            "{n} of {m} households has no usable welfare at {wave}",
            "{n} of {m} households have no usable welfare at {wave}",
            r.unknown,
            m=r.households,
            wave=r.wave,
        )
        for r in reports
        if r.unknown
    ]
    design = spec.columns.design
    if not design.stages and not design.exact:
        notes.append(
            say(
                "no PSU is declared: each household counts as its own cluster, which makes "
                "intervals too narrow where neighbours resemble each other"
            )
        )
    return tuple(notes)
