"""Which variance a design has, once its data are at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from exitline.stats.data.sampling.replicated import ReplicateWeights
from exitline.stats.infer.designs.replicates import replicate
from exitline.stats.infer.designs.variances import variance_of

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.stats.infer.designs.pps import JointProbabilities
    from exitline.stats.infer.designs.variance import Variance
    from exitline.stats.infer.intake.cells import Cells
    from exitline.stats.measure.passes.sums import Plan


def variance_from(
    cells: Cells,
    plan: Plan,
    sets: tuple[tuple[int, ...], ...],
    read: Callable[..., pa.Table],
    stream: Callable[..., Iterable[pa.Table]],
    joint: JointProbabilities | None,
) -> Variance:
    """The variance of a plan's figures.

    Parameters
    ----------
    cells : Cells
        From the totals query.
    plan : Plan
    sets : tuple of tuple of int
        Sets of domains.
    read : callable
        From positions of replicate weights to rows, as
        `exitline.stats.measure.passes.micro.micro` says; called for replicate weights alone.
    stream : callable
        The same, a number of rows at a time.
    joint : JointProbabilities or None
        Where the design names such.
    """
    if isinstance(plan.design.sampling, ReplicateWeights):
        return replicate(read, stream, cells, plan, sets)
    return variance_of(cells, plan.design, joint)
