"""`exitline explore`: one offline page for a whole run, or for a record of decisions."""

from __future__ import annotations

from typing import Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.figures import heard
from exitline.cli.shared.options import LANGUAGES, MIN_COUNT
from exitline.words.catalogue import ENGLISH, Language


@click.command(
    "explore",
    help="""One offline page to explore a run, or a record of decisions.

SOURCE is the folder of a run, several of them (one for each year), or an explorer
file that says how areas are called and placed. The page opens from disk in any
browser: areas as tiles or dots, years, estimates with intervals, decisions with
reasons, comparison, search, tables to download; in the languages asked for
(English and Chinese).

Every figure is checked against its claim; figures that would give a small count away
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
@LANGUAGES
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def command(
    sources: tuple[str, ...], out: str | None, study: str | None, min_count: float | None,
    language: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Build the page and say where it is."""
    from exitline import api

    t = Language(language[0]) if language else ENGLISH
    with show.steps(t) as say:
        found = api.explore(sources, out=out, study=study, min_count=min_count,
                            language=language, say=say)  # fmt: skip
    made = found.counts()
    if as_json:
        show.as_json(made)
        return
    _show(made, t)


def _show(made: dict[str, Any], t: Language) -> None:
    """The same for people."""
    years = made["years"]
    span = years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}"
    counted = ("areas", "figures", "decisions", "suppressed")
    show.table(
        t("What the page contains"),
        (t("years"), t("areas"), t("figures"), t("decisions"), t("suppressed")),
        [(span or "-", *(heard(t.number(made[n])) for n in counted))],
        right=(1, 2, 3, 4),
    )
    size = t.number(made["bytes"] / 1e6, 2)
    show.note(t("page: {file} ({size} MB)", file=made["page"], size=size))
