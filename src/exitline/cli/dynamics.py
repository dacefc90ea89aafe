"""`exitline dynamics`: movements in and out of poverty over the waves of a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.api.names import SHARES
from exitline.cli.panel import arguments_of, panel_options
from exitline.cli.shared import numbers, show
from exitline.cli.shared.saving import paged, save_page
from exitline.cli.shared.speaking import reader
from exitline.words.said import Told, say, say_plural

if TYPE_CHECKING:
    from exitline.stats.panel.report import DynamicsSection

PARTS = (
    "rates", "histories", "attrition", "survival", "chronic", "duration", "mobility", "lasting",
    "bounds", "reliability", "persistent",
)  # fmt: skip


@click.command(
    "dynamics",
    help="""Movements in and out of poverty over the waves of a panel.

DATA is one file a wave in the order of time, or one long or wide file.

Examples:

\b
  exitline dynamics examples/pakistan-graduation/graduation.parquet \\
      --household id_hh --welfare ctotal_pcmonth_{wave} --waves bsl,end,fup \\
      --line 730/12 --by treatment --compare treatment=1,0
""",
)
@panel_options
@click.option(
    "--part", "parts", multiple=True, default=("rates", "histories"), show_default=True,
    type=click.Choice(PARTS), help="What to report; repeatable.",
)  # fmt: skip
@click.option("--by", multiple=True, help="Column to break down by; repeatable.")
@click.option("--compare", multiple=True, help="Difference of two values: treatment=1,0.")
@click.option("--predictor", "predictors", multiple=True,
              help="Column of the model of who is lost (part attrition); repeatable.")  # fmt: skip
@click.option("--times", help="Times of the waves for survival: 0,2,3.")
@click.option(
    "--k",
    type=numbers.Whole(1, 1000),
    default=2,
    show_default=True,
    help="Waves in a row of a lasting exit.",
)
@click.option(
    "--buffer",
    type=numbers.AMOUNT,
    default=0.25,
    show_default=True,
    help="Its share above the line.",
)
@click.option(
    "--groups",
    type=numbers.Whole(2, 1000),
    default=5,
    show_default=True,
    help="Quantile groups of mobility.",
)
@click.option(
    "--cutoff",
    type=numbers.SHARE,
    default=0.5,
    show_default=True,
    help="Share of waves of the chronic.",
)
@click.option(
    "--alpha",
    type=numbers.FiniteNumber(0, 100),
    default=2.0,
    show_default=True,
    help="FGT parameter of part chronic.",
)
@click.option(
    "--wrong",
    type=numbers.FiniteNumber(0, 0.5, max_open=True),
    default=0.05,
    show_default=True,
    help="Largest share of wrong states.",
)
@click.option("--reliability", default="1,0.9,0.8", show_default=True,
              help="Reliabilities of welfare to try.")  # fmt: skip
@click.option("--share", type=numbers.FiniteNumber(0, 10), default=0.6, show_default=True,
              help="Threshold of persistent risk, share of the median (0: lines).")  # fmt: skip
@click.option("--before", type=numbers.Whole(1, 1000), default=3, show_default=True,
              help="Waves before the last that persistent risk looks at.")  # fmt: skip
@click.option("--least", type=numbers.Whole(1, 1000), default=2, show_default=True,
              help="In how many of these a household must be poor.")  # fmt: skip
@click.option("--interval", default="logit", show_default=True, help="Interval of shares.",
              type=click.Choice(list(SHARES)))  # fmt: skip
@paged
@click.option("--full", is_flag=True, help="Print every row, also complements.")
def command(
    parts: tuple[str, ...], by: tuple[str, ...], compare: tuple[str, ...],
    predictors: tuple[str, ...], times: str | None, k: int, buffer: float, groups: int,
    cutoff: float, alpha: float, wrong: float, reliability: str, page: Path | None, full: bool,
    interval: str, share: float, before: int, least: int, **given: Any,
) -> None:  # fmt: skip
    """Report the parts asked for."""
    from exitline import api

    asked: dict[str, Any] = {
        "times": numbers.numbers_in(times or "", "--times"),
        "reliability": numbers.numbers_in(reliability, "--reliability", numbers.SHARE),
        "compare": _compared(compare, by),
    }
    with show.working("following households"):
        sections = api.dynamics(
            **arguments_of(given), **asked, parts=parts, by=by, predictors=predictors, k=k,
            buffer=buffer, groups=groups, cutoff=cutoff, alpha=alpha, wrong=wrong,
            interval=interval, share=share, before=before, least=least,
        )  # fmt: skip
    if given["as_json"]:
        show.as_json({s.name: {"title": s.title, "rows": s.records, "notes": s.notes}
                      for s in sections})  # fmt: skip
        save_page(sections, page, quiet=True)
        return
    for section in sections:
        _print(section, full)
    save_page(sections, page)


def _print(section: DynamicsSection, full: bool) -> None:
    """One part as a table with its notes."""
    from exitline.api.deciding.telling import column_said, plain_cell, secondary
    from exitline.cli.shared.figures import heard

    rows = section.records
    if rows and "estimate" in rows[0]:
        shown = [r for r in rows if full or not secondary(r)]
        show.table(
            section.title,
            (_area_heading(shown), "what", "waves", "estimate", "interval", "n"),
            [_estimate_row(r) for r in shown], right=(3, 4, 5),
        )  # fmt: skip
        if len(shown) < len(rows):
            show.note(
                say_plural(
                    "{n} further row with --full or --json.",
                    "{n} further rows with --full or --json.",
                    len(rows) - len(shown),
                )
            )
    elif rows:
        columns = list(rows[0])
        right = [i for i, c in enumerate(columns) if not isinstance(rows[0][c], str)]
        cells = [[heard(plain_cell(c, r[c], reader())) for c in columns] for r in rows]
        headings = [Told(column_said(c)) for c in columns]
        show.table(section.title, headings, cells, right=right)
    show.notes(section.notes)


def _area_heading(rows: Sequence[Mapping[str, Any]]) -> str:
    """The domain columns of a table."""
    return ", ".join(dict.fromkeys(r["by"] for r in rows if r["by"])) or say("area")


def _estimate_row(record: Mapping[str, Any]) -> tuple[str, ...]:
    """One estimate, as on its page, in the signs of a terminal."""
    from exitline.api.deciding.telling import moved_row
    from exitline.cli.shared.figures import heard

    t = reader()
    row = moved_row(record, t)
    interval = heard(row.said.interval or t("none"))
    return (row.domain, row.what, heard(row.waves), heard(row.said.text), interval,
            heard(t.number(row.n)))  # fmt: skip


def _compared(texts: tuple[str, ...], by: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Pairs of values by column."""
    found = {}
    for text in texts:
        column, _, values = text.partition("=")
        pair = tuple(v.strip() for v in values.split(","))
        if len(pair) != 2 or column not in by:
            raise click.BadParameter(
                f"'{text}' is not a column of --by with two values, such as treatment=1,0",
                param_hint="--compare",
            )
        found[column] = (pair[0], pair[1])
    return found
