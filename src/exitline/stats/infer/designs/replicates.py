"""Replicate weights: every figure once more with each, and the variance of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from exitline.errors import DataError
from exitline.stats.data.sampling.replicated import ReplicateWeights
from exitline.stats.infer.designs.variances import Replicates
from exitline.stats.infer.intake.arrays import Arrays, Domains
from exitline.stats.infer.intake.cells import domain_codes, place_of
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
ENOUGH = 8
"""Times the replicates: so many different rows of a domain show its rank."""
RANK = 1e-5
"""As in R's ``degf``: a column with less than this share left is explained by the others."""


def replicate(
    read: Callable[..., pa.Table], cells: Cells, plan: Plan, sets: tuple[By, ...]
) -> Replicates:
    """Compute every figure with every replicate weight, a block of weights at a time.

    Parameters
    ----------
    read : callable
        From positions of replicates to the rows, as `exitline.stats.measure.passes.micro.micro`
        says.
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
    base = read(blocks[0])
    domains = _domains(base, cells, sets)
    given = {
        name: base.column(name).to_numpy(zero_copy_only=False).astype(np.float64)[:, None]
        for name in base.column_names
        if not name.startswith(("domain", "replicate"))
    }
    marks = _Marks(base.num_rows)
    figures: dict[tuple[By, str, int | None], list[Floats]] = {}
    for block in blocks:
        own = base if block == blocks[0] else read(block, alone=True)
        if not own.column("weight").equals(base.column("weight")):
            raise _moved(plan)
        weights = _weights(own, block, plan)
        marks.add(weights)
        for key, figure in _figures(Arrays(plan, given, weights, domains), plan, sets):
            figures.setdefault(key, []).append(figure)
    inside = given["inside"][:, 0] > 0

    def matrix(kept: Ints) -> Floats:
        if len(blocks) == 1:
            return weights[kept]
        return np.hstack([_weights(read(b, alone=True), b, plan)[kept] for b in blocks])

    return Replicates(
        {key: np.hstack(parts) for key, parts in figures.items()},
        np.array(drawn.scales(count)), drawn.mse,
        _degrees(plan, domains, sets, inside, marks, matrix),
    )  # fmt: skip


def _weights(rows: pa.Table, block: range, plan: Plan) -> Floats:
    """Replicate weights, shape (rows, weights); missing and infinite ones are refused."""
    found = np.column_stack(
        [rows.column(f"replicate{i}").to_numpy().astype(np.float64) for i in block]
    )
    bad = np.flatnonzero(~np.isfinite(found).all(axis=0))
    if len(bad):
        names = [plan.design.replicates[block[int(i)]] for i in bad]
        raise DataError(
            f"{len(bad):,} of {len(block):,} columns of replicate weights have missing values",
            where="columns " + ", ".join(f"'{name}'" for name in names[:5]),
            expected="a finite number on every row that has a weight",
            got="missing or infinite ones",
            remedy="complete them, or leave these replicates out and give the scales anew",
        )
    return found


def _moved(plan: Plan) -> DataError:
    """The fault of a table that does not hold still."""
    return DataError(
        "the rows changed while replicates were read",
        expected="the same rows for every block of replicate weights",
        got=f"other rows at a later one of {len(plan.design.replicates):,} replicates",
        remedy="run it again on a file, or on a table that nobody writes to",
    )


class _Marks:
    """A mark of each row, equal where the replicate weights are multiples of each other."""

    def __init__(self, rows: int) -> None:
        self._random = np.random.default_rng(0)
        self._sum, self._square = np.zeros(rows), np.zeros(rows)

    def add(self, weights: Floats) -> None:
        """Take a block of weights into account."""
        self._sum += weights @ self._random.standard_normal(weights.shape[1])
        self._square += np.einsum("ij,ij->i", weights, weights)

    def values(self) -> Floats:
        """The marks."""
        norm = np.sqrt(self._square)
        return np.asarray((self._sum / np.where(norm > 0, norm, 1.0)).round(9))


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
    return Given(laid_out(totals), laid_out(found), z, measure.parameters)


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
    plan: Plan, domains: dict[By, Domains], sets: tuple[By, ...], inside: NDArray[np.bool_],
    marks: _Marks, matrix: Callable[[Ints], Floats],
) -> dict[By, Floats]:  # fmt: skip
    """R's ``degf`` of each domain: the rank of its replicate weights, less one.

    Rows whose weights are multiples of each other (those of one PSU) are one row of the rank;
    of many different rows a sample has the same rank.
    """
    if plan.design.df is not None:
        return {by: np.full(domains[by].size, float(plan.design.df)) for by in sets}
    mark = marks.values()
    kept = {by: _different(domains[by], mark, inside, len(plan.design.replicates)) for by in sets}
    every = np.unique(np.concatenate(list(kept.values())))
    weights = matrix(every)
    found = {}
    for by, rows in kept.items():
        code = domains[by].code[rows]
        starts = np.searchsorted(code, np.arange(domains[by].size + 1))
        mine = weights[np.searchsorted(every, rows)]
        ranks = [_rank(mine[i:j]) for i, j in pairwise(starts)]
        found[by] = np.maximum(np.array(ranks, dtype=np.float64) - 1.0, 0.0)
    return found


def _different(domains: Domains, mark: Floats, inside: NDArray[np.bool_], replicates: int) -> Ints:
    """Rows of each domain with marks of their own, by domain; many of them where there are more."""
    order = np.lexsort((mark, domains.code))
    order = order[inside[order]]
    code, own = domains.code[order], mark[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (code[1:] != code[:-1]) | (own[1:] != own[:-1])
    rows, code = order[new], code[new]
    if len(rows) > ENOUGH * replicates:
        turn = np.random.default_rng(1).permutation(len(rows))
        turn = turn[np.argsort(code[turn], kind="stable")]
        starts = np.searchsorted(code, np.arange(domains.size))
        rank_in = np.arange(len(rows)) - starts[code]
        rows = rows[turn][rank_in < ENOUGH * replicates]
    return np.asarray(rows, dtype=np.int64)


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
