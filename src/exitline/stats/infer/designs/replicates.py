"""Replicate weights: every figure once more with each, and the variance of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError
from exitline.stats.data.sampling.replicated import ReplicateWeights
from exitline.stats.infer.designs.variances import Replicates
from exitline.stats.infer.intake.arrays import Arrays, Domains
from exitline.stats.infer.intake.cells import domain_codes, place_of
from exitline.stats.infer.intake.codes import numbers
from exitline.stats.measure import terms
from exitline.stats.measure.measures.quantiles import share_at_or_below
from exitline.stats.measure.model import Given

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.stats.infer.intake.cells import Cells
    from exitline.stats.measure.model import Measure, Term
    from exitline.stats.measure.passes.sums import Plan

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    By = tuple[int, ...]

AT_ONCE = 20_000_000
"""Weights that are worked on at a time: rows x replicates."""
ROWS_AT_ONCE = 1024
"""Rows that are laid out at a time, so that they stay near the processor."""
ENOUGH = 8
"""Times the replicates: so many different rows of a domain show its rank."""
RANK = 1e-5
"""As in R's ``degf``: a column with less than this share left is explained by the others."""


def replicate(
    read: Callable[..., pa.Table], stream: Callable[..., Iterable[pa.Table]], cells: Cells,
    plan: Plan, sets: tuple[By, ...],
) -> Replicates:  # fmt: skip
    """Compute every figure with every replicate weight, a block of weights at a time.

    An engine gives rows in another order each time, so that each block of weights comes with
    the values that its figures are made of.

    Parameters
    ----------
    read : callable
        From positions of replicates to the rows, as
        `exitline.stats.measure.passes.micro.micro` says.
    stream : callable
        The same a number of rows at a time, from positions and that number.
    cells : Cells
        From the totals query; says which domains there are.
    plan : Plan
    sets : tuple of tuple of int

    Returns
    -------
    Replicates

    Raises
    ------
    DataError
        Where a replicate weight is missing or infinite.
    """
    drawn = plan.design.sampling
    assert isinstance(drawn, ReplicateWeights)
    count, rows = len(drawn.weights), max(int(cells.n.sum()), 1)
    step = max(1, AT_ONCE // rows)
    blocks = [range(i, min(i + step, count)) for i in range(0, count, step)]
    figures: dict[tuple[By, str, int | None], list[Floats]] = {}
    for block in blocks:
        own = read(block)
        arrays = Arrays(
            plan, _given_of(own), _weights(own, block, plan), _domains(own, cells, sets)
        )
        for key, figure in _figures(arrays, plan, sets):
            figures.setdefault(key, []).append(figure)
    every = range(count)
    some = [own] if len(blocks) == 1 else stream(every, max(1, AT_ONCE // (4 * count)))
    return Replicates(
        {key: np.hstack(parts) for key, parts in figures.items()},
        np.array(drawn.scales(count)), drawn.mse, _degrees(plan, cells, sets, some),
    )  # fmt: skip


def _given_of(rows: pa.Table) -> dict[str, Floats]:
    """The values of rows, each of shape (rows, 1)."""
    return {
        name: numbers(rows.column(name)).astype(np.float64, copy=False)[:, None]
        for name in rows.column_names
        if not name.startswith(("domain", "replicate"))
    }


def _weights(rows: pa.Table, block: range, plan: Plan) -> Floats:
    """Replicate weights, shape (rows, weights); missing and infinite ones are refused."""
    columns = [numbers(rows.column(f"replicate{i}")) for i in block]
    with np.errstate(invalid="ignore", over="ignore"):
        odd = [i for i, column in enumerate(columns) if not np.isfinite(column.sum())]
    bad = [i for i in odd if not np.isfinite(columns[i]).all()]
    if bad:
        names = [plan.design.replicates[block[i]] for i in bad]
        raise DataError(
            f"{len(bad):,} of {len(block):,} columns of replicate weights have missing values",
            where="columns " + ", ".join(f"'{name}'" for name in names[:5]),
            expected="a finite number on every row that has a weight",
            got="missing or infinite ones",
            remedy="complete them, or leave these replicates out and give the scales anew",
        )
    found = np.empty((rows.num_rows, len(columns)))
    for start in range(0, len(found), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        for i, column in enumerate(columns):
            found[part, i] = column[part]
    return found


def _domains(micro: pa.Table, cells: Cells, sets: tuple[By, ...]) -> dict[By, Domains]:
    """The domains of each row, in the order in which the cells have them.

    Rows outside of the subpopulation count with the first domain, with no weight.
    """
    names = sorted(
        (n for n in micro.column_names if n.startswith("domain")), key=lambda n: int(n[6:])
    )
    found = {}
    for by in {(), *sets}:
        place = place_of(micro.select([names[c] for c in by]), cells, by)
        size = len(domain_codes(cells, by)[1])
        found[by] = Domains(np.maximum(place, 0), size)
    return found


def _figures(
    arrays: Arrays, plan: Plan, sets: tuple[By, ...]
) -> Iterator[tuple[tuple[By, str, int | None], Floats]]:
    """Each measure at each line in each set: figures by domain and weight."""
    for by in sets:
        size, many = arrays.sets[by].size, arrays.weights.shape[1]
        shares = [share_at_or_below(m) for m in plan.measures if m.woodruff is not None]
        for measure in (*plan.measures, *shares):
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
    n = np.repeat(arrays.count(by), many)
    return Given(laid_out(totals), laid_out(found), z, measure.parameters, n)


def _total(arrays: Arrays, term: Term, line: int | None, by: By) -> Floats:
    """The weighted sum of a term by domain and weight, if it is of use for a value."""
    domains = arrays.sets[by]
    if term.only_moves:
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
    return np.broadcast_to(line.relative.line(found, arrays), shape)


def _degrees(
    plan: Plan, cells: Cells, sets: tuple[By, ...], batches: Iterable[pa.Table]
) -> dict[By, Floats]:
    """R's ``degf`` of each domain: the rank of its replicate weights, less one.

    Rows whose weights are multiples of each other (those of one PSU) are one row of the rank;
    of many different rows a sample has the same rank.
    """
    sizes = {by: len(domain_codes(cells, by)[1]) for by in sets}
    if plan.design.df is not None:
        return {by: np.full(size, float(plan.design.df)) for by, size in sizes.items()}
    count = len(plan.design.replicates)
    kept = {by: _Different(ENOUGH * count) for by in sets}
    for rows in batches:
        weights = _weights(rows, range(count), plan)
        inside = rows.column("inside").to_numpy(zero_copy_only=False).astype(bool)
        domains = _domains(rows, cells, sets)
        for by, different in kept.items():
            different.add(domains[by].code[inside], weights[inside])
    found = {}
    for by, different in kept.items():
        starts = np.searchsorted(different.code, np.arange(sizes[by] + 1))
        ranks = [_rank(different.weights[i:j]) for i, j in pairwise(starts)]
        found[by] = np.maximum(np.array(ranks, dtype=np.float64) - 1.0, 0.0)
    return found


class _Different:
    """Rows of each domain whose weights are no multiples of each other, up to a number.

    Which ones are kept, of more, is by chance and the same in any order of the rows.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.code, self._mark = np.empty(0, dtype=np.int64), np.empty(0)
        self.weights = np.empty((0, 0))

    def add(self, code: Ints, weights: Floats) -> None:
        """Take rows into account."""
        norm = np.sqrt(np.einsum("ij,ij->i", weights, weights))
        by_chance = np.random.default_rng(0).standard_normal(weights.shape[1])
        mark = ((weights @ by_chance) / np.where(norm > 0, norm, 1.0)).round(9)
        first = _first_of_each(code, mark)
        code = np.concatenate([self.code, code[first]])
        mark = np.concatenate([self._mark, mark[first]])
        own = weights[first]
        every = np.vstack([self.weights, own]) if len(self.weights) else own
        chance = np.modf(np.abs(mark) * 1e5)[0]  # digits that say nothing of the row
        order = np.lexsort((mark, chance, code))
        order = order[_first_of_each(code[order], mark[order], sort=False)]
        place = np.arange(len(order)) - np.searchsorted(code[order], code[order])
        order = order[place < self._most]
        self.code, self._mark, self.weights = code[order], mark[order], every[order]


def _first_of_each(code: Ints, mark: Floats, *, sort: bool = True) -> Ints:
    """Where each pair of a domain and a mark stands first, in the order of the pairs."""
    order = np.lexsort((mark, code)) if sort else np.arange(len(code))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (code[order][1:] != code[order][:-1]) | (mark[order][1:] != mark[order][:-1])
    return np.asarray(order[new], dtype=np.int64)


def _rank(matrix: Floats) -> int:
    """Rank by R's rule: columns of which a share is left that the earlier ones do not explain.

    As ``qr(matrix, tol = 1e-5)$rank`` (LINPACK's dqrdc2): a column counts where its residual from
    the columns counted before is at least `RANK` of its length; by elimination in the product of
    the matrix with itself.
    """
    product = matrix.T @ matrix
    least = RANK**2 * product.diagonal()
    rank, most = 0, min(matrix.shape)
    for j in range(len(product)):
        left = product[j, j]
        if rank == most or not left > least[j]:
            continue
        rank += 1
        row = product[j, j + 1 :] / np.sqrt(left)
        product[j + 1 :, j + 1 :] -= np.multiply.outer(row, row)
    return rank
