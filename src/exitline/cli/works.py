"""exitline works: works and programmes; `effect` asks whether they mattered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import ENGINE, JSON, LEVEL
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves
from exitline.cli.shared.speaking import reader
from exitline.cli.shared.works_beside import (
    CANNOT_TELL,
    HEADLINES,
    matched,
    show_bounds,
    show_needed,
    synthetic,
)
from exitline.cli.shared.works_places import choose, coverage
from exitline.cli.shared.works_records import AS_OF, MOST, check, frames, gaps, opened, record
from exitline.words.said import Numeral, say, say_plural

if TYPE_CHECKING:
    from exitline.api.effect import EffectSeries, GroupTimeEffects


@click.group(
    help="""Works and programmes: what was built, whom it serves, what to do next, what it did.

Examples:

\b
  exitline works check works/
  exitline works gaps works/
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
    "--shares", type=click.Choice(["estimated", "fixed"]), default="estimated", show_default=True,
    help="Whether groups might have been of other sizes, or are what they are: all counties.",
)  # fmt: skip
@click.option(
    "--matters", type=numbers.FiniteNumber(),
    help="Smallest effect that matters: how many units would tell it from none.",
)  # fmt: skip
@click.option(
    "--honest", type=click.Choice(["relative", "smooth"]),
    help="Intervals if groups would not have moved alike (Rambachan and Roth 2023).",
)  # fmt: skip
@click.option(
    "--bound", "bounds", type=numbers.FiniteNumber(0), multiple=True,
    help="For --honest: how far apart, M; repeatable. Steps in multiples of the largest before "
    "treatment (0.5, 1, 1.5, 2), or changes of slope in units of the outcome.",
)  # fmt: skip
@LEVEL
@ENGINE
@saves
@JSON
@reads_data
def effect(
    data: str,
    by: Any,
    longest: float | None,
    shares: Any,
    matters: float | None,
    honest: Any,
    bounds: tuple[float, ...],
    weight: str | None,
    strata: tuple[str, ...],
    psu: str | None,
    saved: tuple[str, ...],
    json_: bool,
    reading: dict[str, Any],
    **options: Any,
) -> None:
    """Estimate effects and show them."""
    from exitline import Design
    from exitline.api.effect import difference_in_differences
    from exitline.api.runs.opening import open_source

    design = Design(weight=weight, strata=list(strata) or None, psu=psu)
    designed = any((weight, strata, psu))
    _check_honest(by, honest, bounds)
    if honest:
        options["base"] = "universal"
    with show.working("comparing"):
        found = difference_in_differences(
            open_source(data, **reading), design=design if designed else None, **options
        )
        series = found.aggregate(by, longest=longest, shares=shares)
        apart = series.honest(honest, bounds or HONEST[honest]) if honest else None
    save_all(series, saved)
    if json_:
        tables = {"effects": found.to_pandas(), by: series.to_pandas()}
        tables |= {} if apart is None else {"honest": apart.to_pandas()}
        told = {name: table.to_dict("records") for name, table in tables.items()}
        show.as_json({**told, "notes": list(found.notes)})
        return
    _show(found, series, matters)
    if apart is not None:
        show_bounds(apart)


HONEST = {"relative": (0.5, 1.0, 1.5, 2.0), "smooth": (0.0,)}
"""Bounds that are tried unless others are given; those of slopes have a unit."""


def _check_honest(by: str, honest: str | None, bounds: tuple[float, ...]) -> None:
    """Refuse bounds without their kind, and effects that are not by time since."""
    if bounds and not honest:
        raise click.UsageError("--bound needs --honest")
    if honest and by != "event":
        raise click.UsageError("--honest needs --by event")


def _show(found: GroupTimeEffects, series: EffectSeries, matters: float | None) -> None:
    """The overall effect, what it is made of, and whether groups moved alike before."""
    table = series.readable()
    show.table(_headline(series), table.columns, table.rows, right=tuple(sorted(table.numbers)))
    if any(cell.before for cell in found.cells):
        test = found.pretest()
        p = Numeral(f"{test.p:.3f}")
        told = {
            "moved apart": say("before treatment: groups did not move alike (p = {n})", n=p),
            "nothing found": say("before treatment: nothing shows that groups moved apart "
                                 "(p = {n})", n=p),
            "cannot tell yet": say("before treatment: too few units to tell whether groups moved "
                                   "alike"),
        }  # fmt: skip
        show.note(told[test.verdict])
    else:
        show.note(say("before treatment: one period alone, nothing shows that groups moved alike"))
    if matters is not None:
        show_needed(matters, series.needed(matters))
    show.notes(found.notes)


def _headline(series: EffectSeries) -> str:
    """What can be said of the overall effect."""
    return HEADLINES.get(series.verdict, CANNOT_TELL)


@click.command(
    help="""What has to be done on works by which day, and who is answerable.

Clocks of the procedure (from proposal to approval, from failure to repair) and
inspections that are due. FOLDER may be a register's address.

Examples:

\b
  exitline works due works/
  exitline works due sqlite:///register/register.db --role inspector
"""
)
@click.argument("folder", type=click.Path())
@click.option("--role", help="Only what this role is answerable for.")
@click.option("--done", is_flag=True, help="Also what is done.")
@AS_OF
@saves
@JSON
def due(
    folder: str, role: str | None, *, done: bool, as_of: datetime | None, saved: tuple[str, ...],
    json_: bool,
) -> None:  # fmt: skip
    """List duties."""
    with show.working("looking at deadlines"):
        found = opened(folder, as_of).due(role, done=done)
    save_all(found, saved)
    table = found.table.assign(due=found.table["due"].astype(str))
    if json_:
        show.as_json({"due": table.to_dict("records"), "notes": found.notes})
        return
    frames({say("What is to be done"): table.head(MOST)})
    late = int((table["status"] == "overdue").sum())
    show.note(
        say_plural(
            "{n} duty, {late} of them overdue",
            "{n} duties, {late} of them overdue",
            len(table),
            late=late,
        )
    )
    if len(table) > MOST:
        show.note(say("... and {n} more: --save FILE writes all", n=len(table) - MOST))
    show.notes(found.notes)


@click.command(
    help="""Notices of works as sheets to be printed and posted in villages.

Before entry: what is to be built, for whom, with which money. After completion:
what was built. FOLDER may be a register's address.

Examples:

\b
  exitline works notice works/ --out notice.html --office "County office, room 3"
"""
)
@click.argument("folder", type=click.Path())
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The page, .html.")
@click.option("--office", default="", help="Where objections and questions go.")
@click.option("--posted", is_flag=True, help="Also notices that were posted before.")
@AS_OF
@JSON
def notice(
    folder: str, out: Path, office: str, *, posted: bool, as_of: datetime | None, json_: bool
) -> None:
    """Write the sheets."""
    from exitline.api.works import notice as written

    with show.working("writing notices"):
        works = opened(folder, as_of)
        written(works, out, office=office, posted=posted, language=reader().code)
    found = [one for one in works.notices() if posted or one.posted is None]
    if json_:
        show.as_json({"file": str(out), "notices": [
            {"work": one.work, "notice": one.document, "status": one.status,
             "posted": one.posted and str(one.posted), "until": one.until and str(one.until)}
            for one in found]})  # fmt: skip
        return
    show.note(
        say_plural(
            "{n} notice written: {file}", "{n} notices written: {file}", len(found), file=str(out)
        )
    )


for _part in (check, gaps, record, due, notice, coverage, choose, synthetic, matched):
    command.add_command(_part)
