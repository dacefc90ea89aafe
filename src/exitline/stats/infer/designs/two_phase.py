"""Variances of samples in two phases: units drawn from those of a first sample.

With x the weighted influence of a unit of the second phase, "full" is the sum over pairs of
x_k x_l (D1 + D2 - D1 D2), where D = (p_kl - p_k p_l) / p_kl of each phase (Särndal, Swensson
and Wretman 1992, eq. 9.3.7, in the form of R's ``twophase(method = "full")``). Both phases are
simple random within strata, so that the pairs are sums of squares of totals by unit, PSU,
strata, and their crossings: nothing looks at pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from exitline.errors import DesignError
from exitline.stats.infer.comparing.joint import InfluenceColumns, Joint, Products, stacked
from exitline.stats.infer.designs.frame import CERTAIN, population_shares
from exitline.stats.infer.designs.linear import FormVariance
from exitline.stats.infer.designs.taylor import Sampled, sampled_in
from exitline.stats.infer.designs.variance import Overlap, degrees
from exitline.stats.infer.intake.codes import grouped
from exitline.words.said import collected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.data.sampling.phases import TwoPhaseSampling
    from exitline.stats.data.sampling.second_phase import PhaseMethod
    from exitline.stats.infer.designs.ids import Ids
    from exitline.stats.infer.intake.cells import Cells, Rows

    By = tuple[int, ...]

NEGATIVE = collected(
    "the estimate of the variance is below zero: choose method: approx of the second phase"
)


@dataclass(frozen=True)
class Phases:
    """How units, clusters and the strata of both phases belong together.

    Attributes
    ----------
    levels : tuple of int arrays, shape (units,)
        Stratum, PSU and further clusters of the first phase that a unit is of.
    stratum : int array, shape (units,)
        Stratum of the second phase.
    taken : bool array, shape (units,)
        Whether a unit was drawn in the second phase.
    sampled : tuple of int arrays
        Of each level but the last: clusters of the next one in the first phase.
    share : tuple of float arrays
        Likewise, sampling fractions; 0 where draws count as independent.
    chance : float array, shape (clusters of the last level,)
        One over the weight of the first phase; 1 where there is none.
    weighted : bool
        Whether there is one.
    first, second : float arrays, shape (strata of the second phase,)
        Units.
    kept : float array, shape (strata of the second phase,)
        Clusters of the last level with units of the second phase, over all.
    eased : float array, shape (units,)
        The weight before calibration over that after it.
    """

    levels: tuple[Ints, ...]
    stratum: Ints
    taken: NDArray[np.bool_]
    sampled: tuple[Ints, ...]
    share: tuple[Floats, ...]
    chance: Floats
    weighted: bool
    first: Floats
    second: Floats
    kept: Floats
    eased: Floats

    def parents(self, level: int) -> Ints:
        """Of the clusters of a level, those of the level above."""
        found = np.zeros(int(self.levels[level].max(initial=-1)) + 1, dtype=np.int64)
        found[self.levels[level]] = self.levels[level - 1]
        return found


@dataclass(frozen=True)
class TwoPhase(FormVariance):
    """Figures linearised over the units of a second phase.

    Attributes
    ----------
    phases : Phases
    method : {"full", "approx"}
    declared : float, optional
        The user's degrees of freedom.
    ids : Ids, optional
    """

    phases: Phases
    method: PhaseMethod = "full"
    declared: float | None = None
    ids: Ids | None = None
    exact: ClassVar[bool] = False
    unknown: ClassVar[str] = NEGATIVE
    words: ClassVar[str] = "Taylor linearisation of two phases"
    overlap: ClassVar[Overlap | None] = None

    @property
    def df(self) -> float:
        """Units of the second phase less its strata, as R's ``degf``, unless declared."""
        return degrees(self.clusters, self.declared)

    @property
    def clusters(self) -> Ints:
        """Units of the second phase by its strata."""
        return self.phases.second.astype(np.int64)

    def joint(
        self, parts: Sequence[InfluenceColumns], coefficients: Any = None, *, overlaid: bool = False
    ) -> Joint:
        """The share of the first phase, and that of the second given the first.

        Where weights were calibrated to the first phase, only the second sees residuals: what
        the auxiliaries explain lies on units of their own, behind the others.
        """
        units, last = len(self.phases.taken), len(self.phases.levels) - 1
        strata = int(self.phases.levels[last].max(initial=-1)) + 1
        x = stacked(parts, last, strata, coefficients, overlaid=overlaid).clusters.tocsr()
        x, explained = _tall(x[:units], units), x[units:]
        left = x if not explained.shape[0] else x + _tall(explained, units)
        form = self._full if self.method == "full" else self._approximate
        return Joint(x.shape[1], (form(x), self._given_first(left)))

    def _full(self, x: Any) -> Products:
        """The first phase, with the joint probabilities of both."""
        of, (a, b) = self.phases, self._second
        squares: list[tuple[Any, Floats, Any]] = []
        every = np.zeros(len(of.taken))
        for code, scale in zip(of.levels, self._first, strict=True):
            every += scale[code]
            squares += _squares(_by(code, x), scale)
            head, pair = grouped(code * len(of.first) + of.stratum)
            squares += _squares(_by(pair, x), scale[code[head]] * b[of.stratum[head]])
        return Products([*squares, (x, -(a + b)[of.stratum] * every, x)])

    def _given_first(self, x: Any) -> Products:
        """The second phase, given the first."""
        of, (a, b) = self.phases, self._second
        if self.method == "approx":
            drawn = np.unique(of.levels[-1][of.taken])
            if len(drawn) != int(of.taken.sum()):  # units were drawn within clusters
                x = _scaled(x, np.sqrt(of.chance)[of.levels[-1]])
        each = (x, (a + b)[of.stratum], x)
        return Products([each, *_squares(_by(of.stratum, x), -b)])

    @cached_property
    def _second(self) -> tuple[Floats, Floats]:
        """Of each stratum of the second phase: 1 - f, and (1 - f) / (n - 1)."""
        left = 1.0 - self.phases.second / self.phases.first
        return left, left / np.maximum(self.phases.second - 1.0, 1.0)

    @cached_property
    def _first(self) -> tuple[Floats, ...]:
        """Of each level of the first phase: what pairs that share a cluster of it add.

        A pair whose last common cluster has the probability p, and whose clusters below it are m
        of M, has (p_kl - p_k p_l) / p_kl = 1 - p (1 + (1 - m / M) / (m - 1)). Without population
        sizes draws are independent, as in R: nothing off the diagonal.
        """
        of = self.phases
        chance, above = np.ones(len(of.sampled[0])), np.zeros(len(of.sampled[0]))
        found = []
        for level, (sampled, share) in enumerate(zip(of.sampled, of.share, strict=True)):
            apart = np.where(share > 0, (1.0 - share) / np.maximum(sampled - 1, 1), 0.0)
            pairs = 1.0 - chance * (1.0 + apart)
            found.append(pairs - above)
            parent = of.parents(level + 1)
            above = pairs[parent]
            known = of.chance if of.weighted else np.zeros(len(of.chance))
            below = (chance * share)[parent]
            independent = share[parent] == 0
            chance = np.where(independent, known[: len(parent)], below) if level == 0 else below
        return (*found, 1.0 - chance - above)

    def _approximate(self, x: Any) -> Products:
        """The first phase from the clusters of the second: R's ``twophase(method = "approx")``."""
        of = self.phases
        factor = np.ones(len(of.sampled[0]))
        squares: list[tuple[Any, Floats, Any]] = []
        for level, (sampled, share) in enumerate(zip(of.sampled, of.share, strict=True)):
            kept, parent = self._kept(level + 1), of.parents(level + 1)
            drawn = np.unique(of.levels[level + 1][of.taken])
            scale = factor * (1.0 - share) * sampled / np.maximum(sampled - 1, 1)
            inverse = np.bincount(parent[drawn], weights=1.0 / kept[drawn], minlength=len(scale))
            centre = scale * (inverse / sampled**2 - 2.0 / sampled)
            squares += _squares(_by(of.levels[level + 1], x), scale[parent] * kept)
            squares += _squares(_by(of.levels[level], x), centre)
            factor = (factor * share)[parent]
        return Products(squares)

    def _kept(self, level: int) -> Floats:
        """By cluster: the share of the first phase's clusters that the second has.

        Where weights are calibrated, one over what they count for, as in R.
        """
        of = self.phases
        cluster, stratum = of.levels[level][of.taken], of.stratum[of.taken]
        own = np.zeros(int(of.levels[level].max(initial=-1)) + 1, dtype=np.int64)
        own[cluster] = stratum
        other = own[cluster] != stratum
        if other.any():
            raise DesignError(
                "PSUs have units in several strata of the second phase",
                where="design.second_phase.method", expected="one stratum for each PSU",
                got=f"{len(np.unique(cluster[other])):,} PSUs in several",
                remedy="choose method: full, which takes them",
            )  # fmt: skip
        units = np.bincount(cluster, minlength=len(own))
        eased = np.bincount(cluster, weights=of.eased[of.taken], minlength=len(own))
        return np.asarray(of.kept[own] * eased / np.maximum(units, 1))

    def sampled(self, rows: Rows, cases: Ints, by: By = ()) -> Sampled:
        """Units of the second phase less strata of it, with households that count."""
        units = rows.stages[-1] % len(self.phases.taken)
        last = replace(rows, stages=(units,), stratum=self.phases.stratum[units])
        found = sampled_in(last, cases)
        if self.declared is None:
            return found
        return replace(found, df=np.full(rows.size, self.declared))


def _by(code: Ints, x: Any) -> Any:
    """Sums of the rows of a sparse matrix by a code."""
    from scipy.sparse import csr_array

    size = int(code.max(initial=-1)) + 1
    at = (code, np.arange(len(code)))
    return csr_array((np.ones(len(code)), at), shape=(size, len(code))) @ x


def _tall(x: Any, height: int) -> Any:
    """A sparse matrix with rows of zeros below."""
    from scipy.sparse import csr_array

    return csr_array(
        (x.data, x.indices, np.append(x.indptr, [x.indptr[-1]] * (height - x.shape[0]))),
        shape=(height, x.shape[1]),
    )


def _scaled(x: Any, by: Floats) -> Any:
    """The rows of a sparse matrix, each times a number."""
    from scipy.sparse import diags_array

    return diags_array(by) @ x


def _squares(x: Any, scale: Floats) -> list[tuple[Any, Floats, Any]]:
    """The triple of x' diag(scale) x."""
    return [(x, scale[: x.shape[0]], x)]


def two_phase_variance(
    cells: Cells, drawn: TwoPhaseSampling, declared: float | None, ids: Ids | None
) -> TwoPhase:
    """The variance of a sample in two phases.

    Parameters
    ----------
    cells : Cells
        With the second phase; all rows of the first are there.
    drawn : TwoPhaseSampling
    declared : float or None
    ids : Ids or None

    Raises
    ------
    DesignError
        For strata with a single unit, or without any.
    """
    phase = cells.phase
    assert phase is not None
    levels, unit = (cells.stratum, *cells.stages[:-1]), cells.stages[-1]
    size = int(unit.max(initial=-1)) + 1
    of_unit = tuple(_each(unit, level, size) for level in levels)
    sampled, share = [], []
    for level in range(len(levels) - 1):
        head = grouped(levels[level + 1])[0]
        sampled.append(np.bincount(levels[level][head]))
        known = level < cells.fpc.shape[1]
        share.append(
            population_shares(levels[level], cells.fpc[:, level], sampled[-1], level) if known
            else np.zeros(len(sampled[-1]))
        )  # fmt: skip
        _refuse_single(sampled[-1], share[-1], level)
    some, stratum = phase.taken, np.zeros(size, dtype=np.int64)
    stratum[unit[some]] = phase.stratum[some]
    taken = np.zeros(size, dtype=bool)
    taken[unit[some]] = True
    many = int(phase.stratum.max(initial=-1)) + 1
    first, second = (_each(phase.stratum, v, many) for v in (phase.first, phase.second))
    _refuse_single_units(first, second)
    if (np.bincount(stratum[taken], minlength=many) > second).any():
        raise DesignError(
            "units of the second phase are not within single clusters of the first",
            where="design.second_phase.psu", expected="units within the last stage of the first",
            got="units that lie in several of its clusters",
            remedy="leave out the stages below these units",
        )  # fmt: skip
    last = levels[-1]
    kept = _psus(phase.stratum[some], last[some], many) / _psus(phase.stratum, last, many)
    chance = 1.0 / _each(last, phase.base, int(last.max(initial=-1)) + 1)
    phases = Phases(
        of_unit, stratum, taken, tuple(sampled), tuple(share), chance, drawn.weighted,
        first, second, kept, _each(unit, phase.eased, size),
    )  # fmt: skip
    return TwoPhase(phases, drawn.second.method, declared, ids)


def _psus(stratum: Ints, psu: Ints, size: int) -> Floats:
    """PSUs in each stratum of the second phase."""
    head, _ = grouped(psu * size + stratum)
    return np.bincount(stratum[head], minlength=size).astype(np.float64)


def _each(code: Ints, values: Any, size: int) -> Any:
    """The one value of each code."""
    found = np.zeros(size, dtype=values.dtype)
    found[code] = values
    return found


def _refuse_single(sampled: Ints, share: Floats, level: int) -> None:
    """Refuse clusters of the first phase whose variance within cannot be estimated."""
    single = int(np.sum((sampled == 1) & (share < 1 - CERTAIN)))
    if single:
        what = "strata with a single PSU" if not level else "clusters with a single unit"
        raise _alone(f"the first phase has {what}", "design.psu" if level else "design.strata",
                     f"{single} of {len(sampled)}")  # fmt: skip


def _refuse_single_units(first: Floats, second: Floats) -> None:
    """Refuse strata of the second phase whose variance cannot be estimated."""
    empty, alone = int(np.sum(second < 1)), int(np.sum((second == 1) & (first > 1)))
    if empty or alone:
        what = "strata without any unit" if empty else "strata with a single unit"
        raise _alone(f"the second phase has {what}", "design.second_phase.strata",
                     f"{empty or alone} of {len(second)}")  # fmt: skip


def _alone(what: str, where: str, got: str) -> DesignError:
    return DesignError(
        what, where=where, expected="at least two units drawn in every stratum", got=got,
        remedy="merge strata",
    )  # fmt: skip
