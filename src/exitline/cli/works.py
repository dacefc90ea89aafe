"""exitline works: works and programmes; `effect` asks whether they mattered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import ENGINE
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves
from exitline.words.numbers import rounded
from exitline.words.said import Numeral, Said, say

if TYPE_CHECKING:
    from exitline.api.effect import EffectSeries, GroupTimeEffects


_LEVEL = click.option(
    "--level", type=numbers.FiniteNumber(0, 1, min_open=True, max_open=True), default=0.95,
    show_default=True, help="Confidence of the intervals.",
)  # fmt: skip


@click.group(
    help="""Works and programmes: whether they mattered to those whom they reached.

Examples:

\b
  exitline works effect panel.csv --outcome poor --unit village --time year --first opened
"""
)
def command() -> None:
    """The group itself; see its help."""


@command.command(
    help="""What treatment that began at different times did, by difference-in-differences.

DATA has one row for each unit (a village, a household) and period. Those first
treated in one period are compared with those not treated yet, from before
treatment on (Callaway and Sant'Anna 2021).

Examples:

\b
  exitline works effect panel.csv --outcome poor --unit village --time year --first opened
  exitline works effect panel.csv --outcome poor --unit village --time year \\
      --first opened --covariates 'remote + C(region)' --by event --save effects.svg
"""
)
@click.argument("data", type=click.Path())
@click.option("--outcome", required=True, help="Column of what treatment may change.")
@click.option("--unit", required=True, help="Column of the unit: village, household.")
@click.option("--time", required=True, help="Column of the period, a number.")
@click.option("--first", help="Column of the first period under treatment; 0 or empty: never.")
@click.option("--treated", help="Column of zeros and ones by period, in place of --first.")
@click.option(
    "--controls", type=click.Choice(["not_yet", "never"]), default="not_yet", show_default=True,
    help="Compare with all who are not treated yet, or with those who never are.",
)  # fmt: skip
@click.option("--covariates", help="A formula of what is held equal: 'remote + C(region)'.")
@click.option(
    "--method", type=click.Choice(["doubly_robust", "regression", "weighting"]),
    default="doubly_robust", show_default=True, help="How covariates are held equal.",
)  # fmt: skip
@click.option(
    "--base", type=click.Choice(["varying", "universal"]), default="varying", show_default=True,
    help="Before treatment: compare with the period before, or the last one before treatment.",
)  # fmt: skip
@click.option(
    "--anticipation", type=numbers.FiniteNumber(0), default=0.0, show_default=True,
    help="Units of time by which treatment may act before it begins.",
)  # fmt: skip
@click.option("--weight", help="Column of weights.")
@click.option("--strata", multiple=True, help="Column of strata; repeat to cross several.")
@click.option("--psu", help="Column of clusters.")
@click.option(
    "--by", type=click.Choice(["event", "group", "calendar", "simple"]), default="event",
    show_default=True, help="Effects by time since treatment began, group or period; or overall.",
)  # fmt: skip
@click.option(
    "--longest", type=numbers.FiniteNumber(0),
    help="For --by event: only groups that are seen so long after treatment began.",
)  # fmt: skip
@click.option(
    "--matters", type=numbers.FiniteNumber(),
    help="Smallest effect that matters: how many units would tell it from none.",
)  # fmt: skip
@_LEVEL
@ENGINE
@saves
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@reads_data
def effect(
    data: str,
    by: Any,
    longest: float | None,
    matters: float | None,
    weight: str | None,
    strata: tuple[str, ...],
    psu: str | None,
    saved: tuple[str, ...],
    as_json: bool,
    reading: dict[str, Any],
    **options: Any,
) -> None:
    """Estimate effects and show them."""
    from exitline import Design
    from exitline.api.effect import difference_in_differences
    from exitline.api.runs.opening import open_source

    design = Design(weight=weight, strata=list(strata) or None, psu=psu)
    designed = any((weight, strata, psu))
    with show.working("comparing"):
        found = difference_in_differences(
            open_source(data, **reading), design=design if designed else None, **options
        )
        series = found.aggregate(by, longest=longest)
    save_all(series, saved)
    if as_json:
        tables = {"effects": found.to_pandas(), by: series.to_pandas()}
        told = {name: table.to_dict("records") for name, table in tables.items()}
        show.as_json({**told, "notes": list(found.notes)})
        return
    _show(found, series, matters)


def _show(found: GroupTimeEffects, series: EffectSeries, matters: float | None) -> None:
    """The overall effect, what it is made of, and whether groups moved alike before."""
    table = series.readable()
    show.table(_headline(series), table.columns, table.rows, right=tuple(sorted(table.numbers)))
    if any(cell.before for cell in found.cells):
        test = found.pretest()
        p = Numeral(f"{test.p:.3f}")
        show.note(
            say("before treatment: groups did not move alike (p = {n})", n=p)
            if test.p < 0.05
            else say("before treatment: nothing shows that groups moved apart (p = {n})", n=p)
        )
    else:
        show.note("before treatment: one period alone, nothing shows that groups moved alike")
    if matters is not None:
        units = rounded(series.needed(matters), 0)
        show.note(
            say("an effect of {n} would be told from none (power 80 %) by {m} units",
                n=Numeral(f"{matters:g}"), m=Numeral(units))
        )  # fmt: skip
    show.notes(found.notes)


def _headline(series: EffectSeries) -> str:
    """What can be said of the overall effect."""
    said = {
        "higher": say("Higher than without treatment"),
        "lower": say("Lower than without treatment"),
    }
    return said.get(series.verdict, say("Cannot tell yet whether it mattered"))


_WITHIN = click.option(
    "--within", "within_km", type=numbers.FiniteNumber(0, min_open=True), required=True,
    metavar="KM", help="Distance that counts as served.",
)  # fmt: skip
_WORKING = click.option(
    "--working", help="A condition over assets: only those for which it holds serve anybody."
)


@command.command(
    help="""Who has an asset that works within a distance: shares by area.

PLACES has one row for each household, or for each village with --weight its
people; ASSETS one for each water point, school or clinic. Both have columns
latitude and longitude.

Examples:

\b
  exitline works coverage homes.csv wells.csv --within 1 --working "state = 'in use'"
  exitline works coverage villages.csv schools.csv --within 5 --weight people \\
      --census --by county --save coverage.xlsx
"""
)
@click.argument("places", type=click.Path())
@click.argument("assets", type=click.Path())
@_WITHIN
@_WORKING
@click.option("--asset", help="Column with the asset's id.")
@click.option("--weight", help="Column of weights, or of people at each place.")
@click.option("--strata", multiple=True, help="Column of strata; repeat to cross several.")
@click.option("--psu", help="Column of clusters.")
@click.option("--census", is_flag=True, help="The places are all there are: no sampling error.")
@click.option("--by", multiple=True, help="Column of areas; 'a,b' crosses two; repeatable.")
@_LEVEL
@saves
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def coverage(
    places: str,
    assets: str,
    within_km: float,
    working: str | None,
    asset: str | None,
    weight: str | None,
    strata: tuple[str, ...],
    psu: str | None,
    census: bool,
    by: tuple[str, ...],
    level: float,
    saved: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find the nearest assets and show shares."""
    from exitline import Design
    from exitline.api.works import reach

    design = Design(weight=weight, strata=list(strata) or None, psu=psu, census=census)
    with show.working("measuring distances"):
        found = reach(places, assets, within_km=within_km, asset=asset, working=working)
        shares = found.coverage([tuple(text.split(",")) for text in by], design, level)
    save_all(shares, saved)
    if as_json:
        show.as_json({"coverage": shares.to_pandas().to_dict("records"), "notes": found.notes})
        return
    table = shares.readable()
    title = say("Within {n} km of one of {m} assets", n=Numeral(f"{within_km:g}"), m=found.assets)
    show.table(title, table.columns, table.rows, right=tuple(sorted(table.numbers)))  # fmt: skip
    show.notes((*found.notes, *shares.notes))


@command.command(
    help="""Which works or repairs bring most people within reach under a budget.

CANDIDATES has one row for each work that can be done, with its place and cost;
PLACES one for each place where people live. Both have columns latitude and
longitude. The choice is exact; other rules are shown beside it.

Examples:

\b
  exitline works choose repairs.csv villages.csv --cost cost --budget 100000 \\
      --within 1 --people households --assets wells.csv --working "state = 'in use'"
"""
)
@click.argument("candidates", type=click.Path())
@click.argument("places", type=click.Path())
@click.option("--cost", required=True, help="Column of costs.")
@click.option(
    "--budget", type=numbers.FiniteNumber(0, min_open=True), multiple=True, required=True,
    help="What may be spent; repeat for several years.",
)  # fmt: skip
@_WITHIN
@click.option("--people", help="Column of people, or households, at each place.")
@click.option("--work", help="Column with the work's id.")
@click.option("--assets", type=click.Path(), help="What stands already.")
@_WORKING
@click.option("--exclusive", help="Column: of works with the same value only one is done.")
@click.option("--area", help="Column of places: their area.")
@click.option(
    "--floor", type=numbers.FiniteNumber(0, 1), default=0.0, show_default=True,
    help="Least share of every area's people that must be served.",
)  # fmt: skip
@click.option(
    "--goal", type=click.Choice(["people", "areas"]), default="people", show_default=True,
    help="Serve most people, or bring most areas to --threshold.",
)  # fmt: skip
@click.option(
    "--threshold", type=numbers.FiniteNumber(0, 1, min_open=True), default=1.0, show_default=True,
    help="Share of an area's people.",
)  # fmt: skip
@click.option("--users", help="Column of today's users, for the rule 'most users first'.")
@click.option(
    "--seconds", type=numbers.FiniteNumber(0, min_open=True), default=60.0, show_default=True,
    help="Most time to search.",
)  # fmt: skip
@click.option("--budgets", is_flag=True, help="Also show what other budgets would give.")
@saves
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def choose(
    candidates: str,
    places: str,
    budget: tuple[float, ...],
    budgets: bool,
    saved: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Choose works and show them."""
    from exitline.api.works import choose as choice

    with show.working("choosing"):
        plan = choice(candidates, places, budget=list(budget), **options)
        more = plan.at_budgets() if budgets else None
    save_all(plan, saved)
    if as_json:
        told = {"works": plan.to_pandas(), "rules": plan.compared(), "areas": plan.by_area()}
        told |= {} if more is None else {"budgets": more}
        show.as_json({name: table.to_dict("records") for name, table in told.items()}
                     | {"gap": plan.gap, "notes": plan.notes})  # fmt: skip
        return
    table = plan.readable()
    people, spent = rounded(plan.people, 0), rounded(plan.spent, 0)
    show.note(
        say("{n} works serve {m} more people for {figure}", n=len(table.rows), m=Numeral(people),
            figure=Numeral(spent))
    )  # fmt: skip
    show.table("", table.columns, table.rows[:20], right=tuple(sorted(table.numbers)))
    if len(table.rows) > 20:
        show.note(say("... and {n} more: --save FILE writes all", n=len(table.rows) - 20))
    chosen, others = say("How it was chosen"), say("Other budgets")
    _frames({chosen: plan.compared(), **({} if more is None else {others: more})})
    gap = Numeral(f"{100 * plan.gap:.2f} %")
    show.note(say("no choice serves more than {share} above this one", share=gap))
    show.notes(plan.notes)


def _frames(tables: Mapping[Said, Any]) -> None:
    """Small tables under their titles."""
    from exitline.words.shown.result import of_frame

    for title, frame in tables.items():
        table = of_frame(frame)
        show.table(title, table.columns, table.rows, right=tuple(sorted(table.numbers)))
