"""`exitline change`: what changed between two samples, with standard errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.asking import asks_intervals, asks_measures, keywords, refuse_sizes
from exitline.cli.shared.designing import declares_design
from exitline.cli.shared.options import ENGINE
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves
from exitline.words.numbers import line_name
from exitline.words.said import Told, say

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.comparing.changes import Change, Changes

LEVELS = ("absolute", "annual")
"""Kinds of change in the unit of the figure; the others are relative."""


@click.command(
    "change",
    help="""What changed between two samples, with standard errors.

BEFORE and AFTER are files of the same columns, or one file with two conditions. Samples that share
PSUs are compared as such: their covariance is taken off.

Examples:

\b
  exitline change examples/pakistan-graduation/graduation.parquet \\
      examples/pakistan-graduation/graduation.parquet --welfare ctotal_pcmonth_bsl \\
      --welfare-after ctotal_pcmonth_end --line 60 --psu id_village \\
      --missing exclude --years 2
""",
)
@click.argument("before", type=click.Path())
@click.argument("after", type=click.Path())
@asks_measures
@click.option("--welfare-after", metavar="COLUMN", help="Column of welfare in AFTER.")
@click.option("--line-after", "lines_after", multiple=True,
              help="The line in AFTER, where prices have changed; as many as --line.")  # fmt: skip
@click.option("--where-after", help="The condition in AFTER, such as 'year = 2020'.")
@click.option("--years", type=numbers.POSITIVE, help="Between the two: adds changes by year.")
@click.option("--shared/--independent", "shared", default=None,
              help="Whether equal ids are the same PSUs; they are, unless given.")  # fmt: skip
@click.option("--change-df", type=click.Choice(["pooled", "satterthwaite"]), default="pooled",
              show_default=True, help="Degrees of freedom of the changes.")  # fmt: skip
@reads_data
@declares_design
@asks_intervals
@ENGINE
@saves
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def command(
    before: str,
    after: str,
    measures: tuple[str, ...],
    lines: tuple[str, ...],
    lines_after: tuple[str, ...],
    welfare_after: str | None,
    where_after: str | None,
    years: float | None,
    shared: bool | None,
    change_df: Literal["pooled", "satterthwaite"],
    unit: str,
    design: Design,
    reading: dict[str, Any],
    saved: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Estimate twice, show the changes."""
    from exitline import change, estimate
    from exitline.api.runs.opening import open_source

    refuse_sizes(design, unit)
    if lines_after and len(lines_after) != len(lines):
        raise click.UsageError("--line-after is given as often as --line, in the same order.")
    first = keywords({**given, "design": design}, lines)
    second = keywords({**given, "design": design}, lines_after or lines)
    second["line"] = _labelled(second["line"], first["line"])
    second["welfare"] = welfare_after or first["welfare"]
    second["where"] = where_after or first["where"]
    with show.working("estimating"):
        figures = [
            estimate(open_source(data, **reading), list(measures), **asked)
            for data, asked in ((before, first), (after, second))
        ]
        found = change(*figures, years=years, shared=shared, df=change_df)
    save_all(found, saved)
    if as_json:
        show.as_json(found.to_pandas().to_dict("records"))
        return
    people = "persons" if design.size is not None or unit == "person" else "households"
    _show(found, people, f"{unit}s", given["level"])
    show.notes(dict.fromkeys((*figures[0].notes, *figures[1].notes, *found.notes)))


def _labelled(lines: list[Any] | None, like: list[Any] | None) -> list[Any] | None:
    """The lines under the names of those before, so that their figures are compared."""
    from dataclasses import replace

    if lines is None or like is None:
        return lines
    return [replace(line, label=of.label) for line, of in zip(lines, like, strict=True)]


def _show(found: Changes, people: str, rows: str, level: float) -> None:
    """A table for each kind of change, a row for each figure."""
    lined = sorted({one.line for one in found if one.line})
    headings = ("area", "measure", *(["line"] if len(lined) > 1 else []))
    for i, kind in enumerate(dict.fromkeys(one.kind for one in found)):
        if i:
            show.note("")
        show.table(
            say("Change, {what}", what=Told(kind)),
            (*headings, "before", "after", "change", "SE", show.sure(level), "p"),
            [
                (one.domain or Told("all"), *_figures(one, people, rows, lined=len(lined) > 1))
                for one in found
                if one.kind == kind
            ],
            right=tuple(range(len(headings), len(headings) + 6)),
            caption=say("line: {line}", line=line_name(lined[0])) if len(lined) == 1 else "",
        )


def _figures(one: Change, people: str, rows: str, *, lined: bool) -> tuple[str, ...]:
    """The cells of one change."""
    from exitline.api.runs.telling import counting
    from exitline.cli.shared.figures import figure, plain, spread
    from exitline.words.numbers import points, write

    measure = counting(one.measure, people, rows)
    unit = measure.unit if one.kind in LEVELS else "share"
    signed = {"persons": "money", "households": "money", "index": "number"}.get(unit, unit)
    if unit == "share" and one.kind in LEVELS:
        said = points(one.estimate, one.ci_low, one.ci_high, one.se)
    else:
        said = write(one.estimate, one.ci_low, one.ci_high, one.se, signed, one.reason)
    return (
        Told(measure.label), *([line_name(one.line)] if lined else []),
        figure(one.before, measure.unit), figure(one.after, measure.unit),
        plain(said.text), spread(one.se, signed), plain(said.interval) or "none",
        "-" if math.isnan(one.p) else f"{one.p:.3f}",
    )  # fmt: skip
