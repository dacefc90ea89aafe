"""Rows with many weights, as terms see them: for replicates, with the algebra of the engines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.measure import terms
from exitline.stats.measure.algebra import At
from exitline.stats.measure.passes.inverse import CLOSE, LINEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.measure.model import Scalar, Term, Unit
    from exitline.stats.measure.passes.sums import Plan
    from exitline.stats.measure.relative_lines import Boundary

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    By = tuple[int, ...]


@dataclass(frozen=True)
class Domains:
    """A set of domains over rows.

    Attributes
    ----------
    code : int array, shape (rows,)
        The domain of each row, from 0.
    size : int
    """

    code: Ints
    size: int


@dataclass(frozen=True)
class Arrays:
    """Rows and a block of weights, for `exitline.stats.measure.terms.value`.

    Values have the shape (rows, 1), or (rows, weights) where they differ between weights.

    Attributes
    ----------
    plan : Plan
    given : dict of str to float array, shape (rows, 1)
        Columns of `exitline.stats.measure.passes.micro.micro`.
    weights : float array, shape (rows, weights)
        Of households.
    sets : dict of tuple of int to Domains
    """

    plan: Plan
    given: dict[str, Floats]
    weights: Floats
    sets: dict[By, Domains]
    _known: dict[Any, Any] = field(default_factory=dict)

    @property
    def welfare(self) -> Any:
        """Welfare of each row."""
        return self.given.get("welfare")

    def line(self, at: At) -> Any:
        """The poverty line of each row, with each weight."""
        assert at.line is not None
        line = self.plan.lines[at.line]
        if line.relative is None:
            own = isinstance(line.value, str)
            return self.given[f"line{at.line}"] if own else np.array([[float(line.value)]])
        scalar = line.relative.scalar
        if line.within:
            return line.relative.line(self.found(scalar, At(None, at.by)), self)
        return line.relative.line(self.scalar(scalar, At(None, ()), whole=True), self)

    def boundary(self, at: At) -> Boundary:
        """Who is poor at the line."""
        assert at.line is not None
        return self.plan.lines[at.line].boundary

    def column(self, name: str) -> Any:
        """A column of flags or amounts."""
        return self.given[f"flag{self.plan.flags.index(name)}"]

    def weight(self, unit: Unit, *, whole: bool = False, fixed: bool = False) -> Floats:
        """Weights of households or of their persons; zero outside of the subpopulation.

        `fixed`: those of the full sample, shape (rows, 1).
        """
        key = ("weight", unit, whole, fixed)
        if key not in self._known:
            persons = unit == "persons" and self.plan.design.size is not None
            times = self.given["size"] if persons else 1.0
            times = times if whole else times * self.given["inside"]
            self._known[key] = (self.given["weight"] if fixed else self.weights) * times
        found: Floats = self._known[key]
        return found

    def found(self, scalar: Scalar, at: At) -> Any:
        """The figure of the row's domain, with each weight."""
        return self.scalar(scalar, at)[self.sets[at.by or ()].code]

    def scalar(self, scalar: Scalar, at: At, *, whole: bool = False) -> Floats:
        """A quantile or mean of each domain, shape (domains, weights)."""
        key = (scalar, at, whole)
        if key not in self._known:
            weight = self.weight(scalar.unit, whole=whole, fixed=scalar.fixed)
            if scalar.among is not None:
                weight = weight * terms.value(scalar.among, self, at)
            values = terms.value(scalar.of, self, at)
            domains = self.sets[at.by or ()]
            if scalar.kind == "mean":
                top, bottom = (self.sum(x, weight, domains) for x in (values, 1.0))
                with np.errstate(divide="ignore", invalid="ignore"):
                    self._known[key] = top / bottom
            elif scalar.rule in ("math", "hf1"):
                share = scalar.probability
                p = (scalar.alpha or 0.0) if share is None else self.scalar(share, at, whole=whole)
                self._known[key] = self._quantile(values, weight, p, domains)
            else:
                self._known[key] = np.column_stack(
                    [_by_rule(values[:, 0], w, domains, scalar) for w in weight.T]
                )
        found: Floats = self._known[key]
        return found

    def _quantile(
        self, values: Floats, weight: Floats, p: float | Floats, domains: Domains
    ) -> Floats:
        """The smallest value at which the cumulative share of weights reaches p."""
        order, starts = self._order(values, domains)
        upto = np.cumsum(weight[order], axis=0)
        before, total = _by_segment(upto, starts)
        target = before + (p - CLOSE) * total
        below = np.add.reduceat(upto < np.repeat(target, np.diff(starts), axis=0), starts[:-1])
        place = np.minimum(starts[:-1, None] + below, starts[1:, None] - 1)
        return np.where(total > 0, values[order, 0][place], np.nan)

    def around(self, amount: Any, ranking: Any, among: Any, term: Term, at: At) -> tuple[Any, Any]:
        """Weighted sums of `amount` over lower ranks of the domain, and over equal ones."""
        weight = self.weight(term.unit) * amount * among
        domains = self.sets[at.by or ()]
        if ranking.shape[1] == 1:
            return self._around(weight, ranking, domains)
        parts = [
            self._around(weight[:, [i]], ranking[:, [i]], domains) for i in range(weight.shape[1])
        ]
        return np.hstack([lower for lower, _ in parts]), np.hstack([equal for _, equal in parts])

    def _around(self, weight: Floats, ranking: Floats, domains: Domains) -> tuple[Floats, Floats]:
        """As `around`, for one ranking."""
        order, starts = self._order(ranking, domains)
        upto = np.cumsum(weight[order], axis=0)
        before = np.repeat(_by_segment(upto, starts)[0], np.diff(starts), axis=0)
        ranked, code = ranking[order, 0], domains.code[order]
        new = np.ones(len(order), dtype=bool)
        new[1:] = (ranked[1:] != ranked[:-1]) | (code[1:] != code[:-1])
        heads = np.flatnonzero(new)
        tie = np.cumsum(new) - 1
        ends = np.append(heads[1:], len(order)) - 1
        lower, equal = np.empty_like(upto), np.empty_like(upto)
        equal[order] = np.add.reduceat(weight[order], heads)[tie]
        lower[order] = upto[ends][tie] - before
        return lower - equal, equal

    def whole(self, amount: Any, among: Any, term: Term, at: At) -> Any:
        """Weighted sum of `amount` over the domain."""
        domains = self.sets[at.by or ()]
        return self.sum(amount * among, self.weight(term.unit), domains)[domains.code]

    def ends(self, ranking: Any, among: Any, at: At) -> tuple[Any, Any]:
        """The lowest and the highest rank of the domain, with each weight."""
        domains = self.sets[at.by or ()]
        inside = self.weight("households") * among != 0
        found = []
        for most, start in ((np.minimum, np.inf), (np.maximum, -np.inf)):
            end = np.full((domains.size, inside.shape[1]), start)
            most.at(end, domains.code, np.where(inside, ranking, start))
            found.append(end[domains.code])
        return found[0], found[1]

    def ready(self, term: Term, at: At) -> Any:
        """Nothing is kept: each value is worked out when it is asked for."""

    def _order(self, ranking: Floats, domains: Domains) -> tuple[Ints, Ints]:
        """Rows by domain and rank, and where each domain starts (and the last one ends)."""
        key = ("order", ranking.tobytes() if ranking.size < 64 else id(ranking), id(domains))
        if key not in self._known:
            order = np.lexsort((ranking[:, 0], domains.code))
            starts = np.searchsorted(domains.code[order], np.arange(domains.size + 1))
            self._known[key] = (order, starts, ranking)  # kept, so that no other has its id
        order, starts, _ = self._known[key]
        return order, starts

    def sum(self, amount: Any, weight: Floats, domains: Domains) -> Floats:
        """Weighted sums by domain, shape (domains, weights).

        What has no weight takes no part, whatever its amount: a household that a replicate
        leaves out may have no rank, and so no figure.
        """
        from scipy.sparse import csr_array

        rows = len(domains.code)
        shape = (domains.size, rows)
        place = (domains.code, np.arange(rows))
        if np.ndim(amount) == 2 and amount.shape[1] > 1:
            ones = csr_array((np.ones(rows), place), shape=shape)
            return np.asarray(ones @ (np.where(weight != 0, amount, 0.0) * weight))
        flat = np.broadcast_to(np.asarray(amount, dtype=np.float64).reshape(-1), (rows,))
        return np.asarray(csr_array((flat, place), shape=shape) @ weight)

    def count(self, by: By) -> Floats:
        """Rows of each domain that have a weight in the full sample, shape (domains,)."""
        key = ("count", by)
        if key not in self._known:
            domains = self.sets[by]
            taken = (self.given["weight"] * self.given["inside"])[:, 0] != 0
            self._known[key] = np.bincount(
                domains.code, taken.astype(np.float64), minlength=domains.size
            )
        found: Floats = self._known[key]
        return found

    def where(self, condition: Any, value: Any, otherwise: Any) -> Any:
        """A value where a condition holds, another elsewhere."""
        return np.where(condition, value, otherwise)

    def divide(self, value: Any, by: Any) -> Any:
        """A quotient; missing where there is none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(by == 0, np.nan, value / by)

    def log(self, value: Any) -> Any:
        """Natural logarithm; missing where there is none."""
        return np.log(np.where(value > 0, value, np.nan))

    def exp(self, value: Any) -> Any:
        """Exponential function."""
        return np.exp(value)

    def power(self, value: Any, exponent: float) -> Any:
        """A value to a power; missing where there is none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.power(value, exponent)


def _by_rule(values: Floats, weight: Floats, domains: Domains, scalar: Scalar) -> Floats:
    """A quantile of each domain by a rule that looks at neighbours (`measure.inverse`)."""
    rows = np.flatnonzero(weight > 0)
    rows = rows[np.lexsort((weight[rows], values[rows], domains.code[rows]))]
    x, w, code = values[rows], weight[rows], domains.code[rows]
    ends = np.searchsorted(code, np.arange(domains.size + 1))
    there = ends[:-1] < ends[1:]
    running = np.concatenate([[0.0], np.cumsum(w)])
    total = np.where(there, running[ends[1:]] - running[ends[:-1]], np.nan)
    reached = running[1:] - running[ends[code]]
    own, shift = LINEAR.get(scalar.rule, (0.0, 0.0))
    last = np.where(there, w[np.maximum(ends[1:] - 1, 0)] if len(w) else np.nan, np.nan)
    target = (scalar.alpha or 0.0) * (total + shift * last)
    close = CLOSE * total

    def at(short: NDArray[np.bool_]) -> Ints:
        """The row after those that fall short, by domain; the last one if all do."""
        count = np.bincount(code, weights=short, minlength=domains.size).astype(np.int64)
        return np.asarray(np.minimum(ends[:-1] + count, np.maximum(ends[1:] - 1, 0)))

    result = np.full(domains.size, np.nan)
    if not len(x):
        return result
    if scalar.rule in LINEAR:
        place = reached - own * w
        after = at(place < target[code])
        before = np.maximum(after - 1, ends[:-1].clip(max=len(x) - 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            way = (target - place[before]) / (place[after] - place[before])
        way = np.where(place[after] > place[before], np.clip(way, 0.0, 1.0), 0.0)
        found = x[before] + way * (x[after] - x[before])
    else:
        low = x[at(reached < (target - close)[code])]
        high = x[at(reached <= (target + close)[code])]
        if scalar.rule == "hf3":
            new = np.ones(len(x), dtype=bool)
            new[1:] = (x[1:] != x[:-1]) | (code[1:] != code[:-1])
            rank = np.bincount(code, weights=new & (x <= low[code]), minlength=domains.size)
            found = np.where(rank % 2 == 0, low, high)
        else:
            found = (low + high) / 2.0
    result[there] = found[there]
    return result


def _by_segment(upto: Floats, starts: Ints) -> tuple[Floats, Floats]:
    """Of cumulative sums: what stands before each segment, and what it adds."""
    padded = np.vstack([np.zeros((1, upto.shape[1])), upto])
    before = padded[starts[:-1]]
    return before, padded[starts[1:]] - before
