"""Samples in two phases: households of a first sample, some of which were asked for more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from exitline.errors import DesignError
from exitline.stats.data.sampling.sampling import ClusterSampling, LonelyPsu, SamplingAnswers
from exitline.stats.data.sampling.second_phase import SecondPhase


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
        if len(self.stages) > 1 and len(self.fpcs) != len(self.stages):
            unfit.append("several stages without an fpc for each")
        unfit += [f"lonely: {self.lonely}"] if self.lonely != "fail" else []
        if unfit:
            raise DesignError(
                f"a second phase and {', '.join(unfit)} in one design",
                where="design.second_phase",
                expected="strata, psu and fpc of the first phase",
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
