"""Rows with many weights, as terms see them: for replicates, with the algebra of the engines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.infer.intake.ordered import Domains, Ordered
from exitline.stats.measure import terms
from exitline.stats.measure.algebra import At
from exitline.stats.measure.passes.inverse import CLOSE, LINEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.measure.model import Scalar, Term, Unit
    from exitline.stats.measure.passes.sums import Plan
    from exitline.stats.measure.relative_lines import Boundary

    By = tuple[int, ...]


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
        Of households; each column in one piece of memory, as all of them are.
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
        found = self.scalar(scalar, At(None, ()), whole=True)
        return line.relative.line(self._on_rows(found, self.sets[()]), self)

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
            times, plain = self._times(unit, whole=whole), self._plain(fixed=fixed)
            self._known[key] = plain if times is None else plain * times
        found: Floats = self._known[key]
        return found

    def _plain(self, *, fixed: bool) -> Floats:
        """Weights as they stand in the data."""
        return self.given["weight"] if fixed else self.weights

    def _times(self, unit: Unit, *, whole: bool) -> Floats | None:
        """What the weight of a household is taken times; None where that is 1 on all rows."""
        key = ("rows", "times", unit, whole)
        if key not in self._known:
            persons = unit == "persons" and self.plan.design.size is not None
            times = self.given["size"] if persons else np.ones_like(self.given["weight"])
            times = times if whole else times * self.given["inside"]
            self._known[key] = None if bool((times == 1.0).all()) else times
        found: Floats | None = self._known[key]
        return found

    def found(self, scalar: Scalar, at: At) -> Any:
        """The figure of the row's domain, with each weight."""
        return self._on_rows(self.scalar(scalar, at), self.sets[at.by or ()])

    def _on_rows(self, found: Floats, domains: Domains) -> Floats:
        """What is known of each domain on each of its rows, each weight in one piece."""
        return np.take(found.T, domains.code, axis=1).T

    def scalar(self, scalar: Scalar, at: At, *, whole: bool = False) -> Floats:
        """A quantile or mean of each domain, shape (domains, weights)."""
        key = (scalar, at, whole)
        if key not in self._known:
            among = 1.0 if scalar.among is None else terms.value(scalar.among, self, at)
            values = self._value(scalar.of, at)
            domains = self.sets[at.by or ()]
            if scalar.kind == "mean":
                how = {"whole": whole, "fixed": scalar.fixed}
                top, bottom = (
                    self.sum(x * among, scalar.unit, domains, **how) for x in (values, 1.0)
                )
                with np.errstate(divide="ignore", invalid="ignore"):
                    mean: Floats = top / bottom
                self._known[key] = mean
                return mean
            weight = self.weight(scalar.unit, whole=whole, fixed=scalar.fixed)
            weight = weight if scalar.among is None else weight * among
            if scalar.rule in ("math", "hf1"):
                share = scalar.probability
                p = (scalar.alpha or 0.0) if share is None else self.scalar(share, at, whole=whole)
                order = self._order(values, domains)
                self._known[key] = order.quantile(values[:, 0], weight, p)
            else:
                self._known[key] = np.column_stack(
                    [_by_rule(values[:, 0], w, domains, scalar) for w in weight.T]
                )
        found: Floats = self._known[key]
        return found

    def around(self, amount: Any, ranking: Any, among: Any, term: Term, at: At) -> tuple[Any, Any]:
        """Weighted sums of `amount` over lower ranks of the domain, and over equal ones."""
        weight = self.weight(term.unit) * amount * among
        domains = self.sets[at.by or ()]
        if ranking.shape[1] == 1:
            return self._order(ranking, domains).around(weight)
        parts = [
            Ordered.of(ranking[:, i], domains).around(weight[:, [i]])
            for i in range(weight.shape[1])
        ]
        return np.hstack([lower for lower, _ in parts]), np.hstack([equal for _, equal in parts])

    def upto(self, amount: Any, ranking: Any, among: Any, term: Term, at: At) -> Any:
        """Weighted sums of `amount` over lower and equal ranks of the domain."""
        lower, equal = self.around(amount, ranking, among, term, at)
        return lower + equal

    def whole(self, amount: Any, among: Any, term: Term, at: At) -> Any:
        """Weighted sum of `amount` over the domain."""
        domains = self.sets[at.by or ()]
        return self._on_rows(self.sum(amount * among, term.unit, domains), domains)

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
        """A value that is kept, as it is the same with any weights."""
        return self._known.get(("rows", "value", term, at))

    def _value(self, term: Term, at: At) -> Any:
        """A term on each row; kept where it does not rest on weights."""
        found = terms.value(term, self, at)
        if not self._rests_on_weights(term, at):
            self._known["rows", "value", term, at] = found
        return found

    def _rests_on_weights(self, term: Term, at: At) -> bool:
        """Whether a term has other values with other weights."""
        line = self.plan.lines[at.line] if term.needs_line and at.line is not None else None
        if line is not None and line.relative is not None:
            return True
        found = any(part.at is not None and not part.at.fixed for part in term.parts)
        return found or term.ranked or any(part.kind == "kernel" for part in term.parts)

    def _order(self, ranking: Floats, domains: Domains) -> Ordered:
        """Rows by domain and rank."""
        same = ranking.tobytes() if ranking.size < 64 else id(ranking)
        key = ("rows", "order", same, id(domains))
        if key not in self._known:
            # the ranking itself is kept, so that no other has its id
            self._known[key] = Ordered.of(ranking[:, 0], domains), ranking
        found: Ordered = self._known[key][0]
        return found

    @property
    def of_rows(self) -> dict[Any, Any]:
        """What is known of the rows and is the same with any other weights."""
        return {key: known for key, known in self._known.items() if key[0] in ("rows", "count")}

    def total(self, term: Term, at: At) -> Floats:
        """Weighted sums of a term by domain, shape (domains, weights)."""
        domains = self.sets[at.by or ()]
        if term.kind in {"ranked", "excess"}:
            found = self._of_ranks(term, at, domains)
            if found is not None:
                return found
        amount = self._value(term, at) if term.within else terms.value(term, self, at)
        return self.sum(amount, term.unit, domains)

    def _of_ranks(self, term: Term, at: At, domains: Domains) -> Floats | None:
        """The sums of a "ranked" term without a rank for each row; None where these differ.

        Those of an "excess" follow: a sum of w x F and one of w L make N X together.
        """
        assert term.of is not None
        self._value(term.ranking or term.of, at)
        amount, ranking, among = terms.ranks(term, self, at)
        amount = terms.taking_part(term, self, amount * among)
        among = among * np.ones((len(domains.code), 1))
        if max(np.shape(x)[1] for x in (amount, ranking, among)) > 1:
            return None
        whole = not (term.positive or term.nonnegative) or term.of.kind == "welfare"
        found = self._order(ranking, domains).ranked(
            self.weight(term.unit), amount[:, 0], among[:, 0],
            alike=term.ranking is None and whole,
        )  # fmt: skip
        if term.kind == "ranked":
            return found
        number, sums = (self.sum(x, term.unit, domains) for x in (among, amount))
        return 2.0 * found - number * sums

    def sum(
        self, amount: Any, unit: Unit, domains: Domains, *, whole: bool = False, fixed: bool = False
    ) -> Floats:
        """Weighted sums by domain, shape (domains, weights).

        What has no weight takes no part, whatever its amount: a household that a replicate
        leaves out may have no rank, and so no figure.
        """
        times = self._times(unit, whole=whole)
        if np.ndim(amount) == 2 and amount.shape[1] > 1:
            found = domains.sums(amount * self.weight(unit, whole=whole, fixed=fixed))
        else:
            flat = np.asarray(amount if times is None else amount * times, dtype=np.float64)
            flat = np.broadcast_to(flat.reshape(-1), (len(domains.code),))
            found = domains.sums(self._plain(fixed=fixed), flat)
        if np.isfinite(found).all():
            return found
        weight = self.weight(unit, whole=whole, fixed=fixed)
        return domains.sums(np.where(weight != 0, amount, 0.0) * weight)

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
