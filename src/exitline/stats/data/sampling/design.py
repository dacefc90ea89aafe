"""The sampling design of a survey, as its documentation declares it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exitline.errors import DesignError
from exitline.stats.data.sampling.phases import TwoPhaseSampling
from exitline.stats.data.sampling.pps import Pps, PpsMethod
from exitline.stats.data.sampling.replicated import ReplicateKind, ReplicateWeights
from exitline.stats.data.sampling.sampling import (
    CROSSED,
    ClusterSampling,
    FullCount,
    LonelyPsu,
    Sampling,
)
from exitline.stats.data.sampling.second_phase import SecondPhase

if TYPE_CHECKING:
    from exitline.stats.data.sampling.calibration import Calibration

__all__ = ["CROSSED", "Design", "LonelyPsu", "ReplicateKind"]
Names = str | Sequence[str] | None
UNSAID: Any = type("Unsaid", (), {"__repr__": lambda _: "None"})()
"""What stands for a keyword that was not given: `dataclasses.replace` keeps what there was."""
NOTHING: tuple[Any, ...] = (None, (), False, "fail")
ATTRIBUTE = {"psu": "stages", "fpc": "fpcs", "replicates": "weights"}
"""Keywords whose attribute of `ClusterSampling` or `ReplicateWeights` has another name."""


@dataclass(frozen=True, init=False)
class Design:
    """How the sample was drawn: what makes a standard error possible.

    It holds one way of sampling, `sampling`: clusters, replicate weights or a census. The
    keywords say which; two ways at once are refused.

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
    replicates : str or sequence of str
        Columns of replicate weights, each a full weight of the household; names may hold
        ``*``: ``"rw*"``. They take the place of strata, PSUs and fpc.
    kind : {"JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "subbootstrap", "SDR", "other"}
        How the replicates were made; SDR is successive differences (American Community Survey).
    scale, rscales : float; sequence of float
        As R's svrepdesign: the overall and the per-replicate scale. Found from the kind, but
        for "JKn", which needs `rscales`, and "other", which needs `scale`.
    mse : bool
        Deviations of replicates are taken from the full-sample estimate, instead of from
        their mean.
    census : bool
        A census: no sampling error, and criteria are compared exactly.
    rho : float, optional
        Fay's factor, between 0 and 1.
    df : float, optional
        Degrees of freedom, where the survey's documentation gives them; else R's ``degf``.
    calibration : Calibration, optional
        What `weight` was calibrated to (`exitline.calibrate` gives a design that holds it):
        standard errors are those of residuals.
    pps : str or Pps, optional
        PSUs were drawn with unequal probabilities, which `fpc` names: "brewer",
        "hartley-rao", "overton", "with-replacement"; or a `Pps` with joint probabilities.
    second_phase : SecondPhase, optional
        Which rows were drawn again from this sample, and how: figures speak from these.
    sampling : ClusterSampling, ReplicateWeights or FullCount, optional
        Instead of the keywords that say how the sample was drawn, which change it beside it.

    Raises
    ------
    DesignError
        For a combination that contradicts itself.

    Examples
    --------
    >>> Design(weight="weight", size="capita", strata="strat", psu="psu").sampling.stages
    ('psu',)
    """

    weight: str | None
    size: str | None
    sampling: Sampling
    df: float | None
    calibration: Calibration | None

    def __init__(
        self,
        weight: str | None = None,
        size: str | None = None,
        strata: Names = UNSAID,
        psu: Names = UNSAID,
        nest: bool = UNSAID,
        fpc: Names = UNSAID,
        lonely: LonelyPsu = UNSAID,
        replicates: str | Sequence[str] = UNSAID,
        kind: ReplicateKind | None = UNSAID,
        scale: float | None = UNSAID,
        rscales: Sequence[float] = UNSAID,
        mse: bool = UNSAID,
        census: bool = False,
        rho: float | None = UNSAID,
        df: float | None = None,
        calibration: Calibration | None = None,
        pps: Pps | PpsMethod | None = UNSAID,
        *,
        second_phase: SecondPhase | None = UNSAID,
        sampling: Sampling | None = None,
    ) -> None:
        clusters = {"strata": strata, "psu": psu, "nest": nest, "fpc": fpc, "lonely": lonely,
                    "pps": pps, "second_phase": second_phase}  # fmt: skip
        again = {"replicates": replicates, "kind": kind, "scale": scale, "rscales": rscales,
                 "mse": mse, "rho": rho}  # fmt: skip
        drawn = _sampling(_said(clusters), _said(again), sampling, census=census)
        made = {
            "weight": _column("weight", weight), "size": _column("size", size),
            "sampling": drawn, "df": df,
            "calibration": calibration,
        }  # fmt: skip
        for name, value in made.items():
            object.__setattr__(self, name, value)
        self.sampling.check(weight, calibrated=calibration is not None)
        if df is not None and not 0 < df < float("inf"):
            raise DesignError(
                "the degrees of freedom cannot be used",
                where="design.df",
                expected="a number above 0",
                got=str(df),
                remedy="leave df out, to have them counted from the design",
            )

    def matching(self, columns: Sequence[str]) -> Design:
        """The design with patterns of replicate weights written out: ``rw*`` as rw1, rw2, rw10.

        Parameters
        ----------
        columns : sequence of str
            Columns of the data.

        Raises
        ------
        DesignError
            When no column fits a pattern.

        Examples
        --------
        >>> design = Design(replicates="rw*", kind="BRR")
        >>> design.matching(["rw10", "rw2", "w"]).replicates
        ('rw2', 'rw10')
        >>> design = Design("PWGTP", replicates="PWGTP*", kind="SDR")
        >>> design.matching(["PWGTP", "PWGTP1", "PWGTP2"]).replicates
        ('PWGTP1', 'PWGTP2')
        """
        found = self.sampling.matching(columns, self.weight)
        return self if found == self.sampling else replace(self, sampling=found)

    def reweighted(
        self, weight: str, replicates: Sequence[str], calibration: Calibration
    ) -> Design:
        """The design with calibrated weights: residuals make errors, or calibrated replicates do.

        Parameters
        ----------
        weight : str
        replicates : sequence of str
            The calibrated replicates, where the design has any.
        calibration : Calibration
        """
        if self.replicates:
            again = self.sampling.bound({"replicates": tuple(replicates)})
            return replace(self, weight=weight, sampling=again)
        return replace(self, weight=weight, calibration=calibration)

    @property
    def exact(self) -> bool:
        """Whether there is no sampling error at all."""
        return self.sampling.exact

    @property
    def replicates(self) -> tuple[str, ...]:
        """Columns of further weights, with which every figure is worked out again."""
        return self.sampling.weights

    @property
    def strata_columns(self) -> tuple[str, ...]:
        """Columns of strata; several are crossed."""
        return self.sampling.strata

    @property
    def stratum(self) -> str | None:
        """The one column of strata; where several are crossed, the one that holds the crossing."""
        named = self.strata_columns
        return CROSSED if len(named) > 1 else next(iter(named), None)

    @property
    def stages(self) -> tuple[str, ...]:
        """Cluster columns, first stage first."""
        return self.sampling.stages

    @property
    def fpcs(self) -> tuple[str, ...]:
        """Population-size columns, first stage first."""
        return self.sampling.fpcs

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the design refers to, each once."""
        named = (
            self.weight, self.size, *self.strata_columns, *self.stages, *self.fpcs,
            *self.replicates, *self.sampling.further,
            *(self.calibration.columns if self.calibration is not None else ()),
        )  # fmt: skip
        return tuple(dict.fromkeys(c for c in named if c is not None))


def _said(given: dict[str, Any]) -> dict[str, Any]:
    """What was said, by the names of attributes; columns as tuples."""
    found = {name: value for name, value in given.items() if value is not UNSAID}
    for name in ("strata", "psu", "fpc", "replicates"):
        if name in found:
            found[name] = _columns(name, found[name])
    if "rscales" in found:
        found["rscales"] = tuple(found["rscales"] or ())
    if isinstance(found.get("pps"), str):
        found["pps"] = Pps(found["pps"])
    return found


def _sampling(
    clusters: dict[str, Any], again: dict[str, Any], base: Sampling | None, *, census: bool
) -> Sampling:
    """The one way of sampling that the keywords name; beside `base` they change it."""
    drawn = [name for name, value in clusters.items() if value not in NOTHING]
    repeated = [name for name, value in again.items() if value not in NOTHING]
    if isinstance(base, ReplicateWeights):
        repeated.append("replicates")
    census = census or isinstance(base, FullCount)
    _refuse_two(drawn, repeated, census=census)
    if census:
        return FullCount()
    if isinstance(base, TwoPhaseSampling) or clusters.get("second_phase") is not None:
        return _in_two_phases(base, clusters)
    clusters.pop("second_phase", None)
    drawn_in = (ClusterSampling, clusters)
    kind, said = (ReplicateWeights, again) if "replicates" in repeated else drawn_in
    given = {ATTRIBUTE.get(name, name): value for name, value in said.items()}
    return replace(base, **given) if isinstance(base, kind) else kind(**given)


def _in_two_phases(base: Sampling | None, clusters: dict[str, Any]) -> TwoPhaseSampling:
    """Clusters with a second phase."""
    known = base if isinstance(base, TwoPhaseSampling) else None
    second = clusters.pop("second_phase", known.second if known else None)
    given = {ATTRIBUTE.get(name, name): value for name, value in clusters.items()}
    first = known.first if known else base if isinstance(base, ClusterSampling) else None
    first = ClusterSampling(**given) if first is None else replace(first, **given)
    return TwoPhaseSampling(first, second, known.taken if known else None)


def _refuse_two(drawn: list[str], repeated: list[str], *, census: bool) -> None:
    """Refuse keywords of two ways to a standard error."""
    if census and "replicates" not in repeated and drawn:
        raise DesignError(
            f"a census and {', '.join(drawn)} in one design",
            where="design.census",
            expected="census alone, or a sample with strata and PSUs",
            got="both",
            remedy="leave out what says how a sample was drawn, or census if the data are one",
        )
    beside = drawn + (["census"] if census else [])
    if "replicates" in repeated and beside:
        raise DesignError(
            f"replicate weights and {', '.join(beside)} in one design",
            where="design." + beside[0],
            expected="one way to a standard error: replicate weights, or strata and PSUs",
            got="both",
            remedy="leave one of them out; replicates hold what strata and PSUs would say",
        )
    if repeated and "replicates" not in repeated:
        raise DesignError(
            f"{', '.join(repeated)} without replicate weights",
            where="design." + repeated[0],
            expected="the columns of replicate weights that these refer to",
            got="none",
            remedy="name them: replicates='rw*'; or leave out what refers to them",
        )


def _column(name: str, value: Any) -> str | None:
    """The name of one column."""
    if value is not None and not isinstance(value, str):
        raise _no_columns(name, value, "the name of one column")
    return value


def _columns(name: str, value: Names) -> tuple[str, ...]:
    """Names of columns as a tuple, so that designs can be compared; others are refused."""
    if value is None or isinstance(value, str):
        return () if value is None else (value,)
    names = tuple(value) if isinstance(value, Sequence) else ()
    if not all(isinstance(one, str) for one in names) or not (names or name == "replicates"):
        raise _no_columns(name, value, "the name of a column, or a list of names")
    if name != "fpc" and len(set(names)) < len(names):
        raise _no_columns(name, value, "each column once")
    return names


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
