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


def known(case: Case, apart: float) -> Reason | None:
    """The reason why a figure may be so far apart; None where it must not."""
    return next((r for r in REASONS if r.holds(case) and apart <= r.tolerance), None)


LIMITS = {"low", "high"}
REASONS: tuple[Reason, ...] = (
    Reason(
        "svyquantile backs its standard error out of the interval, so that it moves with the "
        "level; exitline's is linearised as convey's svyiqalpha, or the spread of the replicates",
        lambda c: c.wanted.family == "quantile" and c.what == "se" and "survey" in c.job.peer,
    ),
    Reason(
        "the reference's Lorenz curve leaves out welfare of zero",
        lambda c: c.wanted.family == "lorenz" and c.job.data == "ghana",
    ),
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
    Reason(
        "the Gini of the population; convey's depends on the scale of the weights",
        lambda c: c.wanted.family == "gini" and "vardpoor" not in c.job.peer,
        tolerance=0.05,
    ),
    Reason(
        "vardpoor linearises its own Gini, not Eurostat's value that is compared",
        lambda c: c.wanted.family == "gini" and c.what == "se",
        tolerance=2e-4,
    ),
    Reason(
        "convey's Zenga index depends on the order of rows where values tie",
        lambda c: c.wanted.family == "zenga",
        tolerance=1e-4,
    ),
    Reason(
        "R's logit goes through glm, whose iteration stops",
        lambda c: c.job.peer.endswith(("svyciprop logit", "svyciprop likelihood")),
        tolerance=1e-7,
    ),
    Reason(
        "R's likelihood limits interpolate a profile",
        lambda c: c.job.peer.endswith("svyciprop likelihood") and c.what in LIMITS,
        tolerance=3e-3,
    ),
    Reason(
        "svyquantile with shahvaish errs where values tie",
        lambda c: "shahvaish" in c.job.peer,
    ),
    Reason(
        "vardpoor takes densities elsewhere (see convey's figures and a bootstrap)",
        lambda c: "vardpoor" in c.job.peer and c.what == "se",
        tolerance=0.15,
    ),
    Reason(
        "svyquantile's standard error is backed out of its interval and moves with the level; "
        "exitline's is linearised, as convey's svyiqalpha, which it equals",
        lambda c: c.wanted.family == "quantile" and c.what == "se" and "survey" in c.job.peer,
    ),
)
