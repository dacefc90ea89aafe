"""The sampling design of a survey, as its documentation declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from exitline.errors import DesignError, nearest

LonelyPsu = Literal["fail", "remove", "certainty", "adjust", "average"]
ReplicateKind = Literal["JK1", "JKn", "BRR", "Fay", "bootstrap", "subbootstrap"]


@dataclass(frozen=True)
class Design:
    """How the sample was drawn: what makes a standard error possible.

    Parameters
    ----------
    weight : str, optional
        Column of the household's sampling weight (positive). Without it every
        household counts once.
    size : str, optional
        Column with the number of persons in the household. The person weight is
        weight x size; without it households are the units.
    strata : str, optional
        Column of the first-stage stratum.
    psu : str or tuple of str, optional
        Column(s) of the sampled clusters, stage by stage. Later stages add to the
        variance only when `fpc` gives the population sizes of all stages, as in R's
        survey. Without it each row is its own cluster.
    nest : bool
        PSU ids start anew in each stratum. Without it an id seen in two strata is an
        error.
    fpc : str or tuple of str, optional
        Column(s) with the number of clusters in the population of the stratum, one per
        stage (values above 1), or with sampling fractions (values up to 1).
    lonely : {"fail", "remove", "certainty", "adjust", "average"}
        What a stratum with a single PSU contributes (R's survey.lonely.psu).
    replicates : tuple of str
        Columns of replicate weights (`exitline.estimate` refuses them as yet).
    kind, scale, rscales, mse
        As R's svrepdesign: the type of replicates, the overall and the per-replicate
        scale, and whether deviations are taken from the full-sample estimate.
    census : bool
        A full count: no sampling error, and criteria are compared exactly.

    Raises
    ------
    DesignError
        For a combination that contradicts itself.

    Examples
    --------
    >>> Design(weight="weight", size="capita", strata="strat", psu="psu").stages
    ('psu',)
    """

    weight: str | None = None
    size: str | None = None
    strata: str | None = None
    psu: str | tuple[str, ...] | None = None
    nest: bool = False
    fpc: str | tuple[str, ...] | None = None
    lonely: LonelyPsu = "fail"
    replicates: tuple[str, ...] = ()
    kind: ReplicateKind | None = None
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    mse: bool = False
    census: bool = False

    def __post_init__(self) -> None:
        if self.lonely not in get_args(LonelyPsu):
            raise DesignError(
                f"unknown treatment of single-PSU strata: '{self.lonely}'",
                where="design.lonely",
                expected="one of " + ", ".join(get_args(LonelyPsu)),
                got=repr(self.lonely),
                remedy=nearest(str(self.lonely), get_args(LonelyPsu)) or "choose one of these",
            )
        if self.fpc is not None and len(self.fpcs) > max(1, len(self.stages)):
            raise DesignError(
                "more population sizes (fpc) than stages of clusters",
                where="design.fpc",
                expected=f"at most {max(1, len(self.stages))}",
                got=str(len(self.fpcs)),
                remedy="give one fpc column for each stage in design.psu",
            )
        if self.replicates and self.kind is None:
            raise DesignError(
                "replicate weights without their kind",
                where="design.kind",
                expected="one of " + ", ".join(get_args(ReplicateKind)),
                got="nothing",
                remedy="say how the replicates were made: design.kind, scale and rscales",
            )

    @property
    def stages(self) -> tuple[str, ...]:
        """Cluster columns, first stage first."""
        return _as_tuple(self.psu)

    @property
    def fpcs(self) -> tuple[str, ...]:
        """Population-size columns, first stage first."""
        return _as_tuple(self.fpc)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the design refers to, each once."""
        named = (self.weight, self.size, self.strata, *self.stages, *self.fpcs, *self.replicates)
        return tuple(dict.fromkeys(c for c in named if c is not None))


def _as_tuple(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
