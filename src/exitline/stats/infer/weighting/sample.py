"""A sample in groups of rows that share a factor, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import DataError, ExitlineError
from exitline.stats.infer.intake.cells import sum_by
from exitline.stats.infer.weighting.auxiliaries import auxiliaries, coded
from exitline.stats.infer.weighting.calibrating import calibrated_factors
from exitline.stats.infer.weighting.usable import rows_fault
from exitline.stats.measure.weighting.keyed import key_name

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.arrays import Floats, Ints
    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.data.sampling.margins import Margin
    from exitline.stats.infer.weighting.auxiliaries import Auxiliary
    from exitline.stats.infer.weighting.calibrating import FactorBounds
    from exitline.stats.infer.weighting.distances import Method
    from exitline.stats.infer.weighting.solve import Solution
    from exitline.stats.measure.weighting.keyed import GroupKey


FACTOR = "factor"
"""The column of the factors beside the keys."""
REPLICATE = "replicate"
"""Start of the columns of replicates: their sums by group, and their factors."""


@dataclass(frozen=True)
class WeightGroups:
    """Groups of rows in numbers: one for each factor that is to be found.

    Attributes
    ----------
    names : tuple of Auxiliary
    x : float array, shape (groups, auxiliaries)
    weight : float array, shape (groups,)
        Weights added up over the rows of a group.
    each : float array, shape (groups,)
        The mean weight of a row.
    variance : float array, shape (groups,)
    margins : tuple of Margin
    keyed : pyarrow.Table
        The values of the keys that tell the groups apart.
    key_positions : tuple of int
        Which keys these are.
    replicates : float array, shape (groups, replicates)
        Replicate weights added up over the rows of a group.
    """

    names: tuple[Auxiliary, ...]
    x: Floats
    weight: Floats
    each: Floats
    variance: Floats
    margins: tuple[Margin, ...]
    keyed: pa.Table
    key_positions: tuple[int, ...]
    replicates: Floats

    @classmethod
    def of(
        cls,
        grouped: pa.Table,
        keys: Sequence[GroupKey],
        model: Calibration,
        labels: Mapping[str, Mapping[Any, str]],
    ) -> WeightGroups:
        """Match margins with the groups; put groups together whose rows share a factor."""

        at = {(key.column, key.kind): key_name(i) for i, key in enumerate(keys)}
        categories = {
            c: coded(grouped.column(at[c, "code"]), labels.get(c, {})) for c in model.categories
        }
        numbers = {c: grouped.column(at[c, "number"]).to_numpy() for c in model.numbers}
        n = grouped.column("n").to_numpy().astype(np.float64)
        weight = grouped.column("weight").to_numpy()
        each = numbers[model.size] if model.size else np.ones(len(n))
        names, x = auxiliaries(model.margins, categories, numbers, each)
        variance = numbers[model.variance] if model.variance else np.ones(len(n))
        if np.any(variance <= 0):
            raise rows_fault(
                int(n[variance <= 0].sum()), f"column '{model.variance}'", "a number above 0"
            )
        sums = [name for name in grouped.column_names if name.startswith(REPLICATE)]
        many = np.empty((len(n), len(sums)))
        for i, name in enumerate(sums):
            many[:, i] = grouped.column(name).to_numpy()
        positions = tuple(range(len(keys)))
        if model.within:
            positions = tuple(range(len(model.within)))
            codes, first = _codes(grouped, positions)
            total = np.bincount(codes, weights=weight).astype(np.float64)
            x = _means(x, weight, codes, total)
            variance = _means(variance[:, None], weight, codes, total)[:, 0]
            n, weight, grouped = np.bincount(codes, weights=n), total, grouped.take(first)
            many = sum_by(codes, many, len(n))
        keyed = grouped.select([key_name(i) for i in positions])
        return cls(names, x, weight, weight / n, variance, model.margins, keyed, positions, many)

    def solve(self, method: Method, limits: FactorBounds, iterations: int) -> Solution:
        """The factors."""
        return calibrated_factors(
            self.x, self.weight, self.each, self.names, self.margins, method,
            bounds=limits, variance=self.variance, iterations=iterations,
        )  # fmt: skip

    def solve_replicates(
        self, method: Method, limits: FactorBounds, iterations: int, names: Sequence[str]
    ) -> Floats:
        """The factors of each replicate, calibrated as the weights are.

        Raises
        ------
        DataError
            For a replicate that cannot be calibrated, by its name.
        """
        factors = np.ones_like(self.replicates)
        scale = self.each / self.weight
        for i, name in enumerate(names):
            weight = self.replicates[:, i]
            if not np.all(weight >= 0):
                raise rows_fault(
                    int(np.sum(~(weight >= 0))), f"column '{name}'", "a weight of zero or above"
                )
            used = weight > 0
            part = replace(
                self, x=self.x[used], weight=weight[used], each=(weight * scale)[used],
                variance=self.variance[used],
            )  # fmt: skip
            try:
                factors[used, i] = part.solve(method, limits, iterations).factor
            except ExitlineError as reason:
                raise of_replicate(reason, name) from reason
        return factors

    def groups(self, found: Solution, replicates: Floats) -> pa.Table:
        """The keys with their factors."""
        import pyarrow as pa

        table = self.keyed.append_column(FACTOR, pa.array(found.factor))
        for i in range(replicates.shape[1]):
            table = table.append_column(f"{REPLICATE}{i}", pa.array(replicates[:, i]))
        return table


def of_replicate(reason: ExitlineError, name: str) -> DataError:
    """The error for a replicate that cannot be calibrated, or adjusted.

    Parameters
    ----------
    reason : ExitlineError
    name : str
        Of the replicate.
    """
    return DataError(
        f"the replicate '{name}' cannot be calibrated: {reason.what}", where=reason.where,
        expected=reason.expected, got=reason.got,
        remedy="merge small levels, so that each replicate has rows at every one of them; or "
        "calibrate without replicates: standard errors then come from residuals",
    )  # fmt: skip


def _codes(grouped: pa.Table, positions: Sequence[int]) -> tuple[Ints, Any]:
    """A code for each crossing of some keys, and where each stands first."""

    code = np.zeros(grouped.num_rows, dtype=np.int64)
    for position in positions:
        column = grouped.column(key_name(position)).combine_chunks().dictionary_encode()
        own = column.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        code = np.unique(code * len(column.dictionary) + own, return_inverse=True)[1]
    return code, np.unique(code, return_index=True)[1]


def _means(values: Floats, weight: Floats, codes: Ints, total: Floats) -> Floats:
    """Weighted means of columns by code."""

    return sum_by(codes, values * weight[:, None], len(total)) / total[:, None]
