"""`exitline estimate`: one table, straight from flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from exitline.cli import numbers, show
from exitline.cli.reading import reads_data

if TYPE_CHECKING:
    from exitline.data.design import LonelyPsu
    from exitline.infer.intervals import ShareMethod


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
@click.option("--line", "lines", multiple=True, help="A number or a column; repeatable.")
@click.option("--weight", help="Column of household weights.")
@click.option("--size", help="Column of household sizes.")
@click.option(
    "--unit",
    default="household",
    show_default=True,
    type=click.Choice(["household", "person"]),
    help="What a row is.",
)
@click.option("--strata", multiple=True, help="Column of strata; repeat to cross several.")
@click.option("--psu", multiple=True, help="Column of sampling units; repeat stage by stage.")
@click.option("--nest", is_flag=True, help="PSU ids start anew in each stratum.")
@click.option(
    "--fpc", multiple=True,
    help="Column with the number of PSUs in the stratum's population; repeat stage by stage.",
)  # fmt: skip
@click.option(
    "--lonely",
    default="fail",
    show_default=True,
    type=click.Choice(["fail", "remove", "certainty", "adjust", "average"]),
    help="What a stratum with a single PSU contributes.",
)
@click.option("--census", is_flag=True, help="The data are a full count: no sampling error.")
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
    type=click.Choice(["logit", "beta"]),
    help="Interval of shares.",
)
@click.option(
    "--missing",
    "missing_welfare",
    default="error",
    show_default=True,
    type=click.Choice(["error", "exclude"]),
    help="What to do with missing welfare.",
)
@click.option(
    "--engine",
    default="duckdb",
    show_default=True,
    type=click.Choice(["duckdb", "spark"]),
    help="What runs the query.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@reads_data
def command(
    data: str,
    measures: tuple[str, ...],
    welfare: str | None,
    lines: tuple[str, ...],
    weight: str | None,
    size: str | None,
    unit: str,
    strata: tuple[str, ...],
    psu: tuple[str, ...],
    nest: bool,
    fpc: tuple[str, ...],
    lonely: LonelyPsu,
    census: bool,
    by: tuple[str, ...],
    level: float,
    interval: ShareMethod,
    missing_welfare: Literal["error", "exclude"],
    engine: str,
    as_json: bool,
    reading: dict[str, Any],
) -> None:
    """Estimate and show one table."""
    from exitline.api import estimate
    from exitline.data.design import Design
    from exitline.data.source import open_source

    if size is not None and unit == "person":
        raise click.UsageError("--size is for rows that are households: a person counts once")
    design = Design(
        weight=weight,
        size=size,
        strata=strata or None,
        psu=psu or None,
        nest=nest,
        fpc=fpc or None,
        lonely=lonely,
        census=census,
    )
    with show.working("estimating"):
        found = estimate(
            open_source(data, **reading),
            list(measures),
            welfare=welfare,
            line=[numbers.number_or_column(text, "--line") for text in lines] or None,
            design=design,
            by=[tuple(text.split(",")) for text in by],
            level=level,
            interval=interval,
            missing=missing_welfare,
            engine=engine,
        )
    if as_json:
        show.as_json(found.to_pandas(reason=True).to_dict("records"))
        return
    from exitline.cli.figures import estimate_rows

    people = "persons" if size is not None or unit == "person" else "households"
    said = estimate_rows(found, people, unit)
    rows = [(e.domain or "all", *row) for e, row in zip(found, said, strict=True)]
    show.table(
        f"Estimates from {data.rsplit('/', 1)[-1]}",
        ("area", "measure", "line", "estimate", f"{100 * level:g} % interval", f"{unit}s"),
        rows,
        right=(3, 4, 5),
    )
    for text in found.notes:
        show.note(f"note: {text}")
