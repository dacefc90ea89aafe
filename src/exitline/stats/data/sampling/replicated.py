"""Replicate weights: columns with which every figure is worked out again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, get_args

from exitline.errors import DesignError, unknown
from exitline.stats.data.sampling.sampling import SamplingAnswers
from exitline.words.said import Numeral, say_plural

ReplicateKind = Literal[
    "JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "subbootstrap", "SDR", "other"
]

ALIKE = (0.5, 2.0)
"""Between these, the sum of a replicate weight over that of the weight, on average."""


def scale_note(replicates: int, ratio: float) -> str:
    """That replicate weights are on another scale than the weight; empty where they are not.

    R's ``svrepdesign`` warns likewise: factors, to be multiplied by the weight, are no weights.

    Parameters
    ----------
    replicates : int
        Number of replicate weights.
    ratio : float
        What they sum to on average, over what the weight sums to.

    Examples
    --------
    >>> scale_note(80, 0.0125).partition(": ")[0]
    '80 replicate weights sum to 0.013 times the weight on average'
    >>> scale_note(80, 1.01)
    ''
    """
    if ALIKE[0] <= ratio <= ALIKE[1]:
        return ""
    figure = f"{ratio:.2g}" if ratio < 10 else f"{ratio:,.0f}"
    return say_plural(
        "{n} replicate weight sums to {figure} times the weight: if it is a factor, multiply it "
        "by the weight first",
        "{n} replicate weights sum to {figure} times the weight on average: if they are factors, "
        "multiply them by the weight first",
        replicates, figure=Numeral(figure),
    )  # fmt: skip


def _check_kind(kind: str | None) -> None:
    """Refuse replicate weights of which it is not known how they were made."""
    kinds = get_args(ReplicateKind)
    if kind is None:
        raise DesignError(
            "replicate weights without their kind",
            where="design.kind",
            expected="one of " + ", ".join(kinds),
            got="nothing",
            remedy="say how the replicates were made: design.kind, scale and rscales",
        )
    if kind not in kinds:
        raise unknown(
            "kind of replicate weights named", kind, kinds, error=DesignError, where="design.kind"
        )


@dataclass(frozen=True)
class ReplicateWeights(SamplingAnswers):
    """Replicate weights, and how their variance is made of them.

    Attributes
    ----------
    weights : tuple of str
        Columns, or patterns of them.
    kind, scale, rscales, rho, mse
        As the keywords of `exitline.stats.data.sampling.design.Design`.

    Raises
    ------
    DesignError

    Examples
    --------
    >>> ReplicateWeights(("r1", "r2"), "BRR").scales(2)
    (0.5, 0.5)
    """

    weights: tuple[str, ...]
    kind: ReplicateKind | None = None
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    rho: float | None = None
    mse: bool = False
    exact: ClassVar[bool] = False
    clustered: ClassVar[bool] = False
    called: ClassVar[str] = "replicate weights"
    declared: ClassVar[tuple[str, ...]] = ("replicates",)

    def __post_init__(self) -> None:
        _check_kind(self.kind)
        lacking = {
            "Fay": ("rho", self.rho is None or not 0 <= self.rho < 1),
            "JKn": ("rscales", not self.rscales),
            "other": ("scale", self.scale is None),
        }.get(str(self.kind), ("", False))
        if lacking[1]:
            raise DesignError(
                f"replicate weights of the kind {self.kind} without {lacking[0]}",
                where=f"design.{lacking[0]}",
                expected="a number from 0 to below 1" if self.kind == "Fay"
                else "as the survey's documentation gives it",
                got="nothing" if not self.rho else str(self.rho),
                remedy="for instance rho=0.3 for Fay, (n-1)/n of each replicate's stratum for JKn",
            )  # fmt: skip

    @property
    def said(self) -> Iterator[str]:
        """How many there are, and of which kind."""
        yield say_plural(
            "{n} replicate weight ({what})",
            "{n} replicate weights ({what})",
            len(self.weights),
            what=self.kind,
        )

    def check(self, weight: str | None, *, calibrated: bool) -> None:
        """Each is calibrated, so that a calibration beside them would count twice."""
        if calibrated:
            raise DesignError(
                "replicate weights and a calibration in one design", where="design.calibration",
                expected="one way to a standard error", got="both",
                remedy="calibrate the replicates (`calibrate` does), and leave calibration out",
            )  # fmt: skip

    def matching(self, columns: Sequence[str], weight: str | None) -> ReplicateWeights:
        """With patterns written out, in the order of the numbers in the columns' names.

        ``*`` stands for digits where columns fit so, and for anything else only where none does:
        ``r*`` is r1, r2, but not region.

        Raises
        ------
        DesignError
            When no column fits a pattern.
        """
        named: list[str] = []
        for pattern in self.weights:
            fitting = [pattern]
            if "*" in pattern and pattern not in columns:
                others = [c for c in columns if c != weight]
                fitting = _fitting(pattern, others, "[0-9]+") or _fitting(pattern, others, ".*")
            if not fitting:
                raise DesignError(
                    f"no column of replicate weights is called '{pattern}'",
                    where="design.replicates",
                    expected="columns whose names fit the pattern",
                    got=", ".join(columns[:12]) + (" …" if columns[12:] else ""),
                    remedy="check the spelling; upper and lower case count",
                )
            named += fitting
        return replace(self, weights=tuple(dict.fromkeys(named)))

    def bound(self, names: dict[str, tuple[str, ...]]) -> ReplicateWeights:
        """Under other names of columns."""
        return replace(self, weights=names["replicates"])

    def around_full_sample(self) -> ReplicateWeights:
        """With deviations from the full-sample figure."""
        return replace(self, mse=True)

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


def _natural(name: str) -> list[tuple[int, str]]:
    """Numbers within names count as numbers: rw2 comes before rw10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _fitting(pattern: str, columns: Sequence[str], star: str) -> list[str]:
    """The columns that fit a pattern, by their numbers."""
    form = re.compile(star.join(re.escape(part) for part in pattern.split("*")), re.S)
    return sorted((c for c in columns if form.fullmatch(c)), key=_natural)
