"""The sampling design of a survey, as its documentation declares it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from exitline.errors import DesignError, nearest
from exitline.stats.data.sampling.pps import Pps, PpsMethod

if TYPE_CHECKING:
    from exitline.stats.data.sampling.calibration import Calibration

CROSSED = "exitline__strata"
"""The column that holds several columns of strata, crossed."""
LonelyPsu = Literal["fail", "remove", "certainty", "adjust", "average"]
ReplicateKind = Literal[
    "JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "subbootstrap", "SDR", "other"
]


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
    pps : str or Pps, optional
        PSUs were drawn with unequal probabilities, which `fpc` names: "brewer",
        "hartley-rao", "overton", "with-replacement"; or a `Pps` with joint probabilities.
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
    rho : float, optional
        Fay's factor, between 0 and 1.
    mse : bool
        Deviations of replicates are taken from the full-sample estimate, instead of from
        their mean.
    df : float, optional
        Degrees of freedom, where the survey's documentation gives them; else R's ``degf``.
    census : bool
        A full count: no sampling error, and criteria are compared exactly.
    calibration : Calibration, optional
        What `weight` was calibrated to (`exitline.calibrate` gives a design that holds it):
        standard errors are those of residuals.

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
    replicates: str | Sequence[str] = ()
    kind: ReplicateKind | None = None
    scale: float | None = None
    rscales: Sequence[float] = ()
    mse: bool = False
    census: bool = False
    rho: float | None = None
    df: float | None = None
    calibration: Calibration | None = None
    pps: Pps | PpsMethod | None = None

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
        if self.replicates:
            self._check_replicates()
        if self.pps is not None:
            self._check_pps()
        if self.df is not None and not 0 < self.df < float("inf"):
            raise DesignError(
                "the degrees of freedom cannot be used",
                where="design.df",
                expected="a number above 0",
                got=str(self.df),
                remedy="leave df out, to have them counted from the design",
            )

    def _check_replicates(self) -> None:
        """Refuse replicate weights that say too little, or stand beside another design."""
        if self.kind is None or self.kind not in get_args(ReplicateKind):
            raise DesignError(
                "replicate weights without their kind",
                where="design.kind",
                expected="one of " + ", ".join(get_args(ReplicateKind)),
                got="nothing" if self.kind is None else repr(self.kind),
                remedy="say how the replicates were made: design.kind, scale and rscales",
            )
        beside = [n for n in ("strata", "psu", "fpc") if getattr(self, n) is not None]
        beside += ["census"] if self.census else []
        if beside:
            raise DesignError(
                f"replicate weights and {', '.join(beside)} in one design",
                where="design." + beside[0],
                expected="one way to a standard error: replicate weights, or strata and PSUs",
                got="both",
                remedy="leave one of them out; replicates hold what strata and PSUs would say",
            )
        lacking = {
            "Fay": ("rho", self.rho is None or not 0 <= self.rho < 1),
            "JKn": ("rscales", not self.rscales),
            "other": ("scale", self.scale is None),
        }.get(self.kind, ("", False))
        if lacking[1]:
            raise DesignError(
                f"replicate weights of the kind {self.kind} without {lacking[0]}",
                where=f"design.{lacking[0]}",
                expected="a number from 0 to below 1" if self.kind == "Fay"
                else "as the survey's documentation gives it",
                got="nothing" if not self.rho else str(self.rho),
                remedy="for instance rho=0.3 for Fay, (n-1)/n of each replicate's stratum for JKn",
            )  # fmt: skip

    def _check_pps(self) -> None:
        """Refuse unequal probabilities that no column holds, or beside another design."""
        if isinstance(self.pps, str):
            object.__setattr__(self, "pps", Pps(self.pps))
        beside = "replicates" if self.replicates else "census" if self.census else ""
        if beside or len(self.fpcs) != 1 or self.weight is None:
            raise DesignError(
                "a PPS design needs its weights and the inclusion probabilities of its PSUs",
                where="design.pps",
                expected="weight, and one column in fpc with a probability for each PSU",
                got=f"pps and {beside}" if beside
                else f"{len(self.fpcs)} fpc columns, {'a' if self.weight else 'no'} weight",
                remedy="name both; leave replicates, census and later stages out",
            )  # fmt: skip

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
        named: list[str] = []
        for pattern in _as_tuple(self.replicates):
            fitting = [pattern]
            if "*" in pattern and pattern not in columns:
                form = re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.S)
                others = (c for c in columns if form.fullmatch(c) and c != self.weight)
                fitting = sorted(others, key=_natural)
            if not fitting:
                raise DesignError(
                    f"no column of replicate weights is called '{pattern}'",
                    where="design.replicates",
                    expected="columns whose names fit the pattern",
                    got=", ".join(columns[:12]) + (" …" if columns[12:] else ""),
                    remedy="check the spelling; upper and lower case count",
                )
            named += fitting
        if tuple(named) == self.replicates:
            return self
        return replace(self, replicates=tuple(dict.fromkeys(named)))

    def scales(self, replicates: int) -> tuple[float, ...]:
        """What the square of each replicate's deviation counts in the variance.

        Parameters
        ----------
        replicates : int
            Number of replicate weights.

        Raises
        ------
        DesignError
            When `rscales` are of another number.

        Examples
        --------
        >>> Design(replicates=["r1", "r2"], kind="BRR").scales(2)
        (0.5, 0.5)
        """
        rho = self.rho or 0.0
        known = {
            "BRR": 1.0 / replicates,
            "Fay": 1.0 / (replicates * (1.0 - rho) ** 2),
            "JK1": (replicates - 1.0) / replicates,
            "bootstrap": 1.0 / max(replicates - 1, 1),
            "subbootstrap": 1.0 / max(replicates - 1, 1),
            "SDR": 4.0 / replicates,
        }
        overall = self.scale if self.scale is not None else known.get(self.kind or "", 1.0)
        each = tuple(float(one) for one in self.rscales) or (1.0,) * replicates
        if len(each) != replicates:
            raise DesignError(
                "the scales do not match the replicate weights",
                where="design.rscales",
                expected=f"{replicates} numbers, one for each replicate",
                got=str(len(each)),
                remedy="give one for each, in the order of the columns, or leave rscales out",
            )
        return tuple(overall * one for one in each)

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
        object.__setattr__(self, "replicates", _as_tuple(self.replicates))
        object.__setattr__(self, "rscales", tuple(self.rscales))

    @property
    def unequal(self) -> Pps | None:
        """How PSUs were drawn with unequal probabilities, if they were."""
        return Pps(self.pps) if isinstance(self.pps, str) else self.pps

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
            *(self.calibration.columns if self.calibration is not None else ()),
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


def _natural(name: str) -> list[tuple[int, str]]:
    """Numbers within names count as numbers: rw2 comes before rw10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
