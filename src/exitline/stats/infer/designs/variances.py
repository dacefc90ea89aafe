"""Where standard errors come from: linearised figures, replicate weights, or a census."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from exitline.stats.data.sampling.phases import TwoPhaseSampling
from exitline.stats.data.sampling.replicated import scale_note
from exitline.stats.data.sampling.sampling import ClusterSampling
from exitline.stats.infer.comparing.joint import InfluenceColumns, Joint, Squares, centred, stacked
from exitline.stats.infer.cross_tables import table_errors
from exitline.stats.infer.designs.frame import stages_of
from exitline.stats.infer.designs.linear import LinearVariance
from exitline.stats.infer.designs.moments import Moments, moments_of
from exitline.stats.infer.designs.pps import (
    JointProbabilities,
    UnequalProbabilities,
    unequal_probabilities,
)
from exitline.stats.infer.designs.taylor import (
    Sampled,
    covariance_with_all,
    linearised_variance,
    sampled_in,
)
from exitline.stats.infer.designs.two_phase import TwoPhase, two_phase_variance
from exitline.stats.infer.designs.variance import Overlap, Part, degrees
from exitline.stats.infer.intake.cells import Rows
from exitline.words.said import collected, say_plural

if TYPE_CHECKING:
    from exitline.arrays import Floats, Ints
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.cross_tables.functions import Errors
    from exitline.stats.infer.designs.frame import Stage
    from exitline.stats.infer.designs.ids import Ids
    from exitline.stats.infer.intake.cells import Cells

    By = tuple[int, ...]
    Figure = tuple[By, str, int | None]

NO_REPLICATES = collected("fewer than two replicates have a figure: no standard error")
NO_AVERAGE = collected(
    "a cluster with a single unit at a later stage has no variance under 'average'"
)


@dataclass(frozen=True)
class Census(LinearVariance):
    """A census, which has no sampling error.

    Examples
    --------
    >>> Census().df, Census().exact
    (inf, True)
    """

    exact: ClassVar[bool] = True
    unknown: ClassVar[str] = NO_AVERAGE
    df: ClassVar[float] = float("inf")
    clusters: ClassVar[None] = None
    overlap: ClassVar[None] = None

    def part(self, figure: Figure, rows: Rows, value: Floats, linear: Callable[[], Part]) -> Part:
        """The linearisation, in which each area is one row."""
        return replace(linear(), flat=None)

    def of(self, rows: Rows, influence: Floats) -> Floats:
        """Zeros."""
        return np.zeros((rows.size, influence.shape[1]))

    def shared(self, rows: Rows, influence: Floats, every: Rows, common: Floats) -> Floats:
        """Zeros."""
        return np.zeros(rows.size)

    def joint(
        self, parts: Sequence[InfluenceColumns], coefficients: Any = None, *, overlaid: bool = False
    ) -> Joint:
        """Zeros."""
        figures = parts[0].size if overlaid else sum(part.size for part in parts)
        return Joint(figures if coefficients is None else coefficients.shape[0], ())

    def sampled(self, rows: Rows, cases: Ints, by: By = ()) -> Sampled:
        """Every household is there."""
        n = rows.count(cases)
        return Sampled(n, np.full(rows.size, np.inf))

    def of_table(self, part: Part, places: Ints, counts: Floats) -> Errors:
        """None."""
        return table_errors.Exact()


@dataclass(frozen=True)
class Taylor(LinearVariance):
    """Figures linearised over strata and stages of clusters.

    Attributes
    ----------
    stages : tuple of Stage
        Those that add to the variance.
    lonely : str
        Treatment of strata with one PSU.
    declared : float, optional
        The user's degrees of freedom.
    ids : Ids, optional
        Which stratum and PSU each code stands for, where PSUs are declared: other samples may
        have drawn the same ones.
    """

    stages: tuple[Stage, ...]
    lonely: str = "fail"
    declared: float | None = None
    ids: Ids | None = None
    exact: ClassVar[bool] = False
    unknown: ClassVar[str] = NO_AVERAGE

    @property
    def df(self) -> float:
        """PSUs minus strata of the whole design, as R's ``degf``, unless declared."""
        return degrees(self.clusters, self.declared)

    @property
    def clusters(self) -> Ints:
        """Sampled PSUs by stratum."""
        return self.stages[0].sampled

    @property
    def overlap(self) -> Overlap | None:
        """The stages."""
        if self.ids is None:
            return None
        return Overlap(self.ids, self.stages[0], self.lonely, self.stages[1:])

    def of(self, rows: Rows, influence: Floats) -> Floats:
        """See `exitline.stats.infer.designs.taylor.linearised_variance`."""
        return linearised_variance(rows, influence, self.stages, self.lonely)

    def moments(self, rows: Rows, influence: Floats, sums: Floats) -> Moments | None:
        """Of the first stage; None where the engine summed up clusters to squares."""
        if rows.times is not None:
            return None
        return moments_of(rows, influence, sums, self.stages[0])

    def shared(self, rows: Rows, influence: Floats, every: Rows, common: Floats) -> Floats:
        """See `exitline.stats.infer.designs.taylor.covariance_with_all`."""
        return covariance_with_all(rows, influence, (every, common), self.stages, self.lonely)

    def joint(
        self, parts: Sequence[InfluenceColumns], coefficients: Any = None, *, overlaid: bool = False
    ) -> Joint:
        """One form for each stage."""
        found = [
            stacked(parts, index, len(stage.sampled), coefficients, overlaid=overlaid)
            for index, stage in enumerate(self.stages)
        ]
        forms = [
            centred(stage, totals, self.lonely, index)
            for index, (stage, totals) in enumerate(zip(self.stages, found, strict=True))
        ]
        return Joint(found[0].clusters.shape[1], tuple(forms))

    def sampled(self, rows: Rows, cases: Ints, by: By = ()) -> Sampled:
        """PSUs minus strata with households that count, as R's ``degf(subset(design))``."""
        found = sampled_in(rows, cases)
        if self.declared is None:
            return found
        return replace(found, df=np.full(rows.size, self.declared))


@dataclass(frozen=True)
class Replicates:
    """Every figure with every replicate weight: squares of scaled deviations.

    Attributes
    ----------
    figures : dict of (by, measure, line) to float array, shape (domains, replicates)
    scales : float array, shape (replicates,)
        What the square of each deviation counts.
    mse : bool
        Whether deviations are from the full-sample figure, instead of the replicates' mean.
    degrees : dict of by to float array, shape (domains,)
    ratio : float
        What a replicate weight sums to, over what the weight does, on average.
    """

    figures: dict[Figure, Floats]
    scales: Floats
    mse: bool
    degrees: dict[By, Floats]
    ratio: float = 1.0
    exact: ClassVar[bool] = False
    unknown: ClassVar[str] = NO_REPLICATES
    clusters: ClassVar[None] = None
    overlap: ClassVar[None] = None
    words: ClassVar[str] = "replicate weights"

    @property
    def df(self) -> float:
        """Rank of the replicate weights, less one; or as declared."""
        return float(self.degrees[()][0])

    def part(self, figure: Figure, rows: Rows, value: Floats, linear: Callable[[], Part]) -> Part:
        """Scaled deviations of a figure; their squares add to the variance.

        Replicates in which a domain has no figure are left out, as in R.
        """
        figures = self.figures[figure]
        there = ~np.isnan(figures) & (self.scales > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(there, figures, 0.0).sum(axis=1) / there.sum(axis=1)
        centre = value if self.mse else mean
        deviation = np.where(there, figures - centre[:, None], 0.0) * np.sqrt(self.scales)
        deviation[there.sum(axis=1) < 2] = np.nan
        return Part(self._rows(rows), np.asarray(deviation.reshape(-1)))

    @property
    def notes(self) -> tuple[str, ...]:
        """That they are on another scale than the weight; how many lack a figure."""
        lost = self._without_figure()
        left_out = say_plural(
            "{n} replicate gives no figure in some area, and takes no part in its standard error",
            "{n} replicates give no figure in some area, and take no part in its standard error",
            lost,
        )
        scale = scale_note(len(self.scales), self.ratio)
        return (*([left_out] if lost else ()), *([scale] if scale else ()))

    def _without_figure(self) -> int:
        """Replicates that some domain has no figure from, of those that count."""
        used = self.scales > 0
        lost = [np.isnan(one[~np.isnan(one).all(axis=1)]).any(axis=0) & used
                for one in self.figures.values()]  # fmt: skip
        return int(np.any(lost, axis=0).sum()) if lost else 0

    def _rows(self, of: Rows) -> Rows:
        """One row for each domain x replicate; what is counted stands on a domain's first."""
        many = len(self.scales)
        domain = np.repeat(np.arange(of.size), many)
        first = np.tile(np.arange(many) == 0, of.size)
        return Rows(
            domain=domain, keys=of.keys, stratum=np.zeros_like(domain),
            stages=(np.tile(np.arange(many), of.size),), n=np.where(first, of.n[domain], 0),
            cases=np.where(first[:, None], of.cases[domain], 0),
            sums=np.where(first[:, None], of.sums[domain], 0.0), written=of.written,
            found=of.found, sampled=False,
        )  # fmt: skip

    def moments(self, rows: Rows, influence: Floats, sums: Floats) -> Moments | None:
        """None: replicates are no PSUs of strata."""
        return None

    def of(self, rows: Rows, influence: Floats) -> Floats:
        """Sums of squares."""
        return np.column_stack([
            np.bincount(rows.domain, weights=one**2, minlength=rows.size) for one in influence.T
        ])  # fmt: skip

    def shared(self, rows: Rows, influence: Floats, every: Rows, common: Floats) -> Floats:
        """Sums of products."""
        products = influence * common[rows.stages[0]]
        found = np.bincount(rows.domain, weights=products, minlength=rows.size)
        return found.astype(np.float64)

    def joint(
        self, parts: Sequence[InfluenceColumns], coefficients: Any = None, *, overlaid: bool = False
    ) -> Joint:
        """One form: nothing to centre at."""
        totals = stacked(parts, 0, 1, coefficients, overlaid=overlaid)
        return Joint(totals.clusters.shape[1], (Squares(totals.clusters),))

    def sampled(self, rows: Rows, cases: Ints, by: By = ()) -> Sampled:
        """Households; PSUs are not known, so that any domain counts as having several."""
        n = rows.count(cases)
        psus = np.where(n > 0, 2, 0)
        return Sampled(psus, self.degrees[by])

    def of_table(self, part: Part, places: Ints, counts: Floats) -> Errors:
        """From every figure computed again with each replicate's counts."""
        return table_errors.ReplicatedTable(part, places, counts, self.scales, mse=self.mse)

    def of_fit(
        self, full: Floats, scored: Callable[[], Floats], again: Callable[[], Floats]
    ) -> Floats:
        """From the figures made again with each replicate weight, where a replicate has them."""
        found = again()
        there = np.isfinite(found) & (self.scales > 0)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(there, found, 0.0).sum(axis=0) / there.sum(axis=0)
        centre = full if self.mse else mean
        away = np.where(there, found - centre, 0.0) * np.sqrt(self.scales)[:, None]
        away[:, there.sum(axis=0) < 2] = np.nan
        return np.asarray(away.T @ away)

    def around(self, *, mse: bool) -> Replicates:
        """With deviations from the full-sample figure, or from the mean of all."""
        return replace(self, mse=mse)


def variance_of(
    cells: Cells, design: Design, joint: JointProbabilities | None = None
) -> Taylor | Census | UnequalProbabilities | TwoPhase:
    """The variance of a sample whose figures are linearised, or of a census.

    Parameters
    ----------
    cells : Cells
        All cells, domains or not: a cluster without households of a domain counts.
    design : Design
    joint : JointProbabilities, optional
        Where the design names such.

    Raises
    ------
    DesignError
        When a stratum has one PSU and the design says to fail, or a population size contradicts
        the sample.
    """
    drawn = design.sampling
    if isinstance(drawn, TwoPhaseSampling):
        ids = cells.ids if drawn.stages else None
        return two_phase_variance(cells, drawn, design.df, ids)
    if not isinstance(drawn, ClusterSampling) or not cells.clustered:
        return Census()
    ids = cells.ids if drawn.stages else None
    if drawn.pps is not None and drawn.pps.method != "with-replacement":
        return unequal_probabilities(cells, drawn.pps, design.df, ids, joint)
    if drawn.pps is not None:
        cells = replace(cells, fpc=cells.fpc[:, :0])
    return Taylor(stages_of(cells, drawn.lonely), drawn.lonely, design.df, ids)
