"""Commands about places: who is within reach of what, and which works to do next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import JSON, LEVEL
from exitline.cli.shared.saving import paged, save_all, saves
from exitline.cli.shared.speaking import reader
from exitline.cli.shared.works_records import (
    AS_OF,
    BOUNDARIES,
    KEY,
    check_boundaries,
    frames,
    recorded_coverage,
)
from exitline.words.numbers import rounded
from exitline.words.said import Numeral, say, say_plural

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from exitline.exits.works.plan import WorksPlan


_WITHIN = click.option(
    "--within", "within_km", type=numbers.FiniteNumber(0, min_open=True), metavar="KM",
    help="Distance that counts as served.",
)  # fmt: skip
_WORKING = click.option(
    "--working", help="A condition over assets: only those for which it is true serve anybody."
)


@click.command(
    help="""Who is served: within a distance, or village by village because of which works.

PLACES has one row for each household, or for each village with --weight its
people; ASSETS one for each water point, school or clinic. Both have columns
latitude and longitude. Or PLACES is a folder of works (works.yaml), or one table
with the columns of WPDx: then it is asked which villages meet which criteria.

Examples:

\b
  exitline works coverage homes.csv wells.csv --within 1 --working "state = 'in use'"
  exitline works coverage villages.csv schools.csv --within 5 --weight people \\
      --census --by county --save coverage.xlsx
  exitline works coverage works/ --facts villages-today.csv
"""
)
@click.argument("places", type=click.Path())
@click.argument("assets", type=click.Path(), required=False)
@_WITHIN
@_WORKING
@click.option("--asset", help="Column with the asset's id.")
@click.option("--weight", help="Column of weights, or of people at each place.")
@click.option("--strata", multiple=True, help="Column of strata; repeat to cross several.")
@click.option("--psu", help="Column of clusters.")
@click.option("--census", is_flag=True, help="The places are all there are: no sampling error.")
@click.option("--by", multiple=True, help="Column of areas; 'a,b' crosses two; repeatable.")
@click.option(
    "--facts",
    type=click.Path(path_type=Path),
    help="Of a folder: a row for each village, as a study's `villages` reads it.",
)
@click.option("--ages", is_flag=True, help="Of a folder: also how many assets work, by age.")
@click.option(
    "--run", type=click.Path(),
    help="Of a folder: a run whose decisions are marked that rest on a broken asset.",
)  # fmt: skip
@AS_OF
@paged
@BOUNDARIES
@KEY
@LEVEL
@saves
@JSON
def coverage(
    places: str,
    assets: str | None,
    within_km: float | None,
    by: tuple[str, ...],
    level: float,
    saved: tuple[str, ...],
    json_: bool,
    **options: Any,
) -> None:
    """Find the nearest assets and show shares; or the villages of a folder."""
    if assets is None:
        _only(options | {"by": by, "within_km": within_km}, _OF_PLACES, "two tables")
        recorded_coverage(places, level, saved, json_=json_, **{
            name: options[name] for name in ("facts", "ages", "as_of", "page", "boundaries", "key",
                                           "run")
        })  # fmt: skip
        return
    if within_km is None:
        raise click.UsageError("Missing option '--within'.")
    _only(options, _OF_FOLDERS, "a folder")
    _of_places(places, assets, within_km, by, level, saved, json_=json_, **options)


_OF_PLACES = ("within_km", "working", "asset", "weight", "strata", "psu", "census", "by")
_OF_FOLDERS = ("facts", "ages", "as_of", "page", "boundaries", "key", "run")


def _only(given: dict[str, Any], names: tuple[str, ...], whom: str) -> None:
    """Refuse options that are for the other form of the command."""
    strange = [f"--{name.replace('_', '-').removesuffix('-km')}" for name in names
               if given.get(name)]  # fmt: skip
    if strange:
        raise click.UsageError(f"{', '.join(strange)}: only for {whom}")


def _of_places(
    places: str, assets: str, within_km: float, by: tuple[str, ...], level: float,
    saved: tuple[str, ...], *, json_: bool, working: str | None, asset: str | None,
    weight: str | None, strata: tuple[str, ...], psu: str | None, census: bool, **_: Any,
) -> None:  # fmt: skip
    """Shares of people within a distance."""
    from exitline import Design
    from exitline.api.works import reach

    design = Design(weight=weight, strata=list(strata) or None, psu=psu, census=census)
    with show.working("measuring distances"):
        found = reach(places, assets, within_km=within_km, asset=asset, working=working)
        shares = found.coverage([tuple(text.split(",")) for text in by], design, level)
    save_all(shares, saved)
    if json_:
        show.as_json({"coverage": shares.to_pandas().to_dict("records"), "notes": found.notes})
        return
    table = shares.readable()
    title = say_plural(
        "Within {n} km of {m} asset",
        "Within {n} km of one of {m} assets",
        found.assets,
        n=Numeral(f"{within_km:g}"),
        m=found.assets,
    )
    show.table(title, table.columns, table.rows, right=tuple(sorted(table.numbers)))  # fmt: skip
    show.notes((*found.notes, *shares.notes))


@click.command(
    help="""Which works or repairs bring most people within reach under a budget.

CANDIDATES has one row for each work that can be done, with its place and cost;
PLACES one for each place where people live. Both have columns latitude and
longitude. Or CANDIDATES is a folder of works: repairs of what is broken, and works
of the library that are not done. The choice is exact; other rules are shown beside it.

Examples:

\b
  exitline works choose repairs.csv villages.csv --cost cost --budget 100000 \\
      --within 1 --people households --assets wells.csv --working "state = 'in use'"
  exitline works choose works/ --budget 50000 --budget 50000 --goal villages
"""
)
@click.argument("candidates", type=click.Path())
@click.argument("places", type=click.Path(), required=False)
@click.option("--cost", help="Column of costs.")
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
    "--goal", type=click.Choice(["people", "areas", "criteria", "villages"]), default="people",
    show_default=True, help="Serve most people, or bring most areas to --threshold; of a folder: "
    "meet most criteria, or bring most villages to all of theirs.",
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
@click.option(
    "--stability",
    is_flag=True,
    help="Also show how often each work is chosen again when costs vary.",
)
@AS_OF
@paged
@BOUNDARIES
@KEY
@saves
@JSON
def choose(
    candidates: str,
    places: str | None,
    budget: tuple[float, ...],
    budgets: bool,
    stability: bool,
    saved: tuple[str, ...],
    json_: bool,
    goal: str,
    page: Path | None,
    boundaries: str | None,
    key: str | None,
    as_of: datetime | None,
    **options: Any,
) -> None:
    """Choose works and show them."""
    check_boundaries(boundaries, key)
    with show.working("choosing"):
        plan = _plan(candidates, places, list(budget), goal, as_of, options)
        more = plan.at_budgets() if budgets else None
        again = plan.stability() if stability else None
    save_all(plan, saved)
    if page is not None:
        from exitline.api.works.telling import page as told_page

        told_page(plan, page, boundaries=boundaries, key=key or "", language=reader().code)
    tables = {"works": plan.to_pandas(), "rules": plan.compared()}
    tables |= {"areas": plan.by_area()} if len(plan.areas) <= _MOST_AREAS or json_ else {}
    tables |= {} if more is None else {"budgets": more}
    tables |= {} if again is None else {"stability": again.rename("chosen_again").rename_axis(
        "work").reset_index()}  # fmt: skip
    if json_:
        show.as_json({name: table.to_dict("records") for name, table in tables.items()}
                     | {"gap": plan.gap, "notes": plan.notes})  # fmt: skip
        return
    _show_plan(plan, goal, tables)
    if page is not None:
        show.note(say("page: {file}", file=str(page)))


_MOST_AREAS = 40


def _plan(
    candidates: str, places: str | None, budget: list[float], goal: str, as_of: datetime | None,
    options: dict[str, Any],
) -> WorksPlan:  # fmt: skip
    """The plan for two tables, or for a folder."""
    from exitline.api.works import choose as choice
    from exitline.api.works import records

    of_tables = ("cost", "within_km", "people", "work", "assets", "working", "exclusive", "area",
                 "users")  # fmt: skip
    if places is None:
        _only(options, of_tables, "two tables")
        if goal == "areas":
            raise click.UsageError("--goal areas: only for two tables; say criteria or villages")
        day = None if as_of is None else as_of.date()
        return records(candidates, as_of=day).choose(
            budget, goal=goal, floor=options["floor"], seconds=options["seconds"]
        )
    if goal in ("criteria", "villages") or as_of is not None:
        raise click.UsageError("--goal criteria, --goal villages and --as-of: only for a folder")
    for name in ("cost", "within_km"):
        if options[name] is None:
            raise click.UsageError(f"Missing option '--{name.removesuffix('_km')}'.")
    return choice(candidates, places, budget=budget, goal=goal, **options)  # type: ignore[arg-type]


def _show_plan(plan: WorksPlan, goal: str, tables: dict[str, pd.DataFrame]) -> None:
    """What the plan gives, its works, and what else was asked for."""
    table = plan.readable()
    people, spent = rounded(plan.people, 0), rounded(plan.spent, 0)
    show.note(
        say_plural("{n} work serves {m} more people for {figure}",
                   "{n} works serve {m} more people for {figure}", len(table.rows),
                   m=Numeral(people), figure=Numeral(spent))
    )  # fmt: skip
    if goal != "people":
        before, after = plan.complete if goal == "villages" else plan.reached
        what = {"villages": say("villages"), "criteria": say("criteria of villages")}
        show.note(say("{what} at their threshold: {n} (before: {m})",
                      what=what.get(goal, say("areas")), n=after, m=before))  # fmt: skip
    show.table("", table.columns, table.rows[:20], right=tuple(sorted(table.numbers)))
    if len(table.rows) > 20:
        show.note(say("... and {n} more: --save FILE writes all", n=len(table.rows) - 20))
    titles = {"rules": say("How it was chosen"), "budgets": say("Other budgets"),
              "stability": say("How often chosen again when costs vary")}  # fmt: skip
    frames({titles[name]: table for name, table in tables.items() if name in titles})
    gap = Numeral(f"{100 * plan.gap:.2f} %")
    show.note(say("no choice serves more than {share} above this one", share=gap))
    show.notes(plan.notes)
