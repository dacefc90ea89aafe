"""A panel in memory: one row a household, one column a wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DataError, nearest
from exitline.stats.infer.designs.variance import Variance
from exitline.stats.infer.designs.variances import variance_of
from exitline.stats.infer.intake.cells import Cells, Rows, no_kinds, roll_up
from exitline.stats.infer.intake.codes import codes
from exitline.stats.infer.intake.naming import shown_names
from exitline.stats.panel.sources import few_matches, open_panel, refuse_straddling
from exitline.stats.panel.spec import PanelSpec, WaveReport

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Bools, Floats, Ints
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine


@dataclass(frozen=True)
class Domain:
    """A column to break down by: a code for each household, the values as text, and as the data
    write them where they are shown by labels."""

    codes: Ints
    labels: tuple[str, ...]
    written: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """Households over waves, as arrays.

    Attributes
    ----------
    waves : tuple of str
        In the order of time, T of them.
    household : pyarrow.Array, length n
        Ids, in ascending order.
    welfare, line : float arrays, shape (n, T)
        NaN where unknown (everywhere, in a panel of states).
    poor : float array, shape (n, T)
        1 poor, 0 out, NaN unknown.
    present : bool array, shape (n, T)
        Whether the household has a row in the wave at all.
    weight : float array, shape (n, T)
        Weight of what is counted (households, or persons = weight x size); NaN where absent.
    stratum, psu : int arrays, shape (n,)
        Design codes from the household's first wave; a PSU code belongs to one stratum.
    domains : mapping of column to Domain
        From the household's first wave.
    extras : mapping of column to float array, shape (n, T)
        By name without the place of the wave.
    sampling : Variance
        Where standard errors come from.
    spec : PanelSpec
    reports : tuple of WaveReport
    notes : tuple of str
        Pairs of waves that have few households in common.
    """

    waves: tuple[str, ...]
    household: pa.Array
    welfare: Floats
    line: Floats
    poor: Floats
    present: Bools
    weight: Floats
    stratum: Ints
    psu: Ints
    sampling: Variance
    spec: PanelSpec
    reports: tuple[WaveReport, ...]
    domains: Mapping[str, Domain] = field(default_factory=lambda: MappingProxyType({}))
    extras: Mapping[str, Floats] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of households, n."""
        return len(self.stratum)

    @property
    def balanced(self) -> Bools:
        """Households whose state is known in every wave, shape (n,)."""
        return np.asarray(~np.isnan(self.poor).any(axis=1))

    @property
    def first_weight(self) -> Floats:
        """The weight of each household in its first wave, shape (n,)."""
        first = np.argmax(self.present, axis=1)
        return np.asarray(self.weight[np.arange(self.size), first])

    def position(self, wave: str) -> int:
        """The position of a wave.

        Raises
        ------
        DataError
            When the panel has no such wave.
        """
        if wave not in self.waves:
            raise DataError(
                f"the panel has no wave '{wave}'",
                expected="one of " + ", ".join(self.waves),
                got=wave,
                remedy=nearest(wave, self.waves) or "choose one of these",
            )
        return self.waves.index(wave)

    def predictor(self, name: str) -> Floats:
        """A further column, shape (n, T).

        Raises
        ------
        DataError
            When it was not read with the panel.
        """
        if name not in self.extras:
            raise DataError(
                f"the predictor '{name}' was not read with the panel",
                expected="one of " + (", ".join(self.extras) or "(none was read)"),
                got=name,
                remedy=nearest(name, self.extras) or "name it in extras when the panel is read",
            )
        return self.extras[name]

    def rows(self, sums: Floats, used: Bools, by: str = "") -> Rows:
        """Household values summed to clusters within domains; unused households keep their PSU.

        Parameters
        ----------
        sums : float array, shape (n, q)
        used : bool array, shape (n,)
            Households that take part; domains without any are left out.
        by : str
            Domain column; "" for all together.

        Returns
        -------
        exitline.stats.infer.intake.cells.Rows
        """
        domain = self.domains[by] if by else Domain(np.zeros(self.size, dtype=np.int64), ("",))
        ones = used.astype(np.int64)
        cells = Cells(
            stratum=self.stratum, stages=(self.psu,), domains=(domain.codes,),
            levels=(domain.labels,), n=ones, cases=no_kinds(ones),
            sums=np.where(used[:, None], sums, 0.0), fpc=np.empty((self.size, 0)),
            written=(domain.written,) if domain.written else (),
        )  # fmt: skip
        return roll_up(cells, (0,) if by else ())

    @property
    def sets(self) -> tuple[str, ...]:
        """All together (""), then each domain column."""
        return ("", *self.domains)


def read_panel(data: Any, spec: PanelSpec, *, engine: str | Engine = "duckdb") -> Panel:
    """Read a panel into arrays.

    Parameters
    ----------
    data : path, table, or sequence of these
        One table a wave in the order of time, or a single long or wide table.
    spec : PanelSpec
        See `panel_spec`.
    engine : str or Engine

    Returns
    -------
    Panel

    Raises
    ------
    DataError, DesignError
        See `open_panel`.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec
    >>> long = pd.DataFrame({"id": [1, 1, 2], "t": ["a", "b", "a"], "y": [1.0, 3.0, 5.0]})
    >>> panel = read_panel(long, panel_spec(household="id", welfare="y", wave="t", line=2.0))
    >>> panel.poor
    array([[ 1.,  0.],
           [ 0., nan]])
    """
    from exitline.stats.measure.over_time.dynamics import long_panel

    with open_panel(data, spec, engine) as opened:
        rows = opened.engine.run(long_panel(opened.tables))
        spec, reports = opened.spec, opened.reports
        panel = _pivoted(rows, spec, reports)
        together = (panel.present[:, :-1] & panel.present[:, 1:]).sum(axis=0)
        notes = few_matches(opened, together.tolist())
    refuse_straddling([rows], spec.columns.design)
    return replace(panel, notes=notes)


def _pivoted(rows: pa.Table, spec: PanelSpec, reports: tuple[WaveReport, ...]) -> Panel:
    """Long rows to arrays by household and wave."""
    household, ids = _households(rows.column("household"))
    wave = rows.column("wave").to_numpy().astype(np.int64)
    grid = _Grid(household, wave, len(ids), len(spec.waves))
    weight = rows.column("weight").to_numpy()
    if spec.unit == "persons":
        weight = weight * rows.column("size").to_numpy()
    first = grid.first_row()
    stratum = np.zeros(grid.n, dtype=np.int64)
    if "stratum" in rows.column_names:
        stratum = codes(rows.column("stratum"))[0][first]
    psu = household[first]
    if "stage1" in rows.column_names:
        psu = codes(rows.column("stage1"))[0][first]
    psu = _within(stratum, psu)
    columns = spec.columns
    domains = {}
    for i, name in enumerate(columns.domains):
        coded, values = codes(rows.column(f"domain{i + 1}"))
        names = shown_names(values, spec.labels[i]) if spec.labels else values
        domains[name] = Domain(coded[first], names, () if names == values else values)
    extras = {
        name: grid.spread(rows.column(f"extra{i + 1}"))
        for i, name in enumerate(columns.extra_names)
    }
    return Panel(
        waves=spec.waves, household=ids, welfare=grid.spread(rows.column("welfare")),
        line=grid.spread(rows.column("line")), poor=grid.spread(rows.column("poor")),
        present=grid.present(), weight=grid.fill(weight), stratum=stratum, psu=psu,
        sampling=_linearised(stratum, psu, columns.design), spec=spec, reports=reports,
        domains=domains, extras=extras,
    )  # fmt: skip


def _households(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Codes in ascending order of the ids, and the ids."""
    import pyarrow.compute as pc

    unique = pc.unique(column)
    ids = unique.take(pc.sort_indices(unique))
    return pc.index_in(column, value_set=ids).to_numpy().astype(np.int64), ids


def _within(stratum: Ints, psu: Ints) -> Ints:
    """Codes of PSUs within strata."""
    pair = stratum * (int(psu.max(initial=0)) + 1) + psu
    return np.asarray(np.unique(pair, return_inverse=True)[1], dtype=np.int64)


def _linearised(stratum: Ints, psu: Ints, design: Design) -> Variance:
    """The variance of all households; none for a census."""
    n = np.ones(len(stratum), dtype=np.int64)
    empty = np.empty((len(stratum), 0))
    return variance_of(Cells(stratum, (psu,), (), (), n, no_kinds(n), empty, empty), design)


@dataclass(frozen=True)
class _Grid:
    """Positions of long rows in a households x waves array."""

    household: Ints
    wave: Ints
    n: int
    waves: int

    def fill(self, values: Floats) -> Floats:
        """Values of the rows in their places, NaN elsewhere."""
        grid = np.full((self.n, self.waves), np.nan)
        grid[self.household, self.wave] = values
        return grid

    def spread(self, column: pa.ChunkedArray) -> Floats:
        """A numeric or boolean column in its places, NaN where it is missing."""
        import pyarrow as pa

        floats = column.cast(pa.float64()) if not pa.types.is_floating(column.type) else column
        return self.fill(floats.to_numpy().astype(np.float64))

    def present(self) -> Bools:
        """Which household has a row in which wave."""
        grid = np.zeros((self.n, self.waves), dtype=bool)
        grid[self.household, self.wave] = True
        return grid

    def first_row(self) -> Ints:
        """The row of each household's first wave."""
        order = np.lexsort((self.wave, self.household))
        head = np.r_[True, np.diff(self.household[order]) > 0]
        return np.asarray(order[head])
