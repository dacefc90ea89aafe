"""`exitline table`: a table that can be published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.figures import plain
from exitline.cli.shared.options import ENGINE, LANGUAGE, column_names, with_options
from exitline.cli.shared.reading import reads_data
from exitline.words.catalogue import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exitline.publish.tables.build import Protected
    from exitline.publish.tables.content import SafeTable

_COUNTED = ("households", "persons", "both")
_OPTIONS = (
    click.option("--rows", required=True, metavar="COLUMN,...",
                 help="Area columns, top level first: province,county,village."),
    click.option("--columns", default="", metavar="COLUMN,...",
                 help="Categories: outcome, poor, a criterion, any column; crossed."),
    click.option("--count", type=click.Choice(_COUNTED),
                 help="What is counted: households, unless a row is a person."),
    click.option("--percent", is_flag=True, help="Also show each cell as a share of its row."),
    click.option("--unweighted", is_flag=True, help="Count rows although there are weights."),
    click.option("--min-count", type=numbers.AMOUNT, default=10, show_default=True,
                 help="Cells of fewer rows of data are suppressed."),
    click.option("--share", type=numbers.SHARE, default=0.1, show_default=True,
                 help="Least half-width of a protection interval, as a share of the cell."),
    click.option("--group-disclosure", is_flag=True,
                 help="Also protect zeros that tell about everyone in a row."),
    click.option("--round", "base", type=numbers.Whole(2), metavar="BASE",
                 help="Round every cell to multiples of BASE instead of suppressing."),
    click.option("--largest", type=numbers.Whole(1), default=100_000, show_default=True,
                 help="Refuse tables of more cells."),
    click.option("--out", "outs", multiple=True, type=click.Path(),
                 help="File to write: .html, .xlsx, .csv or .sdmx.csv; repeatable."),
    click.option("--audit", type=click.Path(),
                 help="Write what can be inferred: .json or .csv. Not for publication."),
    click.option("--title", help="Title of the table."),
    click.option("--year", help="Year that the figures are for."),
    click.option("--source", "origin", help="Where the data come from."),
    click.option("--licence", help="Licence, as a name or an address."),
    LANGUAGE,
    click.option("--dataflow", default="", metavar="AGENCY:ID(VERSION)", help="For SDMX."),
    click.option("--weight", help="Column of weights, for a data file."),
    click.option("--size", help="Column of household sizes, for a data file."),
    click.option("--welfare", help="Column of welfare, for a data file."),
    click.option("--line", type=numbers.POSITIVE, help="Poor are those below it, for a data file."),
    ENGINE,
)  # fmt: skip


@click.command(
    "table",
    help="""A table of households or persons that can be published.

SOURCE is a study file, the folder of a run of a census, or a data file.
Small counts are suppressed, and as many other cells as it takes that nobody
can work them out from the totals; linear programmes check it. Without --out
the table is printed.

Examples:

\b
  exitline table study.yaml --rows county,village --columns outcome \\
      --out decisions.html --out decisions.csv --audit audit.json
  exitline table examples/albania-2012/study.yaml --rows prefectu --columns poor
""",
)
@click.argument("source", type=click.Path())
@with_options(_OPTIONS)
@reads_data
def command(source: str, reading: dict[str, Any], **given: Any) -> None:
    """Count, protect, audit, write."""
    from exitline import api

    for name in ("rows", "columns"):
        given[name] = column_names(given[name])
    t = Language(given["language"])
    with show.working("counting and protecting", t):
        found = api.table(source, round=given.pop("base"), reading=reading, **given)
    made, written = found.made, found.written
    if not written:
        _print(made, t)
    _say(made, [str(path) for path in written], given["audit"], t)


def _print(made: Protected, t: Language) -> None:
    """The table on the terminal, as many columns at a time as fit; its facts under the last."""
    from exitline.api.releases.tabling import laid_out

    table = made.table
    laid, suppressed = laid_out(table, t)
    heads = (t("Households"), t("Persons"), "n")
    counted = (t("households"), t("persons"), t("households behind each cell"))
    units = dict(zip(heads, counted, strict=True))
    first = " / ".join(table.heading(name) for name in table.sides[0].names)
    stub = ["  " * max(0, d - 1) + name for name, d in zip(laid.stub, laid.depths, strict=True)]
    for figure in dict.fromkeys(figure for figure, _ in laid.heads):
        at = [i for i, (f, _) in enumerate(laid.heads) if f == figure]
        rows = range(len(stub))
        columns = [
            [laid.heads[i][1] or figure, *(plain(laid.both(row, i, suppressed, t)) for row in rows)]
            for i in at
        ]
        for part in _fitting([first, *stub], columns):
            show.table(
                table.facts.title + t.in_context("sign", ": ") + units.get(figure, figure.lower()),
                (first, *(column[0] for column in part)),
                list(zip(stub, *(column[1:] for column in part), strict=True)),
                right=range(1, len(part) + 1),
                t=t,
            )
            show.note("")
    colon = t.in_context("sign", ": ")
    show.note("\n".join(f"{name}{colon}{text}" for name, text in table.facts.lines(t)))


def _fitting(stub: list[str], columns: list[list[str]]) -> Iterator[list[list[str]]]:
    """The columns in parts that fit the terminal beside the stub; at least one in each."""
    room = show.console().width - max(map(len, stub))
    part: list[list[str]] = []
    used = 0
    for column in columns:
        width = max(map(len, column)) + 3
        if part and used + width > room:
            yield part
            part, used = [], 0
        part.append(column)
        used += width
    if part:
        yield part


def _estimated(table: SafeTable) -> bool:
    """Whether the figures are a sample's."""
    return any(figure.bounds is not None for figure in table.figures)


def _say(made: Protected, written: list[str], audit: str | None, t: Language) -> None:
    """What was suppressed, what was written, and what may not be published."""
    table = made.table
    if made.audits and written:
        show.note(t("{n} of {m} cells suppressed; the audit passed.", n=table.suppressed,
                    m=table.cells))  # fmt: skip
    if made.audits and table.suppressed and "poor" in table.names and _estimated(table):
        show.note(t(
            "a report of the same sample tells the share of the poor in each area, and so some of "
            "what is suppressed here: publish one of the two for these areas"
        ))  # fmt: skip
    for path in written:
        show.note(t("written: {file}", file=path))
    if audit:
        show.note(t("written: {file} (for the producer only: not for publication)", file=audit))
