"""`exitline estimate`: one table, straight from flags."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Literal

import click

from exitline.api.names import QUANTILES, SHARES
from exitline.cli.shared import numbers, show
from exitline.cli.shared.designing import declares_design
from exitline.cli.shared.options import ENGINE
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.infer.intervals import ShareMethod


@click.command(
    "estimate",
    help="""One table of estimates, straight from flags.

DATA is a csv, parquet, dta, sav or xlsx file with one household per row.

Examples:

\b
  exitline estimate examples/imaginary-country/hld_sample_wb_2023.parquet \\
      --measure headcount --measure poverty_gap --welfare pc_exp --line 2500 \\
      --weight hhweight --size hhsize --psu ea --by geo1
""",
)
@click.argument("data", type=click.Path())
@click.option(
    "--measure",
    "measures",
    multiple=True,
    default=("headcount",),
    show_default=True,
    help="A measure such as headcount, poverty_gap, 'fgt(1.5)'; repeatable.",
)
@click.option("--welfare", help="Column of consumption or income per person.")
@click.option(
    "--line",
    "lines",
    multiple=True,
    help="A number, a column, or a share of the median, the mean or a quantile: '60% of median', "
    "'0.4 of q0.75', '60% of median of each area'; repeatable.",
)
@click.option(
    "--boundary",
    default="<",
    show_default=True,
    type=click.Choice(["<", "<="]),
    help="Who is poor: below the line, or on it, too.",
)
@click.option("--where", help="A condition: figures speak of the rows for which it holds.")
@click.option(
    "--unit",
    default="household",
    show_default=True,
    type=click.Choice(["household", "person"]),
    help="What a row is.",
)
@reads_data
@declares_design
@click.option("--by", multiple=True, help="Domain column; 'a,b' crosses two; repeatable.")
@click.option(
    "--level",
    type=numbers.INSIDE,
    default=0.95,
    show_default=True,
    help="Confidence of the intervals.",
)
@click.option(
    "--interval",
    default="logit",
    show_default=True,
    type=click.Choice(list(SHARES)),
    help="Interval of shares.",
)
@click.option(
    "--quantile-interval",
    default="mean",
    show_default=True,
    type=click.Choice(QUANTILES),
    help="How Woodruff's interval of a quantile limits the share below it.",
)
@click.option(
    "--missing",
    "missing_welfare",
    default="error",
    show_default=True,
    type=click.Choice(["error", "exclude"]),
    help="What to do with missing welfare.",
)
@ENGINE
@click.option("--deff", is_flag=True, help="Show design effects.")
@click.option("--cv", is_flag=True, help="Show coefficients of variation.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@saves
def command(
    data: str,
    measures: tuple[str, ...],
    welfare: str | None,
    lines: tuple[str, ...],
    boundary: Literal["<", "<="],
    where: str | None,
    unit: str,
    by: tuple[str, ...],
    level: float,
    interval: ShareMethod,
    quantile_interval: str,
    missing_welfare: Literal["error", "exclude"],
    engine: str,
    deff: bool,
    cv: bool,
    as_json: bool,
    saved: tuple[str, ...],
    design: Design,
    reading: dict[str, Any],
) -> None:
    """Estimate and show one table."""
    from exitline.api import estimate
    from exitline.api.runs.opening import open_source

    if design.size is not None and unit == "person":
        raise click.UsageError("--size is for rows that are households: a person counts once")
    with show.working("estimating"):
        found = estimate(
            open_source(data, **reading),
            list(measures),
            welfare=welfare,
            line=[_line(text, boundary) for text in lines] or None,
            design=design,
            by=[tuple(text.split(",")) for text in by],
            level=level,
            interval=interval,
            quantile_interval=quantile_interval,
            missing=missing_welfare,
            where=where,
            deff=deff,
            engine=engine,
        )
    save_all(found, saved)
    if as_json:
        show.as_json(found.to_pandas(reason=True, deff=deff, cv=cv).to_dict("records"))
        return
    from exitline.cli.shared.figures import estimate_rows

    people = "persons" if design.size is not None or unit == "person" else "households"
    said = estimate_rows(found, people, unit)
    further = [name for name, wanted in (("cv", cv), ("deff", deff)) if wanted]
    lined = sorted({e.line for e in found if e.line})
    kept = slice(0, None) if len(lined) > 1 else slice(1, None)  # one line stands below the table
    rows = [
        (e.domain or "all", row[0], *(row[1:][kept]), *_further(e, further))
        for e, row in zip(found, said, strict=True)
    ]
    figures = ("estimate", "SE", f"{100 * level:g} % interval", "n" if further else f"{unit}s")
    headings = ("area", "measure", *(("line",) if len(lined) > 1 else ()), *figures)
    show.table(
        f"Estimates from {data.rsplit('/', 1)[-1]}",
        (*headings, *({"cv": "CV", "deff": "deff"}[name] for name in further)),
        rows,
        right=tuple(range(len(headings) - len(figures), len(headings) + len(further))),
        caption=f"line: {lined[0]}" if len(lined) == 1 else "",
    )
    for text in found.notes:
        show.note(f"note: {text}")


def _line(text: str, boundary: Literal["<", "<="]) -> Any:
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


def _further(one: Estimate, names: list[str]) -> list[str | None]:
    """Coefficient of variation and design effect, where there are such."""
    values = {"cv": one.cv, "deff": one.deff}
    shown = {"cv": "{:.1%}", "deff": "{:.2f}"}
    return [
        None if math.isnan(values[name]) else shown[name].format(values[name]).replace("%", " %")
        for name in names
    ]
