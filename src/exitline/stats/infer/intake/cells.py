"""Cluster totals as NumPy arrays, and their roll-up to one set of domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.infer.intake.codes import codes, crossed, grouped

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.designs.ids import Ids


@dataclass(frozen=True)
class PhaseCells:
    """What cells say of a second phase.

    Attributes
    ----------
    stratum : int array, shape (cells,)
        Codes of its strata from 0.
    first, second : float arrays, shape (cells,)
        Units of the first phase and of the second in the stratum.
    base : float array, shape (cells,)
        The weight of the first phase.
    taken : bool array, shape (cells,)
        Whether the cell's unit was drawn again.
    eased : float array, shape (cells,)
        The weight before calibration over that after it; 1 where there is none.
    """

    stratum: Ints
    first: Floats
    second: Floats
    base: Floats
    taken: NDArray[np.bool_]
    eased: Floats


@dataclass(frozen=True)
class Cells:
    """Totals by stratum x cluster x domain columns, as the engine handed them back.

    Attributes
    ----------
    stratum : int array, shape (cells,)
        Stratum codes from 0.
    stages : tuple of int arrays, each shape (cells,)
        Cluster codes from 0, stage by stage; a cluster code belongs to one parent.
    domains : tuple of int arrays, each shape (cells,)
        Codes of each domain column, into `levels`.
    levels : tuple of tuple of str
        The values of each domain column as they are shown, in ascending order of the values.
    written : tuple of tuple of str
        The same values as the data write them; empty where they are shown as written.
    n : int array, shape (cells,)
        Households used.
    cases : int array, shape (cells, kinds)
        Of these, the kinds that some measures refer to (`Plan.cases`): the poor at a line,
        those with welfare above zero.
    sums : float array, shape (cells, terms)
        Weighted sums.
    fpc : float array, shape (cells, stages with fpc)
        Number of clusters in the population, or sampling fractions; NaN where a cell has several.
    times : float array, shape (cells,), optional
        Where each household is a cluster and none came back one by one: the households that a
        row stands for (see `exitline.stats.infer.intake.arrived`). Then `n` and `cases` stand on
        the first row of a cell.
    whole : float array, shape (cells, terms), optional
        With `times`: the sums as the engine gave them, on the first row of a cell.
    clusters : int array, shape (cells,), optional
        With `times`: clusters of the sample, used or not, on the first row of a cell.
    found : float array, shape (cells, figures), optional
        What the first pass found in the cell's domain, for each of `Plan.first`.
    ids : Ids, optional
        Which stratum and PSU each code stands for.
    phase : PhaseCells, optional
        The second phase of a sample in two: its units are the last stage.
    """

    stratum: Ints
    stages: tuple[Ints, ...]
    domains: tuple[Ints, ...]
    levels: tuple[tuple[str, ...], ...]
    n: Ints
    cases: Ints
    sums: Floats
    fpc: Floats
    written: tuple[tuple[str, ...], ...] = ()
    times: Floats | None = None
    whole: Floats | None = None
    clusters: Ints | None = None
    found: Floats | None = None
    ids: Ids | None = None
    phase: PhaseCells | None = None

    @property
    def used(self) -> NDArray[np.bool_]:
        """Cells with households that are used."""
        return self.n > 0 if self.times is None else self.times > 0

    @property
    def clustered(self) -> bool:
        """False for a census, which has no clusters and no sampling error."""
        return bool(self.stages)


@dataclass(frozen=True)
class Rows:
    """Cells rolled up to one set of domains: one row per domain x last-stage cluster.

    Attributes
    ----------
    domain : int array, shape (rows,)
        Domain codes from 0 to `size` - 1.
    keys : tuple of tuple of str
        The domains' values as they are shown, one tuple per domain; ((),) for all together.
    stratum, stages, n, cases, sums, times, whole
        As in `Cells`.
    written : tuple of tuple of str
        The keys as the data write them; empty where they are shown as written.
    found : float array, shape (domains, figures), optional
        What the first pass found; of use only for figures of this set of domains.
    sampled : bool
        Whether the clusters were sampled, which replicates were not.
    query : int
        Rows of different queries, in which no cluster can be found again, differ in it.
    """

    domain: Ints
    keys: tuple[tuple[str, ...], ...]
    stratum: Ints
    stages: tuple[Ints, ...]
    n: Ints
    cases: Ints
    sums: Floats
    written: tuple[tuple[str, ...], ...] = ()
    times: Floats | None = None
    whole: Floats | None = None
    found: Floats | None = None
    sampled: bool = True
    query: int = 0

    @property
    def codes(self) -> tuple[tuple[str, ...], ...]:
        """The domains' values as the data write them: what other files know them by."""
        return self.written or self.keys

    @property
    def size(self) -> int:
        """Number of domains."""
        return len(self.keys)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The domains as results name them; "" for all together."""
        return tuple(label_of(key) for key in self.keys)

    @cached_property
    def code_labels(self) -> tuple[str, ...]:
        """The domains by their codes; "" for all together."""
        return tuple(label_of(key) for key in self.codes)

    def totals(self) -> Floats:
        """Weighted sums by domain, shape (domains, terms)."""
        return sum_by(self.domain, self.sums if self.whole is None else self.whole, self.size)

    def count(self, n: Ints) -> Ints:
        """Households by domain, from `n` or a column of `cases`."""
        return np.bincount(self.domain, weights=n, minlength=self.size).astype(np.int64)


def no_kinds(n: Ints) -> Ints:
    """The `cases` of cells or rows whose figures refer to all their households."""
    return np.empty((len(n), 0), dtype=np.int64)


def relabelled(cells: Cells, labels: Sequence[Mapping[Any, str]]) -> Cells:
    """The cells with domain values replaced by what they mean, where that is known.

    Parameters
    ----------
    cells : Cells
    labels : sequence of mappings, one for each domain column
        From value to label; an unlabelled value keeps its own text. Empty: no labels at all.
    """
    from exitline.stats.infer.intake.naming import shown_names

    if not labels:
        return cells
    pairs = zip(cells.levels, labels, strict=True)
    names = tuple(shown_names(values, known) for values, known in pairs)
    return replace(cells, levels=names, written=() if names == cells.levels else cells.levels)


def roll_up(cells: Cells, columns: tuple[int, ...]) -> Rows:
    """Sum cells to the domains made by crossing some domain columns (none: all together).

    Parameters
    ----------
    cells : Cells
    columns : tuple of int
        Positions in `cells.domains`.

    Returns
    -------
    Rows
        Domains without any household that is used are left out.
    """
    domain, present = _present(cells, columns)
    keep = domain >= 0
    last = cells.stages[-1][keep] if cells.clustered else np.zeros(int(keep.sum()), dtype=np.int64)
    first, inverse = grouped(crossed(domain[keep], last))
    size = len(first)
    return Rows(
        domain=domain[keep][first],
        keys=_keys(cells.levels, columns, present),
        stratum=cells.stratum[keep][first],
        stages=tuple(s[keep][first] for s in cells.stages),
        n=np.bincount(inverse, weights=cells.n[keep], minlength=size).astype(np.int64),
        cases=sum_by(inverse, cells.cases[keep].astype(np.float64), size).astype(np.int64),
        sums=sum_by(inverse, cells.sums[keep], size),
        times=None if cells.times is None else cells.times[keep][first],
        whole=None if cells.whole is None else sum_by(inverse, cells.whole[keep], size),
        written=_keys(cells.written, columns, present) if cells.written else (),
        found=None if cells.found is None else _by_domain(cells.found[keep], domain[keep]),
    )


def _by_domain(found: Floats, domain: Ints) -> Floats:
    """What was found in each domain: the largest value of its cells, which have it or none."""
    result = np.full((int(domain.max(initial=-1)) + 1, found.shape[1]), np.nan)
    np.fmax.at(result, domain, found)
    return result


def together(cells: Cells) -> Rows:
    """All cells as one domain, whether their households are asked for or not.

    Parameters
    ----------
    cells : Cells
    """
    none = np.zeros(len(cells.n), dtype=np.int64)
    return Rows(
        domain=none, keys=((),), stratum=cells.stratum, stages=cells.stages, n=cells.n,
        cases=cells.cases, sums=cells.sums, times=cells.times, whole=cells.whole,
    )  # fmt: skip


def domain_codes(
    cells: Cells, columns: tuple[int, ...]
) -> tuple[Ints, tuple[tuple[str, ...], ...]]:
    """Domain code of each cell (-1 where no household is used) and the domains' keys.

    Parameters
    ----------
    cells : Cells
    columns : tuple of int
        Positions in `cells.domains`; their crossing makes the domains.

    Returns
    -------
    int array of shape (cells,), and tuple of tuple of str
    """
    result, present = _present(cells, columns)
    return result, _keys(cells.levels, columns, present)


def _present(cells: Cells, columns: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Domain code of each cell, and which crossing of values each domain is."""
    used = cells.used
    code = np.zeros(len(cells.n), dtype=np.int64)
    for c in columns:
        code = code * len(cells.levels[c]) + cells.domains[c]
    first, group = grouped(code[used])
    result = np.full(len(code), -1, dtype=np.int64)
    result[used] = group
    return result, code[used][first]


def _keys(
    levels: tuple[tuple[str, ...], ...], columns: tuple[int, ...], present: Ints
) -> tuple[tuple[str, ...], ...]:
    """The values that make up each domain."""
    parts: list[list[str]] = []
    rest = present
    for c in reversed(columns):
        parts.insert(0, [levels[c][i] for i in rest % len(levels[c])])
        rest = rest // len(levels[c])
    return tuple(zip(*parts, strict=True)) if columns else ((),) * len(present)


def label_of(key: tuple[str, ...]) -> str:
    """A domain as results name it: its values, joined; "" for all together.

    Where areas are crossed, a value that holds the sign between two values stands in quotes,
    so that no two crossings have one name.

    Examples
    --------
    >>> label_of(("Tirana", "Urban")), label_of(())
    ('Tirana, Urban', '')
    >>> label_of(("Washington, D.C.", "Urban")), label_of(("Washington, D.C.",))
    ('"Washington, D.C.", Urban', 'Washington, D.C.')
    """
    return key[0] if len(key) == 1 else ", ".join(_quoted(part) for part in key)


def _quoted(part: str) -> str:
    """A value in quotes, where it could be taken for two, or for one in quotes."""
    if "," not in part and '"' not in part:
        return part
    return '"' + part.replace('"', '""') + '"'


def place_of(keys: pa.Table, cells: Cells, columns: tuple[int, ...]) -> Ints:
    """Which domain of a set each row of key columns is of; -1 for values without any cell.

    Parameters
    ----------
    keys : pyarrow.Table
        One column for each of `columns`, with values of the data.
    cells : Cells
    columns : tuple of int
        Positions in `cells.domains`.
    """
    known = cells.written or cells.levels
    of_cell, _ = domain_codes(cells, columns)
    crossed, cell = np.zeros(keys.num_rows, dtype=np.int64), np.zeros(len(cells.n), dtype=np.int64)
    lost = np.zeros(keys.num_rows, dtype=bool)
    for c, name in zip(columns, keys.column_names, strict=True):
        code, levels = codes(keys.column(name))
        position = {value: i for i, value in enumerate(known[c])}
        place = np.array([position.get(v, -1) for v in levels], dtype=np.int64)[code]
        lost |= place < 0
        crossed = crossed * len(known[c]) + place
        cell = cell * len(known[c]) + cells.domains[c]
    values = np.unique(cell)
    of_value = np.full(len(values), -1, dtype=np.int64)
    np.maximum.at(of_value, np.searchsorted(values, cell), of_cell)
    at = np.minimum(np.searchsorted(values, crossed), len(values) - 1)
    return np.where(lost | (values[at] != crossed), -1, of_value[at])


def sum_by(group: Ints, values: Floats, size: int) -> Floats:
    """Sums of each column of `values` by group code, shape (size, columns)."""
    result = np.empty((size, values.shape[1]))
    for column in range(values.shape[1]):
        result[:, column] = np.bincount(group, weights=values[:, column], minlength=size)
    return result
