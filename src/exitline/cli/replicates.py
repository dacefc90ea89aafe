"""`exitline replicates`: replicate weights from strata and PSUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exitline.cli.calibrate import refuse_same, told, written
from exitline.cli.shared import numbers, show
from exitline.cli.shared.designing import STAGES, WEIGHT
from exitline.cli.shared.options import ENGINE, with_options
from exitline.cli.shared.reading import reads_data
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from exitline.api.weights.replicating import Replicated

KINDS = ("JK1", "JKn", "BRR", "Fay", "SDR", "bootstrap", "subbootstrap", "rescaled",
         "mrbbootstrap")  # fmt: skip


@click.command(
    "replicates",
    help="""Replicate weights from strata and PSUs.

DATA is a csv, parquet, dta, sav or xlsx file. The rows go to --out with the columns rw1, rw2
and so on, which `exitline estimate --replicates 'rw*'` takes.

Examples:

\b
  exitline replicates examples/imaginary-country/hld_sample_wb_2023.parquet \\
      --weight hhweight --psu ea --kind subbootstrap --replicates 50 --seed 7 \\
      --out build/replicates.parquet
""",
)
@click.argument("data", type=click.Path())
@with_options((WEIGHT, *STAGES))
@click.option("--kind", default="JKn", show_default=True, type=click.Choice(KINDS),
              help="How replicates are made.")  # fmt: skip
@click.option("--replicates", "count", type=numbers.Whole(2), metavar="N",
              help="Number for a bootstrap (500), or least number for SDR.")  # fmt: skip
@click.option("--seed", type=numbers.Whole(0), help="Of a bootstrap: same seed, same weights.")
@click.option("--rho", type=numbers.INSIDE, help="Fay's factor.")
@click.option("--order", help="Column with the order of selection of PSUs, for SDR.")
@click.option("--mse", is_flag=True,
              help="Replicates vary around the full-sample figure, not their mean.")  # fmt: skip
@click.option("--prefix", default="rw", show_default=True, help="Start of the new columns' names.")
@click.option("--out", type=click.Path(), help="Rows with the new columns: .parquet or .csv.")
@ENGINE
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@reads_data
def command(
    data: str,
    weight: str | None,
    strata: tuple[str, ...],
    psu: tuple[str, ...],
    nest: bool,
    fpc: tuple[str, ...],
    lonely: Any,
    count: int | None,
    out: str | None,
    as_json: bool,
    reading: dict[str, Any],
    **given: Any,
) -> None:
    """Make replicates, write the rows, say how variances follow."""
    from exitline import Design
    from exitline.api.runs.opening import open_source
    from exitline.api.weights.replicating import replicate_weights

    refuse_same(out, data)
    design = Design(
        weight=weight, strata=strata or None, psu=psu or None, nest=nest, fpc=fpc or None,
        lonely=lonely,
    )  # fmt: skip
    with show.working("making replicates"):
        source = open_source(data, **reading)
        found = replicate_weights(source, design, replicates=count, **given)
        rows = written(found, out)
    if as_json:
        show.as_json(_record(found, rows))
        return
    many = len(found.replicates)
    show.note(
        say(
            "{replicates} of {clusters}, {what}",
            what=found.kind,
            replicates=say_plural("{n} replicate", "{n} replicates", many),
            clusters=say_plural("{n} PSU", "{n} PSUs", found.groups.num_rows),
        )
    )
    show.note(_how(found))
    show.notes(found.notes)
    told(out, rows)


def _record(found: Replicated, rows: int | None) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "kind": found.declared, "replicates": len(found.replicates), "scale": found.scale,
        "rscales": list(found.rscales), "mse": found.mse, "rho": found.rho, "rows": rows,
        "notes": list(found.notes),
    }  # fmt: skip


def _how(found: Replicated) -> str:
    """The options with which `exitline estimate` takes the replicates."""
    prefix = found.replicates[0].removesuffix("1")
    alike = len(set(found.rscales)) == 1 and found.kind != "JKn"
    scale = found.scale * (found.rscales[0] if alike else 1.0)
    said = [f"--replicates '{prefix}*'", f"--kind {found.declared}", f"--scale {scale:.17g}"]
    if found.rho is not None:
        said.append(f"--rho {found.rho:g}")
    if found.mse:
        said.append("--mse")
    if not alike:
        said.append("--rscales " + ",".join(f"{one:.17g}" for one in found.rscales))
    return "exitline estimate: " + " ".join(said)
