"""The commands that draw lists of visits from a register, and judge by what came back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from exitline.cli.assess import show_assessment
from exitline.cli.draw import take_of
from exitline.cli.shared import numbers
from exitline.cli.shared.options import JSON
from exitline.cli.shared.register_pages import DATABASE_OPTION
from exitline.words.said import Told, say, say_plural

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_AREA = click.option("--area", default="", help="Only households of an area (its path).")
_BY = click.option("--by", default="", help="Who is answerable.")
_DRY = click.option("--dry-run", is_flag=True, help="Only show the list; the register is as is.")


@click.command(
    help="""Draw a watch list from the register: each household on it is to be visited.

The cards as of two or more days are the waves. The list is kept in the register: its
visits are on the page of visits, and one that was made closes its own.

Examples:

\b
  exitline register watch --on 2024-12-31 --on 2025-12-31 --welfare welfare --line 1200
""",
)
@DATABASE_OPTION
@click.option("--on", "days", multiple=True, required=True, type=_DAY,
              help="A day of the cards; repeat it, the earlier first.")  # fmt: skip
@click.option("--welfare", required=True, help="The fact that is welfare.")
@click.option("--line", required=True, type=numbers.POSITIVE, help="Poor: below it.")
@click.option("--predictor", "predictors", multiple=True, help="A fact for the model; repeatable.")
@click.option("--capacity", type=numbers.POSITIVE, default=0.1, show_default=True,
              help="Visits: a share of those at risk, or a number.")  # fmt: skip
@_AREA
@_BY
@_DRY
@JSON
def watch(
    database: str, days: tuple[datetime, ...], area: str, by: str, dry_run: bool, json_: bool,
    **more: Any,
) -> None:  # fmt: skip
    """Make a watch list."""
    from exitline.api.registers import visiting
    from exitline.cli.shared import show

    with show.working("reading the cards of each day"):
        found, number = visiting.watch(database, [day.date() for day in days], area=area, by=by,
                                       keep=not dry_run, **more)  # fmt: skip
    if json_:
        show.as_json({"list": number, "visits": found.table.num_rows, "at_risk": found.at_risk,
                      "unknown": found.unknown, "ranked_by": found.ranked_by,
                      "notes": found.notes})  # fmt: skip
        return
    show.note(
        say("{n} of {m} households at risk at {what} are to be visited.",
            n=found.table.num_rows, m=found.at_risk, what=found.wave)
    )  # fmt: skip
    show.note(say("Ranked by {what}.", what=Told(found.ranked_by)))
    show.notes(found.notes)
    _say_number(number)


@click.command(
    help="""Draw a sample for an assessment from the register, in public.

Groups: registered, exited, unregistered. The same seed and register draw the same
households. With --digest only the digest of the frame is printed, to be published
before the seed is known.

Examples:

\b
  exitline register draw --digest
  exitline register draw --villages 4 --take exited=5 --take unregistered=5 --due 2026-12-31 \\
      --seed "lottery 4 8 15" --published 2026-12-01T20:00:00+08:00
""",
)
@DATABASE_OPTION
@click.option("--digest", is_flag=True, help="Only print the digest of the frame.")
@click.option("--villages", type=numbers.Whole(1), help="Villages to draw.")
@click.option("--take", "takes", multiple=True, metavar="GROUP=N",
              help="Households in each drawn village, or in all; repeatable.")  # fmt: skip
@click.option("--seed", default="", help="The published text.")
@click.option("--published", default="", help="When it was published, with a time zone.")
@click.option("--drawn", help="When the draw is made (now).")
@click.option("--due", type=_DAY, help="By when the visits are to be made.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the record of the draw (JSON).")
@_AREA
@_BY
@_DRY
@JSON
def draw(
    database: str, digest: bool, takes: tuple[str, ...], due: datetime | None, out: Path | None,
    area: str, by: str, dry_run: bool, json_: bool, **plan: Any,
) -> None:  # fmt: skip
    """Draw a sample."""
    from exitline.api.registers import visiting
    from exitline.cli.shared import show

    if digest:
        found = visiting.frame_digest(database, villages=plan["villages"], area=area)
        if json_:
            show.as_json({"digest": found.digest, "households": found.households})
        else:
            show.note(say_plural("{n} household. Digest: {digest}",
                                 "{n} households. Digest: {digest}", found.households,
                                 digest=found.digest))  # fmt: skip
        return
    if due is None or not takes:
        raise click.UsageError("--due and --take are needed to draw")
    drawn, number = visiting.draw(database, due=due.date(), area=area, by=by, keep=not dry_run,
                                    take=take_of(takes), out=out, **plan)  # fmt: skip
    if json_:
        show.as_json({"list": number, "digest": drawn.draw.digest,
                      "visits": len(drawn.draw.selected),
                      "villages": len(drawn.draw.villages)})  # fmt: skip
        return
    show.note(say_plural("{n} household drawn. Digest of the frame: {digest}",
                         "{n} households drawn. Digest of the frame: {digest}",
                         len(drawn.draw.selected), digest=drawn.draw.digest))  # fmt: skip
    _say_number(number)


@click.command(
    help="""List the lists of visits, and how many were made.

Examples:

\b
  exitline register visits
""",
)
@DATABASE_OPTION
@JSON
def visits(database: str, json_: bool) -> None:
    """List the lists."""
    from exitline.api.registers import visiting
    from exitline.cli.shared import show

    found = visiting.visits(database)
    if json_:
        show.as_json(found)
        return
    rows = [(one["number"], Told(one["kind"]), one["title"], one["made"], f"{one['visits']:,}",
             f"{one['answered']:,}") for one in found]  # fmt: skip
    show.table("Lists of visits", ("no.", "kind", "title", "made", "visits", "answered"), rows,
               right=(0, 4, 5))  # fmt: skip


@click.command(
    help="""Judge counties by an assessment whose sample was drawn from the register.

The visits are those that answered the list; counts of persons are the register's,
unless --counts gives them.

Examples:

\b
  exitline register assess 2 --standard china-2011-2020 --area-class other \\
      --reading missed-denominator=surveyed-unregistered
""",
)
@click.argument("number", type=numbers.Whole(1))
@DATABASE_OPTION
@click.option("--standard", required=True, help="Whose county rule decides.")
@click.option("--reading", "readings", multiple=True, metavar="OPTION=READING",
              help="Of the standard's options; repeatable.")  # fmt: skip
@click.option("--counts", type=click.Path(path_type=Path), help="Counts of every county.")
@click.option("--area-class", default="", help="Of the counties, where thresholds depend on it.")
@click.option("--icc", type=numbers.SHARE, default=0.05, show_default=True,
              help="Intra-village correlation that the plan declared.")  # fmt: skip
@JSON
def assess(
    number: int, database: str, standard: str, readings: tuple[str, ...], counts: Path | None,
    area_class: str, icc: float, json_: bool,
) -> None:  # fmt: skip
    """Judge by the visits."""
    from exitline.api.registers import visiting
    from exitline.cli.assess import pairs_of
    from exitline.cli.shared import show

    found, waiting = visiting.assess(database, number, standard=standard, counts=counts, icc=icc,
                                     area_class=area_class,
                                     readings=pairs_of(readings, "--reading"))  # fmt: skip
    if json_:
        show.as_json({"waiting": waiting, "decisions": found.rows()})
        return
    if waiting:
        show.note(say_plural("{n} visit of the sample was not made; it counts for nothing.",
                             "{n} visits of the sample were not made; they count for nothing.",
                             waiting))  # fmt: skip
    for one in found.assessments:
        show_assessment(one)


def _say_number(number: int | None) -> None:
    from exitline.cli.shared import show

    if number is not None:
        show.note(say("Number of the list: {number}", number=str(number)))
