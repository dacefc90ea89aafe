"""Commands about what was recorded of works: checks, gaps, and coverage of villages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.options import JSON
from exitline.cli.shared.register_pages import DATABASE_OPTION
from exitline.cli.shared.saving import save_all, saves
from exitline.cli.shared.speaking import reader
from exitline.words.said import Told, collected, say, say_plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from exitline.api.works.recorded import RecordedWorks

AS_OF = click.option(
    "--as-of", type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Of a folder: the day asked about (that of works.yaml, or today).",
)  # fmt: skip
BOUNDARIES = click.option(
    "--boundaries", type=click.Path(), help="For --page: boundaries to draw under the points."
)
KEY = click.option("--key", help="For --boundaries: the property that names each shape.")
MOST = 40


def check_boundaries(boundaries: str | None, key: str | None) -> None:
    """Refuse boundaries without the property that names their shapes, and the reverse."""
    if (boundaries is None) != (key is None):
        raise click.UsageError("--boundaries and --key go together")


def opened(folder: str, as_of: datetime | None) -> RecordedWorks:
    """The works of a folder as of a day."""
    from exitline.api.works import records

    return records(folder, as_of=None if as_of is None else as_of.date())


@click.command(
    help="""Hold works and assets against numbered checks.

FOLDER has works.csv, assets.csv, inspections.csv, funds.csv and so on, and
works.yaml. Each finding is to be explained or corrected by its day.

Examples:

\b
  exitline works check works/
  exitline works check works/ --checks ours.yaml --save findings.xlsx
"""
)
@click.argument("folder", type=click.Path())
@click.option("--checks", type=click.Path(), help="A file of checks (the shipped).")
@AS_OF
@saves
@JSON
def check(
    folder: str, checks: str | None, as_of: datetime | None, saved: tuple[str, ...], json_: bool
) -> None:
    """Run the checks and show what they found."""
    with show.working("checking works"):
        found = opened(folder, as_of).check(checks)
    save_all(found, saved)
    if json_:
        show.as_json(
            {
                "findings": found.table.to_dict("records"),
                "checks": found.counted.to_dict("records"),
                "notes": found.notes,
            }
        )
        return
    heading = say("Cross-checks")
    frames({heading: found.counted})
    many = len(found.table)
    show.note(say_plural("{n} finding", "{n} findings", many))
    if many:
        table = found.table.drop(columns=["unit"]).head(MOST)
        heading = say("To be explained or corrected")
        frames({heading: table.assign(due=table["due"].astype(str))})
    _more(many)
    show.notes(found.notes)


@click.command(
    help="""Take the works of FOLDER into a register, all or none.

Its villages must be areas of the register, by their code. From then on the other
commands take the register's address in place of the folder.

Examples:

\b
  exitline works record works/ --database sqlite:///register/register.db
  exitline works gaps sqlite:///register/register.db
"""
)
@click.argument("folder", type=click.Path())
@DATABASE_OPTION
@AS_OF
@JSON
def record(folder: str, database: str, as_of: datetime | None, json_: bool) -> None:
    """Take them in."""
    from exitline.api.works import record as take

    with show.working("taking works in"):
        found = take(folder, database, as_of=None if as_of is None else as_of.date())
    if json_:
        show.as_json(found)
        return
    show.note(say(
        "taken in: {works} with {steps}, {assets} with {looks}",
        works=say_plural("{n} work", "{n} works", found["works"]),
        steps=say_plural("{n} step", "{n} steps", found["steps"]),
        assets=say_plural("{n} asset", "{n} assets", found["assets"]),
        looks=say_plural("{n} inspection", "{n} inspections", found["inspections"]),
    ))  # fmt: skip


@click.command(
    help="""Which village lacks what against the standard, and what would bring it.

The list that a county works through, with costs where they are known.

Examples:

\b
  exitline works gaps works/
  exitline works gaps works/ --area north --save gaps.xlsx
"""
)
@click.argument("folder", type=click.Path())
@click.option("--area", help="Only villages of this area.")
@AS_OF
@saves
@JSON
def gaps(
    folder: str, area: str | None, as_of: datetime | None, saved: tuple[str, ...], json_: bool
) -> None:
    """List what is lacking."""
    with show.working("looking for gaps"):
        found = opened(folder, as_of).gaps(area)
    save_all(found, saved)
    if json_:
        show.as_json(
            {
                "gaps": found.table.to_dict("records"),
                "areas": found.by_area().to_dict("records"),
                "notes": found.notes,
            }
        )
        return
    villages = found.table.head(MOST)
    areas, each = say("What is lacking, by area"), say("Village by village")
    frames({areas: found.by_area(), each: villages})
    _more(len(found.table))
    show.notes(found.notes)


def recorded_coverage(
    folder: str, level: float, saved: tuple[str, ...], *, json_: bool, facts: Path | None,
    ages: bool, as_of: datetime | None, page: Path | None, boundaries: str | None,
    key: str | None, run: str | None,
) -> None:  # fmt: skip
    """Which villages of a folder meet which criteria, because of which works."""
    check_boundaries(boundaries, key)
    with show.working("measuring who is served"):
        works = opened(folder, as_of)
        found = works.coverage(level)
        old = works.ages(level=level) if ages else None
    save_all(found, saved)
    if facts is not None:
        found.save_facts(facts)
    if page is not None:
        from exitline.api.works.telling import page as told_page

        told_page(works, page, boundaries=boundaries, key=key or "", language=reader().code)
    tables: dict[str, Any] = {"villages": found.counts(), "works": found.works()}
    if run is not None or works.records.decided is not None:
        tables["rests_on_broken"] = works.marked(run)
    if old is not None:
        tables["ages"] = old.shares.to_pandas()
    if json_:
        show.as_json(
            {name: table.to_dict("records") for name, table in tables.items()}
            | {"coverage": found.table.to_dict("records"), "notes": found.notes}
        )
        return
    titles = {"villages": say("Villages that meet each criterion"),
              "works": say("Villages that would not meet it without the work"),
              "rests_on_broken": say("Decisions that rest on a broken asset"),
              "ages": say("Assets that work, by age")}  # fmt: skip
    frames({titles[name]: table.head(MOST) for name, table in tables.items()})
    notes = found.notes if old is None else (*found.notes, *old.notes)
    show.notes(notes)
    for path in (facts, page):
        if path is not None:
            show.note(say("written: {file}", file=str(path)))


OURS = {"unit", "text", "comparison", "treated", "outcome", "remedy"}
"""Columns whose cells are words of ours; others hold names."""
SAID = (
    collected("unserved"), collected("unknown costs"), collected("under way"),
    collected("remedy"), collected("repair"), collected("because of works"),
    collected("would lose"), collected("a work under way"), collected("a repair"),
    collected("repairs"), collected("a new one"), collected("find out"), collected("threshold"),
)  # fmt: skip
"""Headings of gaps and of coverage, and what brings what is lacking."""


def frames(tables: Mapping[str, Any]) -> None:
    """Small tables under their titles; those without a row are left out."""
    from exitline.words.shown.result import of_frame

    for title, frame in tables.items():
        if len(frame):
            table = of_frame(frame)
            ours = [i for i, name in enumerate(table.columns) if name in OURS]
            rows = [[Told(c) if i in ours else c for i, c in enumerate(row)] for row in table.rows]
            show.table(title, table.columns, rows, right=tuple(sorted(table.numbers)))


def _more(many: int) -> None:
    """How many rows were not shown."""
    if many > MOST:
        show.note(say("... and {n} more: --save FILE writes all", n=many - MOST))
