"""Samples in two phases: households of a first sample, some of which were asked for more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, get_args

from exitline.errors import DesignError, nearest
from exitline.stats.data.sampling.sampling import ClusterSampling, LonelyPsu, SamplingAnswers

PhaseMethod = Literal["full", "approx"]


@dataclass(frozen=True)
class SecondPhase:
    """The second phase of a sample: which units of the first were drawn again, and how.

    The data hold all rows of the first phase; figures speak from those of the second, whose
    weights are multiplied by units of the first phase over units of the second in each
    stratum. The design's `weight` is that of the first phase.

    Parameters
    ----------
    selected : str
        Column that is true (or 1) on rows of the second phase.
    strata : str or sequence of str, optional
        Strata of the second phase, known on all rows; they may cut across those of the first.
    psu : str, optional
        Units that the second phase drew, within those of the first; rows unless given.
    method : {"full", "approx"}
        "full" is Särndal's variance with joint probabilities of both phases; "approx" adds the
        variance of the first phase, estimated from the second, to that of the second.

    Raises
    ------
    DesignError

    Examples
    --------
    >>> SecondPhase("visited", strata="group").columns
    ('visited', 'group')
    """

    selected: str
    strata: str | Sequence[str] | None = None
    psu: str | None = None
    method: PhaseMethod = "full"

    def __post_init__(self) -> None:
        many = (self.strata,) if isinstance(self.strata, str) else tuple(self.strata or ())
        object.__setattr__(self, "strata", many)
        named = (self.selected, *many, *((self.psu,) if self.psu is not None else ()))
        if not all(isinstance(one, str) for one in named):
            raise _refusal("cannot be read", "selected", "names of columns", "something else")
        if self.method not in get_args(PhaseMethod):
            hint = nearest(str(self.method), get_args(PhaseMethod))
            known = "one of " + ", ".join(get_args(PhaseMethod))
            raise _refusal("has a method that is not known", "method", known,
                           repr(self.method), hint)  # fmt: skip

    @property
    def strata_columns(self) -> tuple[str, ...]:
        """Columns of strata; several are crossed."""
        return tuple(self.strata or ())

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it refers to."""
        return (self.selected, *self.strata_columns, *((self.psu,) if self.psu else ()))

    @property
    def roles(self) -> dict[str, str]:
        """The roles of its columns in a study."""
        found = {"second_phase": self.selected}
        for i, name in enumerate(self.strata_columns, start=1):
            found["second_phase_strata" + (f"_{i}" if i > 1 else "")] = name
        return found | ({"second_phase_psu": self.psu} if self.psu is not None else {})


@dataclass(frozen=True)
class TwoPhaseSampling(SamplingAnswers):
    """Clusters of a first phase, and units within them that were drawn in a second.

    Attributes
    ----------
    first : ClusterSampling
    second : SecondPhase
    taken : str or None
        The column that is true on rows of the second phase, once the data are at hand.
    weighted : bool
        Whether the first phase has weights, known then, too.
    """

    first: ClusterSampling
    second: SecondPhase
    taken: str | None = None
    weighted: bool = False
    exact: ClassVar[bool] = False
    clustered: ClassVar[bool] = True
    called: ClassVar[str] = "a sample in two phases"

    @property
    def strata(self) -> tuple[str, ...]:  # type: ignore[override]
        """Of the first phase."""
        return self.first.strata

    @property
    def stages(self) -> tuple[str, ...]:  # type: ignore[override]
        """Of the first phase."""
        return self.first.stages

    @property
    def fpcs(self) -> tuple[str, ...]:  # type: ignore[override]
        """Of the first phase."""
        return self.first.fpcs

    @property
    def nest(self) -> bool:  # type: ignore[override]
        """Of the first phase."""
        return self.first.nest

    @property
    def lonely(self) -> LonelyPsu:  # type: ignore[override]
        """Of the first phase."""
        return self.first.lonely

    @property
    def further(self) -> tuple[str, ...]:  # type: ignore[override]
        """Columns of the second phase."""
        return self.second.columns

    @property
    def said(self) -> Iterator[str]:
        """That there are two phases."""
        by = ", ".join(self.second.strata_columns)
        yield f"a second phase of rows where {self.second.selected}" + (f", by {by}" if by else "")

    @property
    def declared(self) -> tuple[str, ...]:
        """Those of the keywords that were given."""
        return (*self.first.declared, "second_phase")

    def check(self, weight: str | None, *, calibrated: bool) -> None:
        """Refuse what two phases have no variance for."""
        unfit = [name for name in ("pps",) if name in self.first.declared]
        unfit += ["calibration"] if calibrated else []
        unfit += ["several stages"] if len(self.stages) > 1 or len(self.fpcs) > 1 else []
        unfit += [f"lonely: {self.lonely}"] if self.lonely != "fail" else []
        if unfit:
            raise DesignError(
                f"a second phase and {', '.join(unfit)} in one design",
                where="design.second_phase",
                expected="strata, one stage of psu and fpc of the first phase",
                got=", ".join(unfit),
                remedy="leave them out, or take the second phase as the sample",
            )

    def in_one_phase(self, what: str) -> None:
        """An error that names what was asked for."""
        raise DesignError(
            f"{what} cannot take a second phase", where="design.second_phase",
            expected="a sample in one phase", got="two",
            remedy="estimates, tables and lines take it; or use the second phase as the sample",
        )  # fmt: skip

    def bound(self, names: dict[str, tuple[str, ...]]) -> TwoPhaseSampling:
        """Under other names of columns."""
        second = replace(
            self.second, selected=names["second_phase"][0], strata=names["second_phase_strata"],
            psu=next(iter(names["second_phase_psu"]), None),
        )  # fmt: skip
        return replace(self, first=self.first.bound(names), second=second)


def _refusal(what: str, key: str, expected: str, got: str, remedy: str = "") -> DesignError:
    return DesignError(
        f"design.second_phase {what}", where=f"design.second_phase.{key}", expected=expected,
        got=got, remedy=remedy or "for instance selected: visited, strata: group",
    )  # fmt: skip
