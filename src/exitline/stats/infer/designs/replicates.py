"""Replicate weights: every figure once more with each, and the variance of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DataError
from exitline.stats.data.sampling.replicated import ReplicateWeights
from exitline.stats.infer.designs.variances import Replicates
from exitline.stats.infer.intake.arrays import Arrays
from exitline.stats.infer.intake.cells import domain_codes, place_of
from exitline.stats.infer.intake.codes import numbers
from exitline.stats.infer.intake.ordered import Domains
from exitline.stats.measure import terms
from exitline.stats.measure.measures.quantiles import share_at_or_below
from exitline.stats.measure.model import Given
from exitline.words.said import say_plural

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.intake.cells import Cells
    from exitline.stats.measure.model import Measure, Term
    from exitline.stats.measure.passes.sums import Plan

    By = tuple[int, ...]

AT_ONCE = 4_000_000
"""Weights that are worked on at a time: rows x replicates."""
READ_AT_ONCE = 100_000_000
"""Weights that are read at a time, where a figure needs all rows: rows x replicates."""
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
    scale = _WeightScale()
    different = _DifferentRows(plan, cells, sets)
    few = max(1, AT_ONCE // (4 * count))
    figures: dict[tuple[By, str, int | None], list[Floats]] = {}
    if rows * count > AT_ONCE and _of_sums_alone(plan):
        summed = _summed(stream(range(count), few), cells, plan, sets, different, scale)
        figures = {key: [figure] for key, figure in _figures(summed, plan, sets)}
    else:
        for block in _blocks(range(count), READ_AT_ONCE // rows):
            own = read(block)
            for arrays in _by_blocks(own, block, cells, plan, sets):
                scale.add(arrays)
                for key, figure in _figures(arrays, plan, sets):
                    figures.setdefault(key, []).append(figure)
        if different.asked:
            whole = len(block) == count
            for part in _slices(own, few) if whole else stream(range(count), few):
                different.add(_arrays(part, range(count), cells, plan, sets))
    return Replicates(
        {key: np.hstack(parts) for key, parts in figures.items()},
        np.array(drawn.scales(count)), drawn.mse, different.degrees(),
        scale.ratio,
    )  # fmt: skip


def _blocks(of: range, most: int) -> list[range]:
    """A range in parts of at most so many, and of one at least."""
    step = max(1, most)
    return [range(i, min(i + step, of.stop)) for i in range(of.start, of.stop, step)]


def _slices(rows: pa.Table, most: int) -> Iterator[pa.Table]:
    """Rows, so many at a time."""
    return (rows.slice(i, most) for i in range(0, rows.num_rows, most))


def _by_blocks(
    rows: pa.Table, weights: range, cells: Cells, plan: Plan, sets: tuple[By, ...]
) -> Iterator[Arrays]:
    """The same rows with a block of weights at a time; what they are ordered by is kept."""
    given, domains = _given_of(rows), _domains(rows, cells, sets)
    known: dict[Any, Any] = {}
    for block in _blocks(weights, AT_ONCE // max(rows.num_rows, 1)):
        arrays = Arrays(plan, given, _weights(rows, block, plan), domains, dict(known))
        yield arrays
        known = arrays.of_rows


def _of_sums_alone(plan: Plan) -> bool:
    """Whether all measures are of sums, at lines that are no figures of the sample."""
    fixed = all(line.relative is None for line in plan.lines)
    return fixed and all(measure.of_sums for measure in plan.measures)


def _summed(
    parts: Iterable[pa.Table], cells: Cells, plan: Plan, sets: tuple[By, ...],
    different: _DifferentRows, scale: _WeightScale,
) -> Arrays:  # fmt: skip
    """No rows, but all of their sums, from a number of rows at a time."""
    count = len(plan.design.replicates)
    empty = np.empty(0, dtype=np.int64)
    places = {by: Domains(empty, len(domain_codes(cells, by)[1])) for by in sets}
    whole = Arrays(plan, {}, np.empty((0, count)), places)
    for part in parts:
        arrays = _arrays(part, range(count), cells, plan, sets)
        different.add(arrays)
        scale.add(arrays)
        for by in sets:
            arrays.count(by)
            for measure in plan.measures:
                for line, term in product(plan.lines_of(measure), measure.terms):
                    _total(arrays, term, line, by)
        for key, found in arrays._known.items():
            if key[0] in ("total", "count"):
                whole._known[key] = whole._known.get(key, 0.0) + found
    return whole


def _arrays(
    rows: pa.Table, block: range, cells: Cells, plan: Plan, sets: tuple[By, ...]
) -> Arrays:  # fmt: skip
    """Rows and a block of their weights."""
    return Arrays(plan, _given_of(rows), _weights(rows, block, plan), _domains(rows, cells, sets))


def _given_of(rows: pa.Table) -> dict[str, Floats]:
    """The values of rows, each of shape (rows, 1)."""
    return {
        name: numbers(rows.column(name)).astype(np.float64, copy=False)[:, None]
        for name in rows.column_names
        if not name.startswith(("domain", "replicate"))
    }


def _weights(rows: pa.Table, block: range, plan: Plan) -> Floats:
    """Replicate weights, shape (rows, weights); missing and infinite ones are refused."""
    found = np.empty((len(block), rows.num_rows)).T  # each weight in one piece
    for i, replicate in enumerate(block):
        begin = 0
        for chunk in rows.column(f"replicate{replicate}").chunks:
            found[begin : begin + len(chunk), i] = numbers(chunk)
            begin += len(chunk)
    with np.errstate(invalid="ignore", over="ignore"):
        odd = np.flatnonzero(~np.isfinite(found.sum(axis=0)))
    bad = [i for i in odd if not np.isfinite(found[:, i]).all()]
    if bad:
        names = [plan.design.replicates[block[i]] for i in bad]
        raise DataError(
            say_plural(
                "{n} of {m} columns of replicate weights has missing values",
                "{n} of {m} columns of replicate weights have missing values",
                len(bad),
                m=len(block),
            ),
            where="columns " + ", ".join(f"'{name}'" for name in names[:5]),
            expected="a finite number on every row that has a weight",
            got="missing or infinite ones",
            remedy="complete them, or leave these replicates out and give the scales anew",
        )
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
        arrays._known[key] = arrays.total(term, terms.At(line, by))
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


class _WeightScale:
    """What replicate weights and the weight sum to, over all rows."""

    def __init__(self) -> None:
        self._replicates, self._weight = 0.0, 0.0

    def add(self, arrays: Arrays) -> None:
        """Take rows into account, with some of their weights or all."""
        self._replicates += float(arrays.weights.sum())
        self._weight += float(arrays.given["weight"].sum()) * arrays.weights.shape[1]

    @property
    def ratio(self) -> float:
        """The sum of a replicate weight over that of the weight, on average."""
        return self._replicates / self._weight if self._weight else 1.0


class _DifferentRows:
    """Rows whose weights are no multiples of each other, for the rank of each domain's weights."""

    def __init__(self, plan: Plan, cells: Cells, sets: tuple[By, ...]) -> None:
        self._df = plan.design.df
        self._sizes = {by: len(domain_codes(cells, by)[1]) for by in sets}
        most = ENOUGH * len(plan.design.replicates)
        self._kept = {by: _Different(most) for by in sets}

    @property
    def asked(self) -> bool:
        """Whether degrees of freedom are to be found."""
        return self._df is None

    def add(self, arrays: Arrays) -> None:
        """Take rows of the subpopulation into account, with all of their weights."""
        if not self.asked:
            return
        inside = arrays.given["inside"][:, 0] != 0
        every = bool(inside.all())
        weights = arrays.weights if every else arrays.weights[inside]
        mark = _marks(weights)
        for by, different in self._kept.items():
            code = arrays.sets[by].code
            different.add(code if every else code[inside], weights, mark)

    def degrees(self) -> dict[By, Floats]:
        """R's ``degf`` of each domain: the rank of its replicate weights, less one.

        Rows whose weights are multiples of each other (those of one PSU) are one row of the rank;
        of many different rows a sample has the same rank.
        """
        if self._df is not None:
            return {by: np.full(size, float(self._df)) for by, size in self._sizes.items()}
        found = {}
        for by, different in self._kept.items():
            starts = np.searchsorted(different.code, np.arange(self._sizes[by] + 1))
            ranks = [_rank(different.weights[i:j]) for i, j in pairwise(starts)]
            found[by] = np.maximum(np.array(ranks, dtype=np.float64) - 1.0, 0.0)
        return found


def _marks(weights: Floats) -> Floats:
    """A number of each row that rows have in common whose weights are multiples of each other."""
    norm = np.sqrt(np.einsum("ij,ij->i", weights, weights))
    by_chance = np.random.default_rng(0).standard_normal(weights.shape[1])
    along = np.einsum("ij,j->i", weights, by_chance)
    mark: Floats = (along / np.where(norm > 0, norm, 1.0)).round(9)
    return mark


class _Different:
    """Rows of each domain whose weights are no multiples of each other, up to a number.

    Which ones are kept, of more, is by chance and the same in any order of the rows.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.code, self._mark = np.empty(0, dtype=np.int64), np.empty(0)
        self.weights = np.empty((0, 0))

    def add(self, code: Ints, weights: Floats, mark: Floats) -> None:
        """Take rows into account."""
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
    order = np.flatnonzero(_new(code, mark))  # rows of one PSU mostly stand together
    if sort:
        order = order[np.lexsort((mark[order], code[order]))]
        order = order[_new(code[order], mark[order])]
    return order


def _new(code: Ints, mark: Floats) -> NDArray[np.bool_]:
    """Whether a pair is another than the one before it."""
    new = np.ones(len(code), dtype=bool)
    new[1:] = (code[1:] != code[:-1]) | (mark[1:] != mark[:-1])
    return new


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
