"""`exitline run`: the main job."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.options import ENGINE, MIN_COUNT
from exitline.cli.shared.saving import save_all, saves
from exitline.words.numbers import SUPPRESSED

if TYPE_CHECKING:
    from exitline.api.runs.finished import Run
    from exitline.stats.infer.blocks import Estimate

LEVELS = (("village", "Villages"), ("county", "Counties"))


@click.command(
    "run",
    help="""Estimates, decisions and report of a study.

STUDY is a study file (see `exitline init`). The results go to a folder of their
own, which appears only when everything is done.

Examples:

\b
  exitline run examples/albania-2012/study.yaml
  exitline run study.yaml --out results --engine spark
  exitline run study.yaml --min-count 5
  exitline run study.yaml --register sqlite:///register/register.db
""",
)
@click.argument("study", type=click.Path())
@click.option(
    "--out", type=click.Path(), help="Folder for the results (default: out/ beside STUDY)."
)
@ENGINE
@MIN_COUNT
@saves
@click.option(
    "--register", help="Address of a register: its households become the file that STUDY names."
)
@click.option(
    "--as-of", type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Day on which the register is looked at (today).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    study: str,
    out: str | None,
    engine: str,
    min_count: float | None,
    saved: tuple[str, ...],
    register: str | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Run a study and show the answer."""
    from exitline.api import run

    if as_of is not None and register is None:
        raise click.UsageError("--as-of is for a register: give --register, too")
    with show.steps() as say:
        found = run(
            study, out, engine=engine, min_count=min_count, register=register,
            as_of=None if as_of is None else as_of.date(), say=say,
        ).published  # fmt: skip
    save_all(found, saved)
    if as_json:
        show.as_json(_plain(found))
        return
    _show(found)


def _plain(found: Run) -> dict[str, Any]:
    """A run as JSON: headline figures, decisions by outcome, findings, folder."""
    return {
        "study": found.study.title,
        "standard": found.standard.name if found.standard else None,
        "estimates": [
            {**row, "n": None} if row["reason"].startswith(SUPPRESSED) else row
            for row in found.estimates.to_pandas(reason=True).to_dict("records")
        ],
        "min_count": found.hidden.min_count,
        "households": found.households,
        "decisions": {level: found.decisions.counts(level) for level, _ in LEVELS},
        "findings": [
            {"severity": f.severity, "check": f.check, "message": f.message} for f in found.findings
        ],
        "folder": str(found.folder),
        "report": str(found.folder / "report.html") if found.folder else None,
    }


def _show(found: Run) -> None:
    """The answer on a terminal: one table of estimates, one of decisions, what to look at."""
    from exitline.api.runs.telling import people_of
    from exitline.cli.shared.figures import estimate_rows

    national = [e for e in found.estimates if not e.by]
    year = f", {found.study.year}" if found.study.year else ""
    show.table(
        f"{found.study.title}: how many are poor, and how sure are we",
        (
            "measure",
            "line",
            "estimate",
            "SE",
            f"{100 * found.estimates.level:g} % interval",
            f"{found.study.unit}s",
        ),
        estimate_rows(national, people_of(found.study), found.study.unit),
        right=(2, 3, 4, 5),
        caption="; ".join(
            part
            for part in (
                f"standard {found.standard.name}{year}" if found.standard else "",
                f"only where {found.study.subpopulation}" if found.study.subpopulation else "",
            )
            if part
        ),
    )
    _show_areas(found)
    _show_decisions(found)
    for model in found.models:
        count = sum(len(figures) for figures in model.figures)
        show.note(f"{model.title}: {count:,} model figures by {model.area}, in the report")
    _show_warnings(found)
    show.note(f"report: {found.folder}/report.html")


def _show_areas(found: Run) -> None:
    """Who stands apart, in the words of the report: a sentence for each of its pictures."""
    from exitline.api.runs.telling import who_stands_apart
    from exitline.cli.shared.figures import plain

    for sentence in who_stands_apart(found):
        show.note(plain(sentence))


def _show_decisions(found: Run) -> None:
    """Households, then villages and counties by outcome."""
    from exitline.api.runs.telling import household_words

    rows: list[tuple[str, ...]] = []
    if found.outcomes:
        said = household_words(found)
        outcomes = [_number(found.outcomes.get(o)) for o in said.outcomes]
        name = f"{found.study.unit.capitalize()}s"
        if said.followed:
            rows.append((name, *outcomes))
        else:
            heads = ("", *said.outcomes.values())
            show.table(said.title, heads, [(name, *outcomes)], right=(1, 2, 3),
                       caption="nobody was followed: none of these is an exit")  # fmt: skip
    for level, words in LEVELS:
        counts = list(found.decisions.counts(level).values())
        if sum(counts):
            rows.append((words, *(f"{c:,}" for c in counts)))
    if rows:
        show.table(
            "Who meets the exit rule",
            ("level", "met", "not met", "cannot tell yet"),
            rows,
            right=(1, 2, 3),
        )


def _number(of: Estimate | None) -> str:
    """A number of households, with the digits that its standard error carries."""
    from exitline.cli.shared.figures import figure

    return "0" if of is None else figure(of.estimate, "households", of.se, of.reason)


def _show_warnings(found: Run) -> None:
    """Warnings of the quality report and notes on the estimates, a line each."""
    for finding in found.findings:
        if finding.severity != "note":
            show.note(f"{finding.severity}: {finding.message}")
    for text in found.estimates.notes:
        show.note(f"note: {text}")
