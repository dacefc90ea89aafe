"""`exitline mpi`: multidimensional poverty by the method of Alkire and Foster."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.asking import BY, INTERVAL, LEVEL, WHERE, sets_of
from exitline.cli.shared.designing import declares_design
from exitline.cli.shared.options import ENGINE, column_names
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves
from exitline.words.said import Told, say

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.estimates import Estimates

UNITS = {
    **dict.fromkeys(("M0", "M1", "M2", "contribution", "dimension_contribution"), "index"),
    "poor_count": "persons", "score_total": "persons",
}  # fmt: skip
"""How figures are written that are no shares."""
RULES = ("excluded", "deprived", "not deprived")


@click.command(
    "mpi",
    help="""Multidimensional poverty by the method of Alkire and Foster, with standard errors.

Indicators are columns of zeros and ones (1: deprived) or conditions, or those of a rule file.

Examples:

\b
  exitline mpi examples/imaginary-country/hld_sample_wb_2023.parquet \\
      --indicator "light=1/3: electricity = 'No'" \\
      --indicator "rooms=1/3: hhsize > 3 * rooms" \\
      --indicator "food=1/3: share_food > 0.6" \\
      --k 2/3 --weight hhweight --size hhsize --psu ea
""",
)
@click.argument("data", type=click.Path())
@click.option("--dimension", "dimensions", multiple=True, metavar="NAME=A,B",
              help="A dimension and its indicators; dimensions have equal weights, and so have "
              "the indicators of each; repeatable.")  # fmt: skip
@click.option("--indicator", multiple=True, metavar="NAME=WEIGHT",
              help="An indicator and its weight, such as school=1/6, or with a condition: "
              "'water=1/18: source > 2'; repeatable.")  # fmt: skip
@click.option("--standard", metavar="NAME",
              help="Indicators and cut-off of a rule file, by name or path.")  # fmt: skip
@click.option("--k", multiple=True, help="Poor from this share of all weights; repeatable.")
@click.option("--measure", "measures", multiple=True,
              help="H, A, M0, M1, M2, censored, uncensored, contribution ...; all that can be had, "
              "unless given; repeatable.")  # fmt: skip
@click.option("--missing-indicator", type=click.Choice(RULES), default="excluded",
              show_default=True,
              help="What a row counts as where an indicator is missing.")  # fmt: skip
@click.option("--band", "bands", multiple=True, metavar="NAME=LOW,HIGH",
              help="A stretch of the score, such as severe=1/2 or vulnerable=1/5,1/3; "
              "repeatable.")  # fmt: skip
@click.option("--destitution", multiple=True, metavar="NAME=WEIGHT",
              help="A second, stricter set of indicators, as --indicator; repeatable.")  # fmt: skip
@click.option("--line", "lines", multiple=True, metavar="NAME=NUMBER",
              help="A line that a standard's conditions name; repeatable.")  # fmt: skip
@WHERE
@reads_data
@declares_design
@BY
@LEVEL
@INTERVAL
@ENGINE
@saves
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def command(
    data: str,
    dimensions: tuple[str, ...],
    indicator: tuple[str, ...],
    standard: str | None,
    k: tuple[str, ...],
    measures: tuple[str, ...],
    missing_indicator: Any,
    bands: tuple[str, ...],
    destitution: tuple[str, ...],
    lines: tuple[str, ...],
    by: tuple[str, ...],
    level: float,
    design: Design,
    reading: dict[str, Any],
    saved: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Estimate and show the figures."""
    from exitline import mpi
    from exitline.api.runs.opening import open_source

    asked = _indicators(dimensions, indicator, standard)
    stretches = dict(_pair(text, "--band", "severe=1/2") for text in bands)
    figures = dict(_pair(text, "--line", "national=4891") for text in lines)
    with show.working("estimating"):
        found = mpi(
            open_source(data, **reading), asked, k=list(k) or None, design=design,
            measures=list(measures) or None, missing=missing_indicator, by=sets_of(by),
            bands={name: _stretch(text) for name, text in stretches.items()} or None,
            destitution=_weights(destitution, "--destitution") or None,
            lines={name: numbers.number_in(x, "--line") for name, x in figures.items()} or None,
            level=level, **given,
        )  # fmt: skip
    save_all(found, saved)
    if as_json:
        show.as_json(found.to_pandas(reason=True).to_dict("records"))
        return
    _show(found, level)
    show.notes(found.notes)


def _indicators(dimensions: Sequence[str], indicators: Sequence[str], standard: str | None) -> Any:
    """The indicators of one of the three ways to name them."""
    if [bool(dimensions), bool(indicators), standard is not None].count(True) != 1:
        raise click.UsageError(
            "Name the indicators in one way: --dimension, --indicator or --standard."
        )
    if standard is not None:
        return standard
    if indicators:
        return _weights(indicators, "--indicator")
    pairs = [_pair(text, "--dimension", "health=nutrition,deaths") for text in dimensions]
    return {name: list(column_names(columns)) for name, columns in pairs}


def _weights(texts: Sequence[str], option: str) -> dict[str, Any]:
    """Indicators with weights, some with a condition."""
    found: dict[str, Any] = {}
    for text in texts:
        name, rest = _pair(text, option, "school=1/6")
        weight, colon, condition = rest.partition(":")
        if colon and not condition.strip():
            raise click.BadParameter(f"no condition after ':' in '{text}'", param_hint=option)
        if name in found:
            raise click.BadParameter(f"'{name}' is given twice", param_hint=option)
        numbers.number_in(weight.strip(), option)
        found[name] = {"weight": weight.strip(), "deprived": condition.strip() or name}
    return found


def _pair(text: str, option: str, example: str) -> tuple[str, str]:
    """A name and what stands after its sign of equality."""
    name, sign, rest = text.partition("=")
    if not sign or not name.strip() or not rest.strip():
        raise click.BadParameter(f"'{text}' is no NAME=..., such as {example}", param_hint=option)
    return name.strip(), rest.strip()


def _stretch(text: str) -> tuple[str, str | None]:
    """Where a band begins and ends; it may have no end."""
    low, _, high = text.partition(",")
    for end in (low, high):
        if end.strip():
            numbers.number_in(end.strip(), "--band", numbers.SHARE)
    return low.strip() or "0", high.strip() or None


def _show(found: Estimates, level: float) -> None:
    """One row for each figure."""
    from exitline.cli.shared.figures import figure, interval, spread

    each = list(found)
    further = [
        name
        for name in ("dimension", "indicator", "k")
        if len({_of(one.more.get(name)) for one in each}) > 1
    ]
    rows = []
    for one in each:
        unit = UNITS.get(one.measure, "share")
        rows.append((
            one.domain or say("all"), Told(one.measure),
            *(_of(one.more.get(name)) for name in further),
            figure(one.estimate, unit, one.se, one.reason), spread(one.se, unit),
            interval(one.ci_low, one.ci_high, unit, one.se, one.estimate), f"{one.n:,}",
        ))  # fmt: skip
    lined = sorted({one.line for one in each if one.line})
    headings = (say("area"), say("measure"), *(Told(name) for name in further))
    show.table(
        "Multidimensional poverty",
        (*headings, "estimate", "SE", show.sure(level), "rows"),
        rows,
        right=tuple(range(len(headings), len(headings) + 4)),
        caption=say("poor: k = {what}", what=", ".join(lined)) if lined else "",
    )


def _of(value: str | float | None) -> str:
    """What tells figures apart, as text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.4g}" if isinstance(value, float) else value
