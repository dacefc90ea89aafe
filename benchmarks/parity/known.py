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
        "the average shortfall refers to the poor: df counts PSUs with poor members "
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
        "where cumulated weights reach a fifth exactly (whole numbers of persons, in 4 to 18 of "
        "the replicates), rounding decides in R who belongs to the poorest and the richest fifth; "
        "exitline's share is exact",
        lambda c: c.wanted.family == "quintile_ratio" and c.what == "se" and bool(c.job.replicates),
        tolerance=7e-3,
    ),
    Reason(
        "svyquantile's hf7 interpolates within the weight of the last of tied rows, so that it "
        "depends on their order",
        lambda c: c.job.data == "nhis" and "hf7" in c.job.peer and c.what in LIMITS,
        tolerance=2e-3,
    ),
    Reason(
        "mpitbR goes through svyciprop, a model whose iteration stops, and is not quite 0 at 0",
        lambda c: c.job.peer.startswith("mpitbR") and c.what == "estimate",
        tolerance=5e-8,
    ),
    Reason(
        "mpitbR goes through svyciprop, a model whose iteration stops, and is not quite 0 at 0",
        lambda c: c.job.peer.startswith("mpitbR") and c.ours == 0 and c.theirs < 1e-10,
    ),
    Reason(
        "mpitbR's standard errors of shares that are 0 or 1 are what is left of an iteration",
        lambda c: c.job.peer.startswith("mpitbR") and c.what == "se" and c.theirs < 1e-6,
    ),
    Reason(
        "Watts of a beta curve: the two integrals begin at different points near 0",
        lambda c: c.wanted.measure == "beta: watts",
        tolerance=1e-8,
    ),
    Reason(
        "svyby gives each domain the df of the whole design; exitline's are the domain's own",
        lambda c: c.job.data == "bigcity_cal" and c.what == "df" and bool(c.wanted.by),
    ),
    Reason(
        "R's rake takes residuals by turns, margin after margin, as often as its weights took; "
        "exitline's are where those turns end",
        lambda c: c.job.data == "api clus2" and c.job.peer.endswith(" rake") and c.what == "se",
        tolerance=1e-5,
    ),
)
REFUSED = (
    "svyquantile's rule shahvaish (errs where values tie) and interval score (no width there)",
    "logit calibration with weights between 2 and 120 where given weights are above 120 already: "
    "R's own result leaves its bounds (126.5); exitline refuses such bounds",
    "balanced half samples of strata with many PSUs: R splits each stratum by chance or by the "
    "order of rows; exitline makes them from strata of two, and takes anybody's as columns",
)
"""Results of R that exitline does not give on purpose."""
