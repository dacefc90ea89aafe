"""`exitline grouped`: poverty and inequality from deciles, bins and means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import with_options
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.speaking import reader
from exitline.words.said import Told, collected, say

if TYPE_CHECKING:
    from exitline.stats.grouped_data.table import GroupedRow, GroupedTable

_CURVES = ("quadratic", "beta", "lognormal", "gb2", "singh_maddala", "dagum", "beta2")
_SHARES = ("headcount", "poverty_gap", "severity", "fgt", "share", "lorenz")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
HEADS = {
    "distribution": collected("distribution"), "measure": collected("measure"),
    "line": collected("line"), "curve": collected("curve"), "estimate": collected("estimate"),
    "note": collected("note"), "official": collected("official"),
    "difference": collected("difference"),
}  # fmt: skip
_DROPPED = ("measure", "line", "note", "official", "difference")
"""Columns that say nothing where they say the same in every row."""
_POINTS = "Differences of percentages are in percentage points."
_NUMBERS = ("line", "estimate", "official", "difference")
_OPTIONS = (
    click.option("--measure", "measures", multiple=True, default=("headcount",), show_default=True,
                 help="Such as headcount, gini, 'share(0, 0.4)'; repeatable."),
    click.option("--line", "lines", multiple=True, help="A number or a column; repeatable."),
    click.option("--mean", help="Mean welfare, in the unit of the lines: a number or a column."),
    click.option("--by", multiple=True, metavar="COLUMN",
                 help="A column that tells distributions apart; repeatable."),
    click.option("--shares", multiple=True, metavar="COLUMN",
                 help="Welfare shares, poorest class first: 'decile*' for decile1, decile2 ..., "
                 "or one column with a row for each class; repeatable."),
    click.option("--population", metavar="COLUMN", help="Cumulative shares of people."),
    click.option("--lorenz", metavar="COLUMN", help="Cumulative shares of welfare."),
    click.option("--counts", metavar="COLUMN", help="People of each class."),
    click.option("--means", metavar="COLUMN", help="Mean welfare of each class."),
    click.option("--upper", metavar="COLUMN", help="Upper bound of each class."),
    click.option("--fit", "fits", multiple=True, type=click.Choice(_CURVES),
                 default=("quadratic", "beta"), show_default=True,
                 help="A curve to fit; repeatable."),
    click.option("--curve", "curves", multiple=True, type=click.Choice(("best", *_CURVES)),
                 default=("best",), show_default=True, help="A curve to report; repeatable."),
    click.option("--pool", metavar="COLUMN[=NAME]",
                 help="Also take the distributions together over this column of --by."),
    click.option("--weight", metavar="COLUMN", help="With --pool: people of a distribution."),
    click.option("--official", multiple=True, metavar="COLUMN",
                 help="What was published of the first measure; one for each line."),
    click.option("--missing", "missing_shares", type=click.Choice(("error", "exclude")),
                 default="error", show_default=True,
                 help="What to do with distributions that lack a number."),
    click.option("--goodness", is_flag=True, help="Show the curves and how well they fit."),
    click.option("--json", "as_json", is_flag=True, help="Print the table as JSON."),
)  # fmt: skip


@click.command(
    "grouped",
    help="""Poverty and inequality from DATA that hold deciles, bins or means.

A distribution is one row (--shares 'decile*') or a row for each class. Curves
that are not valid, and lines outside the data, are named with their reasons.

Examples:

\b
  exitline grouped examples/china-1981-2019/china.csv --shares 'decile*' \\
      --mean mean --by year --by level --line 2.15 --official at_2.15
  exitline grouped classes.csv --counts people --means mean --measure gini
  exitline grouped table.csv --population P --lorenz L --mean 109.9 --line 89
""",
)
@click.argument("data", type=click.Path())
@with_options(_OPTIONS)
@reads_data
def command(
    data: str, reading: dict[str, Any], as_json: bool, goodness: bool, **given: Any
) -> None:
    """Fit, and show one table."""
    from exitline.api.figures.grouped import grouped_table
    from exitline.api.runs.opening import open_source

    mean = given.pop("mean")
    lines = [numbers.number_or_column(text, "--line") for text in given.pop("lines")]
    curves = list(dict.fromkeys((*given.pop("fits"), *(c for c in given["curves"] if c != "best"))))
    if goodness:
        for name in ("measures", "official", "pool"):
            given.pop(name)
    with show.working("fitting"):
        found = grouped_table(
            open_source(data, **reading),
            list(given.pop("measures", ())),
            line=lines,
            mean=None if mean is None else numbers.number_or_column(mean, "--mean"),
            curves=curves,
            curve=list(given.pop("curves")),
            missing=given.pop("missing_shares"),
            **given,
        )
    for text in found.notes:
        t = reader()
        click.echo(t("note: {text}", text=t.of(text)), err=True)
    if as_json:
        table = found.goodness() if goodness else found.to_pandas()
        show.as_json(table.to_dict("records"))
    elif goodness:
        _show_goodness(found)
    else:
        _show(found, data.rsplit("/", 1)[-1])


def _show(found: GroupedTable, name: str) -> None:
    """The table, and under it what a reader should know of its figures."""
    noted: dict[str, list[str]] = {}
    for row in found:
        where = ", ".join(x for x in (row.domain, _number(row.figure.line)) if x)
        for note in row.figure.notes:
            noted.setdefault(note.kind, []).append(where or row.figure.measure)
    letters = dict(zip(noted, _LETTERS, strict=False))
    rows = [_cells(row, letters) for row in found]
    kept = [c for c in rows[0] if c not in _DROPPED or len({row[c] for row in rows}) > 1]
    one = {row.figure.measure for row in found}
    show.table(
        say("Figures from {file}", file=name)
        if len(one) > 1
        else say("Figures from {file}: {what}", file=name, what=Told(one.pop())),
        [HEADS[name] for name in kept],
        [tuple(row[c] for c in kept) for row in rows],
        right=[i for i, c in enumerate(kept) if c in _NUMBERS],
        caption="Differences of percentages are in percentage points."
        if "official" in kept
        else "",
    )
    for text, letter in letters.items():
        once = list(dict.fromkeys(noted[text]))
        some: str = "; ".join(once[:3])
        if len(once) > 3:
            some = say("{some} and {n} more", some=some, n=len(once) - 3)
        show.note(say("{letter}: {text} ({some})", letter=letter, text=Told(text), some=some))


def _cells(row: GroupedRow, letters: Mapping[str, str]) -> dict[str, str | None]:
    """One figure as the cells of a row, by column."""
    one = row.figure
    kinds = {note.kind for note in one.notes}
    difference = _figure(one.estimate - row.official, one.measure)
    return {
        "distribution": row.domain or say("all"),
        "measure": one.measure,
        "line": _number(one.line),
        "curve": one.curve,
        "estimate": _figure(one.estimate, one.measure) or say("none"),
        "note": "".join(letter for kind, letter in letters.items() if kind in kinds),
        "official": _figure(row.official, one.measure),
        "difference": difference and difference.removesuffix(" %"),
    }


def _show_goodness(found: GroupedTable) -> None:
    """A row for each curve of each distribution."""
    from exitline.api.runs.telling import area_name

    rows = []
    for one in found.distributions:
        for fit in one.grouped.fits.values():
            parameters = ", ".join(f"{k} {v:.6g}" for k, v in fit.curve.parameters.items())
            rows.append((area_name(one.key) or say("all"), fit.name, parameters, f"{fit.sse:.3g}",
                         say("valid") if fit.valid else Told("; ".join(fit.faults))))  # fmt: skip
    show.table("Curves and their fit", ("distribution", "curve", "parameters",
               "squared errors", "valid"), rows, right=(3,))  # fmt: skip


def _number(value: float) -> str:
    """A line as it was given; nothing where there is none."""
    return "" if value != value else f"{value:g}"


def _figure(value: float, measure: str) -> str | None:
    """A figure: shares in percent, all others with four decimals; nothing where there is none."""
    from exitline.cli.shared.figures import plain
    from exitline.words.numbers import rounded

    if value != value:
        return None
    if measure.split("(")[0] in _SHARES:
        return plain(rounded(value, 2, percent=True)) + " %"
    return plain(rounded(value, 4))
