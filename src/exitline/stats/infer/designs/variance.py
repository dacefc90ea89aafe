"""What a variance is: one object, whatever it comes from.

Each gives variances of domains, covariances of any figures (differences, ratios, contributions,
waves that share PSUs), and degrees of freedom. `exitline.stats.infer.designs.variances` has those
there are; nothing else in the house knows which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exitline.arrays import Floats, Ints
    from exitline.stats.infer.comparing.joint import InfluenceColumns, Joint
    from exitline.stats.infer.cross_tables.functions import Errors
    from exitline.stats.infer.designs.frame import Stage
    from exitline.stats.infer.designs.ids import Ids
    from exitline.stats.infer.designs.moments import Moments
    from exitline.stats.infer.designs.taylor import Sampled
    from exitline.stats.infer.intake.cells import Rows

    By = tuple[int, ...]
    Figure = tuple[By, str, int | None]


@dataclass(frozen=True)
class LineInfluence:
    """The influence of every cluster of the whole sample on a relative line.

    Attributes
    ----------
    rows : Rows
        The whole sample as one domain.
    influence : float array, shape (rows,)
    """

    rows: Rows
    influence: Floats


@dataclass(frozen=True)
class AtLine:
    """How a measure moves with a relative line: its slope by domain, and the line's influence."""

    slope: Floats
    line: LineInfluence


@dataclass(frozen=True)
class Part:
    """What a figure adds to variances: rows with an influence each, by domain.

    Attributes
    ----------
    rows : Rows
    influence : float array, shape (rows,)
    at_line : AtLine, optional
        What a relative line of the whole sample adds.
    flat : bool array, shape (domains,), optional
        Domains in which the figure has no derivative, and so no standard error.
    """

    rows: Rows
    influence: Floats
    at_line: AtLine | None = None
    flat: NDArray[np.bool_] | None = None


def degrees(clusters: Ints, declared: float | None) -> float:
    """PSUs minus strata of the whole design, as R's ``degf``, unless declared.

    Parameters
    ----------
    clusters : int array
        Sampled PSUs by stratum.
    declared : float, optional
    """
    if declared is not None:
        return declared
    return float(clusters.sum() - np.count_nonzero(clusters))


@dataclass(frozen=True)
class Overlap:
    """What another sample that shares PSUs must know of a sample's stages."""

    ids: Ids
    stage: Stage
    lonely: str
    later: tuple[Stage, ...] = ()


class Variance(Protocol):
    """Where standard errors come from.

    `exact` is whether there is no sampling error at all; `unknown` why a variance may be missing;
    `clusters` how many PSUs were sampled in each stratum, where figures are linearised.
    """

    exact: ClassVar[bool]
    unknown: ClassVar[str]
    words: ClassVar[str]

    @property
    def df(self) -> float:
        """Degrees of freedom of the whole design."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on replicates, where there are any."""
        ...

    @property
    def clusters(self) -> Ints | None:
        """Sampled PSUs by stratum; None where there are none to tell of."""
        ...

    @property
    def overlap(self) -> Overlap | None:
        """The first stage, for samples that share PSUs; None where no PSUs are declared."""
        ...

    def moments(self, rows: Rows, influence: Floats, sums: Floats) -> Moments | None:
        """Third moments of the first stage, and how sure the variance is; None where no totals of
        PSUs of strata are at hand."""
        ...

    def part(self, figure: Figure, rows: Rows, value: Floats, linear: Callable[[], Part]) -> Part:
        """What a figure adds, from its linearisation or from what it is with each replicate."""
        ...

    def of(self, rows: Rows, influence: Floats) -> Floats:
        """Variances of totals of influence values, shape (domains, figures)."""
        ...

    def shared(self, rows: Rows, influence: Floats, every: Rows, common: Floats) -> Floats:
        """Covariances of each domain's total with one total over the whole sample."""
        ...

    def joint(
        self, parts: Sequence[InfluenceColumns], coefficients: Any = None, *, overlaid: bool = False
    ) -> Joint:
        """The covariance matrix of figures, or of linear functions of them (see `stacked`)."""
        ...

    def sampled(self, rows: Rows, cases: Ints, by: By = ()) -> Sampled:
        """PSUs in which the households that count were sampled, and degrees of freedom."""
        ...

    def of_table(self, part: Part, places: Ints, counts: Floats) -> Errors:
        """Errors of functions of the counts of a table."""
        ...

    def of_fit(
        self, full: Floats, scored: Callable[[], Floats], again: Callable[[], Floats]
    ) -> Floats:
        """The covariance matrix of figures made of others (coefficients, parts): by linearisation
        (of scores, of totals), or each made again with each replicate weight."""
        ...

    def around(self, *, mse: bool) -> Variance:
        """The same, with deviations of replicates from the full-sample figure, or from their mean;
        what is linearised has none."""
        ...
