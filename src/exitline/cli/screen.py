"""exitline screen: patterns in a registry or an assessment that chance rarely makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers
from exitline.cli.shared.options import with_options
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import paged, save_page
from exitline.cli.shared.speaking import reader
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from exitline.exits.screens import ScreenFinding

_OPTIONS = (
    click.option("--value", metavar="COLUMN", help="Recorded number, such as income."),
    click.option("--line", type=numbers.POSITIVE, help="Poverty line, in the unit of the value."),
    click.option("--bin", type=numbers.POSITIVE,
                 help="Width of a bin around the line (line / 100)."),
    click.option("--before", metavar="COLUMN", help="The number at an earlier time."),
    click.option("--by", "unit", metavar="COLUMN", help="County or office: one test for each."),
    click.option("--interviewer", metavar="COLUMN", help="Who asked."),
    click.option("--area", metavar="COLUMN", help="Area shared by interviewers."),
    click.option("--answer", "answers", multiple=True, metavar="COLUMN",
                 help="A column of answers; name several."),
    click.option("--sampled", metavar="COLUMN", help="One row a county: sampled."),
    click.option("--errors", metavar="COLUMN", help="One row a county: found wrong."),
    click.option("--icc", type=numbers.FiniteNumber(0, 1, max_open=True), default=0.0,
                 show_default=True, help="Correlation of errors within a county under the null."),
    click.option("--digits", type=click.Choice(["even", "others"]), default="even",
                 show_default=True, help="What last digits are checked against."),
    click.option("--place", type=numbers.Whole(-12, 12), default=0, show_default=True,
                 help="Decimal place of the last digit: 1 for tens."),
    click.option("--share", type=numbers.SHARE, default=0.9, show_default=True,
                 help="Share of equal answers from which records agree."),
    click.option("--draws", type=numbers.Whole(19, 1_000_000), default=999, show_default=True,
                 help="Permutations."),
    click.option("--seed", type=numbers.Whole(0), default=1, show_default=True,
                 help="Of permutations."),
)  # fmt: skip


@click.command(
    help="""Screen DATA for patterns that chance rarely makes.

A screen is made where its columns are named: last digits of --value; heaping
just above --line; speed of change from --before to --value, --by unit;
differences between interviewers; records that agree in their --answer columns;
counties without an error (--sampled, --errors). Each has its null distribution
and a p-value, adjusted for the number of tests of that screen
(Benjamini-Hochberg). A small p-value says that a pattern is rare under the
null, not why it is there.

Examples:

\b
  exitline screen registry.parquet --value income --line 4000 --by county
  exitline screen visits.csv --interviewer who --area village \\
      --answer q1 --answer q2 --answer q3 --answer q4
  exitline screen counties.csv --sampled n --errors wrong --icc 0.02
""",
)
@click.argument("data", type=click.Path(path_type=str))
@with_options(_OPTIONS)
@click.option("--top", type=numbers.Whole(1), default=10, show_default=True,
              help="Rows shown of each screen.")  # fmt: skip
@paged
@click.option("--json", "json_", is_flag=True, help="Print every finding as JSON.")
@reads_data
def command(
    data: str, top: int, page: Path | None, json_: bool, reading: dict[str, Any], **columns: Any
) -> None:  # fmt: skip
    """Run the screens and print what they found."""
    from exitline import api
    from exitline.cli.shared import show

    with show.working("screening"):
        found = api.screen(api.open_source(data, **reading), by=columns.pop("unit"), **columns)
    if json_:
        show.as_json([asdict(finding) for finding in found])
    else:
        for screen in dict.fromkeys(finding.screen for finding in found):
            _print([finding for finding in found if finding.screen == screen], top)
    save_page(found, page, quiet=json_)


def _print(findings: Sequence[ScreenFinding], top: int) -> None:
    """One table a screen, its null and its ordinary explanations under it."""
    from exitline.cli.shared import show

    first = findings[0]
    rare = sum(f.q_value <= 0.05 for f in findings)
    rows = [
        (f.unit or say("all"), f"{f.statistic:,.3g}", f"{f.expected:,.3g}", _p(f.p_value),
         _p(f.q_value), f"{f.n:,}", f.detail)
        for f in findings[:top]
    ]  # fmt: skip
    show.table(
        say_plural(
            "{what}: {m} of {n} test rare after adjustment",
            "{what}: {m} of {n} tests rare after adjustment",
            len(findings), m=rare, what=_sentence(first.screen),
        ),
        ("unit", "found", "expected", "p", "adjusted p", "n", ""),
        rows,
        right=(1, 2, 3, 4, 5),
        caption=say("{what}. Null: {hypothesis}.", what=first.measure,
                    hypothesis=first.null),
    )  # fmt: skip
    show.note(first.reading)
    show.note("")


def _p(value: float) -> str:
    """A p-value with as many digits as it carries."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _sentence(text: str) -> str:
    """A text in the reader's language, with a capital letter."""
    said = reader().of(text)
    return said[:1].upper() + said[1:]
