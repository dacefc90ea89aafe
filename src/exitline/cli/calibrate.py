"""`exitline calibrate`: weights that add up to known totals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.designing import SECOND_PHASE, second_phase
from exitline.cli.shared.options import ENGINE, with_options
from exitline.cli.shared.reading import reads_data
from exitline.words.said import Numeral, say, say_plural

if TYPE_CHECKING:
    from exitline.api.weights.calibrated import Calibrated


@click.command(
    "calibrate",
    help="""Weights that add up to known totals.

DATA is a csv, parquet, dta, sav or xlsx file, TOTALS a table with the columns margin, level
and total, read with the same options. The rows go to --out with the new column; weights that
no totals allow are refused with the margin that fails. A second phase has no TOTALS: they are
those of its first, of the columns that --levels and --numeric name.

Examples:

\b
  exitline calibrate examples/imaginary-country/hld_sample_wb_2023.parquet \\
      examples/imaginary-country/totals.csv --weight hhweight \\
      --out build/calibrated.parquet
""",
)
@click.argument("data", type=click.Path())
@click.argument("totals", type=click.Path(), required=False)
@click.option("--weight", help="Column of the weights; without it each row counts once.")
@click.option("--size", help="Column of household sizes, for --count persons.")
@click.option("--method", type=click.Choice(["raking", "poststratify", "linear", "logit"]),
              default="raking", show_default=True, help="How weights may change.")  # fmt: skip
@click.option("--bounds", type=(numbers.AMOUNT, numbers.AMOUNT), metavar="LOW HIGH",
              help="Least and largest factor.")  # fmt: skip
@click.option("--bounds-of", type=click.Choice(["factors", "weights"]), default="factors",
              show_default=True, help="What the bounds limit.")  # fmt: skip
@click.option("--count", type=click.Choice(["households", "persons"]), default="households",
              show_default=True, help="What totals of levels count.")  # fmt: skip
@click.option("--variance", help="Column that residual variances are proportional to.")
@click.option("--within", multiple=True,
              help="Column of groups whose rows share a factor; repeat to cross.")  # fmt: skip
@with_options(SECOND_PHASE)
@click.option("--levels", multiple=True, metavar="COLUMN[,COLUMN]",
              help="Column of categories whose totals the first phase has; columns with commas "
              "are crossed; repeatable.")  # fmt: skip
@click.option("--numeric", multiple=True, metavar="COLUMN",
              help="Column of numbers whose total the first phase has, or (all); "
              "repeatable.")  # fmt: skip
@click.option("--name", default="calibrated_weight", show_default=True, help="The new column.")
@click.option("--iterations", type=numbers.Whole(1), default=100, show_default=True,
              help="Steps at most.")  # fmt: skip
@click.option("--out", type=click.Path(), help="Rows with the new column: .parquet or .csv.")
@click.option("--totals-out", type=click.Path(), metavar="FILE",
              help="The totals as a CSV file, as --calibrated-to takes it.")  # fmt: skip
@ENGINE
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@reads_data
def command(
    data: str,
    totals: str | None,
    weight: str | None,
    size: str | None,
    out: str | None,
    totals_out: str | None,
    as_json: bool,
    reading: dict[str, Any],
    **given: Any,
) -> None:
    """Calibrate, write the rows, show each total."""
    from exitline import Design
    from exitline.api.runs.opening import open_together
    from exitline.api.weights.calibrating import calibrate
    from exitline.api.weights.first_phase import named_in_texts

    refuse_same(out, data)
    given["within"] = given["within"] or None
    again = second_phase(given)
    margins = named_in_texts(given.pop("levels"), given.pop("numeric"))
    if (again is None) != (not margins) or (totals is None) != bool(margins):
        raise click.UsageError(
            "Give TOTALS; or, of a second phase, --second-phase with --levels and --numeric."
        )
    design = Design(weight=weight, size=size, second_phase=again)
    with show.working("calibrating"):
        rows_of, *known = open_together([data, *([totals] if totals else [])], **reading)
        found = calibrate(rows_of, design, known[0] if known else margins, **given)
        rows = written(found, out)
        if totals_out is not None:
            found.write_totals(totals_out)
    if as_json:
        show.as_json(_record(found, rows))
    else:
        _show(found, out, rows)


def refuse_same(out: str | None, data: str) -> None:
    """Refuse to write over the data.

    Parameters
    ----------
    out : str or None
    data : str
    """
    if out is not None and Path(out).resolve() == Path(data).resolve():
        raise click.UsageError("--out names the data themselves: name another file.")


def written(found: Any, out: str | None) -> int | None:
    """Write rows with new weights, where a file is named, and count them.

    Parameters
    ----------
    found : Reweighted
    out : str or None
    """
    if out is None:
        return None
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    rows: int = found.write(out)
    return rows


def _record(found: Calibrated, rows: int | None) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "method": found.method, "iterations": found.iterations, "factors": list(found.factors),
        "totals": [vars(total) for total in found.totals], "rows": rows,
        "notes": list(found.notes),
    }  # fmt: skip


def _show(found: Calibrated, out: str | None, rows: int | None) -> None:
    """Each total before and after."""
    low, high = found.factors
    show.table(
        say("Weights were multiplied by {low} to {high}", low=Numeral(f"{low:.4g}"),
            high=Numeral(f"{high:.4g}")),
        ("margin", "level", "total", "before", "reached"),
        [(t.margin, t.level or None, f"{t.wanted:,.10g}", f"{t.before:,.10g}",
          f"{t.reached:,.10g}") for t in found.totals],
        right=(2, 3, 4),
        caption=say_plural("{what}, {n} step", "{what}, {n} steps", found.iterations,
                           what=found.method),
    )  # fmt: skip
    show.notes(found.notes)
    told(out, rows)


def told(out: str | None, rows: int | None) -> None:
    """Where rows were written, or that they were not.

    Parameters
    ----------
    out : str or None
    rows : int or None
    """
    if rows is None:
        show.note("nothing was written: add --out FILE.parquet, or .csv")
    else:
        show.note(say_plural("{n} row in {file}", "{n} rows in {file}", rows, file=out))
