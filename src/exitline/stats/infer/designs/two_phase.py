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
from exitline.stats.infer.designs.forms import FormVariance
from exitline.stats.infer.designs.frame import CERTAIN, population_shares
from exitline.stats.infer.designs.taylor import Sampled, sampled_in
from exitline.stats.infer.designs.variance import Overlap, degrees
from exitline.stats.infer.intake.codes import grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.stats.data.sampling.phases import TwoPhaseSampling
    from exitline.stats.data.sampling.second_phase import PhaseMethod
    from exitline.stats.infer.designs.ids import Ids
    from exitline.stats.infer.intake.cells import Cells, Rows

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    By = tuple[int, ...]

NEGATIVE = "the estimate of the variance is below zero: choose method: approx of the second phase"


@dataclass(frozen=True)
class Phases:
    """How units, PSUs and the strata of both phases belong together.

    Attributes
    ----------
    psu, stratum : int arrays, shape (units,)
        PSU of a unit, and its stratum in the second phase.
    taken : bool array, shape (units,)
        Whether a unit was drawn in the second phase.
    over : int array, shape (psus,)
        Stratum of a PSU in the first phase.
    sampled : int array, shape (strata,)
        PSUs of the first phase by stratum.
    share : float array, shape (strata,)
        Sampling fraction of the first phase; 0 where it counts as drawn with replacement.
    chance : float array, shape (psus,)
        One over the weight of the first phase; 1 where there is none.
    weighted : bool
        Whether there is one.
    first, second : float arrays, shape (strata of the second phase,)
        Units.
    kept : float array, shape (strata of the second phase,)
        PSUs with units of the second phase over PSUs.
    """

    psu: Ints
    stratum: Ints
    taken: NDArray[np.bool_]
    over: Ints
    sampled: Ints
    share: Floats
    chance: Floats
    weighted: bool
    first: Floats
    second: Floats
    kept: Floats


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
        """The quadratic form of the units' totals."""
        x = stacked(parts, 1, len(self.phases.over), coefficients, overlaid=overlaid).clusters
        form = self._full if self.method == "full" else self._approximate
        return Joint(x.shape[1], (form(x),))

    def _full(self, x: Any) -> Products:
        """With the joint probabilities of both phases."""
        of, second = self.phases, self._second
        inner, outer = self._first
        psu, stratum = of.psu[: x.shape[0]], of.stratum[: x.shape[0]]
        a, b = second
        by_psu, strata = _by(psu, x), len(of.sampled)
        by_stratum = _by(of.over[: by_psu.shape[0]], by_psu)
        pair = self._pairs(psu, stratum)
        by_pair = _by(pair.code, x)
        crossed = _by(pair.over, by_pair)
        diagonal = inner[psu]
        return Products([
            (x, (a + b)[stratum] * (1.0 - self._chance_left[psu]), x),
            *_squares(_by(stratum, x), -b),
            *_squares(by_psu, (inner + outer[of.over])[: by_psu.shape[0]]),
            *_squares(by_stratum, -outer[:strata]),
            *_squares(by_pair, b[pair.stratum] * (diagonal[pair.first] + outer[pair.parent])),
            *_squares(crossed, -b[pair.over_stratum] * outer[pair.over_parent]),
        ])  # fmt: skip

    @cached_property
    def _second(self) -> tuple[Floats, Floats]:
        """Of each stratum of the second phase: 1 - f, and (1 - f) / (n - 1)."""
        left = 1.0 - self.phases.second / self.phases.first
        return left, left / np.maximum(self.phases.second - 1.0, 1.0)

    @cached_property
    def _chance_left(self) -> Floats:
        """1 - p of the first phase, by PSU."""
        of = self.phases
        left = 1.0 - of.chance if of.weighted else np.ones(len(of.chance))
        return np.where(of.share[of.over] > 0, 1.0 - of.share[of.over], left)

    @cached_property
    def _first(self) -> tuple[Floats, Floats]:
        """Of the first phase: 1 - p by PSU, and (1 - f) / (n - 1) by stratum.

        Without population sizes draws are independent, as in R: nothing off the diagonal.
        """
        of = self.phases
        outer = np.where(of.share > 0, (1.0 - of.share) / np.maximum(of.sampled - 1, 1), 0.0)
        return self._chance_left, outer

    def _pairs(self, psu: Ints, stratum: Ints) -> _Pairs:
        """PSUs, and strata of the first phase, crossed with strata of the second."""
        many = len(self.phases.first)
        head, code = grouped(psu * many + stratum)
        own, parent = stratum[head], self.phases.over[psu[head]]
        over_head, over = grouped(parent * many + own)
        return _Pairs(code, head, own, parent, over, own[over_head], parent[over_head])

    def _approximate(self, x: Any) -> Products:
        """The first phase from PSUs of the second, and the second given the first.

        R's ``twophase(method = "approx")``.
        """
        of = self.phases
        psu, stratum = of.psu[: x.shape[0]], of.stratum[: x.shape[0]]
        a, b = self._second
        drawn = np.unique(of.psu[of.taken])
        whole = len(drawn) == int(of.taken.sum())  # else units were drawn within PSUs
        shrink = np.ones(len(of.over)) if whole else of.chance
        scale = (1.0 - of.share) * of.sampled / np.maximum(of.sampled - 1, 1)
        kept = self._kept
        inverse = np.bincount(of.over[drawn], weights=1.0 / kept[drawn], minlength=len(scale))
        by_psu = _by(psu, x)
        by_stratum = _by(of.over[: by_psu.shape[0]], by_psu)
        centre = scale * (inverse / of.sampled**2 - 2.0 / of.sampled)
        rooted = _scaled(x, np.sqrt(shrink)[psu])
        return Products([
            *_squares(by_psu, (scale[of.over] * kept)[: by_psu.shape[0]]),
            *_squares(by_stratum, centre),
            (rooted, (a + b)[stratum], rooted), *_squares(_by(stratum, rooted), -b),
        ])  # fmt: skip

    @cached_property
    def _kept(self) -> Floats:
        """By PSU: the share of the first phase's PSUs of its stratum that the second has."""
        of = self.phases
        psu, stratum = of.psu[of.taken], of.stratum[of.taken]
        own = np.zeros(len(of.over), dtype=np.int64)
        own[psu] = stratum
        other = own[psu] != stratum
        if other.any():
            raise DesignError(
                "PSUs have units in several strata of the second phase",
                where="design.second_phase.method", expected="one stratum for each PSU",
                got=f"{len(np.unique(psu[other])):,} PSUs in several",
                remedy="choose method: full, which takes them",
            )  # fmt: skip
        return of.kept[own]

    def sampled(self, rows: Rows, cases: Ints, by: By = ()) -> Sampled:
        """Units of the second phase less strata of it, with households that count."""
        units = rows.stages[1]
        last = replace(rows, stages=(units,), stratum=self.phases.stratum[units])
        found = sampled_in(last, cases)
        if self.declared is None:
            return found
        return replace(found, df=np.full(rows.size, self.declared))


@dataclass(frozen=True)
class _Pairs:
    """Crossings of PSUs with strata of the second phase, and of strata with each other."""

    code: Ints
    first: Ints
    stratum: Ints
    parent: Ints
    over: Ints
    over_stratum: Ints
    over_parent: Ints


def _by(code: Ints, x: Any) -> Any:
    """Sums of the rows of a sparse matrix by a code."""
    from scipy.sparse import csr_array

    size = int(code.max(initial=-1)) + 1
    at = (code, np.arange(len(code)))
    return csr_array((np.ones(len(code)), at), shape=(size, len(code))) @ x


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
    psu, unit = cells.stages[0], cells.stages[-1]
    over = np.zeros(int(psu.max(initial=-1)) + 1, dtype=np.int64)
    over[psu] = cells.stratum
    sampled = np.bincount(over)
    share = np.zeros(len(sampled))
    if cells.fpc.shape[1]:
        share = population_shares(cells.stratum, cells.fpc[:, 0], sampled)
    of_unit = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)
    of_unit[unit] = psu
    stratum, taken = np.zeros(len(of_unit), dtype=np.int64), np.zeros(len(of_unit), dtype=bool)
    stratum[unit[phase.taken]] = phase.stratum[phase.taken]
    taken[unit[phase.taken]] = True
    first, second = (_each(phase.stratum, values) for values in (phase.first, phase.second))
    chance = np.ones(len(over))
    chance[psu] = 1.0 / phase.base
    _refuse_single(sampled, share, first, second)
    some = phase.taken
    kept = _psus(phase.stratum[some], psu[some], len(first)) / _psus(phase.stratum, psu, len(first))
    phases = Phases(
        of_unit, stratum, taken, over, sampled, share, chance, drawn.weighted, first, second, kept
    )
    return TwoPhase(phases, drawn.second.method, declared, ids)


def _psus(stratum: Ints, psu: Ints, size: int) -> Floats:
    """PSUs in each stratum of the second phase."""
    head, _ = grouped(psu * size + stratum)
    return np.bincount(stratum[head], minlength=size).astype(np.float64)


def _each(code: Ints, values: Floats) -> Floats:
    """The one value of each code."""
    found = np.zeros(int(code.max(initial=-1)) + 1)
    found[code] = values
    return found


def _refuse_single(sampled: Ints, share: Floats, first: Floats, second: Floats) -> None:
    """Refuse strata whose variance cannot be estimated."""
    empty = int(np.sum(second < 1))
    alone = int(np.sum((second == 1) & (first > 1)))
    single = int(np.sum((sampled == 1) & (share < 1 - CERTAIN)))
    if not (empty or alone or single):
        return
    what, got = (
        ("the second phase has strata without any unit", f"{empty} of {len(second)}") if empty
        else ("the second phase has strata with a single unit", f"{alone} of {len(second)}")
        if alone
        else ("the first phase has strata with a single PSU", f"{single} of {len(sampled)}")
    )  # fmt: skip
    raise DesignError(
        what, where="design.second_phase.strata" if empty or alone else "design.strata",
        expected="at least two units drawn in every stratum", got=got, remedy="merge strata",
    )  # fmt: skip
