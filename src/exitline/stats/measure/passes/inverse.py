"""Quantiles by domain, exact and without sorting all rows.

One query puts the rows into narrow bins of their value and adds up their weights; where in each
domain a quantile lies follows from these sums. A second query orders only the rows of the few
bins around it. Every rule of R's ``svyquantile`` is known, and each domain may be asked for a
probability of its own, as Woodruff's intervals need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Floats, Ints


CLOSE = 1e-12
"""A share of the weights that is this near to a probability has reached it: sums of the same
weights differ by as much, with the order of rows."""
STEPS = ("math", "hf1", "school", "hf2", "hf3")
"""Rules whose quantile is a value of the data, or the middle of two."""
LINEAR = {
    "hf4": (0.0, 0.0), "hf5": (0.5, 0.0), "hf6": (0.0, 1.0), "hf7": (1.0, -1.0),
    "hf8": (1 / 3, 1 / 3), "hf9": (3 / 8, 1 / 4),
}  # fmt: skip
"""Rules that interpolate: the k-th value lies at (C_k - a w_k) / (C_n + b w_n), with C the
cumulative weights."""
RULES = (*STEPS, *LINEAR)
"""R's names (``qrule``); hf1 to hf9 are the types of Hyndman and Fan (1996)."""
BINS = 64.0
"""Bins for each factor e of the value: about 1.6 % wide."""
MIDDLE = 100_000
"""Beyond the number of the lowest bin, so that signs keep their order."""


@dataclass(frozen=True)
class QuantileAsked:
    """A quantile to find: its rule, and the probability, one for all or one for each domain."""

    rule: str
    p: float | Floats


@dataclass(frozen=True)
class Profile:
    """Weights by domain and bin, ordered by both.

    Attributes
    ----------
    keys : pyarrow.Table
        The domains' values, one row each.
    domain, bin : int arrays, shape (bins,)
    weight, first, second : float arrays, shape (bins,)
        Sums of the weight, and of weight times value and its square.
    """

    keys: pa.Table
    domain: Ints
    bin: Ints
    weight: Floats
    first: Floats
    second: Floats

    @property
    def size(self) -> int:
        """Number of domains."""
        return int(self.keys.num_rows)

    def sum(self, of: Floats) -> Floats:
        """By domain."""
        return np.asarray(np.bincount(self.domain, of, minlength=self.size), dtype=np.float64)

    def together(self) -> Profile:
        """The same of all domains as one."""
        import pyarrow as pa

        bins, place = np.unique(self.bin, return_inverse=True)
        sums = [
            np.asarray(np.bincount(place, of, minlength=len(bins)), dtype=np.float64)
            for of in (self.weight, self.first, self.second)
        ]
        keys = pa.table({"key0": pa.array([0] if len(bins) else [], pa.int8())})
        return Profile(keys, np.zeros(len(bins), dtype=np.int64), bins, *sums)

    @cached_property
    def starts(self) -> Ints:
        """Where the bins of each domain begin, and where the last ones end."""
        return np.searchsorted(self.domain, np.arange(self.size + 1)).astype(np.int64)

    @cached_property
    def upto(self) -> Floats:
        """Cumulative weight within the domain, each bin's own included."""
        running = np.cumsum(self.weight)
        return running - np.concatenate([[0.0], running])[self.starts[self.domain]]


@dataclass(frozen=True)
class Distribution:
    """The distribution of a value in each domain.

    Attributes
    ----------
    rows : ibis.Table
        Columns ``key0`` ..., ``value`` and ``weight``; of weights above zero.
    domains : int
        Number of key columns, at least one.
    run : callable
        From a query to its result, as `Engine.run`.
    binned : bool
        Whether quantiles are asked for; without bins there are only moments.
    parts : Distribution, optional
        Of a distribution of all together: the same by domain, whose sums need no further query.
    """

    rows: Any
    domains: int
    run: Callable[[Any], pa.Table]
    binned: bool = True
    parts: Distribution | None = None

    @property
    def _keys(self) -> list[str]:
        return [f"key{i}" for i in range(self.domains)]

    @cached_property
    def _rows(self) -> Any:
        """The rows with their bins."""
        return self.rows.mutate(bin=_bin(self.rows["value"]) if self.binned else 0)

    @cached_property
    def profile(self) -> Profile:
        """Sums by domain and bin: one query, or none."""
        if self.parts is not None:
            return self.parts.profile.together()
        rows = self._rows
        weighted = rows["weight"] * rows["value"]
        sums = rows.group_by([*self._keys, "bin"]).aggregate(
            sum0=rows["weight"].sum(), sum1=weighted.sum(), sum2=(weighted * rows["value"]).sum()
        )
        found = self.run(sums)
        domain, keys = _domains(found.select(self._keys))
        place = found.column("bin").to_numpy().astype(np.int64)
        order = np.lexsort((place, domain))
        columns = [found.column(f"sum{i}").to_numpy()[order] for i in range(3)]
        return Profile(keys, domain[order], place[order], *columns)

    def mean(self) -> Floats:
        """The mean of each domain."""
        return self.profile.sum(self.profile.first) / self.profile.sum(self.profile.weight)

    def bandwidth(self) -> Floats:
        """convey's bandwidth: standard deviation over the fifth root of the sum of weights
        (functions densfun and h_fun); NaN where all values are equal."""
        n, first, second = (
            self.profile.sum(x)
            for x in (self.profile.weight, self.profile.first, self.profile.second)
        )
        variance = (second - first * first / n) / n
        return np.sqrt(np.where(variance > 0, variance, np.nan)) / n**0.2

    def quantiles(self, asked: Sequence[QuantileAsked]) -> list[Floats]:
        """Weighted quantiles in each domain: one query for all, two more for some rules.

        Parameters
        ----------
        asked : sequence of QuantileAsked

        Returns
        -------
        list of float array, shape (domains,)
            NaN where the probability is.
        """
        profile = self.profile
        if not asked or not profile.size:
            return [np.empty(profile.size) for _ in asked]
        total = profile.sum(profile.weight)
        last = self._last() if any(LINEAR.get(one.rule, (0, 0))[1] for one in asked) else total
        p = np.array([np.broadcast_to(one.p, total.shape) for one in asked])
        unknown = np.isnan(p)
        shift = np.array([LINEAR.get(one.rule, (0.0, 0.0))[1] for one in asked])
        target = np.where(unknown, 0.0, p) * (total + shift[:, None] * last)
        found = self._around(asked, target, total)
        results = []
        for one, low, high, between in zip(asked, *found, strict=True):
            results.append(self._by_rule(one.rule, low, high, between))
        return [np.where(u, np.nan, r) for u, r in zip(unknown, results, strict=True)]

    def _by_rule(self, rule: str, low: Floats, high: Floats, between: Floats) -> Floats:
        """The quantile from the values at and beyond the place, or from between two."""
        if rule in LINEAR:
            return between
        if rule in ("school", "hf2"):
            return (low + high) / 2.0
        if rule == "hf3" and (low != high).any():
            return np.where(self._rank(low) % 2 == 0, low, high)
        return high if rule == "hf3" else low

    def _around(
        self, asked: Sequence[QuantileAsked], target: Floats, total: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """For each of `asked` and each domain: the first value that reaches the target, the first
        that passes it, and what lies between by interpolation."""
        profile, size = self.profile, self.profile.size
        wanted = _bins_around(profile, asked, target, total)
        got = self.run(self._query(wanted, any(one.rule in LINEAR for one in asked)))
        slot = got.column("slot").to_numpy().astype(np.int64)
        shape = (len(asked), size)
        every = np.full((6, len(asked) * size), np.nan)
        for i, name in enumerate(("low", "high", "x0", "p0", "x1", "p1")):
            if name in got.column_names:
                column = got.column(name).to_numpy(zero_copy_only=False).astype(np.float64)
                every[i, slot] = column
        low, high, x0, p0, x1, p1 = every.reshape(6, *shape)
        high = np.where(np.isnan(high), low, high)
        x0, x1 = np.where(np.isnan(x0), x1, x0), np.where(np.isnan(x1), x0, x1)
        with np.errstate(divide="ignore", invalid="ignore"):
            way = np.where(p1 > p0, (target - p0) / (p1 - p0), 0.0)
        return low, high, x0 + way * (x1 - x0)

    def _query(self, wanted: pa.Table, linear: bool) -> Any:
        """The rows of some bins in their order, and what lies around each target."""
        rows, other = self._rows, ibis.memtable(wanted)
        same = [rows[key].identical_to(other[key]) for key in self._keys]
        joined = rows.join(other, [*same, rows["bin"] == other["bin"]])
        near = joined.select(
            rows["value"], rows["weight"],
            *(other[c] for c in ("slot", "before", "target", "close", "own")),
        )  # fmt: skip
        upto = ibis.window(
            group_by=near["slot"], order_by=[near["value"], near["weight"]],
            preceding=None, following=0,
        )  # fmt: skip
        near = near.mutate(reached=near["before"] + near["weight"].sum().over(upto))
        value, reached, target = near["value"], near["reached"], near["target"]
        figures = {
            "low": value.min(where=reached >= target - near["close"]),
            "high": value.min(where=reached > target + near["close"]),
        }
        if linear:
            place = reached - near["own"] * near["weight"]
            figures |= {
                "x0": value.max(where=place <= target), "p0": place.max(where=place <= target),
                "x1": value.min(where=place >= target), "p1": place.min(where=place >= target),
            }  # fmt: skip
        return near.group_by("slot").aggregate(**figures)

    def _beside(self, name: str, figures: Floats) -> tuple[Any, Any]:
        """The rows, and a figure of their domain."""
        table = self.profile.keys.append_column(name, [figures])
        rows, other = self._rows, ibis.memtable(table)
        same = [rows[key].identical_to(other[key]) for key in self._keys]
        joined = rows.join(other, same)
        return joined.select(*(rows[c] for c in rows.columns), other[name]), name

    def _rank(self, figures: Floats) -> Ints:
        """How many distinct values there are up to a figure of each domain."""
        rows, name = self._beside("figure", figures)
        upto = rows["value"].nunique(where=rows["value"] <= rows[name])
        return self._by_domain(rows, upto, 0).astype(np.int64)

    def _last(self) -> Floats:
        """The weight of the last row of each domain: the largest among those of the top value."""
        rows = self._rows
        top = self._by_domain(rows, rows["value"].max(), np.nan)
        rows, name = self._beside("figure", top)
        return self._by_domain(rows, rows["weight"].max(where=rows["value"] == rows[name]), 0.0)

    def _by_domain(self, rows: Any, figure: Any, otherwise: float) -> Floats:
        """A figure of each domain, in the order of the profile."""
        found = self.run(rows.group_by(self._keys).aggregate(figure=figure))
        place = places(found.select(self._keys), self.profile.keys)
        result = np.full(self.profile.size, otherwise)
        result[place] = found.column("figure").to_numpy(zero_copy_only=False)
        return result


def places(keys: pa.Table, among: pa.Table) -> Ints:
    """Which row of `among` each row of `keys` is; each is one of them.

    Parameters
    ----------
    keys, among : pyarrow.Table
        With the same columns.
    """
    import pyarrow as pa

    code = _domains(pa.concat_tables([among, keys.cast(among.schema)]))[0]
    place = np.empty(len(code), dtype=np.int64)
    place[code[: among.num_rows]] = np.arange(among.num_rows)
    return place[code[among.num_rows :]]


def _bins_around(
    profile: Profile, asked: Sequence[QuantileAsked], target: Floats, total: Floats
) -> pa.Table:
    """The bins in which each target can lie: the one that reaches it, and its neighbours where
    the rule looks beyond."""
    import pyarrow as pa

    close = CLOSE * total
    first, last = profile.starts[:-1], profile.starts[1:] - 1
    parts = []
    for index, one in enumerate(asked):
        short = profile.upto < (target[index] - close)[profile.domain]
        place = np.minimum(first + profile.sum(short.astype(np.float64)).astype(np.int64), last)
        back = 1 if one.rule in LINEAR else 0
        ahead = 0 if one.rule in ("math", "hf1") else 1
        start = np.maximum(place - back, first)
        count = np.minimum(place + ahead, last) - start + 1
        domain = np.repeat(np.arange(profile.size), count)
        within = np.arange(len(domain)) - np.repeat(np.cumsum(count) - count, count)
        row = np.repeat(start, count) + within
        before = (profile.upto - profile.weight)[start]
        own = np.full(len(domain), LINEAR.get(one.rule, (0.0, 0.0))[0])
        parts.append(
            profile.keys.take(domain)
            .append_column("bin", [profile.bin[row]])
            .append_column("slot", [index * profile.size + domain])
            .append_column("before", [before[domain]])
            .append_column("target", [target[index][domain]])
            .append_column("close", [close[domain]])
            .append_column("own", [own])
        )
    return pa.concat_tables(parts)


def _bin(value: Any) -> Any:
    """The number of a value's bin; higher values never have lower numbers."""
    size = ibis.ifelse(value == 0, 1.0, value.abs())
    number = (size.ln() * BINS).floor().cast("int64") + MIDDLE
    return ibis.ifelse(value > 0, number, ibis.ifelse(value < 0, -number, 0))


def _domains(keys: pa.Table) -> tuple[Ints, pa.Table]:
    """The domain of each row, and the domains' values in the order of their codes."""
    import pyarrow as pa

    code = np.zeros(keys.num_rows, dtype=np.int64)
    for name in keys.column_names:
        column = keys.column(name).combine_chunks().dictionary_encode(null_encoding="encode")
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        inner = column.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        code = code * max(len(column.dictionary), 1) + inner
        code = np.unique(code, return_inverse=True)[1].astype(np.int64)
    return code, keys.take(np.unique(code, return_index=True)[1])
