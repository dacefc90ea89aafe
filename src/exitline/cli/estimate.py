"""`exitline estimate`: one table, straight from flags."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.asking import asks_intervals, asks_measures, keywords, refuse_sizes
from exitline.cli.shared.designing import declares_design
from exitline.cli.shared.options import ENGINE, LANGUAGE
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves
from exitline.words.catalogue import Language
from exitline.words.numbers import line_name

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.blocks import Estimate


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
@asks_measures
@reads_data
@declares_design
@asks_intervals
@ENGINE
@click.option("--deff", is_flag=True, help="Show design effects.")
@click.option("--cv", is_flag=True, help="Show coefficients of variation.")
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@saves
def command(
    data: str,
    measures: tuple[str, ...],
    lines: tuple[str, ...],
    unit: str,
    level: float,
    deff: bool,
    cv: bool,
    language: str,
    as_json: bool,
    saved: tuple[str, ...],
    design: Design,
    reading: dict[str, Any],
    **given: Any,
) -> None:
    """Estimate and show one table."""
    from exitline.api import estimate
    from exitline.api.runs.opening import open_source

    refuse_sizes(design, unit)
    asked = keywords({**given, "design": design, "level": level}, lines)
    t = Language(language)
    with show.working("estimating", t):
        source = open_source(data, **reading)
        found = estimate(source, list(measures), deff=deff, **asked)
    also = tuple(name for name, wanted in (("cv", cv), ("deff", deff)) if wanted)
    found = replace(found, also=also)
    save_all(found, saved)
    if as_json:
        show.as_json(found.to_pandas(reason=True, deff=deff, cv=cv).to_dict("records"))
        return
    from exitline.api.runs.telling import columns_named
    from exitline.cli.shared.figures import estimate_rows, figure_heads

    people = "persons" if design.size is not None or unit == "person" else "households"
    said = estimate_rows(found, people, unit, t)
    wanted = (("cv", cv or show.wide()), ("deff", deff))
    further = [name for name, asked_for in wanted if asked_for]
    lined = sorted({e.line for e in found if e.line})
    kept = slice(0, None) if len(lined) > 1 else slice(1, None)  # one line stands below the table
    rows = [
        (e.domain or t("all"), row[0], *(row[1:][kept]), *_further(e, further, t))
        for e, row in zip(found, said, strict=True)
    ]
    figures = figure_heads(t, level, unit, "n" if further else "")
    columns = dict.fromkeys(c for e in found for c in e.by.split(", ") if c)
    area = t.listed(columns_named(source, columns)) if columns else t("area")
    headings = (area, t("measure"), *((t("line"),) if len(lined) > 1 else ()), *figures)
    show.table(
        t("Estimates from {file}", file=data.rsplit("/", 1)[-1]),
        (*headings, *({"cv": t("CV"), "deff": t("deff")}[name] for name in further)),
        rows,
        right=tuple(range(len(headings) - len(figures), len(headings) + len(further))),
        caption=t("line: {line}", line=line_name(lined[0], t)) if len(lined) == 1 else "",
        t=t,
    )
    show.notes(found.notes)


def _further(one: Estimate, names: list[str], t: Language) -> list[str | None]:
    """Coefficient of variation and design effect, where there are such."""
    values = {"cv": one.cv, "deff": one.deff}
    shown = {"cv": "{:.1%}", "deff": "{:.2f}"}
    return [
        None
        if math.isnan(values[name])
        else t.figure(shown[name].format(values[name]).replace("%", " %"))
        for name in names
    ]
