"""Options that say which figures are wanted, for commands without a study."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from exitline.api.names import FIGURES, QUANTILES, SHARES
from exitline.cli.shared import numbers
from exitline.cli.shared.options import with_options

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design

MEASURE = click.option(
    "--measure", "measures", multiple=True, default=("headcount",), show_default=True,
    help="A measure such as headcount, poverty_gap, 'fgt(1.5)'; repeatable.",
)  # fmt: skip
LINE = click.option(
    "--line", "lines", multiple=True,
    help="A number, a column, or a share of the median, the mean or a quantile: '60% of median', "
    "'0.4 of q0.75', '60% of median of each area'; repeatable.",
)  # fmt: skip
WHERE = click.option(
    "--where", help="A condition: figures refer to the rows for which it is true."
)  # fmt: skip
BY = click.option("--by", multiple=True, help="Domain column; 'a,b' crosses two; repeatable.")
LEVEL = click.option(
    "--level", type=numbers.INSIDE, default=0.95, show_default=True,
    help="Confidence of the intervals.",
)  # fmt: skip
INTERVAL = click.option(
    "--interval", default="logit", show_default=True, type=click.Choice(list(SHARES)),
    help="Interval of shares.",
)  # fmt: skip
COUNTED = click.option(
    "--unit", default="persons", show_default=True, type=click.Choice(["persons", "households"]),
    help="What is counted; persons by --size.",
)  # fmt: skip
"""Whether rows weigh as persons or as households."""
_WELFARE = (
    MEASURE,
    click.option("--welfare", help="Column of consumption or income per person."),
    LINE,
    click.option("--boundary", default="<", show_default=True, type=click.Choice(["<", "<="]),
                 help="Who is poor: below the line, or on it, too."),
    WHERE,
    click.option("--unit", default="household", show_default=True,
                 type=click.Choice(["household", "person"]), help="What a row is."),
)  # fmt: skip
_INTERVALS = (
    BY,
    LEVEL,
    INTERVAL,
    click.option("--quantile-interval", default="mean", show_default=True,
                 type=click.Choice(QUANTILES),
                 help="How Woodruff's interval of a quantile limits the share below it."),
    click.option("--figure-interval", default="t", show_default=True,
                 type=click.Choice(list(FIGURES)),
                 help="Intervals of other figures: symmetric, or corrected for skewness."),
    click.option("--missing", "missing_welfare", default="error", show_default=True,
                 type=click.Choice(["error", "exclude"]),
                 help="What to do with missing welfare."),
)  # fmt: skip

asks_measures: Callable[..., Any] = with_options(_WELFARE)
"""Give a command the options of a measure, before those of a design."""
asks_intervals: Callable[..., Any] = with_options(_INTERVALS)
"""Give a command the options of areas and intervals, after those of a design."""


def refuse_sizes(design: Design, unit: str) -> None:
    """Refuse household sizes where a row is a person."""
    if design.size is not None and unit == "person":
        raise click.UsageError("--size is for rows that are households: a person counts once")


def keywords(given: Mapping[str, Any], lines: Sequence[str]) -> dict[str, Any]:
    """What these options are as keywords of `exitline.estimate`.

    Parameters
    ----------
    given : mapping
        Of the options' values.
    lines : sequence of str
        As they were written.
    """
    same = (
        "welfare", "design", "level", "interval", "quantile_interval", "figure_interval", "where",
        "engine",
    )  # fmt: skip
    return {
        **{name: given[name] for name in same},
        "line": [poverty_line(text, given["boundary"]) for text in lines] or None,
        "by": sets_of(given["by"]),
        "missing": given["missing_welfare"],
    }


def sets_of(by: Sequence[str]) -> list[tuple[str, ...]]:
    """Sets of domains as they were written: 'a,b' crosses two columns."""
    return [tuple(text.split(",")) for text in by]


def poverty_line(text: str, boundary: Literal["<", "<="]) -> Any:
    """A line as it was written: a number, a column, or a share of the survey's own welfare."""
    from exitline import PovertyLine, relative_line

    form = re.fullmatch(
        r"\s*([\d.]+)\s*(%?)\s*of\s+(median|mean|q([\d.]+))(\s+of\s+each\s+area)?\s*", text
    )
    if form is None:
        value = numbers.number_or_column(text, "--line")
        label = value if isinstance(value, str) else f"{value:.15g}"
        return PovertyLine(label, value, boundary)
    share = numbers.number_in(form[1], "--line") / (100.0 if form[2] else 1.0)
    of: Any = form[3] if form[4] is None else numbers.number_in(form[4], "--line", numbers.INSIDE)
    return relative_line(share, of, boundary=boundary, within=form[5] is not None)
