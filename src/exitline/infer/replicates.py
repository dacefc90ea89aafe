"""Replicate weights: every figure once more with each, and the variance of what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError
from exitline.infer.arrays import Arrays, Domains
from exitline.infer.cells import Rows
from exitline.infer.codes import codes
from exitline.infer.frame import Frame, Stage
from exitline.measure import terms
from exitline.measure.model import Given

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.data.design import Design
    from exitline.infer.cells import Cells
    from exitline.measure.model import Measure, Term
    from exitline.measure.sums import Plan

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    By = tuple[int, ...]

AT_ONCE = 20_000_000
"""Weights that are worked on at a time: rows x replicates."""
RANK = 1e-5
"""As in R's ``degf``: what is smaller beside the largest is no rank of its own."""


@dataclass(frozen=True)
class Replicated:
    """Every figure with every replicate weight.

    Attributes
    ----------
    figures : dict of (by, measure, line) to float array, shape (domains, replicates)
    scales : float array, shape (replicates,)
        What the square of each deviation counts.
    mse : bool
        Whether deviations are from the full-sample figure, instead of the replicates' mean.
    df : dict of by to float array, shape (domains,)
    """

    figures: dict[tuple[By, str, int | None], Floats]
    scales: Floats
    mse: bool
    df: dict[By, Floats]

    @property
    def frame(self) -> Frame:
        """The design: each replicate adds a square, with nothing to centre at."""
        one = np.ones(1)
        stage = Stage(np.array([len(self.scales)]), one, one, centred=False)
        return Frame((stage,), "fail", float(self.df[()][0]))

    def rows(self, of: Rows) -> Rows:
        """One row for each domain x replicate; what is counted stands on a domain's first.

        Parameters
        ----------
        of : Rows
            One row for each domain.
        """
        many = len(self.scales)
        domain = np.repeat(np.arange(of.size), many)
        first = np.tile(np.arange(many) == 0, of.size)
        return Rows(
            domain=domain, keys=of.keys, stratum=np.zeros_like(domain),
            stages=(np.tile(np.arange(many), of.size),), n=np.where(first, of.n[domain], 0),
            cases=np.where(first[:, None], of.cases[domain], 0),
            sums=np.where(first[:, None], of.sums[domain], 0.0), written=of.written,
            found=of.found, replicated=True,
        )  # fmt: skip

    def influence(self, by: By, measure: str, line: int | None, value: Floats) -> Floats:
        """Scaled deviations of a figure, for each of `rows`; their squares add to the variance.

        Replicates in which a domain has no figure are left out, as in R.

        Parameters
        ----------
        by : tuple of int
        measure : str
        line : int or None
        value : float array, shape (domains,)
            The figure with the full-sample weights.
        """
        figures = self.figures[by, measure, line]
        there = ~np.isnan(figures) & (self.scales > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(there, figures, 0.0).sum(axis=1) / there.sum(axis=1)
        centre = value if self.mse else mean
        deviation = np.where(there, figures - centre[:, None], 0.0) * np.sqrt(self.scales)
        deviation[~there.any(axis=1)] = np.nan
        return np.asarray(deviation.reshape(-1))


def replicate(micro: pa.Table, cells: Cells, plan: Plan, sets: tuple[By, ...]) -> Replicated:
    """Compute every figure with every replicate weight.

    Parameters
    ----------
    micro : pyarrow.Table
        From `exitline.measure.micro.micro`.
    cells : Cells
        From the totals query; says which domains there are.
    plan : Plan
    sets : tuple of tuple of int

    Returns
    -------
    Replicated

    Raises
    ------
    DataError
        Where a replicate weight is missing or infinite.
    """
    design = plan.design
    count = len(design.replicates)
    weights = [f"replicate{i}" for i in range(count)]
    _refuse_missing(micro, weights, plan)
    domains = _domains(micro, cells, sets)
    given = {
        name: micro.column(name).to_numpy(zero_copy_only=False).astype(np.float64)[:, None]
        for name in micro.column_names
        if name not in weights and not name.startswith("domain")
    }
    figures: dict[tuple[By, str, int | None], list[Floats]] = {}
    step = max(1, AT_ONCE // max(micro.num_rows, 1))
    for start in range(0, count, step):
        names = weights[start : start + step]
        block = np.column_stack([micro.column(name).to_numpy() for name in names])
        arrays = Arrays(plan, given, block, domains)
        for key, figure in _figures(arrays, plan, sets):
            figures.setdefault(key, []).append(figure)
    return Replicated(
        {key: np.hstack(parts) for key, parts in figures.items()},
        np.array(design.scales(count)), design.mse,
        {by: _df(micro, weights, domains[by], design) for by in sets},
    )  # fmt: skip


def _refuse_missing(micro: pa.Table, weights: list[str], plan: Plan) -> None:
    """Refuse replicate weights that are missing or not finite, by column."""
    bad = [
        plan.design.replicates[i]
        for i, name in enumerate(weights)
        if not np.isfinite(micro.column(name).to_numpy()).all()
    ]
    if bad:
        raise DataError(
            f"{len(bad):,} of {len(weights):,} columns of replicate weights have missing values",
            where="columns " + ", ".join(f"'{name}'" for name in bad[:5]),
            expected="a finite number on every row that has a weight",
            got="missing or infinite ones",
            remedy="complete them, or leave these replicates out and give the scales anew",
        )


def _domains(micro: pa.Table, cells: Cells, sets: tuple[By, ...]) -> dict[By, Domains]:
    """The domains of each row, in the order in which the cells have them.

    Rows outside of the subpopulation count with the first domain, with no weight.
    """
    from exitline.infer.cells import domain_codes

    names = sorted(
        (n for n in micro.column_names if n.startswith("domain")), key=lambda n: int(n[6:])
    )
    columns = [codes(micro.column(name)) for name in names]
    known = cells.written or cells.levels
    place = []
    for (code, levels), there in zip(columns, known, strict=True):
        position = {value: i for i, value in enumerate(there)}
        place.append(np.array([position.get(v, -1) for v in levels], dtype=np.int64)[code])
    found = {}
    for by in {(), *sets}:
        of_cell, keys = domain_codes(cells, by)
        crossed = np.zeros(micro.num_rows, dtype=np.int64)
        cell = np.zeros(len(cells.n), dtype=np.int64)
        for c in by:
            crossed = crossed * len(known[c]) + place[c]
            cell = cell * len(known[c]) + cells.domains[c]
        values, first = np.unique(cell, return_index=True)
        of_value = np.zeros(len(values), dtype=np.int64)
        np.maximum.at(of_value, np.searchsorted(values, cell), of_cell)
        del first
        found[by] = Domains(of_value[np.searchsorted(values, crossed)], len(keys))
    return found


def _figures(
    arrays: Arrays, plan: Plan, sets: tuple[By, ...]
) -> Iterator[tuple[tuple[By, str, int | None], Floats]]:
    """Each measure at each line in each set: figures by domain and weight."""
    for by in sets:
        size, many = arrays.sets[by].size, arrays.weights.shape[1]
        for measure in plan.measures:
            for line in plan.lines_of(measure):
                with np.errstate(all="ignore"):
                    given = _given(arrays, measure, line, by)
                    value = measure.rule(given).value
                yield (by, measure.name, line), value.reshape(size, many)


def _given(arrays: Arrays, measure: Measure, line: int | None, by: By) -> Given:
    """What a rule makes a figure from, for each domain and weight in one row."""
    domains, many = arrays.sets[by], arrays.weights.shape[1]
    totals = [_total(arrays, term, line, by) for term in measure.terms]
    found = [arrays.scalar(s, terms.At(line, by)) for s in measure.scalars]
    rows = domains.size * many

    def laid_out(columns: list[Floats]) -> Floats:
        return np.column_stack([c.reshape(-1) for c in columns]) if columns else np.empty((rows, 0))

    z = np.full(rows, np.nan)
    if line is not None and not isinstance(arrays.plan.lines[line].value, str):
        z = _line_values(arrays, line, by).reshape(-1)
    return Given(laid_out(totals), laid_out(found), z, measure.parameters)


def _total(arrays: Arrays, term: Term, line: int | None, by: By) -> Floats:
    """The weighted sum of a term by domain and weight; densities are of no use here."""
    domains = arrays.sets[by]
    if term.kind == "kernel":
        return np.ones((domains.size, arrays.weights.shape[1]))
    key = ("total", term, line if term.needs_line else None, by)
    if key not in arrays._known:
        amount = terms.value(term, arrays, terms.At(line, by))
        arrays._known[key] = arrays.sum(amount, arrays.weight(term.unit), domains)
    found: Floats = arrays._known[key]
    return found


def _line_values(arrays: Arrays, index: int, by: By) -> Floats:
    """A line of one number, in each domain and with each weight."""
    line = arrays.plan.lines[index]
    shape = (arrays.sets[by].size, arrays.weights.shape[1])
    if line.relative is None:
        return np.full(shape, float(line.value))
    at, whole = terms.At(None, by if line.within else ()), not line.within
    found = arrays.scalar(line.relative.scalar, at, whole=whole)
    return np.broadcast_to(line.relative.share * found, shape)


def _df(micro: pa.Table, weights: list[str], domains: Domains, design: Design) -> Floats:
    """R's ``degf`` of each domain: the rank of its replicate weights, less one.

    Rows whose weights are multiples of each other (those of one PSU) are one row of the rank.
    """
    if design.df is not None:
        return np.full(domains.size, float(design.df))
    matrix = np.column_stack([micro.column(name).to_numpy() for name in weights])
    inside = micro.column("inside").to_numpy(zero_copy_only=False)
    norm = np.sqrt((matrix**2).sum(axis=1, keepdims=True))
    matrix = matrix / np.where(norm > 0, norm, 1.0)
    print_of = (matrix @ np.random.default_rng(0).standard_normal(len(weights))).round(9)
    result = np.zeros(domains.size)
    order = np.lexsort((print_of, domains.code))
    order = order[inside[order]]
    code, mark = domains.code[order], print_of[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (code[1:] != code[:-1]) | (mark[1:] != mark[:-1])
    kept = order[new]
    starts = np.searchsorted(domains.code[kept], np.arange(domains.size + 1))
    for domain in range(domains.size):
        mine = matrix[kept[starts[domain] : starts[domain + 1]]]
        result[domain] = max(_rank(mine) - 1, 0)
    return result


def _rank(matrix: Floats) -> int:
    """Rank of a matrix, from the smaller of its two products with itself."""
    wide = matrix.shape[0] < matrix.shape[1]
    product = matrix @ matrix.T if wide else matrix.T @ matrix
    if not product.size:
        return 0
    values = np.linalg.eigvalsh(product)
    return int(np.sum(values > RANK**2 * values[-1]))
