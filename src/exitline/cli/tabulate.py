"""`exitline tabulate`: shares of one column of categories, or of two crossed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.asking import COUNTED, INTERVAL, LEVEL, WHERE
from exitline.cli.shared.designing import declares_design
from exitline.cli.shared.options import ENGINE
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves
from exitline.words.said import Numeral, Told, say

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.cross_tables.association import AssociationTest

SHARES_OF = ("cell", "row", "column", "count")
STATISTICS = ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint")


@click.command(
    "tabulate",
    help="""Shares of each value of a column, or of two columns crossed, with standard errors.

A table of two columns ends in the test that they are independent.

Examples:

\b
  exitline tabulate examples/imaginary-country/hld_sample_wb_2023.parquet \\
      urbrur water --weight hhweight --size hhsize --psu ea
""",
)
@click.argument("data", type=click.Path())
@click.argument("row")
@click.argument("column", required=False)
@click.option("--share", type=click.Choice(SHARES_OF),
              help="Of what: of all (cell), of each row, of each column; or weighted numbers "
              "(count). Of each row in a table of two columns, unless given.")  # fmt: skip
@click.option("--test", "statistic", default="F", show_default=True,
              type=click.Choice(STATISTICS), help="Of independence, as R names them.")  # fmt: skip
@WHERE
@COUNTED
@reads_data
@declares_design
@LEVEL
@INTERVAL
@ENGINE
@saves
@click.option("--json", "as_json", is_flag=True, help="Print all shares and the test as JSON.")
def command(
    data: str,
    row: str,
    column: str | None,
    share: str | None,
    statistic: Any,
    level: float,
    design: Design,
    reading: dict[str, Any],
    saved: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Tabulate and show."""
    from exitline import tabulate
    from exitline.api.runs.opening import open_source
    from exitline.errors import MeasureError

    with show.working("counting"):
        found = tabulate(
            open_source(data, **reading), row, column, design=design, level=level, **given
        )
    save_all(found, saved)
    tested: AssociationTest | None = None
    untested = ""
    if column is not None:
        try:
            tested = found.test(statistic)
        except MeasureError as reason:
            untested = reason.what
    if as_json:
        records = found.to_pandas(share).to_dict("records")
        test = None if tested is None else vars(tested)
        show.as_json({"table": records, "test": test, "notes": list(found.notes)})
        return
    kind = share or ("row" if column is not None else "cell")
    _show(found.to_pandas(kind), kind, (row, column or ""), level, given["unit"])
    show.notes(found.notes)
    if tested is not None:
        show.note(_said(tested))
    elif untested:
        show.note(say("no test: {reason}", reason=Told(untested)))


def _show(table: Any, kind: str, names: tuple[str, str], level: float, unit: str) -> None:
    """One kind of share, a row for each figure."""
    from exitline.cli.shared.figures import figure, interval, spread

    of = unit if kind == "count" else "share"
    headings = [name for name in names if name]
    rows = [
        (
            *(one[k] or say("all") for k in ("row", "column")[: len(headings)]),
            figure(one["estimate"], of, one["se"], one["reason"]),
            spread(one["se"], of),
            interval(one["ci_low"], one["ci_high"], of, one["se"], one["estimate"]),
            f"{one['n']:,}",
        )
        for one in table.to_dict("records")
    ]
    counted = {"unit": Told(unit)}
    titles = {
        "count": say("Numbers of {unit}", **counted),
        "cell": say("Shares of all, {unit}", **counted),
        "row": say("Shares of each {column}, {unit}", column=names[0], **counted),
        "column": say("Shares of each {column}, {unit}", column=names[1], **counted),
    }
    show.table(
        titles[kind],
        (*headings, "estimate", "SE", show.sure(level), "n"),
        rows,
        right=tuple(range(len(headings), len(headings) + 4)),
    )


def _said(test: AssociationTest) -> str:
    """A test in a sentence."""
    degrees = ", ".join(f"{x:.4g}" for x in (test.df, test.ddf) if not math.isnan(x))
    parts = {
        "what": test.statistic, "figure": Numeral(f"{test.value:.4g}"),
        "low": Numeral(f"{test.p:.4g}"),
    }  # fmt: skip
    if not degrees:
        return say("independence, {what}: {figure}, p = {low}", **parts)
    return say(
        "independence, {what}: {figure} ({degrees} degrees of freedom), p = {low}",
        **parts, degrees=degrees,
    )  # fmt: skip
