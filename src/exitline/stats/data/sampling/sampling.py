"""How households came into the data: drawn in stages of clusters, or counted in full.

Each kind answers the same questions, so that nothing that reads a design has to ask which it is.
`exitline.stats.data.sampling.replicated` has the third kind, replicate weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self, get_args

from exitline.errors import DesignError, nearest
from exitline.stats.data.sampling.pps import Pps
from exitline.words.said import Told, collected, say

if TYPE_CHECKING:
    from exitline.stats.data.sampling.second_phase import SecondPhase

CROSSED = "exitline__strata"
"""The column that holds several columns of strata, crossed."""
LonelyPsu = Literal["fail", "remove", "certainty", "adjust", "average"]
_LONELY = {
    "fail": collected("an error (none occurred)"),
    "remove": collected("removed from the variance"),
    "certainty": collected("taken as certain"),
    "adjust": collected("centred at the grand mean"),
    "average": collected("given the average variance of the others"),
}


class Sampling(Protocol):
    """What the house asks of a way of sampling.

    Attributes
    ----------
    exact : bool
        No sampling error at all.
    clustered : bool
        Figures are linearised over totals of clusters.
    strata, stages, fpcs, weights : tuple of str
        Columns of strata (several are crossed), of clusters stage by stage, of their population
        sizes, of replicate weights; empty where there are none.
    nest, mse : bool
    lonely : str
    """

    exact: ClassVar[bool]
    clustered: ClassVar[bool]

    @property
    def strata(self) -> tuple[str, ...]: ...
    @property
    def stages(self) -> tuple[str, ...]: ...
    @property
    def fpcs(self) -> tuple[str, ...]: ...
    @property
    def weights(self) -> tuple[str, ...]: ...
    @property
    def nest(self) -> bool: ...
    @property
    def lonely(self) -> LonelyPsu: ...
    @property
    def mse(self) -> bool: ...
    @property
    def further(self) -> tuple[str, ...]:
        """Other columns that it names."""
        ...

    @property
    def second(self) -> SecondPhase | None:
        """What was drawn again from the sample."""
        ...

    @property
    def taken(self) -> str | None:
        """The column of truth that tells which rows have figures; None where all have."""
        ...

    @property
    def joint(self) -> Any:
        """A table of joint inclusion probabilities, if there is one."""
        ...

    @property
    def said(self) -> Iterator[str]:
        """What changes a standard error, in words for a report."""
        ...

    @property
    def declared(self) -> tuple[str, ...]:
        """The keywords of `Design` that say what it is."""
        ...

    def check(self, weight: str | None, *, calibrated: bool) -> None:
        """Refuse a weight, or a calibration, that does not go with it."""
        ...

    def matching(self, columns: Sequence[str], weight: str | None) -> Self:
        """With patterns of columns written out."""
        ...

    def bound(self, names: dict[str, tuple[str, ...]]) -> Self:
        """Under other names of columns: of strata, psu, fpc and replicates."""
        ...

    def around_full_sample(self) -> Self:
        """With deviations of replicates from the full-sample figure."""
        ...

    def in_one_phase(self, what: str) -> None:
        """Refuse a second phase where what is asked for has no variance for one."""
        ...

    def in_stages(self, what: str) -> ClusterSampling:
        """Itself, if it is clusters of equal probability; else an error that begins so."""
        ...


class SamplingAnswers:
    """Answers of kinds that have nothing to say to a question."""

    strata: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    fpcs: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    second: SecondPhase | None = None
    taken: str | None = None
    nest: bool = False
    lonely: LonelyPsu = "fail"
    mse: bool = False
    joint: Any = None
    called: ClassVar[str] = ""

    def matching(self, columns: Sequence[str], weight: str | None) -> Self:
        """Itself: its columns have no patterns."""
        return self

    def bound(self, names: dict[str, tuple[str, ...]]) -> Self:
        """Itself: it has no columns."""
        return self

    def around_full_sample(self) -> Self:
        """Itself: nothing deviates."""
        return self

    def in_one_phase(self, what: str) -> None:
        """Nothing to refuse."""

    def in_stages(self, what: str) -> ClusterSampling:
        """An error that begins with `what`."""
        raise DesignError(
            what, where="design", expected="a sample with strata and PSUs", got=self.called,
            remedy="name strata and psu",
        )  # fmt: skip


@dataclass(frozen=True)
class FullCount(SamplingAnswers):
    """A census, without sampling error.

    Examples
    --------
    >>> FullCount().exact, FullCount().stages
    (True, ())
    """

    exact: ClassVar[bool] = True
    clustered: ClassVar[bool] = False
    called: ClassVar[str] = "a census"
    declared: ClassVar[tuple[str, ...]] = ("census",)

    @property
    def said(self) -> Iterator[str]:
        """One sentence."""
        yield "a full count: no sampling error"

    def check(self, weight: str | None, *, calibrated: bool) -> None:
        """Weights of a census are numbers of equal households; a calibration has no error."""
        if calibrated:
            raise DesignError(
                "a census and a calibration in one design", where="design.calibration",
                expected="one of them", got="both",
                remedy="leave census out, if the weights were calibrated",
            )  # fmt: skip


@dataclass(frozen=True)
class ClusterSampling(SamplingAnswers):
    """ClusterSampling drawn within strata, stage by stage; households where no cluster is named.

    Attributes
    ----------
    strata, stages, fpcs, nest, lonely, pps
        As the keywords strata, psu, fpc, nest, lonely and pps of
        `exitline.stats.data.sampling.design.Design`.

    Raises
    ------
    DesignError

    Examples
    --------
    >>> ClusterSampling(strata=("region", "urban"), stages=("ea", "home")).stratum
    'exitline__strata'
    """

    strata: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    fpcs: tuple[str, ...] = ()
    nest: bool = False
    lonely: LonelyPsu = "fail"
    pps: Pps | None = None
    exact: ClassVar[bool] = False
    clustered: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.lonely not in get_args(LonelyPsu):
            raise DesignError(
                f"unknown treatment of single-PSU strata: '{self.lonely}'",
                where="design.lonely",
                expected="one of " + ", ".join(get_args(LonelyPsu)),
                got=repr(self.lonely),
                remedy=nearest(str(self.lonely), get_args(LonelyPsu)) or "choose one of these",
            )
        if len(self.fpcs) > max(1, len(self.stages)):
            raise DesignError(
                "more population sizes (fpc) than stages of clusters",
                where="design.fpc",
                expected=f"at most {max(1, len(self.stages))}",
                got=str(len(self.fpcs)),
                remedy="give one fpc column for each stage in design.psu",
            )

    @property
    def stratum(self) -> str | None:
        """The one column of strata; where several are crossed, the one that holds the crossing."""
        return CROSSED if len(self.strata) > 1 else next(iter(self.strata), None)

    @property
    def joint(self) -> Any:
        """The table of joint inclusion probabilities, if `pps` names one."""
        return None if self.pps is None else self.pps.joint

    @property
    def said(self) -> Iterator[str]:
        """What single clusters contribute, and what ids mean."""
        yield say("strata with a single cluster: {what}", what=Told(_LONELY[self.lonely]))
        if self.nest:
            yield say("cluster ids start anew in each stratum")

    @property
    def declared(self) -> tuple[str, ...]:
        """Those of the keywords that were given."""
        named = {"strata": self.strata, "psu": self.stages, "fpc": self.fpcs, "pps": self.pps}
        return tuple(name for name, value in named.items() if value)

    def check(self, weight: str | None, *, calibrated: bool) -> None:
        """Refuse unequal probabilities that no column holds."""
        if self.pps is not None and (len(self.fpcs) != 1 or weight is None):
            raise DesignError(
                "a PPS design needs its weights and the inclusion probabilities of its PSUs",
                where="design.pps",
                expected="weight, and one column in fpc with a probability for each PSU",
                got=f"{len(self.fpcs)} fpc columns, {'a' if weight else 'no'} weight",
                remedy="name both; leave replicates, census and later stages out",
            )

    def bound(self, names: dict[str, tuple[str, ...]]) -> ClusterSampling:
        """Under other names of columns."""
        return replace(
            self, strata=names.get("strata", ()), stages=names.get("psu", ()),
            fpcs=names.get("fpc", ()),
        )  # fmt: skip

    def in_stages(self, what: str) -> ClusterSampling:
        """Itself, unless probabilities are unequal."""
        if self.pps is None:
            return self
        raise DesignError(
            what, where="design", expected="a sample with strata and PSUs",
            got="unequal probabilities (pps)", remedy="name strata and psu",
        )  # fmt: skip
