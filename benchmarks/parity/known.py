"""Where exitline differs from R on purpose, or R errs: each with its reason and its bound."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.parity.wanted import Job, Wanted


@dataclass(frozen=True)
class Case:
    """One figure beside the reference's."""

    job: Job
    wanted: Wanted
    what: str
    theirs: float
    ours: float


@dataclass(frozen=True)
class Reason:
    """Why a figure differs, by how much at most, and which figures do."""

    text: str
    holds: Callable[[Case], bool]
    tolerance: float = math.inf


def known(case: Case) -> Reason | None:
    """The reason why a figure may differ; None where it must not."""
    return next((reason for reason in REASONS if reason.holds(case)), None)


LIMITS = {"low", "high"}
REASONS: tuple[Reason, ...] = (
    Reason(
        "one PSU: R gives 0 up to rounding, or what later stages or the line add; exitline gives "
        "no standard error",
        lambda c: c.what in {"se", "deff", *LIMITS} and math.isnan(c.ours),
    ),
    Reason(
        "the average shortfall speaks of the poor: df counts PSUs with poor members "
        "(degf(subset(design, poor))), the reference those of the domain",
        lambda c: c.wanted.family == "shortfall" and c.what in {"df", *LIMITS},
    ),
    Reason(
        "a share of 0 or 1 has Korn and Graubard's limits, not a single point",
        lambda c: c.what in LIMITS and min(c.theirs, 1 - c.theirs) < 1e-12 and 0 <= c.ours <= 1,
    ),
    Reason(
        "values that are all alike have no variance to compare with",
        lambda c: c.what == "deff" and (c.theirs > 1e20 or c.theirs < 1e-20),
    ),
)
