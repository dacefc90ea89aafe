"""`exitline release`: check micro data before they are released."""

from __future__ import annotations

import math
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.options import ENGINE, column_names, with_options
from exitline.cli.shared.reading import reads_data
from exitline.words.said import Numeral, say, say_plural

if TYPE_CHECKING:
    from exitline.proof.disclose.release import ReleaseReport, TopCode

_OPTIONS = (
    click.option("--keys", required=True, metavar="COLUMN,...",
                 help="Columns by which somebody could recognise a household."),
    click.option("--sensitive", default="", metavar="COLUMN,...",
                 help="Columns whose value nobody should learn."),
    click.option("--weight", help="Column of weights, for the risk in the population."),
    click.option("--k", type=numbers.Whole(1), default=5, show_default=True,
                 help="Least number of households with the same keys."),
    click.option("--l", "level", type=numbers.Whole(1), default=2, show_default=True,
                 help="Least number of sensitive values among them."),
    click.option("--c", type=numbers.POSITIVE, help="Ask for recursive (c, l)-diversity, too."),
    click.option("--top", multiple=True, metavar="COLUMN=VALUE",
                 help="Top-code a column: at a value, or at a share such as 99.5%; repeatable."),
    click.option("--welfare", help="Column that the headcount is taken of."),
    click.option("--line", type=numbers.POSITIVE, help="Poor are those below it."),
    click.option("--drop", default="", metavar="COLUMN,...", help="Columns that are left out."),
    click.option("--out", type=click.Path(), help="Parquet file, written if every check passes."),
    ENGINE,
    click.option("--json", "as_json", is_flag=True, help="Print the report as JSON."),
)  # fmt: skip


@click.command(
    "release",
    help="""Check micro data before they are released.

DATA has one household per row. Columns that name people are refused. Large
values are top-coded, with what that does to mean and headcount. Households
with the same keys are counted (k-anonymity), and the sensitive values among
them (l-diversity). Ends with status 1, and writes nothing, where k or l is
not met.

Examples:

\b
  exitline release survey.parquet --keys region,urban,size --sensitive poor \\
      --top income=99.5% --weight weight --drop hhid --out release.parquet
  exitline release examples/albania-2012/lival.parquet --keys region,urban \\
      --sensitive prefectu --weight weight --top rcons=99% --welfare rcons \\
      --line 4891
""",
)
@click.argument("data", type=click.Path())
@with_options(_OPTIONS)
@reads_data
def command(
    data: str, out: str | None, engine: str, as_json: bool, reading: dict[str, Any], **given: Any
) -> None:
    """Check, print, and write where all holds."""
    from exitline import api
    from exitline.api.runs.opening import open_source

    for name in ("keys", "sensitive", "drop"):
        given[name] = column_names(given[name])
    given["top"] = tuple(_top(text) for text in given["top"])
    with show.working("checking"):
        report = api.release(open_source(data, **reading), out=out, engine=engine, **given)
    if as_json:
        show.as_json(asdict(report) | {"met": report.met})
    else:
        _print(report)
        if out is not None:
            show.note(
                say("written: {file}", file=out) if report.met else say("nothing was written")
            )
        if out is not None and report.met and report.labelled:
            columns = ", ".join(report.labelled)
            show.note(say("labels written along, in its metadata: {columns}", columns=columns))
    if not report.met:
        sys.exit(1)


def _top(text: str) -> tuple[str, float, bool]:
    """COLUMN=VALUE or COLUMN=SHARE%."""
    column, _, figure = text.rpartition("=")
    share = figure.endswith("%")
    found = numbers.fraction(figure.removesuffix("%"))
    value = math.nan if found is None else found
    if not column or not math.isfinite(value) or (share and not 0 < value < 100):
        raise click.BadParameter(
            f"'{text}': write COLUMN=VALUE, or COLUMN=99.5% for a share below 100 %",
            param_hint="--top",
        )
    return column, value / 100.0 if share else value, share


def _print(report: ReleaseReport) -> None:
    """The checks, then what would help, then top-coding."""
    found = report.anonymity
    rows: list[tuple[Any, ...]] = [
        (say("k-anonymity, k = {n}", n=found.k), _met(found.met),
         say("smallest class {n}", n=found.smallest),
         say("{n} of {m}", n=found.rows_below, m=found.rows)),
    ]  # fmt: skip
    for each in report.diversity:
        values = {"n": each.distinct, "m": Numeral(f"{each.entropy:.2f}")}
        ratio = Numeral(f"{each.ratio:.3g}")
        said = (
            say("at least {n}, effectively {m} values", **values)
            if math.isinf(each.ratio)
            else say("at least {n}, effectively {m} values, (c, l)-diverse from c > {low}",
                     **values, low=ratio)
        )  # fmt: skip
        rows.append(
            (say("l-diversity of {column}, l = {n}", column=each.column, n=each.level),
             _met(each.met), said, say("{n} of {m}", n=each.rows_below, m=found.rows))
        )  # fmt: skip
    show.table(
        "The data meet what is asked for" if report.met else "The data do not meet it",
        ("check", "", "found", "households short"), rows, right=(3,),
        caption=say_plural("Keys: {columns} ({n} combination).",
                           "Keys: {columns} ({n} combinations).",
                           found.classes, columns=", ".join(report.keys)),
    )  # fmt: skip
    show.note(
        say_plural("{n} household is alone in its class, {m} with a weight of 1 or less.",
                   "{n} households are alone in their class, {m} with a weight of 1 or less.",
                   found.unique, m=found.unique_population)
        if found.unique
        else say("No household is alone in its class.")
    )  # fmt: skip
    show.note(
        say("Somebody who knows everyone's keys would re-identify {n} households on average; the "
            "highest risk of one is {share}.", n=Numeral(f"{found.expected:,.1f}"),
            share=Numeral(f"{100 * found.highest_risk:.1f} %"))
    )  # fmt: skip
    show.note("")
    if not found.met and report.without:
        rows = [(key, f"{n:,}") for key, n in sorted(report.without, key=lambda pair: pair[1])]
        show.table("What leaving out a key would do", ("without", "households short"), rows,
                   right=(1,))  # fmt: skip
    _print_top(report)


def _print_top(report: ReleaseReport) -> None:
    """One row for each column that was top-coded."""
    line = any(not math.isnan(t.poor) for t in report.top_codes)
    rows = [
        (t.column, f"{t.cut:,.6g}", f"{t.coded:,}", f"{t.mean:,.6g}", f"{t.mean_after:,.6g}",
         *([_shares(t)] if line else []))
        for t in report.top_codes
    ]  # fmt: skip
    if rows:
        show.table(
            "Top-coding",
            ("column", "cut-off", "changed", "mean", "after")
            + (("poor households, %",) if line else ()),
            rows,
            right=(1, 2, 3, 4, 5),
        )


def _shares(top: TopCode) -> str | None:
    """The share of poor households before and after."""
    if math.isnan(top.poor):
        return None
    return f"{100 * top.poor:.2f} -> {100 * top.poor_after:.2f}"


def _met(met: bool) -> str:
    return say("met") if met else say("not met")
