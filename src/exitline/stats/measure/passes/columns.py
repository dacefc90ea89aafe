"""Rows of a query as terms see them: welfare, lines, figures found before, ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis

from exitline.stats.measure import portable
from exitline.stats.measure.algebra import At
from exitline.stats.measure.model import Scalar, Term, Unit
from exitline.stats.measure.passes.sums import First, Plan
from exitline.stats.measure.relative_lines import Boundary

if TYPE_CHECKING:
    import pyarrow as pa

Found = Mapping[First, "pa.Table"]
"""What a first pass found: for each figure a table by domain, with columns ``key0`` ... and
``found``. A set of domains without columns has one row."""


@dataclass(frozen=True)
class Columns:
    """Columns of a query, for `exitline.stats.measure.terms.value`.

    Attributes
    ----------
    rows : ibis.Table
        From `exitline.stats.measure.passes.totals.prepared`, joined to what was found.
    plan : Plan
    known : mapping
        What the first pass found.
    staged : mapping of (Term, At) to str
        Columns of terms that are used several times, or that other terms' ranks are taken of.
    whole_sample : bool
        All rows that can be used take part, whatever subpopulation is asked for.
    """

    rows: Any
    plan: Plan
    known: Found
    staged: Mapping[tuple[Term, At], str] = field(default_factory=dict)
    whole_sample: bool = False

    @property
    def welfare(self) -> Any:
        """Welfare of each row; none where no measure needs it."""
        if not self.plan.welfare:
            return None
        return self.rows["_any_welfare" if self.whole_sample else "_welfare"]

    def line(self, at: At) -> Any:
        """The poverty line of each row."""
        assert at.line is not None
        line = self.plan.lines[at.line]
        if line.relative is None or not line.within:
            return self.rows[f"_line{at.line}"]
        return line.relative.line(self.found(line.relative.scalar, At(None, at.by)), self)

    def boundary(self, at: At) -> Boundary:
        """Who is poor at the line."""
        assert at.line is not None
        return self.plan.lines[at.line].boundary

    def column(self, name: str) -> Any:
        """A column of flags or amounts."""
        return self.rows[f"_flag{self.plan.flags.index(name)}"]

    def weight(self, unit: Unit) -> Any:
        """The weight of a household, or of its persons; missing on rows that take no part."""
        start = "_any_" if self.whole_sample else "_"
        return self.rows[start + unit]

    def found(self, scalar: Scalar, at: At) -> Any:
        """The figure of the row's domain; missing where there is none."""
        first = self.plan.first_of(scalar, at.line, at.by or ())
        if not first.by:
            value = self.known[first].column("found")[0].as_py()
            return ibis.null("float64") if value is None else portable.double(value)
        return self.rows[_name(list(self.known).index(first))]

    def around(self, amount: Any, ranking: Any, among: Any, term: Term, at: At) -> tuple[Any, Any]:
        """Weighted sums of `amount` over lower ranks of the domain, and over equal ones."""
        taking_part = self._amount(amount, among, term)
        order = {"group_by": self._domain(at), "order_by": ranking}
        upto = taking_part.sum().over(ibis.range_window(preceding=None, following=0, **order))
        equal = taking_part.sum().over(ibis.range_window(preceding=0, following=0, **order))
        return upto - equal, equal

    def upto(self, amount: Any, ranking: Any, among: Any, term: Term, at: At) -> Any:
        """Weighted sums of `amount` over lower and equal ranks of the domain."""
        order = {"group_by": self._domain(at), "order_by": ranking}
        upto = ibis.range_window(preceding=None, following=0, **order)
        return self._amount(amount, among, term).sum().over(upto)

    def whole(self, amount: Any, among: Any, term: Term, at: At) -> Any:
        """Weighted sum of `amount` over the domain."""
        taking_part = self._amount(amount, among, term)
        return taking_part.sum().over(ibis.window(group_by=self._domain(at)))

    def _amount(self, amount: Any, among: Any, term: Term) -> Any:
        """What a window adds up: missing where a term is, on rows that take no part at most."""
        return self.weight(term.unit) * amount * among

    def ends(self, ranking: Any, among: Any, at: At) -> tuple[Any, Any]:
        """The lowest and the highest rank of the domain."""
        taking_part = self.rows["_in"] & (among * ibis.literal(1.0) != 0)
        inside = ibis.ifelse(taking_part, ranking, ibis.null("float64"))
        window = ibis.window(group_by=self._domain(at))
        return inside.min().over(window), inside.max().over(window)

    def _domain(self, at: At) -> list[Any]:
        return [self.rows[f"_domain{i + 1}"] for i in at.by or ()]

    def ready(self, term: Term, at: At) -> Any:
        """The term's value where a column holds it already."""
        return self.rows[self.staged[term, at]] if (term, at) in self.staged else None

    def where(self, condition: Any, value: Any, otherwise: Any) -> Any:
        """A value where a condition holds, another elsewhere."""
        return ibis.ifelse(condition, value, otherwise)

    def divide(self, value: Any, by: Any) -> Any:
        """A quotient; missing where there is none."""
        return portable.divide(value, by)

    def log(self, value: Any) -> Any:
        """Natural logarithm; missing where there is none."""
        return portable.log(value)

    def exp(self, value: Any) -> Any:
        """Exponential function."""
        return value.exp()

    def power(self, value: Any, exponent: float) -> Any:
        """A value to a power."""
        return value.pow(exponent)


def taking_part(rows: Any, plan: Plan, *, values: bool = True) -> Any:
    """The rows, with weights on those that take part and on no others.

    A product with a missing weight is missing, whatever the other factor, and a sum leaves it
    out: so every sum is plain, a weight times a value that is computed from these columns.

    Parameters
    ----------
    rows : ibis.Table
        From `exitline.stats.measure.passes.prepared.prepared`.
    plan : Plan
    values : bool
        Whether values are missing there, too: for what looks at values without their weights.

    Returns
    -------
    ibis.Table
        With ``_persons`` and ``_households``, the weights of each unit; with ``_any_persons`` ...
        those of all rows that can be used, where a plan of a subpopulation needs them.
    """
    nothing = ibis.null("float64")
    new = {"_households": ibis.ifelse(rows["_in"], rows["_weight"], nothing)}
    if values:
        names = ["_welfare"] if plan.welfare else []
        names += [f"_flag{i}" for i in range(len(plan.flags))]
        names += [f"_line{i}" for i, z in enumerate(plan.lines) if isinstance(z.value, str)]
        new |= {name: ibis.ifelse(rows["_in"], rows[name], nothing) for name in names}
    if any(one.whole for one in plan.sums):
        new["_any_households"] = ibis.ifelse(rows["_use"], rows["_weight"], nothing)
        new["_any_welfare"] = ibis.ifelse(rows["_use"], rows["_welfare"], nothing)
    rows = rows.mutate(**new)
    households = [name for name in new if name.endswith("_households")]
    size = rows["_size"] if plan.design.size else 1.0
    persons = {name.replace("households", "persons"): rows[name] * size for name in households}
    return rows.mutate(**persons)


def with_found(rows: Any, found: Found) -> Any:
    """The rows, joined to what was found in their domains.

    Parameters
    ----------
    rows : ibis.Table
    found : mapping of First to pyarrow.Table

    Returns
    -------
    ibis.Table
    """
    together: list[tuple[tuple[int, ...], pa.Table]] = []
    for index, (first, table) in enumerate(found.items()):
        if not first.by:
            continue
        keys = table.drop_columns("found")
        column = table.column("found")
        for place, (by, there) in enumerate(together):
            if by == first.by and there.select(keys.column_names).equals(keys):
                together[place] = (by, there.append_column(_name(index), column))
                break
        else:
            together.append((first.by, keys.append_column(_name(index), column)))
    for by, table in together:
        other = ibis.memtable(table)
        new = [name for name in table.column_names if not name.startswith("key")]
        same = [rows[f"_domain{c + 1}"].identical_to(other[f"key{i}"]) for i, c in enumerate(by)]
        joined = rows.left_join(other, same)
        rows = joined.select(*(rows[c] for c in rows.columns), *(other[c] for c in new))
    return rows


def _name(index: int) -> str:
    return f"_found{index}"
