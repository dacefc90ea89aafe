"""`exitline notice`: lists for public notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import LANGUAGE, with_options
from exitline.cli.shared.reading import reads_data
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from datetime import datetime

_OPTIONS = (
    click.option("--village", required=True, metavar="COLUMN", help="One list for each."),
    click.option("--reference", metavar="COLUMN", help="The office's own household number."),
    click.option("--name", metavar="COLUMN", help="Name, where the law asks for it."),
    click.option("--decision", metavar="COLUMN", help="Decision; one of a few words."),
    click.option("--date", metavar="COLUMN", help="Date of the decision."),
    click.option("--only", metavar="DECISION", help="Only households with this decision."),
    click.option("--title", required=True, help="What the notice is about."),
    click.option("--objections", required=True, metavar="TEXT",
                 help="Where and how to object."),
    click.option("--posted", required=True, type=click.DateTime(["%Y-%m-%d"]),
                 help="Day on which the list goes up."),
    click.option("--procedure", help="Shipped name or file: its days for objections."),
    click.option("--step", default="village notice", show_default=True,
                 help="The notice among the procedure's steps."),
    click.option("--days", type=numbers.Whole(1, 36_500), help="Days for objections."),
    LANGUAGE,
    click.option("--out", "outs", multiple=True, required=True, type=click.Path(),
                 help="File to write: .html or .csv; repeatable."),
)  # fmt: skip


@click.command(
    "notice",
    help="""Lists of households for public notice, one sheet for each village.

DATA has one household per row. A list shows village, household, decision and
date; no other column can be put on it. Columns and values that show an id
number, a phone, a bank account, an address or health are refused, without
printing the value.

Examples:

\b
  exitline notice out/household_decisions.parquet --village village \\
      --reference household --decision outcome --only met --posted 2020-11-02 \\
      --title "Exits proposed" --procedure china-2016-exit \\
      --objections "In writing to the village committee." --out notice.html
""",
)
@click.argument("data", type=click.Path())
@with_options(_OPTIONS)
@reads_data
def command(
    data: str,
    posted: datetime,
    outs: tuple[str, ...],
    language: str,
    reading: dict[str, Any],
    **given: Any,
) -> None:
    """Make the lists and write them."""
    from exitline import api
    from exitline.api.runs.opening import open_source

    with show.working("making the lists"):
        made = api.notice(
            open_source(data, **reading), posted=posted.date(), out=outs, language=language, **given
        )
    for path in outs:
        show.note(say("written: {file}", file=path))
    many = {
        "households": say_plural("{n} household", "{n} households", made.households),
        "villages": say_plural("{n} village", "{n} villages", len(made.villages)),
    }
    show.note(
        say("{households} in {villages}, objections until {day}.", **many, day=made.last_day)
        if made.last_day
        else say("{households} in {villages}.", **many)
    )
    show.note(say("Fields shown: {what}.", what=", ".join(made.fields)))
