"""Commands about effects without a staggered panel: one treated unit, or one round."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import ENGINE, JSON, LEVEL
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves
from exitline.cli.shared.works_records import frames
from exitline.words.numbers import rounded
from exitline.words.said import Numeral, say, say_plural

if TYPE_CHECKING:
    from exitline.api.effect import HonestBounds

HEADLINES = {
    "higher": say("Higher than without treatment"),
    "lower": say("Lower than without treatment"),
}
OF_WHOM = say("Of whom the synthetic control is made")
HOW_ALIKE = say("How alike, in standard deviations")
CANNOT_TELL = say("Cannot tell yet whether it mattered")


@click.command(
    help="""What treatment did to one unit, beside a weighted mean of others.

DATA has one row for each unit (a county) and period. The others' weights are such
that they moved as the treated unit did before; each of them is a placebo for it
(Abadie, Diamond and Hainmueller 2010).

Examples:

\b
  exitline works synthetic counties.csv --outcome poor --unit county --time year --first opened
"""
)
@click.argument("data", type=click.Path())
@click.option("--outcome", required=True, help="Column of what treatment may change.")
@click.option("--unit", required=True, help="Column of the unit.")
@click.option("--time", required=True, help="Column of the period, a number.")
@click.option("--first", help="Column of the first period under treatment; 0 or empty: never.")
@click.option("--treated", help="Column of zeros and ones by period, in place of --first.")
@ENGINE
@saves
@JSON
@reads_data
def synthetic(
    data: str, saved: tuple[str, ...], json_: bool, reading: dict[str, Any], **options: Any
) -> None:
    """Make the synthetic control and show it."""
    from exitline.api.effect import synthetic_control
    from exitline.api.runs.opening import open_source

    with show.working("comparing"):
        found = synthetic_control(open_source(data, **reading), **options)
    save_all(found, saved)
    if json_:
        show.as_json({
            "effect": found.effect, "p": found.p, "verdict": found.verdict, "fit": found.fit,
            "periods": found.to_pandas().to_dict("records"),
            "donors": found.shares().to_dict("records"), "notes": list(found.notes),
        })  # fmt: skip
        return
    frames({HEADLINES.get(found.verdict, CANNOT_TELL): found.to_pandas(),
            OF_WHOM: found.shares()})  # fmt: skip
    effect, p = rounded(found.effect, 3), rounded(found.p, 3)
    show.note(
        say("mean gap under treatment {figure} (p = {low} by {n} placebos)",
            figure=Numeral(effect), low=Numeral(p), n=len(found.donors))
    )  # fmt: skip
    show.notes(found.notes)


@click.command(
    help="""What treatment did where there is one round: treated units beside those like them.

DATA has one row for each unit. Each treated unit is compared with the untreated ones
nearest in the covariates, and what is left unequal is corrected (Abadie and Imbens
2011). What was not measured is not held equal.

Examples:

\b
  exitline works matched villages.csv --outcome poor --treated road \\
      --covariates 'remote + people + C(region)'
"""
)
@click.argument("data", type=click.Path())
@click.option("--outcome", required=True, help="Column of what treatment may change.")
@click.option("--treated", required=True, help="Column of zeros and ones.")
@click.option("--covariates", required=True, help="A formula: 'remote + C(region)'.")
@click.option(
    "--matches", type=numbers.Whole(1), default=1, show_default=True,
    help="Untreated units for each treated one.",
)  # fmt: skip
@click.option("--weight", help="Column of weights.")
@click.option("--strata", multiple=True, help="Column of strata; repeat to cross several.")
@click.option("--psu", help="Column of clusters.")
@click.option(
    "--matters", type=numbers.FiniteNumber(),
    help="Smallest effect that matters: how many units would tell it from none.",
)  # fmt: skip
@LEVEL
@ENGINE
@saves
@JSON
@reads_data
def matched(
    data: str, weight: str | None, strata: tuple[str, ...], psu: str | None,
    matters: float | None, saved: tuple[str, ...], json_: bool, reading: dict[str, Any],
    **options: Any,
) -> None:  # fmt: skip
    """Match and show the comparison."""
    from exitline import Design
    from exitline.api.effect import matched_comparison
    from exitline.api.runs.opening import open_source

    design = Design(weight=weight, strata=list(strata) or None, psu=psu)
    designed = any((weight, strata, psu))
    with show.working("matching"):
        found = matched_comparison(
            open_source(data, **reading), design=design if designed else None, **options
        )
    save_all(found, saved)
    if json_:
        show.as_json({
            "comparison": found.to_pandas().to_dict("records"), "verdict": found.verdict,
            "balance": found.balance.to_dict("records"), "treated": found.treated,
            "controls": found.controls, "used": found.used, "notes": list(found.notes),
        })  # fmt: skip
        return
    frames({HEADLINES.get(found.verdict, CANNOT_TELL): found.to_pandas(),
            HOW_ALIKE: found.balance})  # fmt: skip
    show.note(say_plural("{n} treated unit beside {m} of {most} others",
                         "{n} treated units beside {m} of {most} others", found.treated,
                         m=found.used, most=found.controls))  # fmt: skip
    if matters is not None:
        show_needed(matters, found.needed(matters))
    show.notes(found.notes)


def show_needed(effect: float, units: float) -> None:
    """How many units would tell an effect of a size from none."""
    if not isfinite(units):
        show.note(
            say("how many units would tell an effect of {n} from none is not known: this one has "
                "no standard error", n=Numeral(f"{effect:g}"))
        )  # fmt: skip
        return
    show.note(
        say_plural("an effect of {most} would be told from none (power 80 %) by {n} unit",
                   "an effect of {most} would be told from none (power 80 %) by {n} units",
                   round(units), n=Numeral(rounded(units, 0)), most=Numeral(f"{effect:g}"))
    )  # fmt: skip


def show_bounds(found: HonestBounds) -> None:
    """Intervals by how much groups may have moved apart."""
    words = {"relative": say("steps after treatment up to M times the largest before it"),
             "smooth": say("slopes that change by up to M a period")}  # fmt: skip
    title = say("If groups would not have moved alike: {what}", what=words[found.kind])
    frames({title: found.to_pandas()})
    held = found.holds_to
    show.note(
        say("zero lies outside the interval for none of these M")
        if held != held
        else say("zero lies outside the interval up to M = {n}", n=Numeral(f"{held:g}"))
    )
