"""`exitline nonresponse`: respondents stand for those who did not respond."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.calibrate import refuse_same, told, written
from exitline.cli.shared import show
from exitline.cli.shared.designing import WEIGHT
from exitline.cli.shared.options import ENGINE, with_options
from exitline.cli.shared.reading import reads_data
from exitline.words.said import Numeral, say, say_plural

if TYPE_CHECKING:
    from exitline.api.weights.adjusting import Adjusted


@click.command(
    "nonresponse",
    help="""Weights of respondents that stand for those who did not respond.

DATA is a csv, parquet, dta, sav or xlsx file with everyone who was sampled. Weights are passed
on within classes, or divided by the propensity to respond, which a logit of --levels and
--numeric estimates. The rows go to --out with the new columns; all of them stay.

Examples:

\b
  exitline nonresponse build/sample.csv --responded answered --weight w \\
      --levels zone --numeric rooms --out build/adjusted.parquet
""",
)
@click.argument("data", type=click.Path())
@click.option("--responded", required=True, metavar="COLUMN",
              help="Column of true or false, or 1 or 0: who responded.")  # fmt: skip
@with_options((WEIGHT,))
@click.option("--replicates", multiple=True, metavar="COLUMN",
              help="Column of replicate weights, or a pattern such as 'rw*'; each is adjusted; "
              "repeatable.")  # fmt: skip
@click.option("--classes", multiple=True, metavar="COLUMN",
              help="Column of the classes; repeat to cross several.")  # fmt: skip
@click.option("--levels", multiple=True, metavar="COLUMN[,COLUMN]",
              help="Predictor of the logit, of categories; columns with commas are crossed; "
              "repeatable.")  # fmt: skip
@click.option("--numeric", multiple=True, metavar="COLUMN",
              help="Predictor of the logit, of numbers; repeatable.")  # fmt: skip
@click.option("--name", default="adjusted_weight", show_default=True,
              help="The new column of weights.")  # fmt: skip
@click.option("--propensity", default="response_propensity", show_default=True,
              help="The new column of propensities.")  # fmt: skip
@click.option("--out", type=click.Path(), help="Rows with the new columns: .parquet or .csv.")
@ENGINE
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@reads_data
def command(
    data: str,
    responded: str,
    weight: str | None,
    replicates: tuple[str, ...],
    classes: tuple[str, ...],
    levels: tuple[str, ...],
    numeric: tuple[str, ...],
    out: str | None,
    as_json: bool,
    reading: dict[str, Any],
    **given: Any,
) -> None:
    """Adjust, write the rows, say how estimates take the weights."""
    from exitline import Design
    from exitline.api.runs.opening import open_source
    from exitline.api.weights.first_phase import named_in_texts
    from exitline.api.weights.responding import adjust_nonresponse

    refuse_same(out, data)
    if bool(classes) == bool(levels or numeric):
        raise click.UsageError("Give --classes, or --levels and --numeric.")
    predictors = named_in_texts(levels, numeric) or None
    varying: dict[str, Any] = {}
    if replicates:
        varying = {"replicates": replicates, "kind": "other", "scale": 1.0}
    design = Design(weight=weight, **varying)  # no variance is asked for
    with show.working("adjusting"):
        source = open_source(data, **reading)
        found = adjust_nonresponse(
            source, design, responded, classes, predictors=predictors, **given
        )
        rows = written(found, out)
    if as_json:
        show.as_json({"factors": list(found.factors), "propensities": list(found.propensities),
                      "left_out": found.rows, "rows": rows})  # fmt: skip
        return
    _show(found, [
        ("--weight", (given["name"],)), ("--base-weight", (weight,) if weight else ()),
        ("--responded", (responded,)), ("--response-classes", classes),
        ("--response-levels", levels), ("--response-numeric", numeric),
        ("--propensity", (given["propensity"],) if predictors else ()),
    ])  # fmt: skip
    told(out, rows)


def _show(found: Adjusted, options: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Factors and propensities, and how they go on."""
    low, high = found.factors
    show.note(say_plural("{n} row did not respond", "{n} rows did not respond", found.rows))
    show.note(say("Weights were multiplied by {low} to {high}", low=Numeral(f"{low:.4g}"),
                  high=Numeral(f"{high:.4g}")))  # fmt: skip
    if found.propensities:
        low, high = found.propensities
        show.note(say("propensities to respond from {low} to {high}", low=Numeral(f"{low:.4g}"),
                      high=Numeral(f"{high:.4g}")))  # fmt: skip
    if not found.design.replicates:
        show.note(_how(options))


def _how(options: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The options with which `exitline estimate` takes the weights."""
    said = (f"{name} {shlex.quote(one)}" for name, many in options for one in many)
    return "exitline estimate: " + " ".join(said)
