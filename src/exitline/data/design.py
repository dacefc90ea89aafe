"""The sampling design of a survey, as its documentation declares it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from exitline.errors import DesignError, nearest

CROSSED = "exitline__strata"
"""The column that holds several columns of strata, crossed."""
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
    strata : str or sequence of str, optional
        Column of the first-stage stratum; several columns are crossed.
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
    strata: str | Sequence[str] | None = None
    psu: str | Sequence[str] | None = None
    nest: bool = False
    fpc: str | Sequence[str] | None = None
    lonely: LonelyPsu = "fail"
    replicates: Sequence[str] = ()
    kind: ReplicateKind | None = None
    scale: float | None = None
    rscales: Sequence[float] = ()
    mse: bool = False
    census: bool = False

    def __post_init__(self) -> None:
        self._normalise()
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

    def _normalise(self) -> None:
        """Lists become tuples, so that a design can be compared and kept; others are refused."""
        for name in ("weight", "size"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise _no_columns(name, value, "the name of one column")
        for name in ("strata", "psu", "fpc", "replicates"):
            value = getattr(self, name)
            if value is None or isinstance(value, str):
                continue
            names = tuple(value) if isinstance(value, Sequence) else ()
            if not all(isinstance(one, str) for one in names) or not (
                names or name == "replicates"
            ):
                raise _no_columns(name, value, "the name of a column, or a list of names")
            if name != "fpc" and len(set(names)) < len(names):
                raise _no_columns(name, value, "each column once")
            object.__setattr__(self, name, names)
        object.__setattr__(self, "rscales", tuple(self.rscales))

    @property
    def strata_columns(self) -> tuple[str, ...]:
        """Columns of strata; several are crossed."""
        return _as_tuple(self.strata)

    @property
    def stratum(self) -> str | None:
        """The one column of strata; where several are crossed, the one that holds the crossing."""
        named = self.strata_columns
        return CROSSED if len(named) > 1 else next(iter(named), None)

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
        named = (
            self.weight, self.size, *self.strata_columns, *self.stages, *self.fpcs,
            *_as_tuple(self.replicates),
        )  # fmt: skip
        return tuple(dict.fromkeys(c for c in named if c is not None))


def _no_columns(name: str, value: object, expected: str) -> DesignError:
    """The error for a role that no column can play."""
    got = repr(value) if isinstance(value, str | list | tuple) else type(value).__name__
    return DesignError(
        f"design.{name} cannot be read",
        where=f"design.{name}",
        expected=expected,
        got=got,
        remedy="for instance strata=['region', 'urban'], psu=['village', 'household']",
    )


def _as_tuple(value: str | Sequence[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
