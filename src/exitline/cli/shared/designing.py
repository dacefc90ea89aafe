"""Options that say how a sample was drawn, for commands without a study."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import click

from exitline.api.names import LONELY, REPLICATES
from exitline.cli.shared import numbers
from exitline.cli.shared.options import with_options

PPS = ("brewer", "hartley-rao", "overton", "joint", "with-replacement")
LONELY_PSU = click.option(
    "--lonely", default="fail", show_default=True, type=click.Choice(LONELY),
    help="What a stratum with a single PSU contributes.",
)  # fmt: skip
"""The option of every command that takes strata."""
WEIGHT = click.option("--weight", help="Column of household weights.")
STAGES = (
    click.option("--strata", multiple=True, help="Column of strata; repeat to cross several."),
    click.option("--psu", multiple=True,
                 help="Column of sampling units; repeat stage by stage."),
    click.option("--nest", is_flag=True, help="PSU ids start anew in each stratum."),
    click.option("--fpc", multiple=True,
                 help="Column with the number of PSUs in the stratum's population; repeat stage "
                 "by stage."),
    LONELY_PSU,
)  # fmt: skip
"""How clusters were sampled, stage by stage."""
SECOND_PHASE = (
    click.option("--second-phase", metavar="COLUMN",
                 help="Column that is true on rows of a second phase; the other design options "
                 "are those of the first."),
    click.option("--second-strata", multiple=True, metavar="COLUMN",
                 help="Column of strata of the second phase; repeat to cross several."),
    click.option("--second-psu", metavar="COLUMN",
                 help="Column of the units that the second phase drew, if not rows."),
    click.option("--second-method", type=click.Choice(["full", "approx"]),
                 help="Variance of two phases; full unless given."),
)  # fmt: skip
"""Which rows were drawn again from a first phase, and how."""
_OPTIONS = (
    WEIGHT,
    click.option("--size", help="Column of household sizes."),
    *STAGES,
    click.option("--pps", type=click.Choice(PPS),
                 help="PSUs were drawn with unequal probabilities, which --fpc names; how their "
                 "variance is found."),
    click.option("--pps-estimator", type=click.Choice(["horvitz-thompson", "yates-grundy"]),
                 help="Of the variance, from pairs of PSUs."),
    click.option("--joint", type=click.Path(), metavar="FILE",
                 help="Joint inclusion probabilities, for --pps joint."),
    click.option("--mean-square", type=numbers.POSITIVE,
                 help="Sum of squared probabilities over the population, over the number of "
                 "sampled PSUs, for --pps hartley-rao."),
    *SECOND_PHASE,
    click.option("--census", is_flag=True,
                 help="The data are a census: no sampling error."),
    click.option("--replicates", multiple=True, metavar="COLUMN",
                 help="Column of replicate weights, or a pattern such as 'rw*'; repeatable."),
    click.option("--kind", type=click.Choice(REPLICATES), help="How the replicates were made."),
    click.option("--scale", type=numbers.POSITIVE, help="Overall scale of the replicates."),
    click.option("--rscales", metavar="NUMBERS",
                 help="Scale of each replicate, separated by commas."),
    click.option("--rho", type=numbers.SHARE, help="Fay's factor."),
    click.option("--mse", is_flag=True,
                 help="Replicates vary around the full-sample figure, not around their mean."),
    click.option("--df", type=numbers.POSITIVE,
                 help="Degrees of freedom, where the survey's documentation gives them."),
    click.option("--calibrated-to", type=click.Path(), metavar="TOTALS",
                 help="Totals that --weight was calibrated to, as `exitline calibrate` takes "
                 "them: errors are those of residuals."),
    click.option("--base-weight", metavar="COLUMN",
                 help="Column of the weights before calibration; of the first phase, where there "
                 "are two; before an adjustment for non-response."),
    click.option("--responded", metavar="COLUMN",
                 help="Column that says who responded, where --weight was adjusted for "
                 "non-response: errors take in that."),
    click.option("--response-classes", multiple=True, metavar="COLUMN",
                 help="Column of the classes of that adjustment; repeat to cross several."),
    click.option("--response-levels", multiple=True, metavar="COLUMN[,COLUMN]",
                 help="Column of categories that its logit had; columns with commas are crossed; "
                 "repeatable."),
    click.option("--response-numeric", multiple=True, metavar="COLUMN",
                 help="Column of numbers that its logit had; repeatable."),
    click.option("--propensity", metavar="COLUMN",
                 help="Column of the propensities to respond; response_propensity unless given."),
)  # fmt: skip
_NAMES = (
    "weight", "size", "strata", "psu", "nest", "fpc", "lonely", "census", "replicates", "kind",
    "scale", "rscales", "rho", "mse", "df", "calibrated_to", "base_weight",
    "pps", "pps_estimator", "joint", "mean_square", "second_phase", "second_strata",
    "second_psu", "second_method", "responded", "response_classes", "response_levels",
    "response_numeric", "propensity",
)  # fmt: skip


def declares_design(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a sampling design; it gets a `Design` as `design`.

    Parameters
    ----------
    function : callable
        Takes `design`.

    Returns
    -------
    callable
    """

    @functools.wraps(function)
    def designed(*arguments: Any, **given: Any) -> Any:
        from exitline import Design

        said = {name: given.pop(name) for name in _NAMES}
        if said["rscales"] is not None:
            said["rscales"] = numbers.numbers_in(said["rscales"], "--rscales")
        lists = ("strata", "psu", "fpc", "replicates", "rscales")
        said |= {name: said[name] or None for name in lists}
        reading = given.get("reading", {})
        totals, base = _beside(said.pop("calibrated_to"), reading), said.pop("base_weight")
        responded = _responded(said)
        said["joint"] = _beside(said["joint"], reading)
        said["pps"] = _pps(said)
        said["second_phase"] = second_phase(said)
        kept = {name: value for name, value in said.items() if value is not None}
        design = _with_history(Design(**kept), totals, base, responded)
        return function(*arguments, design=design, **given)

    made: Callable[..., Any] = with_options(_OPTIONS)(designed)
    return made


def _beside(path: str | None, reading: Mapping[str, Any]) -> Any:
    """A table beside the data, read with their options, if one is named."""
    from exitline.api.runs.opening import open_beside

    return None if path is None else open_beside(path, **reading)


def _pps(said: dict[str, Any]) -> Any:
    """How PSUs were drawn with unequal probabilities, if they were."""
    from exitline import Pps

    method = said.pop("pps")
    further = {n: said.pop(n) for n in ("pps_estimator", "joint", "mean_square")}
    if method is None:
        if any(value is not None for value in further.values()):
            raise click.UsageError("--pps-estimator, --joint and --mean-square go with --pps.")
        return None
    named = {name.removeprefix("pps_"): v for name, v in further.items() if v is not None}
    return Pps(method, **named)


def second_phase(said: dict[str, Any]) -> Any:
    """Which rows were drawn again, and how, if some were; takes these options out.

    Parameters
    ----------
    said : dict
        Options by name.
    """
    from exitline import SecondPhase

    selected = said.pop("second_phase")
    further = {n: said.pop(n) for n in ("second_strata", "second_psu", "second_method")}
    named = {name.removeprefix("second_"): v for name, v in further.items() if v}
    if selected is None and named:
        raise click.UsageError(
            "--second-strata, --second-psu and --second-method go with --second-phase."
        )
    return None if selected is None else SecondPhase(selected, **named)


def _responded(said: dict[str, Any]) -> dict[str, Any]:
    """How the weight was adjusted for non-response, if it was."""
    responded, propensity = said.pop("responded"), said.pop("propensity")
    classes, levels, numeric = (said.pop(f"response_{n}") for n in ("classes", "levels", "numeric"))
    if responded is None:
        if classes or levels or numeric or propensity:
            raise click.UsageError(
                "--response-classes, --response-levels, --response-numeric and --propensity go "
                "with --responded."
            )
        return {}
    from exitline.api.weights.first_phase import named_in_texts

    named = {"propensity": propensity} if propensity is not None else {}
    predictors = named_in_texts(levels, numeric)
    return {"responded": responded, "classes": classes, "predictors": predictors, **named}


def _with_history(design: Any, totals: Any, base: str | None, responded: dict[str, Any]) -> Any:
    """The design that knows how its weight came about."""
    if responded:
        from exitline.api.weights.responding import adjusted_before

        if totals is not None or design.weight is None:
            raise click.UsageError(
                "--responded goes with --weight, the adjusted one, and without --calibrated-to."
            )
        return adjusted_before(design, base=base, **responded)
    if totals is None and base is None:
        return design
    if totals is None or design.weight is None:
        raise click.UsageError("--base-weight, --calibrated-to and --weight go together.")
    from exitline.api.weights.calibrating import as_calibrated

    return as_calibrated(design, totals, base)
