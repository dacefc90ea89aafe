"""`exitline explore`: one offline page for a whole run, or for a record of decisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli import show
from exitline.cli.options import MIN_COUNT

if TYPE_CHECKING:
    from exitline.publish.explorer.model import Explorer


@click.command(
    "explore",
    help="""One offline page to explore a run, or a record of decisions.

SOURCE is the folder of a run, several of them (one for each year), or an explorer
file that says how areas are called and placed. The page opens from disk in any
browser: areas as tiles or dots, years, estimates with intervals, decisions with
reasons, comparison, search, tables to download; in English and Chinese.

Every figure is held against its claim; figures that would give a small count away
are suppressed.

Examples:

\b
  exitline explore examples/china-832/explorer.yaml --out list.html
  exitline explore out --study study.yaml      # computes every figure again
  exitline explore out-2008 out-2012           # with a slider of years
""",
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path())
@click.option("--out", type=click.Path(dir_okay=False),
              help="The page (default: explorer.html beside SOURCE).")  # fmt: skip
@click.option("--study", type=click.Path(),
              help="The study of the run: compute every figure again and compare.")  # fmt: skip
@MIN_COUNT
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def command(
    sources: tuple[str, ...], out: str | None, study: str | None, min_count: float | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Build the page and say where it is."""
    from exitline.api.exploring import build
    from exitline.files import check_folder, whole_file
    from exitline.publish.explorer.page import render

    target = Path(out) if out is not None else _beside(Path(sources[0]))
    check_folder(target)
    with show.steps() as say:
        shown = build(list(sources), study=study, min_count=min_count, say=say)
        say("writing the page")
        html = render(shown.payload())
        with whole_file(target) as partial:
            partial.write_text(html, encoding="utf-8")
    made = _made(shown, target, len(html.encode()))
    if as_json:
        show.as_json(made)
        return
    _show(made)


def _beside(source: Path) -> Path:
    """Beside the explorer file, or beside the run's folder, never in it."""
    return source.parent / "explorer.html"


def _made(shown: Explorer, target: Path, size: int) -> dict[str, Any]:
    """What the page holds, in numbers."""
    return {
        "page": str(target),
        "bytes": size,
        "years": list(shown.years),
        "areas": len(shown.areas) - 1,
        "figures": sum(len(f.cells) for f in shown.figures),
        "decisions": sum(len(row) for d in shown.decisions for row in d.judged),
        "suppressed": shown.suppressed,
    }


def _show(made: dict[str, Any]) -> None:
    """The same for people."""
    years = made["years"]
    span = years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}"
    show.table(
        "What the page holds",
        ("years", "areas", "figures", "decisions", "suppressed"),
        [(span or "-", *(f"{made[n]:,}" for n in ("areas", "figures", "decisions", "suppressed")))],
        right=(1, 2, 3, 4),
    )
    show.note(f"page: {made['page']} ({made['bytes'] / 1e6:.2f} MB)")
