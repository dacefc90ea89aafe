"""Variances of PSUs drawn with unequal probabilities: quadratic forms of their totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from exitline.errors import DesignError
from exitline.stats.infer.comparing.joint import InfluenceColumns, Joint, Products, stacked
from exitline.stats.infer.designs import unequal
from exitline.stats.infer.designs.frame import Stage
from exitline.stats.infer.designs.linear import FormVariance
from exitline.stats.infer.designs.taylor import Sampled, sampled_in
from exitline.stats.infer.designs.unequal import Unequal
from exitline.stats.infer.designs.variance import Overlap, degrees
from exitline.words.said import collected

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.data.sampling.pps import Pps
    from exitline.stats.infer.designs.ids import Ids
    from exitline.stats.infer.intake.cells import Cells, Rows

    By = tuple[int, ...]
    Figure = tuple[By, str, int | None]

MOST = 20_000
"""PSUs whose pairs are still looked at one by one."""
NEGATIVE = collected("the estimate of the variance is below zero: choose another method of pps")
TOLERANCE = 1e-4
"""Smaller elements of the matrix from joint probabilities are taken for zero (R's ``ppsmat``)."""


@dataclass(frozen=True)
class JointProbabilities:
    """Joint inclusion probabilities of pairs of PSUs.

    Attributes
    ----------
    ids : tuple of str
    matrix : float array, shape (ids, ids)
        The PSUs' own probabilities on the diagonal.
    """

    ids: tuple[str, ...]
    matrix: Floats


@dataclass(frozen=True)
class UnequalProbabilities(FormVariance):
    """Figures linearised over PSUs that were drawn with unequal probabilities.

    Attributes
    ----------
    sample : Unequal
    matrix : sparse array, shape (psus, psus), optional
        Of pairs; None for Brewer's approximation, which needs none.
    declared : float, optional
        The user's degrees of freedom.
    ids : Ids, optional
    """

    sample: Unequal
    matrix: Any = None
    declared: float | None = None
    ids: Ids | None = None
    exact: ClassVar[bool] = False
    unknown: ClassVar[str] = NEGATIVE

    @property
    def df(self) -> float:
        """PSUs minus strata, unless declared."""
        return degrees(self.clusters, self.declared)

    @property
    def clusters(self) -> Ints:
        """Sampled PSUs by stratum."""
        return self.sample.sizes

    @property
    def overlap(self) -> Overlap | None:
        """The PSUs, as if drawn with replacement: covariances between waves leave fpc out."""
        if self.ids is None:
            return None
        ones = np.ones(len(self.clusters))
        return Overlap(self.ids, Stage(self.clusters, ones, ones), "fail")

    def joint(
        self, parts: Sequence[InfluenceColumns], coefficients: Any = None, *, overlaid: bool = False
    ) -> Joint:
        """The quadratic form of the PSUs' totals."""
        found = stacked(parts, 0, len(self.clusters), coefficients, overlaid=overlaid)
        x = found.clusters
        size, count = x.shape
        if self.matrix is not None:
            return Joint(count, (Products([(x, np.ones(size), self.matrix[:size, :size] @ x)]),))
        return Joint(count, (self._brewer(x, found.parents),))

    def _brewer(self, x: Any, sums: Any) -> Products:
        """sum s (x - mean x)^2 by stratum, s = n / (n - 1) (1 - p), without filling in zeros."""
        from scipy.sparse import csr_array

        n, sizes = self.sample.n, self.clusters.astype(np.float64)
        scale = (1.0 - self.sample.probability) * n / np.maximum(n - 1.0, 1.0)
        of = np.arange(x.shape[0])
        weigh = csr_array(
            (scale[of], (self.sample.stratum[of], of)), shape=(len(sizes), x.shape[0])
        )
        weighed, whole = weigh @ x, np.bincount(self.sample.stratum, weights=scale)
        return Products([
            (x, scale[of], x), (sums, -1.0 / sizes, weighed), (weighed, -1.0 / sizes, sums),
            (sums, whole / sizes**2, sums),
        ])  # fmt: skip

    def sampled(self, rows: Rows, cases: Ints, by: By = ()) -> Sampled:
        """PSUs minus strata with households that count."""
        found = sampled_in(rows, cases)
        if self.declared is None:
            return found
        return replace(found, df=np.full(rows.size, self.declared))


def unequal_probabilities(
    cells: Cells, pps: Pps, declared: float | None, ids: Ids | None,
    joint: JointProbabilities | None,
) -> UnequalProbabilities:  # fmt: skip
    """The variance of a PPS sample without replacement.

    Parameters
    ----------
    cells : Cells
        `fpc` holds the inclusion probabilities of the PSUs.
    pps : Pps
    declared : float or None
        The user's degrees of freedom.
    ids : Ids or None
        Of declared PSUs.
    joint : JointProbabilities or None
        With the method "joint".

    Raises
    ------
    DesignError
        For probabilities that cannot be, single PSUs, or PSUs without joint probabilities.
    """
    sample = _sample(cells)
    psus = len(sample.probability)
    if pps.method == "brewer":
        return UnequalProbabilities(sample, None, declared, ids)
    if psus > MOST:
        raise DesignError(
            "these are too many PSUs to look at in pairs",
            where="design.pps", expected=f"at most {MOST:,} PSUs", got=f"{psus:,}",
            remedy="choose pps: brewer, which needs no pairs; or name the column of PSUs",
        )  # fmt: skip
    square = None if pps.mean_square is None else np.full(len(sample.sizes), pps.mean_square)
    if pps.method == "joint":
        found = unequal.checked(_in_order(joint, ids), tolerance=TOLERANCE)
    elif pps.method == "overton":
        found = unequal.overton(sample)
    else:
        found = unequal.hartley_rao(sample, square)
    return UnequalProbabilities(sample, _form(found, pps), declared, ids)


def _form(matrix: Floats, pps: Pps) -> Any:
    """The matrix of the quadratic form, sparse."""
    from scipy.sparse import csr_array

    if pps.estimator == "yates-grundy":
        matrix = matrix - np.diag(matrix.sum(axis=1))
    return csr_array(matrix)


def _sample(cells: Cells) -> Unequal:
    """Probability and stratum of each PSU."""
    if cells.times is not None:
        raise DesignError(
            "households that were drawn with unequal probabilities are too many",
            where="design.psu", expected="a column of PSUs, or fewer rows",
            got="each row a separate PSU", remedy="name the column of PSUs",
        )  # fmt: skip
    psu, p = cells.stages[0], cells.fpc[:, 0]
    size = int(psu.max(initial=-1)) + 1
    most, least, stratum = np.full(size, -np.inf), np.full(size, np.inf), np.zeros(size, np.int64)
    with np.errstate(invalid="ignore"):
        np.maximum.at(most, psu, p)
        np.minimum.at(least, psu, p)
    stratum[psu] = cells.stratum
    if not np.all(most == least):
        raise DesignError(
            "the inclusion probability (fpc) varies within a PSU",
            where="design.fpc", expected="one value on all rows of a PSU",
            got=f"{int(np.sum(most != least)):,} PSUs with several",
            remedy="name the column of the PSUs' probabilities, not of the households'",
        )  # fmt: skip
    return Unequal(most, stratum)


def _in_order(joint: JointProbabilities | None, ids: Ids | None) -> Floats:
    """Joint probabilities in the order of the PSUs' codes."""
    if joint is None or ids is None or ids.repeated:
        raise DesignError(
            "joint probabilities need the ids of the PSUs",
            where="design.psu", expected="a column of PSUs, each id once",
            got="none" if ids is None else "ids that are in several strata",
            remedy="name the column of PSUs; make ids unique over strata",
        )  # fmt: skip
    place = {name: i for i, name in enumerate(joint.ids)}
    lost = [name for name in ids.psus if name not in place]
    if lost:
        raise DesignError(
            f"{len(lost):,} sampled PSUs have no joint probabilities",
            where="design.pps.joint", expected="a row for each PSU of the sample",
            got=f"none for {', '.join(lost[:5])}", remedy="complete the table",
        )  # fmt: skip
    at = np.array([place[name] for name in ids.psus])
    return np.asarray(joint.matrix[np.ix_(at, at)])
